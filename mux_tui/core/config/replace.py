"""Replacing a settings file as a whole, or not at all.

The new text goes into a file beside the old one, onto the disk, and then under its name
in one step: whatever happens in between, the name holds the old text or the new one.
"""

import fcntl
import os
import time
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path

from mux_tui.core.config.toml_file import Unreadable, read_bytes
from mux_tui.core.errors import ConfigError, EnvironmentProblem
from mux_tui.core.paths import PRIVATE_FILE, private_directory
from mux_tui.core.text import one_line

_LOCK_SECONDS = 5.0
_POLL_SECONDS = 0.01
_STALE_SECONDS = 60.0


def real_file(file: Path) -> Path:
    """The file itself, behind any symbolic links; it need not be there."""
    return Path(os.path.realpath(file))


@contextmanager
def locked(file: Path) -> Generator[None]:
    """Keep every other mux from saving this file, which may not be there yet.

    Raises:
        EnvironmentProblem: Its directory cannot be made or opened, or another mux
            holds it for too long.
    """
    folder = private_directory(real_file(file).parent)
    try:
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError as error:
        raise _cannot_save(file, error) from error
    try:
        _lock(descriptor, file)
        yield
    finally:
        os.close(descriptor)


def _lock(descriptor: int, file: Path) -> None:
    deadline = time.monotonic() + _LOCK_SECONDS
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            if time.monotonic() >= deadline:
                raise EnvironmentProblem(
                    f"cannot save {one_line(str(file))}",
                    "another mux is saving it",
                    "Try again",
                ) from error
            time.sleep(_POLL_SECONDS)
        except OSError:
            # Some network file systems have no locks; the comparison in
            # `replace_file` still notices most of what a lock would prevent.
            return
        else:
            return


def replace_file(file: Path, before: bytes | None, after: bytes) -> None:
    """Give a file new bytes, if it still holds the old ones. Call it while `locked`.

    Args:
        file: A link stays a link; the file behind it is replaced.
        before: What it held when it was read; None: it was not there.
        after: What it shall hold.

    Raises:
        ConfigError: It has been changed since it was read.
        EnvironmentProblem: It cannot be written; the old file is as it was.
    """
    target = real_file(file)
    temporary = target.with_name(f".{target.name}.{os.getpid()}.{time.time_ns()}.tmp")
    try:
        _remove_stale(target)
        _write(temporary, after)
        if _now(target) != before:
            raise ConfigError(
                f"{one_line(str(file))} was not saved",
                "it has been changed on disk meanwhile",
                "Look at it, and try again",
            )
        temporary.replace(target)
        _sync_directory(target.parent)
    except OSError as error:
        raise _cannot_save(file, error) from error
    finally:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)


def _write(path: Path, content: bytes) -> None:
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    with os.fdopen(os.open(path, flags, PRIVATE_FILE), "wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())


def _now(target: Path) -> bytes | None:
    try:
        return read_bytes(target)
    except Unreadable as error:
        raise OSError(0, error.why) from error


def _sync_directory(folder: Path) -> None:
    # The file is saved already; a file system without this is no reason to complain.
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _remove_stale(target: Path) -> None:
    """Remove what a mux that was killed while saving left behind."""
    for path in target.parent.glob(f".{target.name}.*.tmp"):
        with suppress(OSError):
            if time.time() - path.stat().st_mtime > _STALE_SECONDS:
                path.unlink()


def _cannot_save(file: Path, error: OSError) -> EnvironmentProblem:
    return EnvironmentProblem(
        f"cannot save {one_line(str(file))}",
        (error.strerror or str(error)).lower(),
        "Make room, or make it writable; nothing was changed",
    )
