"""Files as they stand: what kind they are, what they hold, what is kept of them."""

import errno
import hashlib
import os
import stat
from collections.abc import Generator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from mux_tui.core.workspace.refused import PathRefused, told

PERMISSIONS = 0o777
"""What of a file's mode is ever kept: never set-user-id, set-group-id or sticky."""

_READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC
_PIECE = 1 << 20
_KINDS = (
    (stat.S_ISLNK, "is a symbolic link"),
    (stat.S_ISDIR, "is a directory"),
    (stat.S_ISFIFO, "is a named pipe"),
    (stat.S_ISSOCK, "is a socket"),
    (stat.S_ISBLK, "is a device"),
    (stat.S_ISCHR, "is a device"),
)


@dataclass(frozen=True)
class Standing:
    """A regular file as it stands in the tree."""

    digest: str
    """As of `core.change.digest`; of its whole content."""

    mode: int
    """Its permission bits."""

    size: int
    """In bytes."""


def facts_of(
    folder: int, name: str, path: str, linked: bool = False
) -> os.stat_result | None:
    """What stands under a name: a regular file, or nothing.

    Args:
        folder: A descriptor of its directory.
        name: Its last component.
        path: The whole, for messages.
        linked: Whether it may have other names.

    Raises:
        PathRefused: It is something else, or has other names.
    """
    with told(path):
        try:
            facts = os.stat(name, dir_fd=folder, follow_symlinks=False)
        except FileNotFoundError:
            return None
    _check(facts, path, linked)
    return facts


@contextmanager
def opened(folder: int, name: str, path: str, linked: bool) -> Generator[int | None]:
    """Hold a regular file open for reading; None: there is none.

    Raises:
        PathRefused: As `facts_of`, or it cannot be opened.
    """
    # Looked at before it is opened: opening alone can wind a tape back.
    if facts_of(folder, name, path, linked) is None:
        yield None
        return
    with told(path):
        try:
            descriptor = os.open(name, _READ, dir_fd=folder)
        except OSError as error:
            if error.errno in (errno.ELOOP, errno.EMLINK):
                raise PathRefused(path, "is a symbolic link") from error
            raise
    try:
        _check(os.fstat(descriptor), path, linked)
        yield descriptor
    finally:
        os.close(descriptor)


def standing(descriptor: int, path: str) -> Standing:
    """Read an open file to its end and say what it is.

    Raises:
        PathRefused: It cannot be read.
    """
    with told(path):
        mode = os.fstat(descriptor).st_mode & PERMISSIONS
        total = hashlib.sha256()
        size = 0
        while piece := os.read(descriptor, _PIECE):
            total.update(piece)
            size += len(piece)

    return Standing(total.hexdigest(), mode, size)


def content_of(descriptor: int, path: str, limit: int) -> bytes:
    """Everything an open file holds.

    Raises:
        PathRefused: It cannot be read, or holds more than `limit` bytes.
    """
    pieces: list[bytes] = []
    left = limit + 1
    with told(path):
        while left and (piece := os.read(descriptor, min(left, _PIECE))):
            pieces.append(piece)
            left -= len(piece)
    if not left:
        raise PathRefused(path, f"is larger than {limit:,} bytes")

    return b"".join(pieces)


def with_execution(mode: int, executable: bool) -> int:
    """`mode` with execution for those who may read it, or for nobody."""
    return (mode | (mode & 0o444) >> 2) if executable else mode & ~0o111


def keep_attributes(source: int, target: int) -> str:
    """Give `target` the owner and the extended attributes of `source`.

    Access lists and labels are kept where Python can reach them: on Linux. What lets a
    program act with more rights than its user's is not kept. Call it before the mode
    is set, which changing the owner takes away.

    Returns:
        One clause on what could not be kept; empty: nothing.
    """
    note = ""
    old, new = os.fstat(source), os.fstat(target)
    if (old.st_uid, old.st_gid) != (new.st_uid, new.st_gid):
        note = _owned(target, old)
    if hasattr(os, "listxattr"):
        for name in _attributes(source):
            with suppress(OSError):
                os.setxattr(target, name, os.getxattr(source, name))

    return note


def _attributes(source: int) -> list[str]:
    try:
        names = os.listxattr(source)
    except OSError:
        return []

    return [name for name in names if name != "security.capability"]


def _owned(target: int, old: os.stat_result) -> str:
    try:
        os.fchown(target, old.st_uid, old.st_gid)
    except OSError:
        with suppress(OSError):
            os.fchown(target, -1, old.st_gid)
        return "its owner could not be kept"

    return ""


def _check(facts: os.stat_result, path: str, linked: bool) -> None:
    for is_kind, words in _KINDS:
        if is_kind(facts.st_mode):
            raise PathRefused(path, words)
    if facts.st_nlink > 1 and not linked:
        # Replacing it by a new file would cut it off from its other names in silence,
        # and what is written into it would appear under them, wherever they are.
        raise PathRefused(path, "has other names (hard links) that would not change")
