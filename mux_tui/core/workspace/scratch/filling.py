"""Copying a work directory into an empty one, directory by directory.

Both trees are walked by descriptors: nothing is entered through a link, so whatever is
renamed meanwhile, nothing from outside is copied and nothing outside is written. Files
are copied by threads: by more of them where the file system is what takes the time.
"""

import errno
import os
import stat
import threading
from collections import Counter
from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from time import perf_counter, time_ns

from mux_tui.core.errors import EnvironmentProblem
from mux_tui.core.text import one_line
from mux_tui.core.workspace.refused import in_words
from mux_tui.core.workspace.scratch.facts import (
    Base,
    CopyTooLarge,
    Folder,
    ScratchOptions,
)
from mux_tui.core.workspace.scratch.file_copy import FileCopier, NoRoom, NotCopied
from mux_tui.core.workspace.scratch.heavy import (
    CACHE_MARKER,
    MARKERS,
    is_installed,
    is_leftover,
    is_version_control,
    why_heavy,
)
from mux_tui.core.workspace.scratch.ignore import Ignored

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_DEEPEST = 64
"""Each directory on the way down takes two descriptors, and macOS gives 256."""

_WORKERS = 4
_SLOW_SECONDS = 0.0001
"""A file that takes longer is waited for in the kernel, where threads go side by side.
Below that it is mostly the interpreter's work, and threads would wait for another."""

_CHUNK = 128
_IGNORE_IT = "Name what is not source code in .gitignore"
_NO_GIT = "Make it a git repository whose .gitignore names what is not source code"
_NO_SPACE = (errno.ENOSPC, errno.EDQUOT)


class Stopped(Exception):
    """Copying was stopped from outside."""


@dataclass(frozen=True)
class _Listing:
    folders: list[str]
    files: list[str]
    links: list[str]
    special: list[str]

    @property
    def marker(self) -> str:
        """The name in it that says that it is a cache, or installed."""
        return next((name for name in MARKERS if name in self.files), "")


@dataclass
class Filling:
    """One copy being made. Everything here blocks."""

    ignored: Ignored
    options: ScratchOptions
    stop: threading.Event
    base: Base = field(default_factory=Base)
    _copier: FileCopier = field(default_factory=FileCopier)
    _closed: set[tuple[int, int]] = field(default_factory=lambda: set())
    _device: int = 0
    _files: Counter[str] = field(default_factory=lambda: Counter())
    _bytes: Counter[str] = field(default_factory=lambda: Counter())
    _written: int = 0
    _done: int = 0
    _seconds: float = 0.0
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _jobs: "list[tuple[Future[None], _Job]]" = field(default_factory=lambda: [])

    def fill(self, source: int, target: int, closed: Iterable[tuple[int, int]]) -> Base:
        """Copy everything below `source` into `target`.

        Args:
            source: A descriptor of the work directory.
            target: One of an empty directory.
            closed: Device and inode of directories that are not entered.

        Raises:
            CopyTooLarge: It holds more than a copy may.
            EnvironmentProblem: The copy cannot be written.
            Stopped: The event was set.
        """
        self._closed = set(closed)
        top = os.fstat(source)
        self._device = top.st_dev
        self._note(target, "", top)
        with ThreadPoolExecutor(_WORKERS, "mux-copy") as pool:
            try:
                self._contents(source, target, "", _listed(source), pool)
                self._wait_for(0)
            except OSError as error:
                raise _cannot_write(error) from error
            finally:
                for future, job in self._jobs:
                    if future.cancel():
                        job.close()
        self.base.sealed_ns = time_ns()
        return self.base

    def _contents(
        self,
        source: int,
        target: int,
        path: str,
        here: _Listing,
        pool: ThreadPoolExecutor,
    ) -> None:
        if self.stop.is_set():
            raise Stopped
        for name in here.special:
            self.base.leave_out(path + name, "is a device, a socket or a named pipe")
        for name in here.links:
            self._link(source, target, path, name)
        wanted = [name for name in here.files if self._wants(source, path, name)]
        self._count(path, len(wanted))
        for start in range(0, len(wanted), _CHUNK):
            self._wait_for(self._at_once - 1)
            job = _Job(self, path, os.dup(source), os.dup(target))
            names = wanted[start : start + _CHUNK]
            self._jobs.append((pool.submit(job.copy, names), job))
        for name in here.folders:
            if self._enters(path, name):
                self._folder(source, target, path, name, pool)

    def _folder(
        self, source: int, target: int, above: str, name: str, pool: ThreadPoolExecutor
    ) -> None:
        path = above + name
        try:
            below = os.open(name, _FOLDER, dir_fd=source)
        except FileNotFoundError:
            return
        except OSError as error:
            self.base.leave_out(path, f"cannot be read: {in_words(error)}", folder=True)
            return
        try:
            facts = os.fstat(below)
            listing = _listed(below)
            if not self._keeps(facts, listing, path):
                return
            os.mkdir(name, 0o700 | stat.S_IMODE(facts.st_mode) & 0o777, dir_fd=target)
            made = os.open(name, _FOLDER, dir_fd=target)
            try:
                self.base.folders.add(path)
                self._note(made, path, facts)
                self._contents(below, made, f"{path}/", listing, pool)
            finally:
                os.close(made)
        finally:
            os.close(below)

    def _note(self, made: int, path: str, original: os.stat_result) -> None:
        mode = stat.S_IMODE(os.fstat(made).st_mode)
        self.base.made[path] = Folder(mode, original.st_mtime_ns)

    def _keeps(self, facts: os.stat_result, listing: _Listing, path: str) -> bool:
        """Whether a directory is copied, now that it can be seen into."""
        if facts.st_dev != self._device:
            self.base.leave_out(path, "lies on another file system", folder=True)
        elif (facts.st_dev, facts.st_ino) in self._closed:
            self.base.leave_out(path, "belongs to mux itself", folder=True)
        elif listing.marker and path not in self.ignored.kept:
            why = f"is a cache or installed, as its {listing.marker} says"
            needed = listing.marker != CACHE_MARKER
            self.base.leave_out(path, why, folder=True, linkable=needed)
        else:
            return True

        return False

    def _enters(self, above: str, name: str) -> bool:
        """Whether a directory is copied, judged by its name and by git."""
        path = above + name
        if is_version_control(name):
            self.base.leave_out(path, "is version control's own", folder=True)
        elif path not in self.ignored.kept and (why := why_heavy(name)):
            needed = is_installed(name)
            self.base.leave_out(path, why, folder=True, linkable=needed)
        elif path in self.ignored.folders:
            self.base.leave_out(path, "git ignores it", folder=True, linkable=True)
        elif above.count("/") >= _DEEPEST:
            self.base.leave_out(path, "lies too deep", folder=True)
        else:
            return True

        return False

    def _wants(self, source: int, above: str, name: str) -> bool:
        """Whether a file is copied, judged by its name, by git and by its size."""
        path = above + name
        if is_version_control(name):
            self.base.leave_out(path, "is version control's own")
            return False
        if path not in self.ignored.files:
            return True
        if is_leftover(name):
            return False
        if self.options.is_secret(path):
            self.base.leave_out(path, "git ignores it, and its name is a secret's")
            return False
        with suppress(OSError):
            size = os.stat(name, dir_fd=source, follow_symlinks=False).st_size
            if size <= self.options.ignored_bytes:
                self.base.ignored.add(path)
                return True
        self.base.leave_out(path, "git ignores it", linkable=True)
        return False

    def _link(self, source: int, target: int, above: str, name: str) -> None:
        if is_version_control(name):
            self.base.leave_out(above + name, "is version control's own")
            return
        try:
            points_to = os.readlink(name, dir_fd=source)
        except OSError:
            return
        if why := _why_not(points_to, above):
            self.base.leave_out(above + name, why)
            return
        os.symlink(points_to, name, dir_fd=target)
        self.base.links[above + name] = points_to

    def _count(self, path: str, files: int) -> None:
        self._files[_top(path)] += files
        if self._files.total() > self.options.files:
            most = f"more than {self.options.files:,} files"
            told = "{:,} of those seen"
            raise _too_large(most, self._files, told, self.ignored.known)

    def _wait_for(self, left: int) -> None:
        """Wait until at most `left` jobs are under way, and pass their errors on."""
        while len(self._jobs) > left:
            self._jobs.pop(0)[0].result()

    @property
    def _at_once(self) -> int:
        """How many jobs may be under way."""
        return _WORKERS if self._seconds > self._done * _SLOW_SECONDS else 1

    def note(self, files: int, seconds: float) -> None:
        """Count what a job has done."""
        with self._lock:
            self._done += files
            self._seconds += seconds

    @property
    def room(self) -> int:
        """Bytes that the copy may still grow by."""
        return self.options.bytes - self._written

    def copy_file(self, source: int, target: int, path: str, name: str) -> None:
        """Copy one file and note how, or note why not."""
        if self.stop.is_set():
            raise Stopped
        try:
            entry, size = self._copier.copy(source, target, name, self.room)
        except FileNotFoundError:
            return
        except NotCopied as error:
            with suppress(FileNotFoundError):
                os.unlink(name, dir_fd=target)
            self.base.leave_out(path + name, error.why)
            return
        except NoRoom:
            most = f"more than {self.options.bytes:,} bytes"
            self._bytes[_top(path) or name] += self.options.bytes
            told = "most of them"
            raise _too_large(most, self._bytes, told, self.ignored.known) from None
        self.base.files[path + name] = entry
        with self._lock:
            self._written += size
            self._bytes[_top(path)] += size


@dataclass
class _Job:
    """Some files of one directory; owns its two descriptors."""

    filling: Filling
    path: str
    source: int
    target: int

    def copy(self, names: list[str]) -> None:
        started = perf_counter()
        try:
            for name in names:
                self.filling.copy_file(self.source, self.target, self.path, name)
        finally:
            self.close()
        self.filling.note(len(names), perf_counter() - started)

    def close(self) -> None:
        os.close(self.source)
        os.close(self.target)


def _listed(folder: int) -> _Listing:
    """What is in a directory; nothing where it cannot be listed any more."""
    found = _Listing([], [], [], [])
    with suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_symlink():
                found.links.append(entry.name)
            elif entry.is_dir(follow_symlinks=False):
                found.folders.append(entry.name)
            elif entry.is_file(follow_symlinks=False):
                found.files.append(entry.name)
            else:
                found.special.append(entry.name)
    found.folders.sort()
    return found


def _why_not(target: str, above: str) -> str:
    """Why a link is not copied; empty: it points inside.

    `..` is only believed at the target's beginning, where it means the directories
    that were walked: behind another link it may lead anywhere.
    """
    if target.startswith("/"):
        return "is a link to a full path"
    parts = [part for part in target.split("/") if part not in ("", ".")]
    ups = next((at for at, part in enumerate(parts) if part != ".."), len(parts))
    if ".." in parts[ups:]:
        return "is a link that goes down and up again"
    if ups > above.count("/"):
        return "is a link that leaves the work directory"
    if any(is_version_control(part) for part in parts):
        return "is a link into version control's own files"

    return ""


def _top(path: str) -> str:
    """The first two directories of a path: enough to say where the bulk is."""
    return "/".join(path.split("/")[:-1][:2])


def _too_large(most: str, seen: Counter[str], told: str, git: bool) -> CopyTooLarge:
    where, count = seen.most_common(1)[0]
    name = f"{one_line(where, 100)}/" if where else "the top directory"
    return CopyTooLarge(
        "the work directory is too large to try a draft in a copy of it",
        f"it holds {most}; {told.format(count)} in {name}",
        f"{_IGNORE_IT if git else _NO_GIT}, or work in a smaller directory with --cwd",
    )


def _cannot_write(error: OSError) -> EnvironmentProblem:
    step = "Make room, or set MUX_HOME to a directory on a larger disk"
    return EnvironmentProblem(
        "cannot copy the work directory",
        in_words(error),
        step if error.errno in _NO_SPACE else "",
    )
