"""Going through a copy for what is not as it was copied. Reads no content."""

import os
import stat
from contextlib import suppress
from dataclasses import dataclass, field

from mux_tui.core.change import Refusal
from mux_tui.core.workspace.refused import in_words
from mux_tui.core.workspace.scratch.facts import Base, Copy, LeftOut, signature_of
from mux_tui.core.workspace.scratch.heavy import (
    MARKERS,
    is_leftover,
    is_version_control,
    why_heavy,
)

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_DEEPEST = 80
_CLOCK_TICK_NS = 20_000_000
"""File systems may take the time of a change from a clock that is this coarse."""


@dataclass
class Seen:
    """What differs in a copy from its base."""

    changed: list[str] = field(default_factory=lambda: [])
    """Files of the base that may hold something else, or may be executable now."""

    new: list[str] = field(default_factory=lambda: [])
    gone: list[str] = field(default_factory=lambda: [])
    refused: list[Refusal] = field(default_factory=lambda: [])
    left_behind: list[LeftOut] = field(default_factory=lambda: [])
    full: bool = False
    """Whether looking was given up because there is too much that is new."""


def differences(copy: Copy, most: int) -> Seen:
    """Look at every file of a copy; blocks.

    Args:
        copy: The copy.
        most: How many new files are listed at most.
    """
    looking = _Looking(copy, most)
    folder = os.open(copy.path, _FOLDER)
    try:
        looking.contents(folder, "")
    finally:
        os.close(folder)

    return looking.finished()


class _Looking:
    def __init__(self, copy: Copy, most: int) -> None:
        self._copy = copy
        self._base: Base = copy.base
        self._most = most
        self._met: set[str] = set()
        self._seen = Seen()

    def finished(self) -> Seen:
        if not self._seen.full:
            gone = self._base.files.keys() - self._met
            self._seen.gone = sorted(gone)
            for path in sorted(self._base.links.keys() - self._met):
                self._refuse(path, "is a symbolic link: it cannot be deleted by mux")

        return self._seen

    def contents(self, folder: int, above: str) -> None:
        for name, facts in _entries(folder):
            kind = stat.S_IFMT(facts.st_mode)
            if self._seen.full:
                return
            path = above + name
            self._met.add(path)
            if is_version_control(name):
                self._leave(path, "is version control's own")
            elif kind == stat.S_IFLNK:
                self._link(folder, name, path)
            elif kind == stat.S_IFDIR:
                self._folder(folder, name, path)
            elif kind == stat.S_IFREG:
                self._file(name, path, facts)
            else:
                self._refuse(path, "is a device, a socket or a named pipe")

    def _folder(self, above: int, name: str, path: str) -> None:
        if path not in self._base.folders and (why := self._why_left(name, path)):
            # Where a sandbox has mounted what was left out, an empty one stays.
            if not self._is_empty(above, name):
                self._leave(path, why, folder=True)
            return
        if path.count("/") >= _DEEPEST:
            self._refuse(path, "lies too deep")
            return
        try:
            folder = os.open(name, _FOLDER, dir_fd=above)
        except OSError as error:
            self._refuse(path, f"cannot be read: {in_words(error)}")
            return
        try:
            if path not in self._base.folders and (marker := _marker(folder)):
                self._leave(path, f"is a cache or installed, as its {marker} says")
                return
            self.contents(folder, f"{path}/")
        finally:
            os.close(folder)

    def _is_empty(self, above: int, name: str) -> bool:
        try:
            folder = os.open(name, _FOLDER, dir_fd=above)
        except OSError:
            return False
        try:
            return not os.listdir(folder)
        except OSError:
            return False
        finally:
            os.close(folder)

    def _why_left(self, name: str, path: str) -> str:
        left = self._base.left_out.get(path)
        if left is not None and left.folder:
            return left.why

        return why_heavy(name)

    def _link(self, folder: int, name: str, path: str) -> None:
        target = ""
        with suppress(OSError):
            target = os.readlink(name, dir_fd=folder)
        if target == self._base.links.get(path):
            return
        if target == str(self._copy.root / path) and path in self._copy.lendable:
            return
        self._refuse(path, "is a symbolic link, which mux neither makes nor changes")

    def _file(self, name: str, path: str, facts: os.stat_result) -> None:
        entry = self._base.files.get(path)
        if entry is None:
            self._new(name, path)
            return
        fresh = facts.st_ctime_ns >= self._base.sealed_ns - _CLOCK_TICK_NS
        same = signature_of(facts) == entry.signature and not fresh
        if not same or bool(facts.st_mode & 0o100) != entry.executable:
            self._seen.changed.append(path)

    def _new(self, name: str, path: str) -> None:
        left = self._base.left_out.get(path)
        if path in self._base.links:
            self._refuse(path, "is a symbolic link in the work directory")
        elif is_leftover(name):
            self._leave(path, "is what programs leave behind")
        elif left is not None:
            self._refuse(path, f"is there already, and was not copied: it {left.why}")
        else:
            self._seen.new.append(path)
            self._seen.full = len(self._seen.new) > self._most

    def _refuse(self, path: str, why: str) -> None:
        self._seen.refused.append(Refusal(path, why))
        self._seen.full |= len(self._seen.refused) > self._most

    def _leave(self, path: str, why: str, folder: bool = False) -> None:
        self._seen.left_behind.append(LeftOut(path, why, folder))


def _entries(folder: int) -> list[tuple[str, os.stat_result]]:
    found: list[tuple[str, os.stat_result]] = []
    with suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            with suppress(OSError):
                found.append((entry.name, entry.stat(follow_symlinks=False)))

    return sorted(found, key=lambda one: one[0])


def _marker(folder: int) -> str:
    for name in MARKERS:
        with suppress(OSError):
            os.stat(name, dir_fd=folder, follow_symlinks=False)
            return name

    return ""
