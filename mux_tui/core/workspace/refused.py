"""A path that may not be read or written, raised where it is found out."""

import errno
import os
from collections.abc import Generator
from contextlib import contextmanager

from mux_tui.core.change import Refusal
from mux_tui.core.errors import UsageError
from mux_tui.core.text import one_line

_WORDS = {
    errno.EACCES: "permission denied",
    errno.EPERM: "permission denied",
    errno.ENAMETOOLONG: "its name is too long",
    errno.ENOSPC: "no space is left on the device",
    errno.EDQUOT: "the disk quota is used up",
    errno.EFBIG: "it is larger than files may be here",
    errno.EROFS: "the file system is read-only",
    errno.EBUSY: "it is in use, or something is mounted on it",
    errno.ELOOP: "is or leads through a symbolic link",
    errno.ENOENT: "it, or a directory on the way, has just gone",
}


class PathRefused(UsageError):
    """One path is refused; what was to be done to it has not been done."""

    def __init__(self, path: str, why: str, fault: int = 0) -> None:
        """Make the refusal of one path.

        Args:
            path: Relative to the work directory; foreign text.
            why: One clause.
            fault: The system's error number, which may pass; 0: it is refused for
                what it is.
        """
        super().__init__(f"{one_line(path)} is refused", why)
        self.refusal = Refusal(path, why)
        self.fault = fault


class PathChanged(PathRefused):
    """The file is not what it was when the change was made."""

    def __init__(self, path: str) -> None:
        super().__init__(path, "has been changed meanwhile")


@contextmanager
def told(path: str) -> Generator[None]:
    """Turn the system's errors inside the context into a refusal of `path`.

    Raises:
        PathRefused: With the reason and the system's name for it.
    """
    try:
        yield
    except OSError as error:
        number = error.errno or 0
        raise PathRefused(path, in_words(error), number or errno.EIO) from error
    except UnicodeEncodeError as error:
        raise PathRefused(path, "is no name that a file can have") from error


def in_words(error: OSError) -> str:
    """One clause for an error of the system, such as `permission denied (EACCES)`."""
    number = error.errno or 0
    name = errno.errorcode.get(number, "")
    words = _WORDS.get(number) or (error.strerror or os.strerror(number)).lower()
    return f"{words} ({name})" if name else words
