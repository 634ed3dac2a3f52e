"""What somebody has changed in a copy: a draft that was never written down as one.

Whoever worked in the copy, a cloud CLI or the project's own tests, its edits become
the same facts as a model's answer, under the same rules. Nothing is dropped without a
word: a change is carried over, refused, or named as left behind.
"""

import asyncio
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass, field

from mux_tui.core.change import ChangeSet, FileChange, Refusal, digest
from mux_tui.core.workspace.names import BadName, check_name
from mux_tui.core.workspace.refused import PathRefused
from mux_tui.core.workspace.scratch.facts import Copy, LeftOut
from mux_tui.core.workspace.scratch.ignore import ignored_among
from mux_tui.core.workspace.scratch.looking import Seen, differences
from mux_tui.core.workspace.tree import Tree, open_tree

_MOST_REFUSALS = 200


@dataclass(frozen=True)
class ChangeLimits:
    """How much may be changed in a copy and carried over."""

    files: int = 1_000
    file_bytes: int = 8 * 1024 * 1024
    total_bytes: int = 64 * 1024 * 1024
    listed: int = 50_000
    """New files that are looked at, most of which git may ignore."""


@dataclass(frozen=True)
class CopyChanges:
    """What differs in a copy from the work directory that was copied."""

    changes: ChangeSet
    """With every refusal, as of a draft: with one in it, none of it is done."""

    left_behind: tuple[LeftOut, ...] = ()
    """What stays in the copy and goes with it: caches, and what git ignores."""


async def changes_in(
    copy: Copy,
    limits: ChangeLimits | None = None,
    allow: Collection[str] = (),
    untouched: Copy | None = None,
) -> CopyChanges:
    """Find what has been changed in a copy since it was made.

    The content before a change is read from the work directory, or, where that is not
    what was copied any more, from another copy; without it the change is refused.

    Args:
        copy: The copy; nothing may write into it meanwhile.
        limits: How much may be changed.
        allow: Patterns of names whose protection is lifted, as in `check_name`.
        untouched: Another copy, of which nothing was changed.
    """
    limits = limits or ChangeLimits()
    seen = await asyncio.to_thread(differences, copy, limits.listed)
    ignored: frozenset[str] = frozenset()
    if copy.git:
        options = copy.options
        ignored = await ignored_among(
            seen.new, copy.root, options.environ, options.git_seconds
        )
    reading = _Reading(copy, limits, allow, untouched)
    return await asyncio.to_thread(reading.all, seen, ignored)


@dataclass
class _Reading:
    copy: Copy
    limits: ChangeLimits
    allow: Collection[str]
    untouched: Copy | None
    changes: list[FileChange] = field(default_factory=lambda: [])
    refused: list[Refusal] = field(default_factory=lambda: [])
    left_behind: list[LeftOut] = field(default_factory=lambda: [])
    size: int = 0

    def all(self, seen: Seen, ignored: Collection[str]) -> CopyChanges:
        self.refused += seen.refused
        self.left_behind += seen.left_behind
        if seen.full:
            many = f"more than {self.limits.listed:,} files are new in the copy"
            self.refused.append(Refusal("", many))
            return self._found()

        before = self.copy.base.ignored
        paths = [*seen.changed, *seen.new, *seen.gone]
        with open_tree(self.copy.root) as root, open_tree(self.copy.path) as tree:
            for path in sorted(paths):
                if path in ignored or path in before:
                    self._leave(tree, path)
                elif len(self.changes) < self.limits.files:
                    self._read(root, tree, path)
                else:
                    most = f"more than {self.limits.files:,} files are changed"
                    self.refused.append(Refusal("", most))
                    break

        return self._found()

    def _found(self) -> CopyChanges:
        refused = tuple(self.refused[:_MOST_REFUSALS])
        left = tuple(sorted(self.left_behind, key=lambda one: one.path))
        return CopyChanges(ChangeSet(tuple(self.changes), refused), left)

    def _leave(self, tree: Tree, path: str) -> None:
        """Name a file that git ignores as left behind, unless it is as it was."""
        state = "new"
        if path in self.copy.base.files:
            state = "not what it was"
            with suppress(PathRefused):
                if self._is_as_it_was(path, tree.read(path, self.limits.file_bytes)):
                    return
        self.left_behind.append(LeftOut(path, f"git ignores it, and it is {state}"))

    def _read(self, root: Tree, tree: Tree, path: str) -> None:
        try:
            after = tree.read(path, self.limits.file_bytes)
            if self._is_as_it_was(path, after):
                return
            change = FileChange(
                check_name(path, self.allow),
                self._before(root, path),
                None if after is None else after[0],
                after is not None and bool(after[1] & 0o100),
            )
        except BadName as error:
            self.refused.append(Refusal(path, error.why))
            return
        except PathRefused as error:
            self.refused.append(error.refusal)
            return
        self._take(change)

    def _is_as_it_was(self, path: str, after: tuple[bytes, int] | None) -> bool:
        entry = self.copy.base.files.get(path)
        if entry is None or after is None:
            return False

        content, mode = after
        same = digest(content) == entry.digest
        return same and bool(mode & 0o100) == entry.executable

    def _before(self, root: Tree, path: str) -> bytes | None:
        """The content that was copied.

        Raises:
            PathRefused: Nobody has it any more.
        """
        entry = self.copy.base.files.get(path)
        copied = "" if entry is None else entry.digest
        content = self._content(root, path)
        if digest(content) == copied:
            return content
        if entry is not None and self.untouched is not None:
            with open_tree(self.untouched.path) as tree:
                content = self._content(tree, path)
            if digest(content) == copied:
                return content

        why = "has been changed in the work directory since it was copied"
        raise PathRefused(path, why)

    def _content(self, tree: Tree, path: str) -> bytes | None:
        found = tree.read(path, self.limits.file_bytes)
        return None if found is None else found[0]

    def _take(self, change: FileChange) -> None:
        self.size += len(change.after or b"")
        if self.size > self.limits.total_bytes:
            most = f"all changes together exceed {self.limits.total_bytes:,} bytes"
            if Refusal("", most) not in self.refused:
                self.refused.append(Refusal("", most))
            return
        self.changes.append(change)
