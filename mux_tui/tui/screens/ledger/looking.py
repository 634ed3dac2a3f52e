"""The part of the ledger's screen that looks for runs, and shows what is found.

Workers read and post; handlers change what is shown. Whether anybody has written to the
ledger is looked at only while the screen is.
"""

from asyncio import TimerHandle
from functools import partial
from typing import TYPE_CHECKING

from textual import events, getters, on
from textual.app import ComposeResult
from textual.containers import Container
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, Static
from textual.worker import Worker, WorkerState

from mux_tui.core.errors import MuxError
from mux_tui.core.ledger.query import EVERYTHING, Part, Query, QueryError
from mux_tui.core.ledger.query_parse import parse
from mux_tui.tui.later import later
from mux_tui.tui.messages import QueryWanted, RunWanted
from mux_tui.tui.screens.base import MuxScreen
from mux_tui.tui.screens.ledger import reading, saying
from mux_tui.tui.screens.ledger.messages import (
    AddedUp,
    Found,
    Grown,
    NothingKept,
    Refreshed,
    RowsRead,
    RunRead,
    Written,
)
from mux_tui.tui.widgets.ledger.chart_panes import ChartPanes
from mux_tui.tui.widgets.ledger.chips import Chips, Filter, filters_of
from mux_tui.tui.widgets.ledger.glance import Glance
from mux_tui.tui.widgets.ledger.replay_table import ReplayTable
from mux_tui.tui.widgets.ledger.run_list import RunList
from mux_tui.tui.widgets.ledger.run_pane import RunPane

if TYPE_CHECKING:
    from mux_tui.core.ledger.listing import Listing

_TYPED_SECONDS = 0.15
"""How long the typing must rest before a query is looked for."""

_ADDED_SECONDS = 5.0
"""At least so long between two times of adding up."""
_DAYS = "7d"


class Looking(MuxScreen):
    """A query, its runs, and one of them in full; or charts."""

    MODE = "ledger"
    AUTO_FOCUS = "#runs"

    query_box = getters.query_one("#query", Input)
    chips = getters.query_one(Chips)
    runs = getters.query_one(RunList)
    pane = getters.query_one(RunPane)
    glance = getters.query_one(Glance)
    charts = getters.query_one(ChartPanes)

    def __init__(self) -> None:
        """Make one that has read nothing."""
        super().__init__()
        self.wanted: Query = EVERYTHING
        """The last query that could be read."""

        self.problem = ""
        self.listing: Listing | None = None
        self.total = 0
        self.filters: tuple[Filter, ...] = ()
        self._typing: TimerHandle | None = None
        self._adding: TimerHandle | None = None
        self._open_next = False
        self._cursor = 0
        """Where it stands once what was looked for is found."""

    def compose_body(self) -> ComposeResult:
        """Query, filters, runs, one run; charts."""
        with Container(id="query-line"):
            yield Static(" / ", id="query-mark", markup=False)
            yield Input(
                placeholder="words, route:claude, since:7d, conf<0.6", id="query"
            )
            yield Static(id="found")
        yield Chips()
        yield RunList()
        with Container(id="lower"):
            yield RunPane()
            yield Glance()
        yield ChartPanes()

    def on_mount(self) -> None:
        """Look for every run."""
        settings = self.app.desk.settings
        self.query_box.cursor_blink = not settings.ui.reduced_motion
        self.keep(filters_of(settings.ledger.filters))
        self._look()

    def on_screen_resume(self) -> None:
        """The screen is shown: watch the ledger."""
        self.run_worker(
            partial(reading.watch, self),
            group="watch",
            exclusive=True,
            exit_on_error=False,
        )
        if self.listing is not None:
            self._written()

    def on_screen_suspend(self) -> None:
        """Another screen is shown: watch no more; under a window, go on."""
        if self.app.current_mode != self.MODE:
            self.workers.cancel_group(self, "watch")  # pyright: ignore[reportUnknownMemberType]

    def on_resize(self) -> None:
        """Say more, or less."""
        super().on_resize()
        self.call_after_refresh(self._show_count)

    def take(self, wanted: Message) -> None:
        """Show a run, or what a query finds."""
        if isinstance(wanted, RunWanted):
            self.show_run(wanted.reference)
        elif isinstance(wanted, QueryWanted):
            self._leave_charts()
            self.ask_for(wanted.query)

    def show_run(self, reference: str) -> None:
        """Show the run of that id in full, or those whose ids begin so."""
        self._leave_charts()
        self._open_next = True
        self.query_box.value = str(Query((Part("id", (reference,)),)))

    def ask_for(self, query: str) -> None:
        """Put a query into its line, and look for it."""
        self.query_box.value = query

    def rewritten(self, key: str) -> None:
        """Something that queries ask for by `key` is another one now, of some run."""
        if any(getattr(one, "key", "") == key for one in self.wanted.conditions):
            # Runs may be found now that were not, and the other way round.
            self._look(self.runs.cursor)
        else:
            self._written()

    def keep(self, filters: tuple[Filter, ...]) -> None:
        """There are other filters now."""
        self.filters = filters
        self._show_chips()

    # Looking.

    def _look(self, cursor: int = 0) -> None:
        self._typing = None
        self._cursor = cursor
        self.run_worker(
            partial(reading.look_for, self, self.wanted),
            group="look",
            exclusive=True,
            exit_on_error=False,
        )
        self._add_up()

    def _add_up(self) -> None:
        self._adding = None
        charts = self.has_class("-charts")
        self.run_worker(
            partial(
                reading.add_up,
                self,
                self.wanted,
                self.charts.range if charts else _DAYS,
                charts,
            ),
            group="charts" if charts else "glance",
            exclusive=True,
            exit_on_error=False,
        )

    @on(Input.Changed, "#query")
    def _typed(self, event: Input.Changed) -> None:
        try:
            wanted = parse(event.value)
        except QueryError as error:
            self.problem = saying.problem(error)
        else:
            self.problem = ""
            if wanted != self.wanted:
                self.wanted = wanted
                if self._typing is not None:
                    self._typing.cancel()
                self._typing = later(self, _TYPED_SECONDS, self._look)
        self._show_chips()

    @on(Input.Submitted, "#query")
    def _submitted(self) -> None:
        if not self.problem:
            self.runs.focus()

    def on_key(self, event: events.Key) -> None:
        """Down from the query goes to the list."""
        if event.key == "down" and self.query_box.has_focus:
            event.stop()
            self.runs.focus()

    @on(Chips.Picked)
    def _chip_picked(self, event: Chips.Picked) -> None:
        self.query_box.value = event.query

    @on(Found)
    def _found(self, message: Found) -> None:
        if message.listing.query != self.wanted:
            return
        self.listing, self.total = message.listing, message.total
        cursor, self._cursor = self._cursor, 0
        self.runs.show(self.listing, saying.empty(self.total), cursor)
        self._show_count()
        if self._open_next and self.runs.count:
            self._open_next = False
            self._opened()

    @on(Grown)
    def _grown(self) -> None:
        self.runs.changed()
        self._show_count()

    @on(NothingKept)
    def _nothing_kept(self) -> None:
        self.runs.show(None, saying.NOTHING_KEPT)

    # What is read.

    @on(RunList.RowsWanted)
    def _rows_wanted(self, message: RunList.RowsWanted) -> None:
        if self.listing is not None:
            self.run_worker(
                partial(
                    reading.read_rows, self, self.listing, message.first, message.count
                ),
                group="rows",
                exclusive=True,
                exit_on_error=False,
            )

    @on(RowsRead)
    def _rows_read(self, message: RowsRead) -> None:
        self.runs.put(message.rows)

    @on(RunList.Chosen)
    def _chosen(self, message: RunList.Chosen) -> None:
        self._show_place()
        self._read_run(message.id)

    def _read_run(self, id: int | None) -> None:
        self.run_worker(
            partial(reading.read_run, self, id),
            group="run",
            exclusive=True,
            exit_on_error=False,
        )

    @on(RunRead)
    def _run_read(self, message: RunRead) -> None:
        self.pane.show(message.run, message.family)
        self.refresh_bindings()

    @on(AddedUp)
    def _added_up(self, message: AddedUp) -> None:
        if message.charts:
            self.charts.show(message.found, str(self.wanted), message.saved)
        else:
            self.glance.show(message.found)

    @on(Written)
    def _written(self) -> None:
        if self.listing is None:
            return
        self.run_worker(
            partial(reading.refresh, self, self.listing),
            group="refresh",
            exclusive=True,
            exit_on_error=False,
        )
        if self._adding is None:
            self._adding = later(self, _ADDED_SECONDS, self._add_up)

    @on(Refreshed)
    def _refreshed(self, message: Refreshed) -> None:
        self.total = message.total
        self.runs.empty = saying.empty(self.total)
        self.runs.forget()
        self._grown()
        seen = self.runs.seen
        self._rows_wanted(RunList.RowsWanted(seen.start, len(seen)))
        self._read_run(self.runs.chosen)

    @on(Worker.StateChanged)
    def _worker_changed(self, event: Worker.StateChanged) -> None:
        if event.state != WorkerState.ERROR:
            return
        error = event.worker.error  # pyright: ignore[reportUnknownMemberType]
        if isinstance(error, MuxError):
            self.app.tell_error(error)
        else:
            self.app.tell(f"{type(error).__name__}: {error}", "error", 10.0)
        if event.worker.group == "look":  # pyright: ignore[reportUnknownMemberType]
            self.listing = None
            self.runs.show(None, saying.UNREADABLE)

    # What is said around it.

    def _show_chips(self) -> None:
        self.chips.show(self.filters, str(self.wanted), self.problem)

    def _show_count(self) -> None:
        if self.listing is None:
            return
        told = saying.count(self.listing, self.total)
        self.query_one("#found", Static).update(Content(told))
        self._show_place()

    def _show_place(self) -> None:
        self.runs.border_subtitle = saying.place(self.runs.cursor, self.runs.count)

    # Layers.

    @on(RunList.Opened)
    def _opened(self) -> None:
        self.add_class("-opened")
        self.pane.focus_page()

    @on(ReplayTable.Opened)
    def _opened_beside(self, message: ReplayTable.Opened) -> None:
        self.pane.go_to("task")
        self.show_run(message.run_id)

    @on(ChartPanes.Wanted)
    def _charts_wanted(self) -> None:
        self.charts.show(self.charts.found, str(self.wanted))
        self._add_up()

    def _leave_charts(self) -> None:
        self.remove_class("-charts")
        self.refresh_bindings()
