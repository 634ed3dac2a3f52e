"""A project as detection sees it: names of files, and the text of a few small ones."""

import os
import stat
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

_MOST_FILES = 20_000
_DEEPEST = 12
_LARGEST = 1_000_000

_LENT = frozenset({"node_modules", ".venv", "venv", "env"})
_PASSED_OVER = _LENT | {
    ".git",
    ".hg",
    ".svn",
    ".tox",
    ".nox",
    ".mypy_cache",
    ".pytest_cache",
    ".ruff_cache",
    ".hypothesis",
    "__pycache__",
    "target",
    "dist",
    "build",
    "vendor",
}


@dataclass(frozen=True)
class Listing:
    """The files of a tree; paths from its root, with `/` between their parts."""

    root: Path
    files: frozenset[str]

    def text(self, path: str) -> str:
        """A small file's text; empty when it is missing, large or no plain file."""
        return read_small(self.root / path)

    def has(self, path: str) -> bool:
        """Whether anything is there, what a listing passes over included."""
        return (self.root / path).exists()

    def runnable(self, path: str) -> bool:
        """Whether a program is there."""
        return os.access(self.root / path, os.X_OK) and (self.root / path).is_file()

    def inside(self, path: str) -> bool:
        """Whether the path, links followed, stays within the tree."""
        return (self.root / path).resolve().is_relative_to(self.root.resolve())

    def named(self, *suffixes: str) -> list[str]:
        """Files whose path ends so, in order."""
        return sorted(path for path in self.files if path.endswith(suffixes))


def listing(root: Path) -> Listing:
    """List a tree: no links followed, and not more than 20,000 files."""
    found: set[str] = set()
    folders = [("", 0)]
    while folders and len(found) < _MOST_FILES:
        folder, depth = folders.pop()
        for entry in _entries(root / folder):
            path = f"{folder}{entry.name}"
            if entry.is_dir(follow_symlinks=False):
                if entry.name not in _PASSED_OVER and depth < _DEEPEST:
                    folders.append((f"{path}/", depth + 1))
            elif entry.is_file(follow_symlinks=False):
                found.add(path)

    return Listing(root, frozenset(found))


def _entries(folder: Path) -> list["os.DirEntry[str]"]:
    try:
        with os.scandir(folder) as entries:
            return sorted(entries, key=lambda entry: entry.name)
    except OSError:
        return []


def read_small(path: Path) -> str:
    """A small plain file's text; empty when it is anything else."""
    return read_plain(path, _LARGEST).decode("utf-8", "replace")


def read_plain(path: Path, largest: int) -> bytes:
    """A plain file's bytes; empty when it is a link, a device, a FIFO, or too large."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except (OSError, ValueError):
        return b""

    try:
        status = os.fstat(handle)
        if not stat.S_ISREG(status.st_mode) or status.st_size > largest:
            return b""
        with os.fdopen(os.dup(handle), "rb") as file:
            return file.read(largest)
    except OSError:
        return b""
    finally:
        os.close(handle)


def homes(files: Listing, changed: Iterable[str], markers: Iterable[str]) -> list[str]:
    """The directories that what changed belongs to.

    Args:
        files: The project.
        changed: Paths from the root.
        markers: File names, any of which marks such a directory.

    Returns:
        For each changed file the nearest directory above it that holds a marker, from
        the root; `.` is the root. A file without one belongs nowhere.
    """
    wanted = tuple(markers)
    found: set[str] = set()
    for path in changed:
        for folder in PurePosixPath(path).parents:
            if any(str(folder / marker) in files.files for marker in wanted):
                found.add(str(folder))
                break

    return sorted(found)
