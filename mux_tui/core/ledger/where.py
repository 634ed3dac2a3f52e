"""A query in SQL: the conditions, and the way to the rows that costs least.

| what is asked                       | how the rows are found                        |
|-------------------------------------|-----------------------------------------------|
| words of the task or the answer     | the search index, newest first                |
| one route, status or label, no more | the index of that column                      |
| anything else                       | `runs_facets`: a narrow copy of the columns   |
|                                     | that queries speak of, in the order of ids    |

What was typed only ever becomes a bound value; a search expression is made of quoted
phrases alone. So no text can be read as SQL or as search syntax.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import assert_never

from mux_tui.core.ledger.connection import Value
from mux_tui.core.ledger.moments import seconds
from mux_tui.core.ledger.query import (
    NOBODY,
    Condition,
    Moment,
    Number,
    Part,
    Query,
    Text,
    Words,
)
from mux_tui.core.task import CLOUD_ROUTES

_COLUMNS: Mapping[str, str] = MappingProxyType(
    {
        "route": "r.route",
        "decided": "r.decided_route",
        "asked": "r.route_requested",
        "status": "r.status",
        "reason": "r.reason",
        "verdict": "r.verdict",
        "door": "r.door",
        "kind": "r.kind",
        "label": "r.label",
        "model": "r.gen_ai_response_model",
        "repo": "coalesce(r.repository, r.cwd)",
        "conf": "r.confidence",
        "seconds": "r.duration",
        "cost": "r.cost_usd",
        "retries": "r.retries",
        "tokens": (
            "iif(r.gen_ai_usage_input_tokens IS NULL AND"
            " r.gen_ai_usage_output_tokens IS NULL, NULL,"
            " coalesce(r.gen_ai_usage_input_tokens, 0)"
            " + coalesce(r.gen_ai_usage_output_tokens, 0))"
        ),
    }
)

_CLOUD = f"r.route IN ({', '.join(repr(route) for route in CLOUD_ROUTES)})"
ESCALATED = f"(r.route_requested = 'auto' AND {_CLOUD})"
"""True of a run that a cloud route answered although nobody asked for one."""

_WRITTEN = "json_each(iif(json_valid(r.files), r.files, '[]'))"
_CHANGES = "SELECT 1 FROM files WHERE files.run = r.id"

_FLAGS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "is": {
            "escalated": ESCALATED,
            "cloud": f"({_CLOUD})",
            "verified": "(r.verdict IS 'pass')",
            "unverified": "(r.status = 'done' AND r.verdict IS NOT 'pass')",
            "retried": "(r.retries > 0)",
        },
        "files": {"yes": f"EXISTS ({_CHANGES})", "no": f"NOT EXISTS ({_CHANGES})"},
        "applied": {"yes": "(r.applied = 1)", "no": "(r.applied = 0)"},
    }
)
"""Keys whose words each are a condition of their own."""

_INDEXED = ("route", "status", "label")
"""Keys whose column has an index of its own."""

Clause = tuple[str, tuple[Value, ...]]

LAST = 2**62
"""Above every id."""

FIRST = -LAST
"""Below every id."""


@dataclass(frozen=True)
class Where:
    """What is asked of the rows."""

    clauses: tuple[Clause, ...] = ()
    """Each must be true of a row `r`."""

    match: str = ""
    """A search expression; empty: no words are asked for."""

    unlike: str = ""
    """A search expression that must not match; only without `match`."""

    word: str = ""
    """The index to go by, if it is no other than `runs_facets`: `route`, `status` or
    `label`, when the only clause says which one word it is."""

    since: float | None = None
    """No run before it, in seconds since 1970; None: no such bound."""

    until: float | None = None
    """No run from it on."""

    low: int = FIRST
    """No id below it; found out by `since` and `until`."""

    high: int = LAST
    """No id above it."""

    @property
    def direct(self) -> bool:
        """Whether an index gives the rows one by one, with none to be passed over."""
        return not self.unlike and (bool(self.word) or not self.clauses)

    def statement(
        self,
        below: int,
        above: int,
        limit: int,
        columns: str = "",
        *,
        ascending: bool = False,
    ) -> Clause:
        """SQL for rows with ids between two, newest first.

        Args:
            below: Ids are smaller.
            above: Ids are larger.
            limit: Most rows.
            columns: What to select of `r`; empty: its id alone.
            ascending: Oldest first instead.
        """
        id = "t.rowid" if self.match else "r.id"
        clauses: list[Clause] = [
            (f"{id} < ?", (min(below, self.high + 1),)),
            (f"{id} > ?", (max(above, self.low - 1),)),
            *self.clauses,
        ]
        if self.match:
            clauses.insert(0, ("runs_text MATCH ?", (self.match,)))
        if self.unlike:
            inside = "SELECT rowid FROM runs_text WHERE runs_text MATCH ?"
            clauses.append(
                (
                    f"r.id NOT IN ({inside} AND rowid < ? AND rowid > ?)",
                    (self.unlike, below, above),
                )
            )
        conditions = " AND ".join(sql for sql, _ in clauses)
        values = [value for _, bound in clauses for value in bound]
        sql = (
            f"SELECT {columns or id} FROM {self._source(columns)} WHERE {conditions}"
            f" ORDER BY {id} {'ASC' if ascending else 'DESC'} LIMIT ?"
        )
        return sql, (*values, max(limit, 0))

    def _source(self, columns: str) -> str:
        if self.match and not self.clauses and not columns:
            return "runs_text AS t"

        index = f"runs_by_{self.word}" if self.word else "runs_facets"
        facets = f"runs AS r INDEXED BY {index}"
        # CROSS JOIN keeps the order: the search index is asked first.
        joined = f"runs_text AS t CROSS JOIN {facets} ON r.id = t.rowid"
        return joined if self.match else facets


def compiled(query: Query, now: float) -> Where:
    """The query for SQLite.

    Args:
        query: What is asked.
        now: Seconds since 1970; `7d` is counted from it.
    """
    texts = [one for one in query.conditions if isinstance(one, Text)]
    rest = [one for one in query.conditions if not isinstance(one, Text)]
    clauses = tuple(_clause(condition, now) for condition in rest)
    wanted = " AND ".join(_phrase(text) for text in texts if not text.negated)
    unwanted = " OR ".join(_phrase(text) for text in texts if text.negated)
    match = f"({wanted}) NOT ({unwanted})" if wanted and unwanted else wanted
    times = [
        (one.key, seconds(one, now))
        for one in rest
        if isinstance(one, Moment) and not one.negated
    ]
    return Where(
        clauses,
        match,
        unlike=unwanted if not wanted else "",
        word=_only_word(query.conditions),
        since=max((at for key, at in times if key == "since"), default=None),
        # A run of the future has an id that is not known yet.
        until=min(
            (at for key, at in times if key == "until" and at <= now), default=None
        ),
    )


def _only_word(conditions: Sequence[Condition]) -> str:
    match conditions:
        case (Words(key, (value,), False),) if key in _INDEXED and value != NOBODY:
            return key
        case _:
            return ""


def _clause(condition: Words | Part | Number | Moment, now: float) -> Clause:
    match condition:
        case Words(key, values) if flags := _FLAGS.get(key):
            sql, bound = f"({' OR '.join(flags[value] for value in values)})", ()
        case Words(key, values):
            sql, bound = _one_of(_COLUMNS[key], values)
        case Part(key, values):
            sql, bound = _holds(key, values)
        case Number(key, comparison, value):
            sql, bound = f"{_COLUMNS[key]} {comparison} ?", (value,)
        case Moment("since"):
            sql, bound = "r.started_at >= ?", (seconds(condition, now),)
        case Moment():
            sql, bound = "r.started_at < ?", (seconds(condition, now),)
        case _:
            assert_never(condition)
    # What is not known is neither true nor false in SQL: here it is false.
    return (f"NOT coalesce(({sql}), 0)" if condition.negated else sql), bound


def _one_of(column: str, values: Sequence[str]) -> Clause:
    named = tuple(value for value in values if value != NOBODY)
    sql = [f"{column} IN ({', '.join('?' for _ in named)})"] if named else []
    if len(named) == 1:
        sql = [f"{column} = ?"]
    if NOBODY in values:
        sql.append(f"{column} IS NULL")
    return f"({' OR '.join(sql)})" if len(sql) > 1 else sql[0], named


def _holds(key: str, values: Sequence[str]) -> Clause:
    if key == "path":
        return _some_path(values)
    if key == "replay":
        return _some_replay(values)
    if key == "id":
        one, bound = "substr(r.run_id, 1, length(?)) = ?", 2
    elif key == "file":
        found = "instr(lower(value), lower(?))"
        one, bound = f"EXISTS (SELECT 1 FROM {_WRITTEN} WHERE {found})", 1
    else:
        one, bound = f"instr(lower({_COLUMNS[key]}), lower(?)) > 0", 1
    values = [value.lower() if key == "id" else value for value in values]
    repeated = tuple(value for value in values for _ in range(bound))
    return f"({' OR '.join([one] * len(values))})", repeated


def _some_replay(values: Sequence[str]) -> Clause:
    """Whether it repeats a run, none, or one whose id begins like one of the values."""
    known = {"yes": "r.replay_of IS NOT NULL", "no": "r.replay_of IS NULL"}
    begins = "substr(r.replay_of, 1, length(?)) = ?"
    words = [value.lower() for value in values]
    tests = [known.get(word, begins) for word in words]
    bound = tuple(one for word in words if word not in known for one in (word, word))
    return f"({' OR '.join(tests)})", bound


def _some_path(values: Sequence[str]) -> Clause:
    """Whether a file is changed whose path holds, or is, one of the values."""
    tests = [
        "lower(path) GLOB ?" if {"*", "?"} & set(value) else "instr(lower(path), ?)"
        for value in values
    ]
    bound = tuple(
        # A bracket is only a bracket, also where stars mean something.
        value.replace("[", "[[]") if "GLOB" in test else value
        for value, test in zip(map(str.lower, values), tests, strict=True)
    )
    return f"EXISTS ({_CHANGES} AND ({' OR '.join(tests)}))", bound


def _phrase(text: Text) -> str:
    quoted = '"' + text.text.replace('"', '""') + '"'
    return f"{quoted} *" if text.prefix else quoted
