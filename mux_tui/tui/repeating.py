"""Repeating stored runs while the cockpit is used: planned, followed, ended, recorded.

The replays are a task of their own, which no screen owns: whoever leaves the cockpit
ends it, and what was done until then is in the ledger.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib import import_module
from typing import TYPE_CHECKING

from mux_tui.core.errors import MuxError

if TYPE_CHECKING:
    from mux_tui.core.choices import Route
    from mux_tui.core.ledger.query import Query
    from mux_tui.core.ledger.rows import RunDetail
    from mux_tui.core.replay.comparison import Comparison
    from mux_tui.core.replay.planning import Order, Plan
    from mux_tui.core.replay.policy import Trial
    from mux_tui.core.replay.rerunning import ReplayEvent, Replays
    from mux_tui.core.replay.subject import NotRepeated, Subject
    from mux_tui.core.task import Task
    from mux_tui.tui.desk import Desk


@dataclass
class Batch:
    """Replays under way, or those that were the last."""

    order: "Order"
    plan: "Plan"
    begun_at: float
    """By the desk's clock for durations."""

    subject: "Subject | None" = None
    """What is repeated now; None: nothing yet, or nothing more."""

    number: int = 0
    """Of `subject`, from 1."""

    server: str = ""
    """What the model server does for another model; empty: nothing was told."""

    results: "list[Comparison | NotRepeated]" = field(
        default_factory=list["Comparison | NotRepeated"]
    )
    """In the order of the plan's subjects."""

    over: bool = False
    stopped: bool = False
    """Somebody has ended it before its end."""

    error: MuxError | None = None
    """Why it could not go on."""

    @property
    def subjects(self) -> "tuple[Subject, ...]":
        """What is to be repeated, or was."""
        return self.plan.subjects

    @property
    def comparisons(self) -> "list[Comparison]":
        """Those results that are one."""
        from mux_tui.core.replay.comparison import Comparison

        return [one for one in self.results if isinstance(one, Comparison)]


class Repeating:
    """The replays of one cockpit: at most one batch at a time."""

    def __init__(self, desk: "Desk") -> None:
        """Nothing is repeated yet."""
        self.batch: Batch | None = None
        self._desk = desk
        self._task: asyncio.Task[None] | None = None
        self._replays: Replays | None = None

    @property
    def under_way(self) -> bool:
        """Whether something is being repeated."""
        return self.batch is not None and not self.batch.over

    async def plan(
        self, wanted: "Query | RunDetail", most: int, order: "Order"
    ) -> "Plan":
        """What repeating would mean: which runs, which not, how many would leave.

        Args:
            wanted: The runs of a query, the newest `most` of them; or one run.
            most: How many.
            order: How they are to be repeated.

        Raises:
            MuxError: The ledger cannot be read.
        """
        await asyncio.to_thread(import_module, "mux_tui.core.replay.planning")
        from mux_tui.core.ledger.rows import RunDetail
        from mux_tui.core.ledger.search import Count
        from mux_tui.core.replay.planning import plan, plan_of

        desk = self._desk
        settings_of, environment = desk.settings_of, desk.environment
        if isinstance(wanted, RunDetail):
            one = Count(1, exact=True)
            return await plan_of([wanted], one, order, settings_of, environment)

        ledger = await desk.ledger()
        return await plan(ledger, wanted, most, order, settings_of, environment)

    def start(
        self,
        order: "Order",
        plan: "Plan",
        consented: bool,
        changed: Callable[[], None],
    ) -> Batch:
        """Begin; it goes on by itself.

        Args:
            order: How runs are repeated.
            plan: Which; it has at least one.
            consented: Whether those that are asked of a cloud CLI may leave.
            changed: Called whenever `batch` is another one than before.
        """
        self.batch = batch = Batch(order, plan, self._desk.tick())
        self._task = asyncio.create_task(self._repeat(batch, consented, changed))

        def ended(_: asyncio.Task[None]) -> None:
            # Not in the task itself, which may be ended before it has begun.
            batch.over, batch.subject = True, None
            changed()

        self._task.add_done_callback(ended)
        return batch

    async def ended(self) -> None:
        """Wait until all of it has ended; what is wrong with mux itself is raised."""
        if self._task is not None:
            # Not awaited itself: whoever is cancelled would end the replays.
            await asyncio.wait([self._task])
            if not self._task.cancelled():
                self._task.result()

    def stop(self) -> None:
        """End what is under way; what is done stays."""
        if self._task is not None and self.batch is not None and not self.batch.over:
            self.batch.stopped = True
            self._task.cancel()

    async def end(self) -> None:
        """The same because mux ends; returns when all of it is recorded."""
        if self._replays is not None:
            self._replays.interrupted = True
        self.stop()
        if self._task is not None:
            await asyncio.wait([self._task])

    async def tried(
        self, query: "Query", most: int, settings: "dict[str, object]"
    ) -> "Trial":
        """What other settings would have decided about the newest runs of a query.

        Args:
            query: Which runs.
            most: How many of the newest.
            settings: By dotted name, as text, above those that hold.

        Raises:
            MuxError: A setting is wrong, or the ledger cannot be read.
        """
        await asyncio.to_thread(import_module, "mux_tui.core.replay.planning")
        from mux_tui.core.backends.registry import present_routes
        from mux_tui.core.replay.planning import trial_of

        desk = self._desk
        wanted = await asyncio.to_thread(desk.settings_of, desk.cwd, settings)
        variables = desk.environment.variables
        there = await asyncio.to_thread(present_routes, wanted, variables)
        return await trial_of(await desk.ledger(), query, most, wanted, there)

    async def _repeat(
        self, batch: Batch, consented: bool, changed: Callable[[], None]
    ) -> None:
        async def ask(task: "Task", _route: "Route", _text: str) -> bool:
            # What was to stay here was not counted, and nobody has said yes to it.
            return consented and task.route != "local"

        def told(event: "ReplayEvent") -> None:
            if _noted(batch, event):
                changed()

        self._replays = None
        try:
            async with self._desk.replays(batch.order, told, ask) as replays:
                self._replays = replays
                await replays.repeat(batch.subjects)
        except MuxError as error:
            batch.error = error
        except asyncio.CancelledError:
            batch.stopped = True
        finally:
            if self._replays is not None:
                _cut_off(batch, self._replays)


def _noted(batch: Batch, event: "ReplayEvent") -> bool:
    """Take an event into the batch; whether there is something new to see."""
    from mux_tui.core.replay.rerunning import Began, Copying, Ended, ServerTold

    match event:
        case ServerTold(text):
            batch.server = text
        case Copying(number, _, subject) | Began(number, _, subject):
            batch.number, batch.subject, batch.server = number, subject, ""
        case Ended(_, _, result):
            batch.results.append(result)
            batch.subject = None
        case _:
            return False
    return True


def _cut_off(batch: Batch, replays: "Replays") -> None:
    """The replay that was ended in the middle is compared too."""
    known = len(batch.comparisons)
    batch.results += replays.done[known:]
