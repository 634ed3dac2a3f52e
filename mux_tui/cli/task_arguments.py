"""The arguments that name a task and bound it, shared by those that do one."""

import math
import sys
from argparse import ArgumentParser, ArgumentTypeError
from typing import get_args

from mux_tui.core.errors import UsageError
from mux_tui.core.task import RouteChoice

_MOST_BYTES = 100_000_001
"""More than any task may have: an endless input is not read to its end."""


def add_task(parser: ArgumentParser) -> None:
    """Add TASK and what shapes its decision."""
    parser.add_argument(
        "task", metavar="TASK", help="what to do; - reads standard input"
    )
    parser.add_argument(
        "--route",
        choices=get_args(RouteChoice),
        default="auto",
        help="who does it (default: auto)",
    )
    parser.add_argument(
        "--cwd",
        default=".",
        metavar="DIR",
        help="the work directory (default: this one)",
    )
    kind = parser.add_mutually_exclusive_group()
    kind.add_argument(
        "--files",
        dest="kind",
        action="store_const",
        const="files",
        help="the task asks for changes to files",
    )
    kind.add_argument(
        "--no-files",
        dest="kind",
        action="store_const",
        const="advisory",
        help="the task asks for an answer only",
    )


def add_verify(parser: ArgumentParser, what: str) -> None:
    """Add the commands that prove an answer."""
    parser.add_argument(
        "--verify", type=_command, action="append", default=[], metavar="CMD", help=what
    )


def add_time_limit(parser: ArgumentParser, what: str) -> None:
    """Add how long a task may take."""
    parser.add_argument("--time-limit", type=_seconds, metavar="SECONDS", help=what)


def _command(text: str) -> str:
    if not text.strip():
        raise ArgumentTypeError("must not be empty")

    return text


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = math.nan
    if not 0 < seconds < math.inf:
        raise ArgumentTypeError("must be a number of seconds above 0")

    return seconds


def read_task(argument: str) -> str:
    """The task's text: the argument, or standard input for `-`.

    Raises:
        UsageError: Standard input is a terminal, or cannot be read.
    """
    if argument != "-":
        return argument
    if sys.stdin.isatty():
        raise UsageError(
            "no task on standard input",
            "it is a terminal",
            "Pipe the task in: echo TASK | mux run -",
        )
    try:
        return sys.stdin.buffer.read(_MOST_BYTES).decode("utf-8", "replace")
    except OSError as error:
        raise UsageError("cannot read the task", error.strerror or "", "") from error
