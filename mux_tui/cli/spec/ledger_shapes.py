"""The fields of documents about recorded runs.

As in `shapes`.
"""

from typing import Annotated, Literal, TypedDict

from mux_tui.core.change import Refusal
from mux_tui.core.ledger.exchanges import ExchangeRow
from mux_tui.core.ledger.rows import AttemptRow, FileRow, RunDetail, RunRow
from mux_tui.core.ledger.saving import Saving
from mux_tui.core.replay.comparison import Comparison, Totals
from mux_tui.core.replay.policy import Group, Move, Undecided
from mux_tui.core.replay.subject import NotRepeated
from mux_tui.core.schema.json_schema import Written

_SHARED = ("route", "model", "confidence", "verdict", "output", "duration", "patch")
_OF_CHANGES = ("kind", "confidence")


class LedgerList(TypedDict):
    """The newest runs, newest first."""

    runs: list[RunRow]


class RunRecord(TypedDict):
    """What a run's record has besides the run."""

    timestamp: str
    """When it began, ISO 8601, UTC."""

    file_count: int
    attempts: list[Annotated[AttemptRow, Written(prefix="attempt", prefixed=_SHARED)]]
    changes: list[Annotated[FileRow, Written(prefix="change", prefixed=_OF_CHANGES)]]
    """Its changes, written or not, file by file."""


RECORD = (RunDetail, RunRecord, Written(without=("id", "owner_pid", "owner_started")))
"""A run, as it is shown and exported."""


class LedgerShow(TypedDict):
    """Everything that is known of one run."""

    run: Annotated[RunDetail, RunRecord, RECORD[-1]]


class LedgerSearch(TypedDict):
    """Runs that match, newest first."""

    query: str
    """As it was understood."""

    count: int
    """Runs that match, also those that are not listed."""

    count_is_exact: bool
    """False: there are at least so many."""

    runs: list[RunRow]


class LedgerQuery(TypedDict):
    """What was asked for."""

    query: str


class LedgerStats(TypedDict):
    """What runs add up to, besides themselves."""

    saving: Saving
    target_local_implementation_ratio: float


class LedgerReplay(TypedDict):
    """Runs beside their replays."""

    query: str
    """As it was understood."""

    route: str | None
    """Who was asked; null: whoever had answered then."""

    model: str | None
    """Which model was asked for; null: that of the settings."""

    interrupted: bool
    """True: not all of it was done."""

    comparisons: list[Comparison]
    refused: list[NotRepeated]
    """Runs that could not be repeated."""

    totals: Totals


class LedgerDecide(TypedDict):
    """What other settings would have done with stored runs."""

    query: str
    runs: int
    """How many were looked at."""

    moves: list[Move]
    """Those that would go elsewhere."""

    groups: list[Group]
    """The same, counted."""

    undecided: list[Undecided]


class LedgerRequests(TypedDict):
    """The newest requests through the proxy, newest first."""

    requests: list[ExchangeRow]


class Takeback(TypedDict):
    """What came of taking changes back, or of doing them again."""

    run_id: str
    done: bool
    """False: nothing was changed."""

    directory: str | None
    files: list[str]
    """Those that were written or deleted."""

    changed_since: list[str]
    """Files that stood in the way, for they are not what they were."""

    refused: list[Refusal]
    """Files that cannot be written."""

    notes: list[str]


class LedgerLabel(TypedDict):
    """What its owner says of a run now."""

    run_id: str
    label: Literal["good", "bad", "note"] | None
    """Null: nothing."""

    label_text: str | None
    """The words that go with it, credentials blacked out."""


class LedgerPrune(TypedDict):
    """What was deleted for ever."""

    runs: int
    requests: int
    before: float
    """Older ones, in seconds since 1970."""


class LedgerVacuum(TypedDict):
    """The ledger's size, before and after; 0: there is none."""

    bytes_before: int
    bytes_after: int


class LedgerBackup(TypedDict):
    """The copy."""

    file: str
    bytes: int


class LedgerCheck(TypedDict):
    """Whether the ledger is whole."""

    ok: bool


class LedgerRepair(TypedDict):
    """What came of a repair."""

    repaired: bool
    """False: it was whole, and nothing was done."""

    path: str
    aside: str | None
    """Where the damaged file is now."""


class Salvaged(TypedDict, total=False):
    """What was read of the damaged one; not there where it was whole."""

    rows: dict[str, int]
    """By table: rows that are in the new file."""

    unreadable: int
    """Rows that could not be read."""
