"""JSON that a model got wrong, mended where only one meaning is possible.

The everyday faults are mended one by one. What is left goes to a repair library, whose
result is believed only if, written as JSON, it is the text again but for escapes, and
every string of it stands there exactly so: a file must never be written from a guess.
"""

import json
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from mux_tui.core.proxy.translate.calls.loose import as_json
from mux_tui.core.proxy.translate.calls.objects import NotStrict, ObjectEnd, closers

_MOST = 200_000
_MOST_GUESSED = 20_000
_ESCAPE = re.compile(r'\\(?:(["\\/bfnrt]|u[0-9a-fA-F]{4})|(.?))', re.DOTALL)
_DOUBLED = re.compile(r"\{\s*(\{.*\})\s*\}", re.DOTALL)
_ENDS = re.compile(r"[\s}\]]*")
_CONTROL = re.compile(r"\\[nrtbf]")
_FORMLESS = re.compile(r"[\s\\]+|,(?=\s*[}\]])")


class Mending(NamedTuple):
    """What a text means, and what was wrong with it."""

    value: Any
    how: str


def mend(text: str, cut: bool) -> Mending | None:
    """Read JSON with faults.

    Args:
        text: Not strict JSON.
        cut: It ends because the model was stopped: nothing may be added to it.

    Returns:
        None: it cannot be read, or only by guessing.
    """
    text = text.strip()
    if not text or len(text) > _MOST:
        return None

    for how, candidate in _candidates(text, cut):
        value = _lenient(candidate)
        if isinstance(value, (dict, list)):
            return Mending(value, how)

    return _guessed(text)


def _candidates(text: str, cut: bool) -> Iterator[tuple[str, str]]:
    yield "a line break inside a string", text
    escaped = _ESCAPE.sub(_escape, text)
    if escaped != text:
        yield "an escape that JSON does not have", escaped
    if doubled := _DOUBLED.fullmatch(text):
        yield "doubled braces", doubled[1]
    if (whole := _without_surplus(escaped)) is not None:
        yield "a bracket too many", whole
    if (proper := as_json(text)) is not None:
        yield "JSON in another language's form", _ESCAPE.sub(_escape, proper)
    missing = None if cut else closers(escaped)
    if missing:
        yield "a missing bracket", escaped + missing


def _escape(found: re.Match[str]) -> str:
    if found[1]:
        return found[0]

    return "'" if found[2] == "'" else "\\\\" + found[2]


def _without_surplus(text: str) -> str | None:
    if text[0] not in "{[":
        return None
    look = ObjectEnd()
    look.look(text)
    if look.end < 0 or not _ENDS.fullmatch(text, look.end):
        return None

    return text[: look.end]


def _lenient(text: str) -> Any:
    try:
        return json.loads(text, strict=False, parse_constant=_refuse)
    except (ValueError, RecursionError):
        return None


def _refuse(name: str) -> Any:
    raise NotStrict(name)


def _guessed(text: str) -> Mending | None:
    if len(text) > _MOST_GUESSED or text[0] not in "{[" or closers(text) != "":
        return None

    # Imported late: most answers need no repair.
    import json_repair

    try:
        value: Any = json_repair.repair_json(
            text, return_objects=True, skip_json_loads=True
        )
    except Exception:  # A third party's parser, fed with arbitrary text.
        return None
    if not isinstance(value, (dict, list)) or not _believed(value, text):  # pyright: ignore[reportUnknownArgumentType]
        return None

    return Mending(value, "its JSON")


def _believed(value: Any, text: str) -> bool:
    try:
        same = _bare(json.dumps(value, ensure_ascii=False)) == _bare(text)
        return same and all(_stands(leaf, text) for leaf in _strings(value))
    except RecursionError:
        return False


def _bare(text: str) -> str:
    return _FORMLESS.sub("", _CONTROL.sub("", text))


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for item in value.values():  # pyright: ignore[reportUnknownVariableType, reportUnknownMemberType]
            yield from _strings(item)
    elif isinstance(value, list):
        for item in value:  # pyright: ignore[reportUnknownVariableType]
            yield from _strings(item)


def _stands(leaf: str, text: str) -> bool:
    """Whether the string stands in the text, in quotation marks."""
    written = json.dumps(leaf, ensure_ascii=False)[1:-1]
    return any(f'"{form}"' in text for form in (leaf, written))
