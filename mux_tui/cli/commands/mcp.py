"""`mux mcp`: mux as a tool of other agents, and making it known to them."""

from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING

from mux_tui.cli.diagnostics import ExitCode
from mux_tui.cli.shell import NOWHERE, Command, Shell, add_json
from mux_tui.core.config.load import load
from mux_tui.core.errors import UsageError
from mux_tui.core.text import one_line, printable

if TYPE_CHECKING:
    from mux_tui.core.mcp_clients import Registered, Registrar

_CLIENTS = ("claude", "codex", "gemini")
_SCHEMA = "mux.mcp.install/1"


def _configure(parser: ArgumentParser) -> None:
    parser.add_argument(
        "action",
        nargs="?",
        choices=("install", "uninstall"),
        help="make the server known to a CLI, or take that back; without it: serve "
        "one client on standard input and output",
    )
    parser.add_argument("client", nargs="?", choices=_CLIENTS, help="which CLI")
    parser.add_argument(
        "--scope",
        choices=("user", "project", "local"),
        help="for whom it is made known (default: user)",
    )
    parser.add_argument(
        "--print", action="store_true", help="print the command, and run nothing"
    )
    add_json(parser)


async def _mcp(arguments: Namespace, shell: Shell) -> ExitCode:
    if arguments.action is None:
        return await _serve(arguments, shell)
    if arguments.client is None:
        raise UsageError(
            f"mcp {arguments.action} names no CLI",
            "",
            f"Write: mux mcp {arguments.action} {'|'.join(_CLIENTS)}",
        )

    if shell.cwd == NOWHERE:
        raise UsageError("the current directory is gone", "", "Change to another one")
    registrar = _registrar(arguments, shell)
    if arguments.print:
        shell.output.line(registrar.shown(_words(arguments.action, registrar)))
        return ExitCode.OK

    installing = arguments.action == "install"
    done = await (registrar.install() if installing else registrar.uninstall())
    if arguments.json:
        facts = {"client": done.client, "scope": done.scope, "registered": installing}
        told = {"ran": list(done.ran), "said": done.said}
        shell.output.json({"schema": _SCHEMA} | facts | told)
    else:
        _show(done, shell)
    return ExitCode.OK


async def _serve(arguments: Namespace, shell: Shell) -> ExitCode:
    for option in ("scope", "print", "json"):
        if getattr(arguments, option):
            raise UsageError(
                f"--{option} says nothing without install or uninstall",
                "",
                "Write: mux mcp install claude",
            )
    if shell.mcp is None:
        raise UsageError("this mux has no MCP server")

    from mux_tui.cli.log_lines import narrate_log

    narrate_log(shell.diagnostics)
    if shell.interactive:
        shell.diagnostics.note(
            "this is for other programs: it speaks MCP on standard input and output. "
            "To make it known to one: mux mcp install claude"
        )
    await shell.mcp(shell.environment, shell.cwd, shell.overrides)
    return ExitCode.OK


def _registrar(arguments: Namespace, shell: Shell) -> "Registrar":
    # Late: it brings asyncio and child processes, which `--help` does not pay.
    from mux_tui.core.mcp_clients import Registrar, check_scope

    scope = arguments.scope or "user"
    check_scope(arguments.client, scope)
    settings = load(shell.environment, shell.cwd, shell.overrides).settings
    provider = getattr(settings.providers, arguments.client)
    command = provider.command or arguments.client
    return Registrar(arguments.client, command, scope, shell.environment, shell.cwd)


def _words(action: str, registrar: "Registrar") -> list[str]:
    from mux_tui.core.mcp_clients import (
        install_words,
        server_command,
        uninstall_words,
        wanted_places,
    )

    if action == "uninstall":
        return uninstall_words(registrar.client, registrar.scope)

    return install_words(
        registrar.client,
        registrar.scope,
        server_command(registrar.environment),
        wanted_places(registrar.environment),
    )


def _show(done: "Registered", shell: Shell) -> None:
    for line in done.ran:
        shell.diagnostics.note(f"ran: {printable(line)}")
    shell.output.line(one_line(done.said) or "done")


COMMAND = Command(
    name="mcp",
    summary="serve other agents (MCP), or make mux known to them",
    handler=_mcp,
    configure=_configure,
    examples=(
        "mux mcp install claude",
        "mux mcp install codex --print",
        "mux mcp install gemini --scope project",
        "mux mcp uninstall claude",
        "mux mcp",
    ),
    # Clients start it wherever they are, and are told by the tools what is missing.
    anywhere=True,
)
