"""What somebody wants to see of the ledger, as facts.

`query_parse.parse` reads a query as it is typed; `str(query)` writes it down again so
that it reads the same. `where.compiled` says it in SQL. Nothing here knows a database.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal, TypeAlias, assert_never, get_args

from mux_tui.core.errors import UsageError
from mux_tui.core.task import Door, Kind, Reason, Route, RouteChoice, Status
from mux_tui.core.task import VerdictStatus as Verdict

Comparison = Literal["<", "<=", "=", ">=", ">"]

NOBODY = "none"
"""The word for a field that is empty: nobody answered, nothing was judged."""

WORDS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "route": (*get_args(Route), NOBODY),
        "decided": (*get_args(Route), NOBODY),
        "asked": get_args(RouteChoice),
        "status": get_args(Status),
        "reason": (*get_args(Reason), NOBODY),
        "verdict": (*get_args(Verdict), NOBODY),
        "door": get_args(Door),
        "kind": (*get_args(Kind), NOBODY),
        "files": ("yes", "no"),
        "applied": ("yes", "no"),
        "label": ("good", "bad", "note", NOBODY),
        "is": ("escalated", "cloud", "verified", "unverified", "retried"),
    }
)
"""Keys that take words, and the words they take."""

PARTS = ("model", "repo", "file", "path", "id", "replay")
"""Keys that take a part of a name, in any case; `id` takes its beginning, `replay` that
of the run which was repeated, or `yes` or `no`, and `path` also a whole path in which
`*` and `?` stand for anything."""

NUMBERS = ("conf", "seconds", "cost", "tokens", "retries")
"""Keys that are compared with a number."""

MOMENTS = ("since", "until")
"""Keys that take a time."""

KEYS = (*WORDS, *PARTS, *NUMBERS, *MOMENTS)

_BARE = re.compile(r"\w[\w./-]*")
"""What needs no quotes."""


class QueryError(UsageError):
    """A query that cannot be read; `position` is the character, from 0."""

    def __init__(self, what: str, position: int, next_step: str = "") -> None:
        """Make an error about the query at `position`."""
        super().__init__(what, f"at character {position + 1}", next_step)
        self.position = position


@dataclass(frozen=True)
class Words:
    """A field that is one of some words."""

    key: str
    """One of `WORDS`."""

    values: tuple[str, ...]
    negated: bool = False


@dataclass(frozen=True)
class Part:
    """A name that holds one of some texts."""

    key: str
    """One of `PARTS`."""

    values: tuple[str, ...]
    negated: bool = False


@dataclass(frozen=True)
class Number:
    """A number compared with another; a number that is not known matches nothing."""

    key: str
    """One of `NUMBERS`."""

    comparison: Comparison
    value: float
    negated: bool = False


@dataclass(frozen=True)
class Moment:
    """A run that began since, or until, a time."""

    key: str
    """One of `MOMENTS`."""

    value: str
    """As `moments.seconds` reads it."""

    negated: bool = False


@dataclass(frozen=True)
class Text:
    """Words of the task or of the answer, one after the other."""

    text: str
    prefix: bool = False
    """Whether the last word may go on."""

    negated: bool = False


Condition: TypeAlias = Words | Part | Number | Moment | Text


@dataclass(frozen=True)
class Query:
    """Everything that must be true of a run."""

    conditions: tuple[Condition, ...] = ()
    """Without any, every run is meant."""

    def __str__(self) -> str:
        """The query as it would be typed."""
        return " ".join(_rendered(condition) for condition in self.conditions)


EVERYTHING = Query()


def _rendered(condition: Condition) -> str:
    sign = "-" if condition.negated else ""
    match condition:
        case Text(text, prefix):
            return f"{sign}{_quoted(text)}{'*' if prefix else ''}"
        case Number(key, comparison, value):
            return f"{sign}{key}{comparison}{_number(value)}"
        case Moment(key, value):
            return f"{sign}{key}:{value}"
        case Words(key, values) | Part(key, values):
            return f"{sign}{key}:{','.join(map(_quoted, values))}"
        case _:
            assert_never(condition)


def _quoted(text: str) -> str:
    if _BARE.fullmatch(text):
        return text

    return '"' + text.replace('"', '""') + '"'


def _number(value: float) -> str:
    return f"{value:.0f}" if value.is_integer() and value < 1e15 else repr(value)
