"""What a command is, and what it gets: where to write, and its environment.

A module in `cli/commands` ends with `COMMAND = Command(...)` or `COMMAND = Group(...)`;
`cli/app.py` lists the modules and builds the parser from these facts.
"""

import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from mux_tui.cli.diagnostics import Diagnostics, ExitCode
from mux_tui.cli.output import Output
from mux_tui.core.config.environment import Environment

ServeMcp = Callable[[Environment, Path, Mapping[str, str]], Awaitable[None]]
"""Serves one client: with the variables, in a work directory, with more settings."""


@dataclass
class Shell:
    """The surroundings of one command."""

    output: Output
    diagnostics: Diagnostics
    environment: Environment
    cwd: Path
    overrides: dict[str, str]
    """Settings from `--set KEY=VALUE`, not yet checked."""

    interactive: bool = False
    """Whether a person can be asked: stdin and stderr are a terminal."""

    interrupted: Callable[[], bool] | None = None
    """Asked when Ctrl-C is pressed; True: dealt with, and the command goes on."""

    mcp: ServeMcp | None = None
    """Serves the MCP server on standard input and output; only one command does."""

    async def answer(self) -> str:
        """The line that a person types; empty: end of input. Only when interactive."""
        # Late: asyncio costs 40 ms, and most commands ask nothing.
        import asyncio

        # Not in a thread, which would have to be waited for after Ctrl-C.
        typed = asyncio.Event()
        loop = asyncio.get_running_loop()
        loop.add_reader(sys.stdin, typed.set)
        try:
            await typed.wait()
        finally:
            loop.remove_reader(sys.stdin)
        return sys.stdin.readline()


NOWHERE = Path("/dev/null/nowhere")
"""A directory that is not there, and that nobody can make: it is below a device."""

Result = int | Awaitable[ExitCode]
"""An exit code, or something to wait for that gives one."""

Handler = Callable[[Namespace, Shell], Result]
"""What runs a command. Raises a MuxError to be told to the user."""


def no_arguments(_parser: ArgumentParser) -> None:
    """For a command without arguments of its own."""


@dataclass(frozen=True)
class Command:
    """One command: `mux NAME`, or `mux GROUP NAME`."""

    name: str
    summary: str
    """One line for the list of commands, without a full stop."""

    handler: Handler
    configure: Callable[[ArgumentParser], None] = no_arguments
    """Adds the arguments."""

    examples: tuple[str, ...] = ()
    """Whole command lines, shown at the end of the help."""

    anywhere: bool = False
    """Whether it runs even where the current directory is gone: in `NOWHERE`."""


@dataclass(frozen=True)
class Group:
    """Commands that belong together: `mux NAME COMMAND`."""

    name: str
    summary: str
    commands: tuple[Command, ...]


def add_json(parser: ArgumentParser, what: str = "print one JSON document") -> None:
    """Give a command its `--json`."""
    parser.add_argument("--json", action="store_true", help=what)
