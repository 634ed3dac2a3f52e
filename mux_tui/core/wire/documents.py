"""Foreign JSON, read strictly, and looked into without trust.

What Python's parser can raise is four kinds of error and some numbers that JSON does
not have; here it is one error and None.
"""

import codecs
import json
import math
from typing import Any, cast

MAX_COUNT = 10**12
"""Larger numbers of tokens are junk; this bound also fits any database column."""

_DECODER = json.JSONDecoder(parse_constant=lambda _: None)


class NotJson(ValueError):
    """Bytes that are not a JSON document in UTF-8."""


def parse(data: bytes) -> object:
    """Read a JSON document; NaN and the infinities become None.

    Raises:
        NotJson: It is none, or nested too deeply, or holds an integer too long.
    """
    try:
        return _DECODER.decode(str(data.removeprefix(codecs.BOM_UTF8), "utf-8"))
    except (ValueError, RecursionError) as error:
        raise NotJson(_reason(error)) from error


def _reason(error: Exception) -> str:
    match error:
        case json.JSONDecodeError():
            return "not JSON"
        case UnicodeDecodeError():
            return "not UTF-8"
        case RecursionError():
            return "nested too deeply"
        case _:
            return "a number that is too long"


def as_object(value: object) -> dict[str, Any]:
    """The JSON object that `value` is, or an empty one."""
    return cast(dict[str, Any], value) if isinstance(value, dict) else {}


def as_list(value: object) -> list[Any]:
    """The JSON array that `value` is, or an empty one."""
    return cast(list[Any], value) if isinstance(value, list) else []


def as_text(value: object) -> str:
    """The string that `value` is, or an empty one."""
    return value if isinstance(value, str) else ""


def as_count(value: object) -> int | None:
    """A number of things: whole and not negative, or None."""
    number = as_number(value)
    if number is None or not 0 <= number <= MAX_COUNT or number != int(number):
        return None

    return int(number)


def as_number(value: object) -> float | None:
    """A finite number, or None; true and false are none."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    try:
        number = float(value)
    except OverflowError:
        return None

    return number if math.isfinite(number) else None
