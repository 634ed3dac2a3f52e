"""Bringing a copy back to what it was when it was made.

What was touched in it is removed or copied anew, and the rest is left alone, which
costs a look at every file and not another copy. Where that cannot be done to the last
byte, it says so, and another copy is to be made.
"""

import os
import secrets
import stat
from contextlib import suppress

from mux_tui.core.workspace.scratch.clock import tells_mapped_writes
from mux_tui.core.workspace.scratch.facts import Copy, Entry, signature_of
from mux_tui.core.workspace.scratch.file_copy import (
    FileCopier,
    NoRoom,
    NotCopied,
    digest_of,
)
from mux_tui.core.workspace.scratch.parent import FOLDER, parent_of
from mux_tui.core.workspace.scratch.removal import make_open, remove_tree

_READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


class _Impossible(Exception):
    """Something cannot be brought back."""


def reset(copy: Copy, touched_ns: int) -> bool:
    """Bring a copy back to what was copied; blocks.

    Nothing may run in it meanwhile. What it holds now is taken from the work directory
    again, if that still is what was copied.

    Args:
        copy: The copy; how its files are is noted in its base.
        touched_ns: When somebody was first let into it since it was as it should be,
            as `now_at` told it then.

    Returns:
        Whether it is again what it was. If not, it is of no more use.
    """
    waste = copy.path.parent / f"waste-{secrets.token_hex(6)}"
    opened: list[int] = []
    try:
        waste.mkdir(mode=0o700)
        folders = (copy.path, copy.root, waste)
        # From a generator, so that those before one that fails are known and closed.
        opened.extend(os.open(folder, FOLDER) for folder in folders)
        _Reset(copy, touched_ns, *opened).run()
    except (OSError, _Impossible):
        return False
    finally:
        for folder in opened:
            os.close(folder)
        remove_tree(waste)

    return True


def is_current(copy: Copy) -> bool:
    """Whether the work directory still is what was copied, going by times; blocks.

    What was left out of the copy is not looked at.
    """
    base, root = copy.base, str(copy.root)
    with suppress(OSError):
        for path, entry in base.files.items():
            facts = os.stat(f"{root}/{path}", follow_symlinks=False)
            # The one time that nobody can set back.
            if facts.st_ctime_ns != entry.original_ns:
                return False
        for path, folder in base.made.items():
            facts = os.stat(f"{root}/{path}", follow_symlinks=False)
            if facts.st_mtime_ns != folder.changed_ns:
                return False
        return True

    return False


class _Reset:
    def __init__(
        self, copy: Copy, since_ns: int, target: int, source: int, waste: int
    ) -> None:
        self._base = copy.base
        self._since_ns = since_ns
        self._target = target
        self._source = source
        self._waste = waste
        self._by_content = not tells_mapped_writes(waste)
        self._wasted = 0
        self._met: set[str] = set()
        self._copier = FileCopier()

    def run(self) -> None:
        """Remove what is not as it was, then bring back what is missing.

        Raises:
            _Impossible: The work directory is not what was copied any more.
            OSError: Something cannot be removed or written.
        """
        base = self._base
        self._contents(self._target, "")
        for path in sorted(base.folders - self._met):
            with parent_of(self._target, path) as (folder, name):
                _make(folder, name, base.made[path].mode)
        for path in sorted(base.links.keys() - self._met):
            with parent_of(self._target, path) as (folder, name):
                os.symlink(base.links[path], name, dir_fd=folder)
        for path in sorted(base.files.keys() - self._met):
            self._bring_back(path, base.files[path])

    def _contents(self, folder: int, above: str) -> None:
        mode = self._base.made[above.rstrip("/")].mode
        if stat.S_IMODE(os.fstat(folder).st_mode) != mode:
            os.fchmod(folder, mode)
        folders: list[str] = []
        for entry in _entries(folder):
            path = above + entry.name
            if not self._is_as_it_was(folder, entry, path):
                self._remove(folder, entry)
                continue
            self._met.add(path)
            if path in self._base.folders:
                folders.append(entry.name)
        for name in folders:
            make_open(folder, name)
            below = os.open(name, FOLDER, dir_fd=folder)
            try:
                self._contents(below, f"{above}{name}/")
            finally:
                os.close(below)

    def _is_as_it_was(self, folder: int, entry: "os.DirEntry[str]", path: str) -> bool:
        base = self._base
        if entry.is_symlink():
            points_to = base.links.get(path)
            return points_to == os.readlink(entry.name, dir_fd=folder)
        if entry.is_dir(follow_symlinks=False):
            return path in base.folders
        known = base.files.get(path)
        if known is None:
            return False

        facts = entry.stat(follow_symlinks=False)
        same = signature_of(facts) == known.signature and stat.S_ISREG(facts.st_mode)
        if not same or facts.st_ctime_ns >= self._since_ns:
            return False

        return not self._by_content or self._holds_the_same(folder, entry.name, known)

    def _holds_the_same(self, folder: int, name: str, known: Entry) -> bool:
        if not known.digest:
            raise _Impossible
        held = os.open(name, _READ, dir_fd=folder)
        try:
            return digest_of(held) == known.digest
        finally:
            os.close(held)

    def _remove(self, folder: int, entry: "os.DirEntry[str]") -> None:
        if not entry.is_dir(follow_symlinks=False):
            os.unlink(entry.name, dir_fd=folder)
            return
        # Whatever is in it, and however deep: it goes as a whole, and not by a path
        # that somebody could lead elsewhere.
        make_open(folder, entry.name)
        self._wasted += 1
        aside = str(self._wasted)
        os.rename(entry.name, aside, src_dir_fd=folder, dst_dir_fd=self._waste)

    def _bring_back(self, path: str, known: Entry) -> None:
        if not known.digest:
            raise _Impossible
        with (
            parent_of(self._source, path) as (source, name),
            parent_of(self._target, path) as (target, _),
        ):
            try:
                entry, _ = self._copier.copy(source, target, name, known.signature[1])
            except (NotCopied, NoRoom) as error:
                raise _Impossible from error
            if entry[:2] != known[:2]:
                raise _Impossible
            changed_ns = known.signature[2]
            if entry.signature[2] != changed_ns:
                times = (changed_ns, changed_ns)
                os.utime(name, ns=times, dir_fd=target, follow_symlinks=False)
            facts = os.stat(name, dir_fd=target, follow_symlinks=False)
        self._base.files[path] = entry._replace(signature=signature_of(facts))


def _entries(folder: int) -> "list[os.DirEntry[str]]":
    with os.scandir(folder) as entries:
        return list(entries)


def _make(above: int, name: str, mode: int) -> None:
    os.mkdir(name, 0o700, dir_fd=above)
    made = os.open(name, FOLDER, dir_fd=above)
    try:
        os.fchmod(made, mode)
    finally:
        os.close(made)
