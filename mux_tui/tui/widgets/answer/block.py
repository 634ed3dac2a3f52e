"""Blocks, and the drafts they are made of."""

from copy import copy
from dataclasses import dataclass, field
from typing import Literal

from mux_tui.tui.widgets.answer.shape import Fence

Kind = Literal["text", "code", "raw"]

LINES = 200
CHARACTERS = 8_192
"""An open block that reaches one of these is cut; text at half as many characters."""

PART = 4_096
"""A line longer than this is taken in parts of this many characters."""


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of the text that is drawn by itself."""

    kind: Kind
    """`text` is Markdown, `code` and `raw` are shown to the letter."""

    source: str
    """What came in, with its fences, line ends and the blank lines around it."""

    text: str
    """What is to be drawn; empty: nothing."""

    indent: int = 0
    """Columns from the margin: the depth of the list it stands in."""

    language: str = ""
    """What the fence calls the code, and perhaps more; foreign text."""

    head: bool = True
    """It begins an element; otherwise it goes on with the block before."""

    tail: bool = True
    """It ends an element; otherwise the next block goes on with it."""

    joined: bool = False
    """Its first line is the rest of the last line of the block before."""


@dataclass(slots=True)
class Draft:
    """The block that is being written."""

    kind: Kind
    indent: int = 0
    head: bool = True
    joined: bool = False
    fence: Fence | None = None
    end: str | None = None
    """What ends it, when it is HTML that goes on over blank lines."""

    depth: int = 0
    """How many list items it stands in."""

    table: str = ""
    """The head of a table which it begins, for the parts that are cut from it."""

    above: str = ""
    """The head of the table which it goes on with."""

    preface: str = ""
    """What came in before its first line: blank lines, the mark of a fence."""

    lines: list[str] = field(default_factory=list[str])
    sources: list[str] = field(default_factory=list[str])
    blanks: list[str] = field(default_factory=list[str])
    """Blank lines that belong to indented code if more of it comes."""

    items: int = 0
    """The last line that begins an item of its outermost list."""

    size: int = 0

    @property
    def indented(self) -> bool:
        """Whether it is code without a fence."""
        return self.kind == "code" and self.fence is None

    def add(self, source: str, line: str) -> None:
        self.lines.append(line)
        self.sources.append(source)
        self.size += len(source)

    def full(self) -> bool:
        # Parsing text may take time with the square of its length.
        most = CHARACTERS // 2 if self.kind == "text" else CHARACTERS
        return len(self.lines) >= LINES or self.size >= most

    def seam(self) -> int:
        """The line before which it is best cut."""
        count = len(self.lines)
        if self.kind == "text":
            return count if self.fence else self.items or count

        return next(
            (
                index
                for index in range(count - 1, count // 2, -1)
                if not self.lines[index - 1] and self.lines[index][:1].strip()
            ),
            count,
        )

    def block(self, until: int, tail: bool) -> Block:
        """Its first `until` lines; if those are all, with the lines that close it."""
        everything = until >= len(self.lines)
        sources = self.sources if everything else self.sources[:until]
        return Block(
            self.kind,
            self.preface + "".join(sources),
            self.above + "\n".join(self.lines[:until]),
            self.indent,
            self.fence.language if self.fence and self.kind == "code" else "",
            self.head,
            tail,
            self.joined,
        )

    def twin(self) -> "Draft":
        """The same, which can be written on without changing this one."""
        twin = copy(self)
        twin.lines, twin.sources = list(self.lines), list(self.sources)
        twin.blanks = list(self.blanks)
        return twin
