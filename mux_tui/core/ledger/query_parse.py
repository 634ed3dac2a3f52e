"""A query as it is typed: `route:claude,local since:7d conf<0.6 "null pointer" -fix*`.

Any text is a query or raises `QueryError`, which says where and what would be right.
"""

import re
import unicodedata
from collections.abc import Sequence
from difflib import get_close_matches
from math import isfinite
from typing import Any

from mux_tui.core.ledger import moments
from mux_tui.core.ledger.query import (
    KEYS,
    MOMENTS,
    NUMBERS,
    PARTS,
    WORDS,
    Comparison,
    Condition,
    Moment,
    Number,
    Part,
    Query,
    QueryError,
    Text,
    Words,
)
from mux_tui.core.text import one_line

MOST_CHARACTERS = 4096
MOST_CONDITIONS = 64

_FIELD = re.compile(r"(-?)([A-Za-z_]+)(<=|>=|[:<>=])")
_NUMBER = re.compile(r"(\d{1,20}(?:\.\d{1,20})?(?:e[+-]?\d{1,3})?)([km]?)", re.ASCII)
_FACTORS = {"": 1, "k": 1_000, "m": 1_000_000}
_COMPARISONS: dict[str, Comparison] = {
    sign: sign for sign in ("<", "<=", "=", ">=", ">")
}
# What SQLite takes for the end of a text, and what it cannot hold.
_UNFIT: dict[int, Any] = {0: " "} | dict.fromkeys(range(0xD800, 0xE000), "\ufffd")


def parse(text: str) -> Query:
    """The query that `text` says; a blank one means every run.

    Raises:
        QueryError: It says none.
    """
    if len(text) > MOST_CHARACTERS:
        raise QueryError(
            "the query is too long", MOST_CHARACTERS, "Leave some of it out"
        )

    reader = _Reader(text.translate(_UNFIT))
    conditions: list[Condition] = []
    while reader.more():
        if len(conditions) == MOST_CONDITIONS:
            raise QueryError(
                f"a query has at most {MOST_CONDITIONS} conditions", reader.at
            )
        conditions.append(_condition(reader))
    return Query(tuple(conditions))


class _Reader:
    """A place in a text that goes forward."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0

    def more(self) -> bool:
        """Whether there is anything behind the white space; goes there."""
        while self.text[self.at : self.at + 1].isspace():
            self.at += 1
        return self.at < len(self.text)

    def take(self, sign: str) -> bool:
        """Whether `sign` stands here; goes behind it."""
        here = self.text.startswith(sign, self.at)
        self.at += len(sign) * here
        return here

    def quoted(self) -> str:
        """The text between quotes; two quotes inside mean one."""
        opened = self.at
        self.at += 1
        pieces: list[str] = []
        while (end := self.text.find('"', self.at)) >= 0:
            pieces.append(self.text[self.at : end])
            self.at = end + 1
            if not self.take('"'):
                return "".join(pieces)
            pieces.append('"')

        raise QueryError(
            "a quote is not closed", opened, 'Write the phrase as "several words"'
        )

    def bare(self, ends: str = "") -> str:
        """The text up to white space, or to one of `ends`."""
        start = self.at
        while (sign := self.text[self.at : self.at + 1]) and not (
            sign.isspace() or sign in ends
        ):
            self.at += 1
        return self.text[start : self.at]

    def end_of_word(self) -> None:
        """Do nothing where a condition may end."""
        rest = self.text[self.at : self.at + 1]
        if rest and not rest.isspace():
            raise QueryError("a space is missing", self.at, "Put one behind the quote")


def _condition(reader: _Reader) -> Condition:
    start = reader.at
    if not (found := _FIELD.match(reader.text, start)):
        return _text(reader)

    key = found[2].lower()
    if key not in KEYS:
        raise _unknown_key(found[2], start + len(found[1]))

    reader.at = found.end()
    negated = bool(found[1])
    if key in NUMBERS:
        return _compared(reader, key, found[3], negated)
    if found[3] != ":":
        raise QueryError(
            f"{key} is not a number", found.start(3), f"Write it as {key}:…"
        )

    first = reader.at
    values = _values(reader, key)
    if key in PARTS:
        return Part(key, values, negated)
    if key in MOMENTS:
        return _moment(key, values, negated, first)
    return Words(key, _known(key, values, first), negated)


def _text(reader: _Reader) -> Text:
    start = reader.at
    negated = reader.take("-")
    prefix = False
    if reader.text.startswith('"', reader.at):
        text = reader.quoted()
        prefix = reader.take("*")
        reader.end_of_word()
    else:
        text = reader.bare()
        if text.endswith("*"):
            prefix, text = True, text[:-1]
    if not any(map(_searchable, text)):
        raise QueryError(
            f"{one_line(text, 40) or 'it'} has no letter or digit to search for",
            start,
            "Give a word of the task or of the answer",
        )
    return Text(text, prefix, negated)


def _searchable(sign: str) -> bool:
    """Whether the search index takes it for a part of a word."""
    category = unicodedata.category(sign)
    return category[0] in "LN" or category == "Co"


def _unknown_key(key: str, position: int) -> QueryError:
    near = get_close_matches(key.lower(), KEYS, 1, 0.5)
    meant = f"Did you mean {near[0]}? " if near else f"Known are {', '.join(KEYS)}. "
    return QueryError(
        f"there is no key {one_line(key, 40)}",
        position,
        f"{meant}Put the words into quotes to search for them",
    )


def _values(reader: _Reader, key: str) -> tuple[str, ...]:
    values: list[str] = []
    while True:
        quoted = reader.text.startswith('"', reader.at)
        value = reader.quoted() if quoted else reader.bare(",")
        if not value:
            example = WORDS[key][0] if key in WORDS else "…"
            raise QueryError(
                f"{key} has no value", reader.at, f"Write it as {key}:{example}"
            )
        values.append(value)
        if not reader.take(","):
            reader.end_of_word()
            return tuple(values)


def _known(key: str, values: Sequence[str], position: int) -> tuple[str, ...]:
    words = tuple(value.lower() for value in values)
    for word in words:
        if word not in WORDS[key]:
            near = get_close_matches(word, WORDS[key], 1)
            meant = f"Did you mean {near[0]}? " if near else ""
            raise QueryError(
                f"{key} is never {one_line(word, 40)}",
                position,
                f"{meant}It is one of {', '.join(WORDS[key])}",
            )
    return words


def _moment(key: str, values: tuple[str, ...], negated: bool, position: int) -> Moment:
    written = ",".join(values)
    # The T in a date is large, the letters of all other times are small.
    value = written.upper() if "-" in written else written.lower()
    if not moments.readable(value):
        raise QueryError(
            f"{one_line(value, 40)} is not a time",
            position,
            f"Give {moments.EXAMPLES}",
        )
    return Moment(key, value, negated)


def _compared(reader: _Reader, key: str, sign: str, negated: bool) -> Number:
    position = reader.at
    example = f"Write it as {key}<0.6" if key == "conf" else f"Write it as {key}>10"
    if sign not in _COMPARISONS:
        raise QueryError(f"{key} is compared", position - 1, example)

    written = reader.bare()
    found = _NUMBER.fullmatch(written.lower())
    value = float(found[1]) * _FACTORS[found[2]] if found else float("inf")
    if not isfinite(value):
        shown = one_line(written, 40)
        what = f"{shown} is not a number" if shown else f"{key} has no number"
        raise QueryError(what, position, example)
    return Number(key, _COMPARISONS[sign], value, negated)
