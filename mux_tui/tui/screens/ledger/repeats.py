"""The part of the ledger's screen that repeats runs, and tells how far it is.

The replays belong to the desk: they go on under other screens. A line above the keys
says how far they are, and `R` shows them.
"""

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.message import Message
from textual.timer import Timer
from textual.widgets import Static

from mux_tui.tui.screens.ledger.looking import Looking

if TYPE_CHECKING:
    from mux_tui.core.replay.planning import Order, Plan
    from mux_tui.tui.screens.ledger.replay_windows import ReplaysWindow

_TOLD_SECONDS = 10.0


class Repeats(Looking):
    """Replays: begun, followed, looked at."""

    @dataclass
    class Moved(Message):
        """Replays have begun, gone on or ended."""

    def __init__(self) -> None:
        """Nothing is repeated yet."""
        super().__init__()
        self._clock: Timer | None = None
        """Goes while something is repeated."""

        self._results: ReplaysWindow | None = None
        """Where they are looked at."""

    def compose_body(self) -> ComposeResult:
        """The runs; a line for replays below them."""
        yield from super().compose_body()
        yield Static(id="replaying")

    def repeat(self, order: "Order", plan: "Plan", consented: bool) -> None:
        """Begin; it is shown, and goes on by itself.

        Args:
            order: How runs are repeated.
            plan: Which; it has at least one.
            consented: Whether those that are asked of a cloud CLI may leave.
        """
        repeating = self.app.desk.repeating
        repeating.start(order, plan, consented, self._moves)
        # Its bugs are told like those of any worker; it goes on without this one.
        self.run_worker(repeating.ended, group="replays", exit_on_error=False)
        if self._clock is not None:
            self._clock.stop()
        self._clock = self.set_interval(1.0, self._show_replaying)
        self._moves()

    def _moves(self) -> None:
        if self.is_attached:
            self.post_message(self.Moved())

    @on(Moved)
    def _moved(self, message: Moved) -> None:
        message.stop()
        batch = self.app.desk.repeating.batch
        if batch is None:
            return
        self._show_replaying()
        if self._results is not None and self._results.is_attached:
            self._results.show()
        if batch.over and self._clock is not None:
            self._clock.stop()
            self._clock = None
            self._tell_end()
        self.refresh_bindings()

    def _tell_end(self) -> None:
        from mux_tui.tui.screens.ledger.batch_text import words_of

        batch = self.app.desk.repeating.batch
        if batch is None:
            return
        if batch.error is not None:
            self.app.tell_error(batch.error)
        else:
            self.app.tell(f"Replayed {words_of(batch)}", seconds=_TOLD_SECONDS)

    def _show_replaying(self) -> None:
        from mux_tui.tui.screens.ledger.batch_text import now_line

        batch, desk = self.app.desk.repeating.batch, self.app.desk
        line = self.query_one("#replaying", Static)
        line.display = batch is not None
        if batch is not None:
            seconds = desk.tick() - batch.begun_at
            line.update(now_line(batch, seconds, self.app.glyphs))

    async def show_replays(self) -> None:
        """Show the replays under way, or the last ones; and open one, if asked to."""
        from mux_tui.tui.screens.ledger.replay_windows import ReplaysWindow

        repeating = self.app.desk.repeating
        if repeating.batch is None:
            return
        self._results = ReplaysWindow(repeating.batch, repeating.stop)
        try:
            run_id = await self.app.push_screen_wait(self._results)
        finally:
            self._results = None
        if repeating.batch.over:
            self.query_one("#replaying").display = False
        if run_id is not None:
            self.pane.go_to("task")
            self.show_run(run_id)

    def action_replays(self) -> None:
        """Look at replays; where there are none, repeat what the query finds."""
        from mux_tui.tui.screens.ledger.repeating import ask_all

        seen = self.query_one("#replaying").display
        ask = self.show_replays if seen else partial(ask_all, self)
        self.run_worker(ask, group="ask", exclusive=True, exit_on_error=False)
