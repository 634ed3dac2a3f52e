"""JSON inside of running text: where it ends, and whether it is strict JSON."""

import json
import re
from typing import Any

_OUTSIDE = re.compile(r'["{}\[\]<]')
_INSIDE = re.compile(r'["\\]')


class NotStrict(ValueError):
    """Text that is not strict JSON."""


def strict(text: str) -> Any:
    """Read JSON, without the liberties that Python takes.

    Raises:
        NotStrict: It is none, or nested too deeply, or holds a number too long.
    """
    try:
        return json.loads(text, parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        raise NotStrict(str(error)[:100]) from error


def is_strict(text: str) -> bool:
    """Whether `text` is strict JSON."""
    try:
        strict(text)
    except NotStrict:
        return False

    return True


def _refuse(name: str) -> Any:
    raise NotStrict(name)


class ObjectEnd:
    """Finds the end of an object or a list that begins with its first character.

    It goes on where it stopped, so that a long value is looked through only once.
    """

    def __init__(self, start: int = 0) -> None:
        """Start at the bracket at `start`."""
        self.end = -1
        """The place behind the last bracket; -1: not found."""

        self.stray = -1
        """The place of a `<` outside of all strings: no JSON goes on there."""

        self.in_string = False
        self.depth = 0
        """How many brackets are open."""

        self._place = start

    def look(self, text: str) -> bool:
        """Look on; `text` has grown. Returns whether the end or a stray was found."""
        while self.end < 0 and self.stray < 0:
            form = _INSIDE if self.in_string else _OUTSIDE
            found = form.search(text, self._place)
            if not found:
                self._place = len(text)
                return False
            if found[0] == "\\" and found.end() == len(text):
                # What is escaped has yet to come.
                self._place = found.start()
                return False
            self._take(found[0], found.start())

        return True

    def _take(self, sign: str, place: int) -> None:
        self._place = place + 1
        if sign == "\\":
            self._place += 1
        elif sign == '"':
            self.in_string = not self.in_string
        elif sign == "<":
            self.stray = place
        elif sign in "{[":
            self.depth += 1
        else:
            self.depth -= 1
            if self.depth <= 0:
                self.end = place + 1


def closers(text: str) -> str | None:
    """The brackets that are missing at the end of `text`.

    None: more is missing than brackets, because it ends in the middle of a value, or
    its brackets do not match.
    """
    open_: list[str] = []
    in_string = False
    place = 0
    while found := (_INSIDE if in_string else _OUTSIDE).search(text, place):
        place = found.end() + (found[0] == "\\")
        if found[0] == '"':
            in_string = not in_string
        elif found[0] in "{[":
            open_.append("}" if found[0] == "{" else "]")
        elif found[0] in "}]" and (not open_ or open_.pop() != found[0]):
            return None
    if in_string or text.rstrip()[-1:] in (",", ":"):
        return None

    return "".join(reversed(open_))
