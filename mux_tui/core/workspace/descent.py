"""Going down into a work directory, one component at a time, never through a link.

A path is never handed to the system whole: each component is opened from the
descriptor of the one before it, so what is checked is what is entered, whoever renames
directories or puts links in their places meanwhile.
"""

import errno
import os
import stat
import sys
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass

from mux_tui.core.workspace.refused import PathRefused, told
from mux_tui.core.workspace.spelling import other_spelling

_PASS = getattr(os, "O_PATH", os.O_RDONLY)
"""Enough to go through a directory that may be searched but not listed."""

_ENTER = _PASS | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_LONGEST = 1024 if sys.platform == "darwin" else 4096
_GIT = ".git"


@dataclass(frozen=True)
class Bounds:
    """Where the way down ends."""

    device: int
    """The root's; other file systems are not entered."""

    closed: frozenset[tuple[int, int]] = frozenset()
    """Device and inode of directories that are not entered: mux's own."""


def parts_of(path: str, root: str = "") -> tuple[str, ...]:
    """The components of a relative path.

    Args:
        path: Relative to the work directory.
        root: The work directory, for the length of the whole.

    Raises:
        PathRefused: It is no plain relative path, or too long for other programs.
    """
    if "\0" in path:
        raise PathRefused(path, "holds a NUL")
    with told(path):
        size = len(os.fsencode(root)) + 1 + len(os.fsencode(path))
    if size >= _LONGEST:
        raise PathRefused(path, "is too long")
    if path.startswith("/"):
        raise PathRefused(path, "is not relative to the work directory")
    parts = tuple(path.split("/"))
    if ".." in parts:
        raise PathRefused(path, "leads through a parent directory")
    if any(part in ("", ".") for part in parts):
        raise PathRefused(path, "does not name a file")
    if any(part.casefold() == _GIT for part in parts):
        raise PathRefused(path, "belongs to git")

    return parts


@contextmanager
def folder(
    root: int,
    parts: tuple[str, ...],
    bounds: Bounds,
    path: str,
    made: list[str] | None = None,
) -> Generator[int | None]:
    """Hold a directory open, going down from `root`.

    Args:
        root: The descriptor of the work directory.
        parts: The directory's path below it.
        bounds: Where not to go.
        path: The file that it is about, for messages.
        made: Missing directories are made, and added here; None: none is made.

    Yields:
        Its descriptor, good for `dir_fd` alone; None: it does not exist.

    Raises:
        PathRefused: A component is no directory of the work directory's own.
    """
    here: int | None = os.dup(root)
    try:
        for depth, part in enumerate(parts, 1):
            assert here is not None
            so_far = "/".join(parts[:depth])
            with _on_the_way_to(path):
                below = _entered(here, part, so_far, bounds)
                if below is None and made is not None:
                    below = _made(here, part, so_far, bounds, made)
            os.close(here)
            here = below
            if here is None:
                break
        yield here
    finally:
        if here is not None:
            os.close(here)


@contextmanager
def _on_the_way_to(path: str) -> Generator[None]:
    try:
        yield
    except PathRefused as error:
        why = f"{error.refusal.path}{':' if error.fault else ''} {error.refusal.why}"
        raise PathRefused(path, why, error.fault) from error


def _made(here: int, part: str, path: str, bounds: Bounds, made: list[str]) -> int:
    with told(path):
        try:
            os.mkdir(part, dir_fd=here)
        except FileExistsError:
            pass
        else:
            made.append(path)
    below = _entered(here, part, path, bounds)
    if below is None:
        raise PathRefused(path, "has just gone", errno.ENOENT)

    return below


def _entered(here: int, part: str, path: str, bounds: Bounds) -> int | None:
    try:
        below = os.open(part, _ENTER, dir_fd=here)
    except FileNotFoundError:
        if clash := other_spelling(here, part):
            raise PathRefused(path, clash) from None
        return None
    except OSError as error:
        if error.errno in (errno.ELOOP, errno.ENOTDIR, errno.EMLINK):
            raise PathRefused(path, _instead(here, part)) from error
        with told(path):
            raise
    try:
        _check(here, below, part, path, bounds)
    except BaseException:
        os.close(below)
        raise

    return below


def _check(here: int, below: int, part: str, path: str, bounds: Bounds) -> None:
    facts = os.fstat(below)
    if facts.st_dev != bounds.device:
        raise PathRefused(path, "lies on another file system")
    if (facts.st_dev, facts.st_ino) in bounds.closed:
        raise PathRefused(path, "belongs to mux itself")
    if clash := other_spelling(here, part):
        raise PathRefused(path, clash)


def _instead(here: int, part: str) -> str:
    try:
        facts = os.stat(part, dir_fd=here, follow_symlinks=False)
    except OSError:
        return "is no directory"

    if stat.S_ISLNK(facts.st_mode):
        return "is a symbolic link"
    return "is no directory, but another path needs it to be one"
