"""`mux proxy`: Claude Code on the local model, for any client of the API."""

import shlex
from argparse import SUPPRESS, ArgumentParser, ArgumentTypeError, Namespace
from contextlib import suppress
from typing import TYPE_CHECKING

from mux_tui.cli.diagnostics import ExitCode
from mux_tui.cli.shell import Command, Group, Shell, add_json
from mux_tui.core.config.load import load
from mux_tui.core.config.settings import Settings
from mux_tui.core.errors import ProxyError
from mux_tui.core.events import plain
from mux_tui.core.text import one_line

if TYPE_CHECKING:
    from mux_tui.core.proxy.process.lifecycle import ProxyProcess, RunningProxy
    from mux_tui.core.proxy.process.status import ProxyStatus

_LONGEST_WATCH = 1e8
_MOST_PAST = 1000
_MARKS = {"running": "●", "stopped": "○"}


def _settings(shell: Shell) -> Settings:
    return load(shell.environment, shell.cwd, shell.overrides).settings


def _process(shell: Shell) -> "ProxyProcess":
    # Late: it brings psutil and asyncio, which `--help` does not pay.
    from mux_tui.core.proxy.process.lifecycle import ProxyProcess

    return ProxyProcess(
        _settings(shell), shell.environment, shell.cwd, overrides=shell.overrides
    )


def _run(arguments: Namespace, shell: Shell) -> ExitCode:
    from mux_tui.cli.log_lines import narrate_log
    from mux_tui.cli.loop import run_until_done
    from mux_tui.core.proxy.event_loop import loops
    from mux_tui.core.proxy.serving import Serving, serve

    narrate_log(shell.diagnostics)
    serving = Serving(
        _settings(shell),
        shell.environment,
        shell.cwd,
        shell.diagnostics.note,
        arguments.instance,
    )

    async def served() -> ExitCode:
        await serve(serving)
        return ExitCode.OK

    return run_until_done(served(), shell.diagnostics.warn, loops())


async def _start(arguments: Namespace, shell: Shell) -> ExitCode:
    running = await _process(shell).start(
        lambda text: shell.diagnostics.note(f"… proxy: {text}")
    )
    if arguments.json:
        facts = {"url": running.url, "pid": running.pid, "port": running.port}
        shell.output.json({"schema": "mux.proxy.start/1"} | facts)
    else:
        shell.output.line(running.url)
    return ExitCode.OK


async def _stop(arguments: Namespace, shell: Shell) -> ExitCode:
    process = _process(shell)
    pid = (await process.status()).pid
    stopped = await process.stop()
    if arguments.json:
        facts = {"stopped": stopped, "pid": pid}
        shell.output.json({"schema": "mux.proxy.stop/1"} | facts)
    elif stopped:
        shell.output.line(f"stopped the proxy (pid {pid})")
    else:
        shell.output.line("no proxy was running")
    return ExitCode.OK


async def _status(arguments: Namespace, shell: Shell) -> ExitCode:
    status = await _process(shell).status()
    if arguments.json:
        shell.output.json({"schema": "mux.proxy.status/1"} | plain(status))
        return ExitCode.OK

    mark = _MARKS.get(status.state, "✗")
    shell.output.line(f"{mark} {status.state}: {one_line(status.sentence)}")
    if rows := _rows(status):
        shell.output.table(rows)
    for text in (*status.notices, *status.log_lines):
        shell.output.line(f"    {text}")
    return ExitCode.OK


def _rows(status: "ProxyStatus") -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = []
    if status.pid is not None:
        rows += [("  address", status.url), ("  pid", str(status.pid))]
        rows.append(("  since", status.since))
    if status.served is not None:
        requests = f"{status.open_requests} open, {status.served} served"
        rows.append(("  requests", requests))
        model = one_line(status.model) or "not known yet"
        state = f" ({one_line(status.model_status)})" if status.model_status else ""
        rows.append(("  model", model + state))
    if status.outdated:
        text = "by another mux version or with other settings; stop it for the new ones"
        rows.append(("  started", text))
    if status.state != "stopped":
        rows.append(("  log", one_line(status.log)))
    return rows


async def _env(arguments: Namespace, shell: Shell) -> ExitCode:
    running = await _process(shell).adopt()
    if running is None:
        raise ProxyError(
            "no proxy is running", "", "Start one: mux proxy start, or mux proxy run"
        )
    if arguments.token:
        shell.output.line(running.token)
        return ExitCode.OK

    variables = _variables(running, _settings(shell))
    if arguments.json:
        shell.output.json(variables)
        return ExitCode.OK

    for name, value in variables.items():
        shell.output.line(f"export {name}={shlex.quote(value)}")
    return ExitCode.OK


def _variables(running: "RunningProxy", settings: Settings) -> dict[str, str]:
    from mux_tui.core.proxy.client_environment import client_environment

    return client_environment(running.url, running.token, running.model, settings.proxy)


async def _watch(arguments: Namespace, shell: Shell) -> ExitCode:
    import asyncio

    from mux_tui.cli.proxy_report import narrator
    from mux_tui.core.proxy.watch.pace import WatchPace
    from mux_tui.core.proxy.watch.past import past_in
    from mux_tui.core.proxy.watch.watcher import ProxyWatch

    past = past_in(_settings(shell).ledger, shell.environment.paths)
    pace = WatchPace(past=arguments.last)
    watch = ProxyWatch(_process(shell), past, pace)
    tell = narrator(shell.output, arguments.json)
    with suppress(TimeoutError):
        async with asyncio.timeout(arguments.seconds):
            await watch.run(tell)
    return ExitCode.OK


async def _curl(arguments: Namespace, shell: Shell) -> ExitCode:
    from mux_tui.core.proxy.curl import curl_command, kept_request

    kept = kept_request(shell.environment.paths)
    running = await _process(shell).adopt()
    port = _settings(shell).proxy.port
    command = curl_command(kept, running.url if running else f"http://127.0.0.1:{port}")
    if arguments.json:
        facts = {"request": kept.id, "command": command}
        shell.output.json({"schema": "mux.proxy.curl/1"} | facts)
    else:
        shell.output.text(command)
    return ExitCode.OK


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1.0
    if not 0 < seconds <= _LONGEST_WATCH:
        raise ArgumentTypeError(f"{one_line(text, 40)} is no number of seconds")

    return seconds


def _number(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text[:9]) > _MOST_PAST:
        raise ArgumentTypeError(f"{one_line(text, 40)} is not between 0 and 1000")

    return int(text)


def _configure_watch(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--for",
        dest="seconds",
        metavar="SECONDS",
        type=_seconds,
        help="end after so long; else with Ctrl-C",
    )
    parser.add_argument(
        "--last",
        metavar="N",
        type=_number,
        default=20,
        help="begin with the last N requests (20)",
    )
    add_json(parser, "print one JSON object a line")


def _configure_env(parser: ArgumentParser) -> None:
    parser.add_argument("--token", action="store_true", help="print the token alone")
    add_json(parser, "print one JSON object")


def _configure_run(parser: ArgumentParser) -> None:
    parser.add_argument("--instance", default="", help=SUPPRESS)


COMMAND = Group(
    name="proxy",
    summary="the Claude API on the local model",
    commands=(
        Command(
            "run",
            "serve in the foreground, until Ctrl-C",
            _run,
            _configure_run,
            ("mux proxy run", "mux proxy run --set proxy.port=0"),
        ),
        Command(
            "start",
            "start the proxy in the background, or find the one that runs",
            _start,
            add_json,
            ("mux proxy start",),
        ),
        Command(
            "stop",
            "stop the proxy, whoever started it",
            _stop,
            add_json,
            ("mux proxy stop",),
        ),
        Command(
            "status",
            "say how the proxy is; starts and changes nothing",
            _status,
            add_json,
            ("mux proxy status", "mux proxy status --json"),
        ),
        Command(
            "env",
            "print the variables that make Claude Code use the proxy",
            _env,
            _configure_env,
            ('eval "$(mux proxy env)"', "mux proxy env --json"),
        ),
        Command(
            "watch",
            "tell what the proxy does, as it happens",
            _watch,
            _configure_watch,
            ("mux proxy watch", "mux proxy watch --json --for 60"),
        ),
        Command(
            "curl",
            "print the last request as a curl command, without the token",
            _curl,
            add_json,
            ("mux proxy curl", "mux proxy curl | sh"),
        ),
    ),
)
