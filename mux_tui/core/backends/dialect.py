"""What mux must know of a cloud CLI: arguments in, output lines out, and no I/O.

A `Dialect` says how to ask one CLI and makes a `Parser` for each answer. Running the
program is `CloudCli`'s work and the same for all of them.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from mux_tui.core.backends.child_environment import Needs
from mux_tui.core.backends.fence import Fence
from mux_tui.core.events import ReasoningDelta, TextDelta
from mux_tui.core.process.run import Exit, Line
from mux_tui.core.task import Completion, Route

Delta = TextDelta | ReasoningDelta

_NEUTRAL = "Task:\n"


class Parser(Protocol):
    """Reads one answer out of a CLI's lines."""

    def feed(self, line: Line) -> list[Delta]:
        """Return how the answer grows by this line.

        Raises:
            BackendError: Waiting any longer is of no use; the CLI is to be ended.
        """
        ...

    def finish(self, end: Exit) -> Completion:
        """Return the whole answer.

        Raises:
            BackendError: There is none; `fault` says why.
        """
        ...


class Dialect(Protocol):
    """How one cloud CLI is asked and understood."""

    @property
    def route(self) -> Route:
        """Which route it serves."""
        ...

    @property
    def command(self) -> str:
        """The program's usual name."""
        ...

    @property
    def needs(self) -> Needs:
        """What it needs of the environment."""
        ...

    @property
    def project_settings(self) -> str:
        """A name in the work directory that may hold settings able to run programs.

        Where it exists, the CLI's own question whether the directory is trusted is
        left to the user. Empty: arguments keep such settings out.
        """
        ...

    @property
    def trust(self) -> tuple[str, str] | None:
        """The variable, and its value, that answers that question with yes."""
        ...

    @property
    def escapes_at(self) -> bool:
        r"""Whether `@` must be written `\@`.

        A CLI that puts the file of every bare @path into the prompt, and has no
        variable against it, needs this.
        """
        ...

    def argv(
        self, cwd: Path, model: str, extra: Sequence[str], writes: bool
    ) -> list[str]:
        """Arguments, without the program; the prompt is never among them.

        Args:
            cwd: The work directory.
            model: The model to ask for; empty: the CLI's default.
            extra: The user's own arguments.
            writes: It may change files inside of the work directory, and do nothing
                else that it may not do without.
        """
        ...

    def fence(self, root: Path | None) -> Fence | None:
        """What keeps it from more than it is asked for, besides the arguments.

        None: the arguments do, whatever the user has allowed it elsewhere.

        Args:
            root: Where it may edit files; None: it may only read.
        """
        ...

    def parser(self, limit: int) -> Parser:
        """Make a parser for one answer, which keeps at most `limit` characters."""
        ...


def standard_input(prompt: str, *, escape_at: bool = False) -> bytes:
    r"""The prompt as a CLI reads it from its standard input.

    A first word that some CLI takes for a command, an option or a file to include
    gets a neutral line before it; everything else arrives byte for byte.

    Args:
        prompt: The user's words, or a brief around them.
        escape_at: Write `@` as `\@`, for a CLI that would include the file it names.
    """
    text = prompt
    if prompt.lstrip()[:1] in tuple("/-@!#?&$"):
        text = _NEUTRAL + prompt
    if escape_at:
        text = text.replace("@", "\\@")
    return text.encode("utf-8", "replace")
