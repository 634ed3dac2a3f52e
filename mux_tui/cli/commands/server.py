"""`mux server`: the model server that mux starts."""

from argparse import ArgumentParser, ArgumentTypeError, Namespace
from pathlib import Path
from typing import TYPE_CHECKING

from mux_tui.cli.diagnostics import ExitCode
from mux_tui.cli.server_switch import SWITCH
from mux_tui.cli.shell import Command, Group, Shell, add_json
from mux_tui.core.config.load import load
from mux_tui.core.config.settings import Settings
from mux_tui.core.errors import ServerError
from mux_tui.core.events import Progressed, ServerEvent, plain
from mux_tui.core.text import one_line

if TYPE_CHECKING:
    from mux_tui.core.model_server.inspection import ServerStatus
    from mux_tui.core.model_server.lifecycle import ModelServer

_MARKS = {"ready": "●", "starting": "◐", "stopped": "○", "stale": "○"}
_MOST_LINES = 10_000


def _server(shell: Shell) -> "tuple[ModelServer, Settings]":
    # Late: the server's code brings psutil and asyncio, which `--help` does not pay.
    from mux_tui.core.model_server.lifecycle import ModelServer

    settings = load(shell.environment, shell.cwd, shell.overrides).settings
    paths = shell.environment.paths
    return ModelServer(paths, settings.server, shell.environment), settings


async def _start(arguments: Namespace, shell: Shell) -> ExitCode:
    from mux_tui.core.model_server.startup import ServerDied

    server, settings = _server(shell)
    model = _model(arguments.model, settings, shell)

    def report(event: ServerEvent) -> None:
        if not isinstance(event, Progressed):
            text = f": {one_line(event.text)}" if event.text else ""
            shell.diagnostics.note(f"… model server {event.phase}{text}")

    try:
        running = await server.start(model, report)
        if running.outdated and await _renewed(shell):
            await server.stop()
            running = await server.start(model, report)
    except ServerDied as error:
        for line in error.log_lines:
            shell.diagnostics.note(f"  {line}")
        raise

    if arguments.json:
        shell.output.json({"schema": "mux.server.start/1"} | plain(running))
    else:
        shell.output.line(running.base_url)
    return ExitCode.OK


async def _renewed(shell: Shell) -> bool:
    """Whether a server of other settings is to be started anew; nobody there: no."""
    if not shell.interactive:
        return False

    what = "another mux version or other settings started it"
    shell.diagnostics.warn(f"{what}; start it anew? [y/N]")
    return (await shell.answer()).strip().lower() in ("y", "yes")


def _model(named: str | None, settings: Settings, shell: Shell) -> Path:
    from mux_tui.core.local_model.choose import model_directory

    if named is not None:
        return shell.cwd / named

    found = model_directory(settings, shell.environment.paths)
    if found is None:
        raise ServerError(
            "no local model",
            "none is installed",
            "Install one: mux setup --starter, or name one: --model DIR",
        )
    return found


async def _stop(arguments: Namespace, shell: Shell) -> ExitCode:
    server, _ = _server(shell)
    status = await server.status()
    stopped = await server.stop()
    if arguments.json:
        what = {"stopped": stopped, "pid": status.pid, "model": status.model}
        shell.output.json({"schema": "mux.server.stop/1"} | what)
    elif stopped:
        name = one_line(Path(status.model).name)
        shell.output.line(f"stopped the model server of {name} (pid {status.pid})")
    else:
        shell.output.line("no model server was running")
    return ExitCode.OK


async def _status(arguments: Namespace, shell: Shell) -> ExitCode:
    server, _ = _server(shell)
    status = await server.status()
    if arguments.json:
        shell.output.json({"schema": "mux.server.status/1"} | plain(status))
        return ExitCode.OK

    mark = _MARKS.get(status.state, "✗")
    shell.output.line(f"{mark} {status.state}: {one_line(status.sentence)}")
    rows = _rows(status)
    if rows:
        shell.output.table(rows)
    if status.advice:
        shell.output.paragraph(f"{one_line(status.advice)}.")
    for line in status.log_lines:
        shell.output.line(f"    {line}")
    return ExitCode.OK


def _rows(status: "ServerStatus") -> list[tuple[str, ...]]:
    rows = [("  model", one_line(status.model))] if status.model else []
    if status.pid is not None:
        rows += [("  address", status.base_url), ("  pid", str(status.pid))]
    if status.uptime_seconds is not None:
        rows.append(("  up", _span(status.uptime_seconds)))
    if status.resident_bytes is not None:
        rows.append(("  memory", f"{status.resident_bytes / 1e6:,.0f} MB"))
    if status.open_requests:
        rows.append(("  answering", _count_of(status.open_requests)))
    if status.idle_seconds_left is not None:
        span = _span(status.idle_seconds_left)
        rows.append(("  stops", f"in {span}, unless a request comes"))
    if status.outdated:
        text = "by another mux version or with other settings; stop it for the new ones"
        rows.append(("  started", text))
    if status.log_lines:
        rows.append(("  log", one_line(status.log_path)))
    return [tuple(row) for row in rows]


def _count_of(requests: int) -> str:
    return "1 request" if requests == 1 else f"{requests} requests"


def _span(seconds: float) -> str:
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minutes} min"

    return f"{minutes} min {rest} s" if minutes else f"{rest} s"


def _logs(arguments: Namespace, shell: Shell) -> ExitCode:
    from mux_tui.core.model_server.server_log import previous, tail

    log = shell.environment.paths.server_log
    if arguments.previous:
        log = previous(log)
    if not log.is_file():
        shell.diagnostics.warn(f"there is no log yet at {one_line(str(log))}")
        return ExitCode.FAILED

    lines = tail(log, arguments.lines)
    if arguments.json:
        facts = {"path": str(log), "lines": list(lines)}
        shell.output.json({"schema": "mux.server.logs/1"} | facts)
        return ExitCode.OK

    for line in lines:
        shell.output.line(line)
    return ExitCode.OK


def _count(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 0 < int(text) <= _MOST_LINES:
        raise ArgumentTypeError(f"must be a number from 1 to {_MOST_LINES}")

    return int(text)


def _configure_start(parser: ArgumentParser) -> None:
    parser.add_argument("--model", metavar="DIR", help="directory of an MLX model")
    add_json(parser)


def _configure_logs(parser: ArgumentParser) -> None:
    parser.add_argument(
        "-n",
        "--lines",
        type=_count,
        default=50,
        metavar="N",
        help="how many of the last lines (default: 50)",
    )
    parser.add_argument(
        "--previous", action="store_true", help="the log of the server before"
    )
    add_json(parser)


COMMAND = Group(
    name="server",
    summary="the model server that mux starts",
    commands=(
        Command(
            "start",
            "start the model server, or find the one that runs",
            _start,
            _configure_start,
            ("mux server start", "mux server start --model ./my-mlx-model"),
        ),
        Command(
            "stop",
            "stop the model server, if mux started one",
            _stop,
            add_json,
            ("mux server stop",),
        ),
        SWITCH,
        Command(
            "status",
            "say how the model server is; starts and changes nothing",
            _status,
            add_json,
            ("mux server status", "mux server status --json"),
        ),
        Command(
            "logs",
            "show the end of the model server's log",
            _logs,
            _configure_logs,
            ("mux server logs", "mux server logs --previous -n 200"),
        ),
    ),
)
