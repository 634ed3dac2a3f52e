"""Runs in the cockpit: started, watched, shown a few times a second, asked about.

A worker reads a run's events and says that there are some; a handler brings the screen
up to date. What is decided is shown at once, what streams at most twenty times a
second. A screen that is not in view goes on reading.
"""

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from time import perf_counter
from typing import TYPE_CHECKING

from textual import on
from textual.events import ScreenResume
from textual.message import Message
from textual.timer import Timer
from textual.worker import Worker, WorkerState

from mux_tui.core.choices import RouteChoice
from mux_tui.core.errors import MuxError
from mux_tui.tui.bell import ring
from mux_tui.tui.later import later
from mux_tui.tui.screens.cockpit.output import OutputPane
from mux_tui.tui.screens.cockpit.questioning import Questioning
from mux_tui.tui.widgets.decision import DecisionPane

if TYPE_CHECKING:
    from mux_tui.core.events import RunEvent
    from mux_tui.core.run import Run
    from mux_tui.tui.screens.cockpit.sitting import Sitting
    from mux_tui.tui.story import Story

_PERIOD = 0.05
"""Seconds between two times that the screen is brought up to date."""

_FIGURES = 0.5
"""Seconds between two times that the speed of an answer is told while it comes."""

_MOMENT = 0.05
"""Seconds that a run which was begun may take to be decided before it is shown."""

_MOST_TABS = 9


class Running(Questioning):
    """The part of the cockpit that has tasks done."""

    @dataclass
    class Began(Message):
        """A task was accepted and is under way."""

        run: "Run"
        typed: bool
        """It came from the entry, which may forget it now."""

    @dataclass
    class Refused(Message):
        """A task was not accepted, or the engine is not there."""

        error: MuxError
        typed: bool

    @dataclass
    class Happened(Message):
        """Something of a run waits to be shown."""

        sitting: "Sitting"

    def __init__(self) -> None:
        """Begin without runs."""
        super().__init__()
        self._last_number = 0
        self._figures_at = 0.0
        self._seconds: Timer | None = None

    def on_mount(self) -> None:
        """Count seconds while something runs."""
        if not self.app.desk.settings.ui.reduced_motion:
            self._seconds = self.set_interval(1.0, self._tick, pause=True)

    def begin(self, text: str, route: RouteChoice, *, typed: bool = False) -> None:
        """Have a task done.

        Args:
            text: The task.
            route: Who is to do it.
            typed: It came from the entry.
        """
        self.run_worker(
            partial(self._begin, text, route, typed), group="begin", exit_on_error=False
        )

    async def _begin(self, text: str, route: RouteChoice, typed: bool) -> None:
        desk = self.app.desk
        try:
            engine = await desk.engine()
            task = engine.accept(text, desk.cwd, desk.cwd, route=route)
        except MuxError as error:
            self.post_message(self.Refused(error, typed))
            return
        run = engine.start(task)
        # Shown together with its decision, a run is laid out and painted once.
        with suppress(TimeoutError):
            async with asyncio.timeout(_MOMENT):
                await run.decided.wait()
        self.post_message(self.Began(run, typed))

    @on(Began)
    def _began(self, message: Began) -> None:
        """Show the decision; room for the answer is made once that is painted."""
        message.stop()
        from mux_tui.core.events import Decided, Started
        from mux_tui.tui.story import Story

        desk, run = self.app.desk, message.run
        now = desk.tick()
        story = Story(run.task, desk.settings.router.min_confidence, now)
        waiting: list[tuple[RunEvent, float]] = []
        for event in run.unread():
            if isinstance(event, (Started, Decided)):
                story.tell(event, now)
            else:
                waiting.append((event, now))
        self.query_one(DecisionPane).show(story)
        self.after_paint(self._sit, run, story, waiting)

    async def _sit(
        self, run: "Run", story: "Story", waiting: "list[tuple[RunEvent, float]]"
    ) -> None:
        """Give a run its tab, and follow it."""
        from mux_tui.tui.screens.cockpit.sitting import Sitting
        from mux_tui.tui.widgets.answer import AnswerView

        desk, pane = self.app.desk, self.query_one(OutputPane)
        view = AnswerView(
            colours=lambda: self.app.themes.code,
            keep_bytes=desk.settings.limits.answer_bytes,
            clock=desk.tick,
        )
        self._last_number += 1
        sitting = Sitting(self._last_number, run, story, view, waiting=waiting)
        self.sittings.append(sitting)
        await pane.mount(view)
        await self._make_room()
        self.show(sitting)
        pane.take_focus()
        self.run_worker(
            partial(self._follow, sitting),
            group=f"run {run.task.run_id}",
            exit_on_error=False,
        )
        if waiting:
            sitting.told = True
            self.post_message(self.Happened(sitting))
        self._pace()

    @on(Worker.StateChanged)
    def _worker_failed(self, message: Worker.StateChanged) -> None:
        """What went wrong is said; bugs are the app's business."""
        error = message.worker.error  # pyright: ignore[reportUnknownMemberType]
        if message.state is WorkerState.ERROR and isinstance(error, MuxError):
            self.app.tell_error(error)

    async def _make_room(self) -> None:
        """Close the oldest tabs of runs that have ended; the ledger keeps them."""
        ended = [sitting for sitting in self.sittings if sitting.story.over]
        for sitting in ended[: max(0, len(self.sittings) - _MOST_TABS)]:
            self.sittings.remove(sitting)
            await sitting.view.remove()

    async def _follow(self, sitting: "Sitting") -> None:
        async for event in sitting.run.events():
            self._came(sitting, event)

    def _came(self, sitting: "Sitting", event: "RunEvent") -> None:
        from mux_tui.core.events import Decided

        sitting.waiting.append((event, self.app.desk.tick()))
        pause = sitting.shown_at + _PERIOD - perf_counter()
        if isinstance(event, Decided) or (pause <= 0 and not sitting.told):
            sitting.told = True
            self.post_message(self.Happened(sitting))
        elif not sitting.told:
            sitting.told = True
            later(self, pause, lambda: self.post_message(self.Happened(sitting)))

    @on(Happened)
    def _happened(self, message: Happened) -> None:
        message.stop()
        sitting = message.sitting
        sitting.told, sitting.shown_at = False, perf_counter()
        news = sitting.catch_up(self.app.glyphs)
        if sitting is self.current:
            self._refresh(news.moved)
        if news.ended:
            self._ended(sitting)
        if news.moved and (self.asking.waiting or self.reviews.waiting):
            # A question can be shown only when its run has told what it is about.
            self.questions_changed()

    def _refresh(self, moved: bool) -> None:
        """Show how the run in view is; figures alone not more often than needed."""
        now = perf_counter()
        if moved:
            self.query_one(DecisionPane).refresh_story()
        if moved or now - self._figures_at > _FIGURES:
            self._figures_at = now
            self.query_one(OutputPane).show_figures()

    def _ended(self, sitting: "Sitting") -> None:
        outcome = sitting.story.outcome
        good = outcome is not None and outcome.status == "done"
        if outcome is None or outcome.status != "cancelled":
            ring(self.app, "done" if good else "failed", self.under_way)
        self.query_one(OutputPane).show_tabs(self.sittings)
        self.refresh_bindings()
        self._pace()
        self.history_changed()

    def history_changed(self) -> None:
        """The ledger has other rows now."""

    def show(self, sitting: "Sitting | None") -> None:
        """Put a run in view."""
        self.query_one(OutputPane).show(sitting, self.sittings)
        self.query_one(DecisionPane).show(sitting.story if sitting else None)
        self.refresh_bindings()
        self.ask_next()

    def _pace(self) -> None:
        """Count seconds only while there is something to count."""
        if self._seconds is not None:
            if self.under_way and self.is_current:
                self._seconds.resume()
            else:
                self._seconds.pause()

    def _tick(self) -> None:
        self.query_one(DecisionPane).tick()
        self.query_one(OutputPane).show_figures()
        self._pace()

    @on(Refused)
    def _refused(self, message: Refused) -> None:
        message.stop()
        self.app.tell_error(message.error)
        if message.typed:
            self.refused()

    def refused(self) -> None:
        """A task that was typed was not accepted."""

    @on(ScreenResume)
    def _resumed(self) -> None:
        """Show what could not be shown while another screen was in view."""
        self._pace()
        self.ask_next()
