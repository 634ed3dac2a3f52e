"""The seat of one file: a name in a directory that is held open.

Whatever happens to the directory's own name meanwhile, all that is done here is done in
the directory that was entered.
"""

import errno
import os
from contextlib import suppress
from dataclasses import dataclass

from mux_tui.core.workspace.refused import PathChanged, PathRefused, told
from mux_tui.core.workspace.regular import (
    PERMISSIONS,
    Standing,
    content_of,
    facts_of,
    keep_attributes,
    opened,
    standing,
)
from mux_tui.core.workspace.spelling import other_spelling

_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_NO_LINKS = (errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK, errno.EXDEV)


@dataclass(frozen=True)
class Mode:
    """The permissions that a file shall have."""

    bits: int
    masked: bool = False
    """Whether the process's umask takes its share, as for every new file."""


@dataclass(frozen=True)
class Staged:
    """A file that waits beside the one it will replace."""

    mode: int
    """Its permission bits, after any umask."""

    note: str = ""
    """What could not be kept of the old file; empty: nothing."""


@dataclass(frozen=True)
class Seat:
    """A name in an open directory; every method raises `PathRefused`."""

    parent: int
    """The directory's descriptor, good for `dir_fd` alone."""

    name: str
    path: str
    """From the work directory, for messages."""

    def look(self, linked: bool = False) -> Standing | None:
        """How the file there stands; None: there is none."""
        with opened(self.parent, self.name, self.path, linked) as descriptor:
            self._check_spelling()
            return None if descriptor is None else standing(descriptor, self.path)

    def read(self, limit: int) -> tuple[bytes, int] | None:
        """The content, of at most `limit` bytes, and the permission bits."""
        with opened(self.parent, self.name, self.path, linked=False) as descriptor:
            self._check_spelling()
            if descriptor is None:
                return None
            mode = os.fstat(descriptor).st_mode & PERMISSIONS
            return content_of(descriptor, self.path, limit), mode

    def stage(self, temporary: str, content: bytes, mode: Mode) -> Staged:
        """Write a new file beside it, onto the disk."""
        facts_of(self.parent, self.name, self.path, linked=True)
        bits = mode.bits & PERMISSIONS if mode.masked else 0o600
        with told(self.path):
            descriptor = os.open(temporary, _NEW, bits, dir_fd=self.parent)
        try:
            with told(self.path), os.fdopen(descriptor, "wb") as stream:
                stream.write(content)
                stream.flush()
                note = self._finish(descriptor, mode)
                os.fsync(descriptor)
                actual = os.fstat(descriptor).st_mode & PERMISSIONS
        except BaseException:
            with suppress(OSError):
                os.unlink(temporary, dir_fd=self.parent)
            raise

        return Staged(actual, note)

    def put(self, temporary: str, before: str) -> None:
        """Let a staged file take the seat of one whose digest is `before`.

        Raises:
            PathChanged: Something else sits there.
        """
        self._expect(before)
        with told(self.path):
            if not before and self._linked(temporary):
                os.unlink(temporary, dir_fd=self.parent)
                return
            os.rename(
                temporary, self.name, src_dir_fd=self.parent, dst_dir_fd=self.parent
            )

    def remove(self, before: str) -> None:
        """Delete the file if its digest is `before`.

        Raises:
            PathChanged: Something else sits there.
        """
        self._expect(before)
        with told(self.path):
            os.unlink(self.name, dir_fd=self.parent)

    def unstage(self, temporary: str) -> None:
        """Delete what was staged under that name, if it is there."""
        if facts_of(self.parent, temporary, self.path, linked=True):
            with told(self.path):
                os.unlink(temporary, dir_fd=self.parent)

    def _check_spelling(self) -> None:
        if clash := other_spelling(self.parent, self.name):
            raise PathRefused(self.path, clash)

    def _finish(self, target: int, mode: Mode) -> str:
        note = ""
        with opened(self.parent, self.name, self.path, linked=True) as source:
            if source is not None:
                note = keep_attributes(source, target)
        if not mode.masked:
            os.fchmod(target, mode.bits & PERMISSIONS)

        return note

    def _expect(self, before: str) -> None:
        with opened(self.parent, self.name, self.path, linked=True) as descriptor:
            here = "" if descriptor is None else standing(descriptor, self.path).digest
        if here != before:
            raise PathChanged(self.path)

    def _linked(self, temporary: str) -> bool:
        """Name the staged file without ever replacing one; False: no links here."""
        here = self.parent
        try:
            os.link(
                temporary,
                self.name,
                src_dir_fd=here,
                dst_dir_fd=here,
                follow_symlinks=False,
            )
        except FileExistsError as error:
            raise PathChanged(self.path) from error
        except OSError as error:
            if error.errno in _NO_LINKS:
                return False
            raise

        return True
