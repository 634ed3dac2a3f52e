"""`mux claude`: Claude Code on the local model."""

import shlex
from argparse import ArgumentParser, Namespace
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mux_tui.cli.diagnostics import ExitCode
from mux_tui.cli.server_phases import ServerPhases
from mux_tui.cli.shell import Command, Shell
from mux_tui.core.config.load import load
from mux_tui.core.config.settings import Settings

if TYPE_CHECKING:
    from mux_tui.core.proxy.claude_code import ClientCommand
    from mux_tui.core.proxy.process.lifecycle import ProxyProcess


def _configure(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--profile",
        choices=("auto", "full", "core", "bare"),
        help="what it is started with (default: by the model's context and speed)",
    )
    parser.add_argument(
        "--on-exit",
        choices=("ask", "stop", "keep"),
        help="what happens to proxy and model server afterwards",
    )
    parser.add_argument(
        "--print-command",
        action="store_true",
        help="print what would be started, and start nothing of it",
    )
    parser.add_argument(
        "arguments",
        nargs="*",
        metavar="ARGS",
        help="for Claude Code, untouched, from the first word that is none of ours",
    )


def _settings(arguments: Namespace, shell: Shell) -> Settings:
    chosen = dict(shell.overrides)
    if arguments.profile:
        chosen["proxy.profile"] = arguments.profile
    if arguments.on_exit:
        chosen["proxy.on_exit"] = arguments.on_exit
    return load(shell.environment, shell.cwd, chosen).settings


def _claude(arguments: Namespace, shell: Shell) -> int:
    # Late: all this brings the HTTP client and psutil, which the help does not need.
    from mux_tui.cli.loop import run_until_done
    from mux_tui.core.process.foreground import run_foreground
    from mux_tui.core.proxy.process.lifecycle import ProxyProcess

    settings = _settings(arguments, shell)
    proxy = ProxyProcess(
        settings, shell.environment, shell.cwd, overrides=shell.overrides
    )
    launch = _Launch()

    async def prepare() -> ExitCode:
        launch.ours = await proxy.adopt() is None
        launch.command = await _prepared(arguments, shell, settings, proxy)
        return ExitCode.OK

    async def clean_up() -> ExitCode:
        await _afterwards(settings, shell, proxy)
        return ExitCode.OK

    code = run_until_done(prepare(), shell.diagnostics.warn)
    if launch.command is None:
        return code
    if arguments.print_command:
        shell.output.line(shlex.join(launch.command.argv))
        return ExitCode.OK

    # No loop of ours runs meanwhile: the terminal, and its signals, are the client's.
    status = run_foreground(launch.command.argv, shell.cwd, launch.command.environment)
    if launch.ours:
        run_until_done(clean_up(), shell.diagnostics.warn)
    return status


@dataclass
class _Launch:
    command: "ClientCommand | None" = None
    ours: bool = False
    """The proxy was started for this call."""


async def _prepared(
    arguments: Namespace, shell: Shell, settings: Settings, proxy: "ProxyProcess"
) -> "ClientCommand":
    from mux_tui.core.proxy.claude_code import ready_client

    return await ready_client(
        settings,
        shell.environment,
        shell.cwd,
        proxy,
        ServerPhases(shell.diagnostics).tell,
        shell.diagnostics.note,
        arguments.arguments,
    )


async def _afterwards(settings: Settings, shell: Shell, proxy: "ProxyProcess") -> None:
    """Follow the on-exit policy; a proxy that ran before is left alone."""
    policy = settings.proxy.on_exit
    # Somebody else's server is not ours to stop.
    ours = not settings.providers.local.base_url
    what = "the proxy and the model server" if ours else "the proxy"
    if policy == "ask":
        policy = "keep"
        if shell.interactive:
            shell.diagnostics.warn(f"stop {what}? [y/N]")
            answer = (await shell.answer()).strip().lower()
            policy = "stop" if answer in ("y", "yes") else "keep"
    if policy == "stop":
        from mux_tui.core.model_server.lifecycle import ModelServer

        await proxy.stop()
        environment = shell.environment
        server = ModelServer(environment.paths, settings.server, environment)
        if ours and not await server.stop(spare_busy=True):
            shell.diagnostics.note("the model server answers somebody else, and stays")
            what = "the proxy"
        shell.diagnostics.note(f"stopped {what}")


COMMAND = Command(
    name="claude",
    summary="open Claude Code on the local model",
    handler=_claude,
    configure=_configure,
    examples=(
        "mux claude",
        "mux claude --profile core -p 'What does this project do?'",
        "mux claude -- --resume",
    ),
)
