"""Fields of a request, checked one by one; what is wrong is said with its place."""

from collections.abc import Mapping
from typing import Any

import orjson

from mux_tui.core.wire.documents import as_number


class BadRequest(ValueError):
    """A request that cannot be understood: one line, with the field and what it may be.

    Where a field lies inside another one, the outer reader puts its own name in front.
    Nothing that the client wrote is repeated, so the line is safe to show.
    """


def text(holder: Mapping[str, Any], field: str) -> str:
    """A string that has to be there.

    Raises:
        BadRequest: It is missing or no string.
    """
    value = holder.get(field)
    if not isinstance(value, str):
        raise BadRequest(f"{field}: must be a string")

    return value


def filled(holder: Mapping[str, Any], field: str) -> str:
    """A string that has to be there and must not be empty.

    Raises:
        BadRequest: It is missing, no string, or empty.
    """
    if value := text(holder, field):
        return value

    raise BadRequest(f"{field}: must not be empty")


def count(holder: Mapping[str, Any], field: str, least: int) -> int | None:
    """A whole number, or None where it is absent or null.

    Raises:
        BadRequest: It is something else, or smaller than `least`.
    """
    value = holder.get(field)
    if value is None:
        return None
    if type(value) is not int or value < least:
        raise BadRequest(f"{field}: must be a whole number of at least {least}")

    return value


def number(holder: Mapping[str, Any], field: str, most: float) -> float | None:
    """A number from 0 to `most`, or None where it is absent or null.

    Raises:
        BadRequest: It is something else.
    """
    value = holder.get(field)
    if value is None:
        return None

    found = as_number(value)
    if found is None or not 0 <= found <= most:
        raise BadRequest(f"{field}: must be a number from 0 to {most:g}")

    return found


def flag(holder: Mapping[str, Any], field: str) -> bool:
    """A truth value; absent and null are False.

    Raises:
        BadRequest: It is something else.
    """
    value = holder.get(field)
    if value is not None and not isinstance(value, bool):
        raise BadRequest(f"{field}: must be true or false")

    return bool(value)


def sendable(value: Any, field: str) -> Any:
    """Return `value`, a piece of JSON that will be part of another body.

    Raises:
        BadRequest: It is nested too deeply to be written again.
    """
    try:
        # Around it there will be the levels of the other body.
        orjson.dumps([[[[[[[[[[value]]]]]]]]]])
    except (orjson.JSONEncodeError, RecursionError) as error:
        raise BadRequest(f"{field}: is nested too deeply") from error

    return value
