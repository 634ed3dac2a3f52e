"""JSON with a small fault, read where only one meaning is possible.

A file must never be written from a guess: what a repair library makes of a text is
believed only if, written as JSON, it is the text again but for white space, commas too
many and escapes, with as many quotation marks, and every string stands there just so.
"""

import json
import re
from collections.abc import Iterator
from typing import NamedTuple, cast

from mux_tui.core.workspace.answer.json_text import BadJson, decode

_MOST = 1_000_000
_MOST_GUESSED = 20_000
_DEEPEST = 64
_ESCAPE = re.compile(r'\\(?:(["\\/bfnrt]|u[0-9a-fA-F]{4})|(.?))', re.DOTALL)
_ESCAPED = re.compile(r"\\.", re.DOTALL)
_FORMLESS = re.compile(r"[\s\\]+|,(?=[\s]{0,100}[}\]])")
_CONTROL = re.compile(r"\\[nrtbf]")


class Mended(NamedTuple):
    """What a text means, and what was wrong with it."""

    value: object
    how: str


def mend(text: str) -> Mended | None:
    """Read a JSON object with faults; None: it cannot be read without guessing."""
    text = text.strip()
    if not text.startswith("{") or len(text) > _MOST:
        return None

    for how, candidate in _candidates(text):
        try:
            return Mended(decode(candidate, lenient=True), how)
        except BadJson:
            continue

    return _guessed(text)


def _candidates(text: str) -> Iterator[tuple[str, str]]:
    yield "a line break inside a string", text
    escaped = _ESCAPE.sub(_escape, text)
    if escaped != text:
        yield "an escape that JSON does not have", escaped


def _escape(found: re.Match[str]) -> str:
    if found[1]:
        return found[0]

    return "'" if found[2] == "'" else "\\\\" + found[2]


def _guessed(text: str) -> Mended | None:
    if len(text) > _MOST_GUESSED or _depth(text) > _DEEPEST:
        return None

    # Imported late: most answers need no repair.
    import json_repair

    try:
        value = cast(
            object,
            json_repair.repair_json(text, return_objects=True, skip_json_loads=True),
        )
    except Exception:  # A third party's parser, fed with arbitrary text.
        return None
    if not isinstance(value, dict) or not _believed(cast(object, value), text):
        return None

    return Mended(cast(object, value), "its form")


def _depth(text: str) -> int:
    deepest = depth = 0
    for sign in text:
        if sign in "{[":
            depth += 1
            deepest = max(deepest, depth)
        elif sign in "}]":
            depth -= 1

    return deepest


def _believed(value: object, text: str) -> bool:
    written = json.dumps(value, ensure_ascii=False)
    if _plain(written) != _plain(text) or _marks(written) != _marks(text):
        return False

    return all(_stands(leaf, text) for leaf in _strings(value))


def _marks(text: str) -> int:
    """How many quotation marks begin or end a string: none may become a part of one."""
    return _ESCAPED.sub("", text).count('"')


def _plain(text: str) -> str:
    return _FORMLESS.sub("", _CONTROL.sub("", text))


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for item in cast(dict[str, object], value).values():
            yield from _strings(item)
    elif isinstance(value, list):
        for item in cast(list[object], value):
            yield from _strings(item)


def _stands(leaf: str, text: str) -> bool:
    written = json.dumps(leaf, ensure_ascii=False)[1:-1]
    return any(f'"{form}"' in text for form in (leaf, written))
