"""Export as JSON Lines, one run a line, made to be searched with grep and jq.

The lines are compact, so that `grep '"route":"local"'` finds what it says. For that to
stay true, what is nested in a line (attempts) does not use the names `route`, `status`,
`reason`, `model` and `confidence` of the run itself. All bytes are printable ASCII.

| field                                 | meaning                                     |
|---------------------------------------|---------------------------------------------|
| `run_id`                              | the run's unique name                       |
| `timestamp`                           | when it began, ISO 8601, UTC                |
| `started_at`, `ended_at`              | the same in seconds since 1970              |
| `duration`                            | seconds, by a clock that does not jump      |
| `route`, `backend`, `model`           | who answered; null: nobody                  |
| `status`, `reason`, `sentence`        | how it ended, and why                       |
| `next_step`                           | what the user can do about it               |
| `confidence`                          | 0 to 1; null: not scored                    |
| `verdict`, `verdict_summary`          | what the checks said                        |
| `task`, `output`                      | the texts; null: not kept                   |
| `task_length`, `output_length`        | their characters                            |
| `input_tokens`, `output_tokens`, …    | usage of all attempts together              |
| `decided_route`, `decided_reason`     | what was decided before the first token     |
| `decision`                            | its sentence, inputs, flips and fallbacks   |
| `attempts`                            | each try: `attempt_route`, `fault`, …       |
| `file_count`                          | how many files it would change, or has      |
| `lines_added`, `lines_removed`        | of all of them                              |
| `changes`                             | file by file: `path`, `change_kind`,        |
|                                       | SHA-256 `before` and `after`, hunks, …      |
| `files`                               | names of those that were written            |
| `applied`, `taken_back_at`            | whether they were; since when not any more  |
| `oracle`                              | the checks that proved it                   |
| `findings`                            | what a review held against it               |
| `patch`                               | the changes as a diff; null: not kept       |
| `refused`, `commands`                 | paths not to be changed; commands not run   |
| `label`, `label_text`, `labelled_at`  | what its owner says of it, and since when   |
| `replay_of`, `replays`                | the run that it repeats; those that repeat  |
|                                       | it                                          |
| `imported`                            | where it came from: `source`, `key`, and    |
|                                       | `fields`, those without a column, `was_…`   |
"""

import json
from datetime import UTC, datetime
from typing import Any, cast

from mux_tui.core.events import plain
from mux_tui.core.ledger.rows import RunDetail

_FIRST = ("run_id", "timestamp", "route", "reason", "model", "confidence", "status")
"""Fields that a reader looks for come first."""

_SHARED = ("route", "model", "confidence", "verdict", "output", "duration", "patch")
"""Names of an attempt's fields that would be mistaken for the run's."""

_SHARED_BY_CHANGES = ("kind", "confidence")
"""The same of the change of a file."""

_HIDDEN = ("id", "owner_pid", "owner_started")
"""What means nothing outside of this machine."""


def record(run: RunDetail) -> dict[str, Any]:
    """The run as one JSON object, with the documented names."""
    fields: dict[str, Any] = plain(run)
    for name in _HIDDEN:
        del fields[name]
    fields["timestamp"] = timestamp(run.started_at)
    # Route and reason stand beside it, as `decided_route` and `decided_reason`.
    for name in ("route", "reason"):
        fields["decision"].pop(name, None)
    fields["attempts"] = [_attempt(attempt) for attempt in fields["attempts"]]
    fields["changes"] = _changes(fields["changes"])
    fields["file_count"] = len(run.changes)
    first = {name: fields.pop(name) for name in _FIRST}
    return first | fields


def timestamp(seconds: float) -> str:
    """Seconds since 1970 as ISO 8601 in UTC, to the millisecond."""
    try:
        moment = datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, ValueError, OSError):
        # A row from a broken clock is exported all the same.
        moment = datetime.fromtimestamp(0, UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def json_line(run: RunDetail) -> str:
    """The run as one line of compact ASCII, with its line end."""
    line = json.dumps(record(run), separators=(",", ":"), ensure_ascii=True)
    # The one control character that JSON leaves as it is.
    return line.replace("\x7f", "\\u007f") + "\n"


def _attempt(fields: dict[str, Any]) -> dict[str, Any]:
    work: dict[str, Any] = fields["work"]
    if "files" in work:
        work["files"] = _changes(work["files"])
    return _named("attempt", _SHARED, fields)


def _changes(files: Any) -> list[Any]:
    """The changes of files; what somebody else has put there is left out."""
    objects = cast("list[Any]", files) if isinstance(files, list) else []
    return [
        _named("change", _SHARED_BY_CHANGES, cast("dict[str, Any]", file))
        for file in objects
        if isinstance(file, dict)
    ]


def _named(whose: str, shared: tuple[str, ...], fields: dict[str, Any]) -> Any:
    return {
        f"{whose}_{name}" if name in shared else name: value
        for name, value in fields.items()
    }
