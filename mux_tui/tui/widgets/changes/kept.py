"""Which parts of proposed changes are kept; without a screen.

A part is a hunk of a file, or a file as a whole that has none.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

from mux_tui.core.change import ChangeSet, FileChange
from mux_tui.core.workspace.diff import selected, units

State = Literal["all", "part", "none"]


class Kept:
    """What is kept of one change set; at first all of it."""

    def __init__(self, changes: ChangeSet, parts: Sequence[int]) -> None:
        """Keep everything.

        Args:
            changes: What is proposed.
            parts: How many parts each of its files has, as `units` counts them.
        """
        self._changes = changes
        self._parts = tuple(parts)
        self._kept = [set(range(count)) for count in parts]

    @classmethod
    def all_of(cls, changes: ChangeSet) -> "Kept":
        """Keep everything; blocks for as long as it takes to compare."""
        return cls(changes, [units(change) for change in changes.changes])

    def __len__(self) -> int:
        """How many files there are."""
        return len(self._parts)

    def parts(self, file: int) -> int:
        """How many parts a file has."""
        return self._parts[file]

    def has(self, file: int, part: int) -> bool:
        """Whether a part is kept."""
        return part in self._kept[file]

    def state(self, file: int) -> State:
        """How much of a file is kept."""
        kept = len(self._kept[file])
        if kept == self._parts[file]:
            return "all"

        return "part" if kept else "none"

    @property
    def files(self) -> int:
        """Files of which something is kept."""
        return sum(bool(kept) for kept in self._kept)

    @property
    def count(self) -> int:
        """Parts that are kept, of all files."""
        return sum(map(len, self._kept))

    @property
    def total(self) -> int:
        """Parts there are."""
        return sum(self._parts)

    def toggle(self, file: int, part: int) -> None:
        """Keep a part that was skipped, or skip it."""
        if 0 <= part < self._parts[file]:
            self._kept[file] ^= {part}

    def toggle_file(self, file: int) -> None:
        """Keep all of a file, or skip all of it if all was kept."""
        whole = self.state(file) == "all"
        self._kept[file] = set() if whole else set(range(self._parts[file]))

    def keep_all(self) -> None:
        """Keep everything."""
        self._kept = [set(range(count)) for count in self._parts]

    def changes(self) -> ChangeSet:
        """The kept part as changes; blocks for as long as it takes to put together."""
        if self.count == self.total:
            return self._changes

        pairs = zip(self._changes.changes, self._kept, strict=True)
        made = tuple(_part(change, kept) for change, kept in pairs if kept)
        return replace(self._changes, changes=made)


def _part(change: FileChange, kept: set[int]) -> FileChange:
    return selected(change, kept)
