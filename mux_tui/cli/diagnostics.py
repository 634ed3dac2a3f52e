"""The one writer of stderr, and what an exit code means.

stdout is data; stderr is narration: what is going on, and what went wrong.
"""

from enum import IntEnum
from typing import TextIO

from mux_tui.cli.colour import marked
from mux_tui.cli.wrapping import wrapped
from mux_tui.core.errors import (
    ConfigError,
    Declined,
    EnvironmentProblem,
    MuxError,
    UsageError,
)
from mux_tui.core.text import one_line, printable


class ExitCode(IntEnum):
    """What `mux` tells the program that started it."""

    OK = 0
    """Done."""

    FAILED = 1
    """The task failed, or what was asked for is not there."""

    USAGE = 2
    """Wrong arguments or settings, or no terminal where one is needed."""

    ENVIRONMENT = 3
    """A server, a model, a CLI or a file that mux needs is missing or broken."""

    TIME_LIMIT = 4
    """A time limit passed."""

    DECLINED = 5
    """The user, or the user's settings, said no."""

    VERIFICATION = 6
    """The answer did not pass its checks."""

    HANGUP = 129
    """The terminal went away."""

    INTERRUPTED = 130
    """Stopped by Ctrl-C."""

    TERMINATED = 143
    """Stopped by SIGTERM."""


def exit_code_of(error: MuxError) -> ExitCode:
    """The exit code that goes with an error."""
    match error:
        case UsageError():
            return ExitCode.USAGE
        case EnvironmentProblem():
            return ExitCode.ENVIRONMENT
        case Declined():
            return ExitCode.DECLINED
        case _:
            return ExitCode.FAILED


class Diagnostics:
    """Narration and errors, one line each, safe to show."""

    def __init__(self, stream: TextIO, quiet: bool = False) -> None:
        """Write to `stream`; `quiet` leaves only warnings and errors."""
        self._stream = stream
        self.quiet = quiet
        self.plain = False
        """No line is painted over: of a long step only the end is told."""

        self.coloured = False
        """Whether the mark that begins a line is coloured."""

        self._width = 0
        """Of the unfinished line that `progress` has left."""

    def note(self, text: str) -> None:
        """Say what is going on; not said when quiet."""
        if not self.quiet:
            self._line(printable(text))

    def warn(self, text: str) -> None:
        """Say what the user should know even when quiet."""
        self._line(f"mux: {printable(text)}")

    def error(self, error: MuxError) -> None:
        """Say what went wrong: one line, and one for each of several problems."""
        self._line(f"mux: {one_line(str(error), 1000)}")
        if isinstance(error, ConfigError) and len(error.problems) > 1:
            for problem in error.problems:
                self._line(f"  {one_line(problem, 500)}")

    def prompt(self, text: str) -> None:
        """Ask for something; the answer is typed behind it."""
        self._write(printable(text))

    def progress(self, text: str, end: bool = False) -> None:
        """Show how far a long step is: on a terminal in place, else only its end."""
        in_place = self._stream.isatty() and not self.plain
        if self.quiet or not (end or in_place):
            return

        back = "\r" if in_place else ""
        shown = one_line(text, 78)
        padded = shown.ljust(self._width)
        self._width = 0 if end else len(shown)
        self._write(f"{back}{padded}" + ("\n" if end else ""))

    def _line(self, text: str) -> None:
        before = "\n" if self._width else ""
        self._width = 0
        lines = [wrapped(line, self._stream) for line in text.split("\n")]
        if self.coloured:
            lines = [marked(line) for line in lines]
        self._write(before + "\n".join(lines) + "\n")

    def _write(self, text: str) -> None:
        # A closed stderr must not turn a finished task into a failed one.
        try:
            self._stream.write(text)
            self._stream.flush()
        except (OSError, ValueError):
            self.quiet = True
