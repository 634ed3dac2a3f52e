"""Finding the project's own files in a text, and nothing but them.

A text opens no path: what looks like one is compared with the names that there are.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

_WORD = re.compile(r"[^\s\"'`<>()\[\]{},;|*=]{1,400}")
_PLACE = re.compile(r"(?::(\d{1,7}))?(?::\d{1,7})?:?$")
_LINE_WORD = re.compile(r"(?:, line |\()(\d{1,7})\b")
_FRAME = re.compile(r'"([^"\n]{1,400})", line (\d{1,7})')
_SUFFIX = re.compile(r"[\w+-]\.[A-Za-z]\w{0,9}$")
_MOST_SAME = 3
"""A bare name that more files have means none of them."""

_MOST_TEXT = 200_000


@dataclass(frozen=True)
class Mention:
    """A file that a text names."""

    path: str
    lines: tuple[int, ...] = ()
    """Counted from 1, in the order in which they are named."""


@dataclass(frozen=True)
class Mentions:
    """What a text names."""

    files: tuple[Mention, ...]
    """In the order in which they are first named."""

    folders: tuple[str, ...]
    unknown: tuple[str, ...]
    """What was written as a file, such as `@name`, and is none of the project's."""


class Names:
    """The names of a project's files, found by any end of them."""

    def __init__(self, paths: Iterable[str]) -> None:
        self._paths = frozenset(paths)
        self._by_last: dict[str, list[str]] = defaultdict(list)
        self._folders: set[str] = set()
        for path in sorted(self._paths):
            self._by_last[path.rpartition("/")[2]].append(path)
            parts = path.split("/")
            self._folders.update("/".join(parts[:end]) for end in range(1, len(parts)))

    def files(self, written: str) -> list[str]:
        """The files that a written path means: one, a few alike, or none."""
        if written in self._paths:
            return [written]
        if not written or written.startswith("/") or ".." in written.split("/"):
            return []
        same = self._by_last.get(written.rpartition("/")[2], [])
        found = [path for path in same if path.endswith(f"/{written}")]
        return found if len(found) <= _MOST_SAME else []

    def is_folder(self, written: str) -> bool:
        """Whether files lie below this path."""
        return written in self._folders


def mentions_in(text: str, names: Names, roots: Iterable[str] = ()) -> Mentions:
    """Find the files that a text names.

    Args:
        text: A task, or what a program has written; its end if it is very long.
        names: The project's files.
        roots: Full paths before a file's own that mean the project.
    """
    text = text[-_MOST_TEXT:]
    before = sorted((f"{root.rstrip('/')}/" for root in roots if root), reverse=True)
    found: dict[str, dict[int, None]] = {}
    folders: dict[str, None] = {}
    unknown: dict[str, None] = {}
    frames = {match.start(1): int(match[2]) for match in _FRAME.finditer(text)}
    for match in _WORD.finditer(text):
        at, line, path = _read(match[0], before)
        line = frames.get(match.start()) or line or _line_behind(text, match.end())
        files = names.files(path)
        for file in files:
            found.setdefault(file, {}).update({line: None} if line else {})
        if files:
            continue
        if names.is_folder(path) and (at or "/" in match[0]):
            folders[path] = None
        elif path and (at or ("/" in path and _SUFFIX.search(path))):
            unknown[path] = None

    return Mentions(
        tuple(Mention(path, tuple(lines)) for path, lines in found.items()),
        tuple(folders),
        tuple(unknown),
    )


def files_testing(path: str, names: Mapping[str, int]) -> list[str]:
    """The files that by their names test this one."""
    last = path.rpartition("/")[2]
    stem, dot, suffix = last.partition(".")
    if not dot or len(stem) < 2:
        return []
    twins = {
        f"test_{last}",
        f"{stem}_test.{suffix}",
        f"{stem}.test.{suffix}",
        f"{stem}.spec.{suffix}",
        f"test-{last}",
    }
    return sorted(name for name in names if name.rpartition("/")[2] in twins)


def _read(word: str, roots: list[str]) -> tuple[bool, int, str]:
    """Whether a word is marked as a file, the line it names, and its path."""
    at = word.startswith("@") and len(word) > 1
    path = word.removeprefix("@").rstrip(".!?")
    path = path.partition("::")[0]
    line = 0
    if (place := _PLACE.search(path)) and place[0]:
        line = int(place[1] or 0)
        path = path[: place.start()]
    path = path.removeprefix("file://")
    for root in roots:
        if path.startswith(root):
            path = path[len(root) :]
            break
    while path.startswith("./"):
        path = path[2:]

    return at, line, path.rstrip("/")


def _line_behind(text: str, end: int) -> int:
    behind = _LINE_WORD.match(text, end + (text[end : end + 1] in "\"'"))
    return int(behind[1]) if behind else 0
