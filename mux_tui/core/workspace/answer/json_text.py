"""Strict JSON inside of a text: where it ends, or what is wrong with it."""

import json
from typing import NoReturn

from mux_tui.core.text import one_line

_DUPLICATE = "the same key twice in one object"


class BadJson(ValueError):
    """A text that is not strict JSON; its own text is a clause."""


def decode(text: str, lenient: bool = False) -> object:
    """Read a text that is all JSON.

    Args:
        text: With or without white space around.
        lenient: Line breaks and tabs may stand in strings.

    Raises:
        BadJson: It is none.
    """
    value, end = decode_start(text.strip(), lenient)
    if text.strip()[end:]:
        raise BadJson("there is more behind its end")

    return value


def decode_start(text: str, lenient: bool = False) -> tuple[object, int]:
    """Read the JSON that a text begins with.

    Returns:
        Its value, and the place behind it.

    Raises:
        BadJson: It begins with none.
    """
    decoder = json.JSONDecoder(
        strict=not lenient, parse_constant=_refuse, object_pairs_hook=_once
    )
    try:
        return decoder.raw_decode(text)
    except json.JSONDecodeError as error:
        raise BadJson(
            f"line {error.lineno}, column {error.colno}: {_told(error)}"
        ) from error
    except RecursionError as error:
        raise BadJson("it is nested too deeply") from error
    except BadJson:
        raise
    except ValueError as error:
        raise BadJson("it holds a number that is too long") from error


def _told(error: json.JSONDecodeError) -> str:
    """JSON's own words, without the preposition that they may end with."""
    told = error.msg.removesuffix(" at").removesuffix(" starting")
    return one_line(told[:1].lower() + told[1:], 80)


def _refuse(name: str) -> NoReturn:
    raise BadJson(f"it holds {name}, which JSON does not have")


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    made = dict(pairs)
    if len(made) < len(pairs):
        raise BadJson(f"it holds {_DUPLICATE}")

    return made
