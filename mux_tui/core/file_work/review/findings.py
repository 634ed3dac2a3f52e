"""What a review holds against changes, out of whatever the reviewer wrote.

Values in, values out. All of it is foreign text: it is made safe to show, it is cut,
and a path counts only where it is one of the changed files.
"""

import re
from collections import deque
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from itertools import islice
from typing import cast

from mux_tui.core.text import one_line
from mux_tui.core.work import Finding
from mux_tui.core.workspace.answer.json_text import BadJson, decode_start

MOST_FINDINGS = 20
MOST_CHARS = 500
"""Of one finding."""

_MOST_READ = 4_000_000
_MOST_TRIES = 20
_MOST_LINE = 10_000_000
_SHORT = 200
"""Characters within which words like `no findings` mean all of the answer."""

_OBJECT = re.compile(r'\{\s*"findings"\s*:')
_LIST = re.compile(r"\[\s*\{")
_BULLET = re.compile(r"^[ \t]*(?:[-*+•]|\d{1,3}[.)])[ \t]+(\S[^\n]*)", re.MULTILINE)
_PLACED = re.compile(
    r"[`*]{0,3}(?P<path>[^\s:`*]{1,300})(?::(?P<line>\d{1,7}))?(?:[:-]\d{1,7})?[`*]{0,3}"
    r"\s*[:–—-]\s*[`*]{0,3}\s*(?P<text>\S.*)"
)
_NOTHING = re.compile(
    r"\bno\s+(?:\w+\s+)?(?:findings?|issues?|problems?|objections?|concerns?|faults?)\b"
    r"|\bnothing\s+(?:is\s+)?(?:wrong|found|to\s+\w+)\b|\blgtm\b|\blooks\s+good\b"
    r"|^`{0,3}(?:json)?\s*\[\s*\]\s*`{0,3}$",
    re.IGNORECASE,
)
_BUT = re.compile(r"\b(?:but|however|except|although|only)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Findings:
    """What a review came to."""

    found: tuple[Finding, ...] = ()
    more: int = 0
    """How many there were besides."""


def read_findings(text: str, changed: Collection[str]) -> Findings | None:
    """Read a reviewer's answer; None: it cannot be read as one.

    Args:
        text: JSON, with or without words and a fence around it; else lines of the form
            `- path:line: text`; else the word that there is nothing.
        changed: The changed files.
    """
    text = text[:_MOST_READ]
    items = _listed(text)
    if items is not None:
        given = [one for one in (_of_item(item, changed) for item in items) if one]
        return _kept(given) if given or not items else None

    lines = _BULLET.finditer(text)
    given = [one for one in (_of_line(line[1], changed) for line in lines) if one]
    if given:
        return _kept(given)

    return Findings() if _says_nothing(text.strip()) else None


def _kept(given: list[Finding]) -> Findings:
    return Findings(tuple(given[:MOST_FINDINGS]), max(0, len(given) - MOST_FINDINGS))


def _listed(text: str) -> list[object] | None:
    """The list of findings in a text; the last one, for examples come first."""
    starts = deque(_OBJECT.finditer(text), _MOST_TRIES)
    for start in reversed(starts):
        given = _object(_decoded(text, start.start())).get("findings")
        if isinstance(given, list):
            return cast(list[object], given)

    for start in islice(_LIST.finditer(text), _MOST_TRIES):
        given = _decoded(text, start.start())
        if isinstance(given, list):
            items = cast(list[object], given)
            if any(_text_in(item) for item in items):
                return items

    return None


def _decoded(text: str, start: int) -> object:
    try:
        return decode_start(text[start:], lenient=True)[0]
    except BadJson:
        return None


def _of_item(item: object, changed: Collection[str]) -> Finding | None:
    text = item if isinstance(item, str) else _text_in(item)
    if not text.strip():
        return None

    given = _object(item)
    path = _first(given, ("path", "file"))
    return _finding(path, _line_of(given.get("line")), text, changed)


def _of_line(said: str, changed: Collection[str]) -> Finding | None:
    """The finding in one line; prose is none, though it may begin like one."""
    placed = _PLACED.fullmatch(said.strip()[: 4 * MOST_CHARS])
    if placed is None:
        return None

    path, line = placed["path"], _line_of(placed["line"])
    if line is None and not _among(path, changed):
        return None

    return _finding(path, line, placed["text"], changed)


def _finding(
    path: str, line: int | None, text: str, changed: Collection[str]
) -> Finding:
    if known := _among(path, changed):
        return Finding(_safe(text), known, line)

    place = path if line is None else f"{path}:{line}"
    return Finding(_safe(f"{place[:MOST_CHARS]}: {text}" if path.strip() else text))


def _among(path: str, changed: Collection[str]) -> str:
    """The changed file that a path means; empty: it means none."""
    path = path.strip()
    for name in (path, path.removeprefix("./"), *_without_side(path)):
        if name and name in changed:
            return name

    return ""


def _without_side(path: str) -> Iterable[str]:
    """The path as it is without the side that diffs put before it."""
    return (path[2:],) if path[:2] in ("a/", "b/") else ()


def _object(value: object) -> dict[str, object]:
    return cast(dict[str, object], value) if isinstance(value, dict) else {}


def _text_in(item: object) -> str:
    words = ("text", "message", "description", "comment", "issue")
    return _first(_object(item), words)


def _first(given: dict[str, object], names: tuple[str, ...]) -> str:
    values = (given.get(name) for name in names)
    return next((value for value in values if isinstance(value, str)), "")


def _line_of(value: object) -> int | None:
    if isinstance(value, str) and re.fullmatch(r"[0-9]{1,8}", value):
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool):
        return None

    return value if 0 < value <= _MOST_LINE else None


def _safe(text: str) -> str:
    return one_line(text[: 4 * MOST_CHARS], MOST_CHARS)


def _says_nothing(text: str) -> bool:
    short = len(text) <= _SHORT
    return short and bool(_NOTHING.search(text)) and not _BUT.search(text)
