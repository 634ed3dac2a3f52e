"""Reading one TOML file that anybody may have put there.

A settings file can be a pipe, a device, a gigabyte, or text made to keep a parser busy.
Each is refused, with its reason, before it can do harm.
"""

import os
import re
import stat
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mux_tui.core.text import one_line

MOST_BYTES = 262_144
BOM = b"\xef\xbb\xbf"

_PART = r"""(?:[\w-]++|"[^"\n]*+"|'[^'\n]*+')"""
_ENDLESS_KEY = re.compile(rf"(?<![\w-]){_PART}(?:[ \t]*+\.[ \t]*+{_PART}){{40}}")
"""The parser needs time in the square of a dotted key's parts."""

_PLACE = re.compile(r" \(at line (\d+), column \d+\)$")


class Unreadable(Exception):
    """A file that holds no settings: why, and the line if there is one."""

    def __init__(self, why: str, line: int | None = None) -> None:
        """Make an error; `why` is one clause."""
        super().__init__(why)
        self.why = why
        self.line = line


@dataclass(frozen=True)
class TomlFile:
    """What one file says."""

    raw: bytes
    text: str
    """Without a byte order mark; line ends as they are."""

    table: dict[str, Any]


def read_toml(path: Path) -> TomlFile | None:
    """Read and parse a file; None when there is none.

    Raises:
        Unreadable: It is there, and is no TOML file of sensible size.
    """
    raw = read_bytes(path)
    return None if raw is None else parse(raw)


def read_bytes(path: Path) -> bytes | None:
    """Read a regular file of at most `MOST_BYTES`; None when there is none.

    Raises:
        Unreadable: It is something else, too large, or not ours to read.
    """
    try:
        # Without O_NONBLOCK, opening a named pipe waits for its writer.
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, ValueError) as error:
        raise Unreadable(_cause(error)) from error

    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise Unreadable("is not a regular file")
        with open(descriptor, "rb", closefd=False) as stream:
            raw = stream.read(MOST_BYTES + 1)
    except OSError as error:
        raise Unreadable(_cause(error)) from error
    finally:
        os.close(descriptor)
    if len(raw) > MOST_BYTES:
        raise Unreadable(f"is larger than {MOST_BYTES:,} bytes")

    return raw


def parse(raw: bytes) -> TomlFile:
    """Parse the bytes of a TOML file.

    Raises:
        Unreadable: They are no UTF-8, or no TOML.
    """
    try:
        text = raw.removeprefix(BOM).decode("utf-8")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise Unreadable("is not UTF-8", line) from error
    if found := _ENDLESS_KEY.search(text):
        raise Unreadable("is nested too deeply", text.count("\n", 0, found.start()) + 1)
    try:
        return TomlFile(raw, text, tomllib.loads(text))
    except RecursionError as error:
        raise Unreadable("is nested too deeply") from error
    except ValueError as error:
        # Not only TOMLDecodeError: a number of 5,000 digits is a plain ValueError.
        raise _syntax_error(error, text) from error


def _syntax_error(error: ValueError, text: str) -> Unreadable:
    message = str(error)
    place = _PLACE.search(message)
    if place:
        return Unreadable(
            f"is not TOML: {_clause(message[: place.start()])}", int(place[1])
        )
    if message.endswith(" (at end of document)"):
        clause = _clause(message.removesuffix(" (at end of document)"))
        return Unreadable(f"is not TOML: {clause}", text.rstrip().count("\n") + 1)

    return Unreadable(f"is not TOML: {_clause(message)}")


def _clause(message: str) -> str:
    if message == "Cannot overwrite a value":
        return "the same key twice"

    return one_line(message, 120)


def _cause(error: Exception) -> str:
    if isinstance(error, OSError) and error.strerror:
        return f"cannot be read: {error.strerror.lower()}"

    return f"cannot be read: {error}"
