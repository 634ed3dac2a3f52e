"""What an answer's text turns out to be, and what a form says of its reading.

A form is one way to write a call, such as JSON between marks. It reads from its own
beginning, as often as there is more to read, and decides only what no further text
could change: this is why any split of an answer gives the same parts.
"""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Text:
    """Words for the user."""

    text: str


@dataclass(frozen=True, slots=True)
class Call:
    """A call, as the model wrote it. Nothing in it has been checked."""

    name: str
    """Any name; `ToolNames` knows which tool is meant."""

    arguments: str
    """JSON text of the arguments; with `broken`: what stands in their place."""

    raw: str
    """The text it was read from, marks included."""

    mended: str = ""
    """What had to be mended to read it; empty: nothing."""

    broken: str = ""
    """Why it cannot be read; empty: it can."""


Part = Text | Call


@dataclass(frozen=True, slots=True)
class More:
    """It could still become a call."""


@dataclass(frozen=True, slots=True)
class Found:
    """Calls, and how many characters they take, marks included."""

    calls: tuple[Call, ...]
    size: int


@dataclass(frozen=True, slots=True)
class NoCall:
    """It is text. So many characters of it need no second look."""

    size: int
    tried: bool = False
    """All of it was read before that was clear, which is not done very often."""


Reading = More | Found | NoCall

MORE = More()


@dataclass(frozen=True, slots=True)
class End:
    """Whether and how the text has ended."""

    ended: bool = False
    cut: bool = False
    """The model was stopped in the middle: what is missing is really missing."""


class Form(Protocol):
    """One way to write a call, at the place where it began."""

    def read(self, text: str, end: End) -> Reading:
        """Read on.

        Args:
            text: Everything from the form's first character; grows from one reading
                to the next.
            end: Whether there is more to come. If not, the reading is not `More`.
        """
        ...


def could_begin(text: str, mark: str) -> bool:
    """Whether `text` begins with `mark`, or could with more text."""
    return text.startswith(mark) or mark.startswith(text)
