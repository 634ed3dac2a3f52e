"""Files of mux's own that are there whole, or not at all, after any end."""

import os
import secrets
import time
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path

from mux_tui.core.errors import EnvironmentProblem
from mux_tui.core.paths import PRIVATE_FILE
from mux_tui.core.text import one_line
from mux_tui.core.workspace.refused import in_words

_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_UNFINISHED = ".new-"
_STALE_SECONDS = 3600.0


def write_durably(path: Path, content: bytes) -> None:
    """Write a file onto the disk, for the owner alone.

    Its name is on the disk after `sync_directory` of where it is.

    Raises:
        OSError: It cannot be written; what was there is unchanged.
    """
    beside = path.with_name(f"{_UNFINISHED}{secrets.token_hex(8)}")
    try:
        with open(os.open(beside, _NEW, PRIVATE_FILE), "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(beside, path)
    except BaseException:
        with suppress(OSError):
            beside.unlink(missing_ok=True)
        raise


def sync_directory(path: Path) -> None:
    """Bring the names in a directory onto the disk, where that is possible."""
    with suppress(OSError):
        descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def sweep(path: Path, now: float | None = None) -> None:
    """Remove what writers that were killed have left in a directory an hour ago."""
    before = (time.time() if now is None else now) - _STALE_SECONDS
    for file in path.glob(f"{_UNFINISHED}*"):
        with suppress(OSError):
            if file.stat().st_mtime < before:
                file.unlink()


@contextmanager
def kept_safely(path: Path) -> Generator[None]:
    """Turn the system's errors inside the context into one that names the directory.

    Raises:
        EnvironmentProblem: What is needed for the way back cannot be kept or read.
    """
    try:
        yield
    except OSError as error:
        raise cannot_keep(path, error) from error


def cannot_keep(path: Path, error: OSError) -> EnvironmentProblem:
    """What is said when a directory of mux's own cannot be used."""
    return EnvironmentProblem(
        "cannot keep what is needed to take changes back",
        f"{one_line(str(path))}: {in_words(error)}",
        "Make room, or make it writable, and try again",
    )
