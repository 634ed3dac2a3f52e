"""Copying one file's content, sharing its blocks where the file system can.

A file that a draft may change is read anyway, for its digest; what is larger is cloned
or copied inside of the kernel.
"""

import ctypes
import errno
import fcntl
import hashlib
import os
import stat
import sys
from contextlib import suppress
from functools import cache

from mux_tui.core.workspace.scratch.facts import Entry, signature_of

HASHED_BYTES = 8 * 1024 * 1024
"""Larger files have no digest: a draft may not change them."""

_READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC
_NEW = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_FICLONE = 0x40049409
_CLONED_FROM = 64 * 1024
"""Bytes. Below that, writing is as fast."""

_PIECE = 1 << 20
_BITS = 0o777
_MAC = sys.platform == "darwin"


class NotCopied(Exception):
    """A file of the work directory that cannot be copied; `why` is one clause."""

    def __init__(self, why: str) -> None:
        """Say why."""
        super().__init__(why)
        self.why = why


class NoRoom(Exception):
    """A file is larger than what a copy may still grow by."""


class FileCopier:
    """Copies files, remembering whether blocks can be shared here."""

    def __init__(self) -> None:
        """Start by trying."""
        self._clones = True

    def copy(self, source: int, target: int, name: str, room: int) -> tuple[Entry, int]:
        """Copy one regular file.

        Args:
            source: A descriptor of its directory.
            target: One of the directory that it is copied into.
            name: Its name in both.
            room: The bytes that it may have.

        Returns:
            How it was copied, and its bytes.

        Raises:
            NotCopied: It is no regular file any more, or may not be read.
            NoRoom: It is larger than `room`.
            FileNotFoundError: It has gone.
            OSError: The copy cannot be written.
        """
        old = _opened(source, name)
        try:
            facts = os.fstat(old)
            if not stat.S_ISREG(facts.st_mode):
                raise NotCopied("is no regular file")
            if facts.st_size > room:
                raise NoRoom
            new = self._made(old, facts, target, name)
            try:
                digest = self._fill(old, new, facts.st_size)
                return self._finished(new, facts, digest)
            finally:
                os.close(new)
        finally:
            os.close(old)

    def _made(self, old: int, facts: os.stat_result, target: int, name: str) -> int:
        if _MAC and self._clones and facts.st_size >= _CLONED_FROM:
            if _clone_on_mac(old, target, name):
                os.chmod(name, 0o600, dir_fd=target, follow_symlinks=False)
                return os.open(name, os.O_RDWR | os.O_NOFOLLOW, dir_fd=target)
            self._clones = False

        return os.open(name, _NEW, facts.st_mode & _BITS, dir_fd=target)

    def _fill(self, old: int, new: int, size: int) -> str:
        """Copy the content; returns its digest."""
        if size >= _CLONED_FROM and self._cloned(old, new):
            return digest_of(new) if size <= HASHED_BYTES else ""
        if size > HASHED_BYTES:
            done = _copied_by_kernel(old, new, size)
            _copied_by_hand(old, new, size - done)
            return ""

        return _copied_by_hand(old, new, size)

    def _cloned(self, old: int, new: int) -> bool:
        if _MAC:
            return os.fstat(new).st_size > 0
        if not self._clones:
            return False
        try:
            fcntl.ioctl(new, _FICLONE, old)
        except OSError:
            self._clones = False
            return False

        return True

    def _finished(
        self, new: int, facts: os.stat_result, digest: str
    ) -> tuple[Entry, int]:
        bits = facts.st_mode & _BITS
        # Programs such as make compare the times of files.
        os.utime(new, ns=(facts.st_atime_ns, facts.st_mtime_ns))
        made = os.fstat(new)
        if made.st_mode & _BITS != bits:
            os.fchmod(new, bits)
            made = os.fstat(new)
        signature = signature_of(made)
        entry = Entry(digest, bool(bits & 0o100), signature, facts.st_ctime_ns)
        return entry, made.st_size


def _opened(source: int, name: str) -> int:
    try:
        return os.open(name, _READ, dir_fd=source)
    except FileNotFoundError:
        raise
    except OSError as error:
        reason = (error.strerror or "cannot be opened").lower()
        raise NotCopied(f"cannot be read: {reason}") from error


def _copied_by_hand(old: int, new: int, size: int) -> str:
    """Copy at most `size` bytes: a file that grows meanwhile has no end."""
    total = hashlib.sha256()
    while size > 0 and (piece := _read(old, min(size, _PIECE))):
        size -= len(piece)
        total.update(piece)
        if (done := os.write(new, piece)) < len(piece):
            _write_rest(new, piece, done)

    return total.hexdigest()


def _write_rest(new: int, piece: bytes, done: int) -> None:
    view = memoryview(piece)[done:]
    while view:
        view = view[os.write(new, view) :]


def _read(old: int, size: int) -> bytes:
    try:
        return os.read(old, size)
    except OSError as error:
        reason = (error.strerror or "an error").lower()
        raise NotCopied(f"cannot be read: {reason}") from error


def _copied_by_kernel(old: int, new: int, size: int) -> int:
    """Copy as much as the kernel does; returns the bytes it has copied."""
    done = 0
    if not hasattr(os, "copy_file_range"):
        return done
    with suppress(OSError):
        while more := os.copy_file_range(old, new, min(size - done, 1 << 30)):
            done += more

    return done


def digest_of(descriptor: int) -> str:
    """The digest of all that an open file holds."""
    os.lseek(descriptor, 0, os.SEEK_SET)
    total = hashlib.sha256()
    while piece := os.read(descriptor, _PIECE):
        total.update(piece)

    return total.hexdigest()


def _clone_on_mac(old: int, target: int, name: str) -> bool:
    library = _system_library()
    if library is None:
        return False
    if library.fclonefileat(old, target, os.fsencode(name), 0) == 0:
        return True
    if (number := ctypes.get_errno()) in (errno.ENOSPC, errno.EDQUOT):
        raise OSError(number, os.strerror(number))

    return False


@cache
def _system_library() -> ctypes.CDLL | None:
    library = ctypes.CDLL(None, use_errno=True)
    return library if hasattr(library, "fclonefileat") else None
