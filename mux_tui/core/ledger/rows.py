"""Columns into facts again: what the ledger answers.

The words (`route`, `status`, …) are plain strings here: a row may come from a newer or
an older mux, and its words need not be ours.
"""

import json
from collections.abc import Callable
from dataclasses import Field, dataclass, field, fields
from functools import cache, partial
from typing import TYPE_CHECKING, Any, Literal, TypeVar, get_origin

if TYPE_CHECKING:
    # The database takes a while to import, which the words of a row do not need.
    import sqlite3

_COLUMNS = {
    "model": "gen_ai_response_model",
    "input_tokens": "gen_ai_usage_input_tokens",
    "output_tokens": "gen_ai_usage_output_tokens",
    "cached_tokens": "gen_ai_usage_cache_read_input_tokens",
    "model_requested": "gen_ai_request_model",
    "finish_reason": "gen_ai_response_finish_reasons",
    "first_token_seconds": "gen_ai_response_time_to_first_chunk",
    "session_id": "gen_ai_conversation_id",
    "excerpt": "substr(task, 1, 200)",
    "agent_id": "gen_ai_agent_id",
    "model_asked": "gen_ai_request_model",
    "tokens_counted": "gen_ai_usage_input_tokens",
    "tokens_cached": "gen_ai_usage_cache_read_input_tokens",
    "tokens_out": "gen_ai_usage_output_tokens",
    "seconds": "duration",
    "stop_reason": "gen_ai_response_finish_reasons",
}
"""Fields that are not named like their columns."""

_OWN = {
    ("RunRow", "files"): "(SELECT count(*) FROM files WHERE files.run = runs.id)",
}
"""The same, of one kind of row alone."""

_NOTHING: dict[Any, Any] = {str: "", int: 0, float: 0.0}
"""What is read from a column whose value has the wrong type; else None."""


@dataclass(frozen=True)
class RunRow:
    """One run as a list shows it."""

    id: int
    """Dense and in the order of recording: pages are keyed by it. Runs from elsewhere
    stand before the first one: 0 and below."""

    run_id: str
    started_at: float
    """Seconds since 1970, UTC, by the clock of that moment."""

    duration: float | None
    """Seconds by a clock that does not jump; None: not ended, or nobody knows."""

    status: str
    reason: str | None
    decided_route: str | None
    route: str | None
    model: str | None
    confidence: float | None
    verdict: str | None
    input_tokens: int | None
    output_tokens: int | None
    cost_usd: float | None
    task_length: int
    excerpt: str | None
    """The beginning of the task; None: texts are not kept."""

    files: int
    """How many files it would have changed, or has."""

    applied: bool | None
    """Whether its changes were written; None: it is no file work, or has not ended."""

    taken_back_at: float | None
    """Since when they are taken back, in seconds since 1970; None: they are not."""

    label: str | None = None
    """What its owner says of it: `good`, `bad`, `note`; None: nothing."""

    replay_of: str | None = None
    """The run that it repeats, to be compared with it; None: it repeats none."""


@dataclass(frozen=True)
class AttemptRow:
    """One attempt of a run."""

    number: int
    route: str
    backend: str
    model_requested: str | None
    model: str | None
    finish_reason: str | None
    first_token_seconds: float | None
    session_id: str | None
    input_tokens: int | None
    output_tokens: int | None
    cached_tokens: int | None
    reasoning_tokens: int | None
    cost_usd: float | None
    duration: float | None
    confidence: float | None
    factors: list[Any]
    """The confidence's factors, a list of objects."""

    verdict: str | None
    verdict_summary: str | None
    checks: list[Any]
    """A list of objects."""

    fault: str | None
    error: str | None
    notes: list[Any]
    output: str | None
    output_length: int | None
    work: dict[str, Any]
    """What it would do to the files, a `core.work.Work` as an object without its
    patch; empty: it is no file work."""

    patch: str | None


@dataclass(frozen=True)
class FileRow:
    """A file that a run would have changed, or has."""

    path: str
    kind: str
    """`add`, `modify` or `delete`."""

    before: str
    """SHA-256 of its content before, in hexadecimal; empty: there was no file."""

    after: str
    """The same of its content then; empty: it is deleted."""

    added: int
    """Lines."""

    removed: int
    hunks: int
    """Parts that could be kept or skipped."""

    kept: int | None
    """How many of them were written; None: nothing was decided."""

    executable: bool
    confidence: float
    """How surely its edits were placed, 0 to 1."""

    note: str | None


@dataclass(frozen=True)
class FindingRow:
    """One thing that a review held against the changes of a run."""

    text: str | None
    """None: texts are not kept."""

    path: str | None
    line: int | None
    fixed: bool | None
    """Whether a change for it was taken over; None: nobody has tried."""

    note: str | None


@dataclass(frozen=True)
class RunDetail:
    """Everything that is known of one run."""

    id: int
    run_id: str
    started_at: float
    ended_at: float | None
    duration: float | None
    door: str
    cwd: str
    repository: str | None
    task: str | None
    task_length: int
    kind: str | None
    verify: list[Any]
    time_limit: float | None
    route_requested: str
    decided_route: str | None
    decided_reason: str | None
    decision: dict[str, Any]
    """Sentence, inputs, flips and fallbacks, as an object."""

    status: str
    reason: str | None
    sentence: str | None
    next_step: str | None
    route: str | None
    backend: str | None
    model: str | None
    confidence: float | None
    verdict: str | None
    verdict_summary: str | None
    retries: int | None
    input_tokens: int | None
    output_tokens: int | None
    cached_tokens: int | None
    reasoning_tokens: int | None
    cost_usd: float | None
    output: str | None
    output_length: int | None
    files: list[Any]
    """Names of the files that were written or deleted."""

    applied: bool | None
    """As of `RunRow`."""

    taken_back_at: float | None
    lines_added: int | None
    lines_removed: int | None
    oracle: str | None
    """The checks that proved its changes, with commas between; None: none did."""

    patch: str | None
    """Its changes as a unified diff, credentials blacked out; None: it has none, or
    texts are not kept."""

    refused: list[Any]
    """Paths that may not be changed, each with the reason, a list of objects."""

    commands: list[Any]
    """Commands that the model proposed; none was run."""

    mux_version: str
    owner_pid: int
    owner_started: float
    attempts: tuple[AttemptRow, ...] = ()
    changes: tuple[FileRow, ...] = ()
    """Its changes, written or not, file by file."""

    findings: tuple[FindingRow, ...] = ()
    label: str | None = None
    """As of `RunRow`."""

    label_text: str | None = None
    """The words that go with it."""

    labelled_at: float | None = None
    imported: dict[str, Any] = field(default_factory=dict[str, Any])
    """Where it came from, if it was imported: `source`, `key`, and `fields`, those of
    its line that have no column of their own."""

    replay_of: str | None = None
    """As of `RunRow`."""

    replays: tuple[str, ...] = ()
    """The runs that repeat it, oldest first."""


Ended = Literal["", "proposed", "applied", "taken back"]


def ended(run: RunRow | RunDetail) -> Ended:
    """What became of a run's changes; empty: it has none, or has not ended."""
    if run.applied:
        return "applied" if run.taken_back_at is None else "taken back"

    changes = run.files if isinstance(run, RunRow) else run.changes
    return "proposed" if changes and run.applied is False else ""


@dataclass(frozen=True)
class Failure:
    """A run that did not end well."""

    run_id: str
    status: str
    reason: str | None
    sentence: str | None


@dataclass(frozen=True)
class Summary:
    """The last runs at a glance; replays are none of them."""

    total: int
    """Runs in the ledger."""

    considered: int
    """How many of the newest the rest of this speaks of."""

    last_run_id: str | None
    last_started_at: float | None
    last_status: str | None
    last_route: str | None
    route_counts: dict[str, int]
    """Runs by the route that answered; `none` for those nobody answered."""

    status_counts: dict[str, int]
    failures: tuple[Failure, ...]
    """Up to five runs that failed, were declined or were interrupted, newest first."""

    local_share: float | None
    """Of the runs that are done, the part done on this machine; None: none is done."""


def column_of(name: str) -> str:
    """The column of a field of the dataclasses that are whole rows."""
    return _COLUMNS.get(name, name)


Row = TypeVar("Row")


@cache
def select(kind: type[Any]) -> str:
    """The columns of `kind`, one of the dataclasses for rows, for a SELECT."""
    names = [one.name for one in fields(kind) if _is_column(one)]
    columns = [_OWN.get((kind.__name__, name)) or _COLUMNS.get(name) for name in names]
    return ", ".join(
        f"{column} AS {name}" if column else name
        for name, column in zip(names, columns, strict=True)
    )


def read(kind: type[Row], row: "sqlite3.Row") -> Row:
    """The row as a fact.

    SQLite lets anybody put anything into any column; a value that is not of the
    field's type is read as nothing.
    """
    return kind(**{name: fitting(row[name]) for name, fitting in _readers(kind)})


@cache
def _readers(kind: type[Any]) -> tuple[tuple[str, Callable[[Any], Any]], ...]:
    """For each field, what makes its value out of the column's."""
    return tuple(
        (one.name, partial(_fitting, one.type, _NOTHING.get(one.type)))
        if get_origin(one.type) not in (dict, list)
        else (one.name, partial(_parsed, get_origin(one.type)))
        for one in fields(kind)
        if _is_column(one)
    )


def _is_column(one: Field[Any]) -> bool:
    """Whether it is read from the row itself, and not from rows of its own."""
    return get_origin(one.type) is not tuple


def _fitting(kind: Any, nothing: Any, value: Any) -> Any:
    if kind is bool:
        return value == 1
    if kind == bool | None:
        return {0: False, 1: True}.get(value) if isinstance(value, int) else None

    return value if isinstance(value, kind) else nothing


def _parsed(kind: Any, text: Any) -> Any:
    document = _document(text)
    return document if isinstance(document, kind) else kind()


def _document(text: Any) -> Any:
    try:
        return json.loads(text) if isinstance(text, str) else None
    except ValueError:
        return None
