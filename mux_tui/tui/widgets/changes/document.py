"""What happens to one file, ready to be shown: hunks, or words where there are none."""

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from mux_tui.core.change import ChangeKind, FileChange
from mux_tui.core.workspace.diff import Hunk, hunks, is_binary

if TYPE_CHECKING:
    from mux_tui.tui.widgets.answer.look import Look
    from mux_tui.tui.widgets.answer.rows import Piece

COLOURED = 200_000
"""Bytes of a file above which its code has no colours."""

_SURE = 0.995


@dataclass(frozen=True)
class Colours:
    """The lines of both contents in pieces, by number from 0; empty: no colours."""

    before: "list[list[Piece]]" = field(default_factory=list["list[Piece]"])
    after: "list[list[Piece]]" = field(default_factory=list["list[Piece]"])


@dataclass(frozen=True)
class FileDiff:
    """One file's change, to be shown."""

    path: str
    """Foreign text."""

    kind: ChangeKind
    hunks: tuple[Hunk, ...] = ()
    said: tuple[str, ...] = ()
    """What no line can show, a sentence each; may be foreign text."""

    colours: Colours = field(default_factory=Colours)

    @property
    def parts(self) -> int:
        """How many parts of it can be kept or skipped."""
        return max(1, len(self.hunks))

    @property
    def added(self) -> int:
        """Lines that are added."""
        return _count(self, "added")

    @property
    def removed(self) -> int:
        """Lines that are removed."""
        return _count(self, "removed")


def _count(diff: FileDiff, kind: str) -> int:
    return sum(line.kind == kind for hunk in diff.hunks for line in hunk.lines)


def diff_of(change: FileChange, look: "Look | None" = None) -> FileDiff:
    """A change, ready to be shown; blocks for as long as it takes to compare.

    Args:
        change: What happens to the file.
        look: What its code is coloured with; None: without colours.
    """
    said = (*_said(change), *placed(change.confidence, change.note))
    found = FileDiff(change.path, change.kind, hunks(change.before, change.after), said)
    return coloured(found, change, look) if look else found


def placed(confidence: float, note: str) -> tuple[str, ...]:
    """What is to be known of where edits were placed; nothing if that is certain."""
    if confidence >= _SURE and not note:
        return ()
    if confidence >= _SURE:
        return (note,)

    return (f"placed by likeness ({confidence:.2f}){': ' if note else ''}{note}",)


def coloured(diff: FileDiff, change: FileChange, look: "Look") -> FileDiff:
    """The same with its code in colours, as far as that is quick."""
    from mux_tui.tui.widgets.changes.code import code_of

    before, after = change.before or b"", change.after or b""
    if not diff.hunks or len(before) + len(after) > COLOURED or not look.syntax:
        return diff

    colours = Colours(
        code_of(before, change.path, look), code_of(after, change.path, look)
    )
    return replace(diff, colours=colours)


def _said(change: FileChange) -> tuple[str, ...]:
    """What is not seen in its lines."""
    before, after = change.before, change.after
    if is_binary(before) or is_binary(after):
        return (_binary(before, after), *_executable(change))
    if before is None:
        empty = () if after else ("a new file without content",)
        return (*empty, *_executable(change))
    if after is None:
        return () if before else ("an empty file is deleted",)
    if before == after:
        may = "may be executed" if change.executable else "may not be executed any more"
        return (f"its lines stay as they are; it {may} afterwards",)

    return ()


def _executable(change: FileChange) -> tuple[str, ...]:
    new = change.before is None and change.executable
    return ("a new file that may be executed",) if new else ()


def _binary(before: bytes | None, after: bytes | None) -> str:
    if before is None:
        return f"a new binary file of {len(after or b''):,} bytes, which is not shown"
    if after is None:
        return f"a binary file of {len(before):,} bytes is deleted"

    return (
        f"binary content, which is not shown: {len(before):,} bytes become"
        f" {len(after):,}"
    )
