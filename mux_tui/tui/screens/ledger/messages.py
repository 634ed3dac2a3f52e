"""What the workers of the ledger's screen have found."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.message import Message

from mux_tui.core.ledger.rows import RunDetail, RunRow
from mux_tui.core.ledger.saving import Saving
from mux_tui.core.ledger.statistics import Statistics
from mux_tui.tui.widgets.ledger.replay_table import Member

if TYPE_CHECKING:
    # The database takes a while to import, and the engine does it in a thread.
    from mux_tui.core.ledger.listing import Listing


@dataclass
class Found(Message):
    """A query was looked for; the first of its rows are known."""

    listing: "Listing"
    total: int
    """Runs in the ledger."""


@dataclass
class Grown(Message):
    """More rows of the query are known, or all of them."""


@dataclass
class Written(Message):
    """Somebody has written to the ledger."""


@dataclass
class Refreshed(Message):
    """What was written is in the list."""

    total: int


@dataclass
class RowsRead(Message):
    """Facts of rows by id; None: that run is gone."""

    rows: Mapping[int, RunRow | None]


@dataclass
class RunRead(Message):
    """A run in full; None: it is gone."""

    run: RunDetail | None
    family: tuple[Member, ...] = ()
    """It, the one it repeats, and those that repeat that one."""


@dataclass
class AddedUp(Message):
    """Statistics of the last days, or of the time that the charts show."""

    charts: bool
    found: Statistics
    saved: Saving


@dataclass
class NothingKept(Message):
    """There is no ledger: it could not be opened."""
