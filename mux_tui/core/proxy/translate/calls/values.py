"""A value as text, turned into what the schema wants, if it can only mean that."""

import math
import re
from typing import Any

from mux_tui.core.proxy.translate.calls.objects import NotStrict, strict
from mux_tui.core.wire.documents import as_list, as_object

_INTEGER = re.compile(r"[+-]?\d{1,18}(?:\.0{1,6})?")
_NUMBER = re.compile(r"[+-]?\d{1,18}(?:\.\d{1,18})?(?:[eE][+-]?\d{1,3})?")
_WORDS = {"true": True, "false": False}


def types_of(schema: object) -> frozenset[str]:
    """The JSON types that a schema allows; empty: it does not say."""
    rule = as_object(schema)
    told = rule.get("type")
    if isinstance(told, str):
        return frozenset({told})
    if isinstance(told, list):
        return frozenset(str(item) for item in told)  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]

    branches = rule.get("anyOf") or rule.get("oneOf")
    if not isinstance(branches, list):
        return frozenset()
    found = [types_of(branch) for branch in branches]  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
    return frozenset[str]().union(*found) if all(found) else frozenset()


def as_typed(text: str, schema: object) -> Any:
    """The value that `text` stands for under `schema`; the text itself if unsure."""
    types = types_of(schema)
    if not types or "string" in types:
        return text

    word = text.strip()
    if "boolean" in types and word.lower() in _WORDS:
        return _WORDS[word.lower()]
    if "integer" in types and _INTEGER.fullmatch(word):
        return int(word.partition(".")[0])
    if "number" in types and _NUMBER.fullmatch(word):
        return _number(word)
    if "null" in types and word in ("null", "None"):
        return None
    return _structured(text, types)


def _number(word: str) -> int | float | str:
    if _INTEGER.fullmatch(word) and "." not in word:
        return int(word)

    value = float(word)
    if not math.isfinite(value):
        return word
    return int(value) if value.is_integer() and abs(value) < 1e15 else value


def _structured(text: str, types: frozenset[str]) -> Any:
    try:
        value = strict(text)
    except NotStrict:
        return text
    if "object" in types and isinstance(value, dict):
        return as_object(value)  # pyright: ignore[reportUnknownArgumentType]
    if "array" in types and isinstance(value, list):
        return as_list(value)  # pyright: ignore[reportUnknownArgumentType]
    return text
