"""The model server's log: kept small, read from its end, and explained.

The log of the server before is kept beside it: after a crash and a restart, it is the
one that matters.
"""

import os
import re
from collections.abc import Sequence
from pathlib import Path

from mux_tui.core.paths import PRIVATE_FILE
from mux_tui.core.text import one_line

PREVIOUS_BYTES = 512 * 1024
"""How much of the end of the previous log is kept."""

LIMIT_BYTES = 16 * 1024 * 1024
"""At this size the server cuts its own log down to its end."""

_TAIL_BYTES = 64 * 1024
_LINE = 300

_ERROR = re.compile(
    r"^(\[\d+\] )?(([\w.]+(Error|Exception|Interrupt)\b)|libc\+\+abi|terminate called"
    r"|Fatal Python error|mux: )"
)
"""How a line begins that tells why a program has ended."""

_ACCESS = re.compile(r'"[A-Z]+ \S+ HTTP/1\.[01]" \d{3}')
"""A request in the log: mostly our own, asking how the server is."""

_OUT_OF_MEMORY = re.compile(
    r"out of memory|insufficient memory|OutOfMemory|MemoryError|std::bad_alloc"
    r"|cannot allocate memory|unable to allocate|attempting to allocate"
    r"|maximum allowed buffer size|metal::malloc",
    re.IGNORECASE,
)


def previous(log: Path) -> Path:
    """Where the log of the server before is."""
    return log.with_name(f"{log.name}.prev")


def rotate(log: Path) -> None:
    """Make room for a new log: the end of the old one becomes the previous one.

    Raises:
        OSError: The files cannot be written.
    """
    end = _end(log, PREVIOUS_BYTES)
    if end:
        beside = log.with_name(f".{log.name}.{os.getpid()}")
        beside.unlink(missing_ok=True)
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
        with open(os.open(beside, flags, PRIVATE_FILE), "wb") as file:
            file.write(end)
        os.replace(beside, previous(log))

    log.unlink(missing_ok=True)


def tail(log: Path, lines: int) -> tuple[str, ...]:
    """The last lines that say something, each on one line and safe to show.

    Reads only the end of the file, however large it is; a log that is missing or may
    not be read has no lines.
    """
    text = _end(log, max(_TAIL_BYTES, min(lines, 10_000) * 200))
    found = [
        one_line(line, _LINE) for line in text.decode("utf-8", "replace").split("\n")
    ]
    return tuple(line for line in found if line)[-lines:] if lines > 0 else ()


def explains_memory(lines: Sequence[str]) -> bool:
    """Whether the last lines of a log tell that memory ran out."""
    return any(_OUT_OF_MEMORY.search(line) for line in lines)


def told_error(lines: Sequence[str]) -> str:
    """The last line that tells of an error, if nothing else follows it; or nothing."""
    told = last_words(lines)
    return told if _ERROR.match(told) else ""


def last_words(lines: Sequence[str]) -> str:
    """The last line that is not about a request."""
    told = [line for line in lines if not _ACCESS.search(line)]
    return told[-1] if told else ""


def _end(path: Path, size: int) -> bytes:
    try:
        with path.open("rb") as file:
            whole = file.seek(0, os.SEEK_END)
            file.seek(max(whole - size, 0))
            data = file.read(size)
    except OSError:
        return b""

    if whole <= size:
        return data
    # What was cut begins in the middle of a line, unless one line is all there is.
    _, newline, rest = data.partition(b"\n")
    return rest if newline else data
