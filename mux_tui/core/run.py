"""One task under way: what a shell watches, and can cancel.

The work goes on in a task of its own. Whatever ends it (the answer, an error, a cancel,
a bug) ends in one outcome, which is on disk before `Finished` is told.
"""

import asyncio
from collections.abc import AsyncGenerator
from typing import Protocol

from mux_tui.core.cascade import Cascade
from mux_tui.core.errors import MuxError
from mux_tui.core.events import Decided, Finished, RunEvent
from mux_tui.core.task import Outcome, Task
from mux_tui.core.text import one_line


class Finishes(Protocol):
    """Records how a task ended."""

    async def finish(self, outcome: Outcome) -> None:
        """Return when it is recorded, as well as it can be."""
        ...


class Run:
    """A task that is being done."""

    def __init__(self, task: Task) -> None:
        """Make one; the engine begins it."""
        self.task = task
        self.outcome: Outcome | None = None
        """None until it has ended."""

        self.decided = asyncio.Event()
        """Set once it was told where the task goes, or that it goes nowhere."""

        self._events: asyncio.Queue[RunEvent | None] = asyncio.Queue()
        self._work: asyncio.Task[None] | None = None
        self._bug: Exception | None = None
        self._interrupted = False

    def tell(self, event: RunEvent) -> None:
        """Hand an event to whoever watches."""
        self._events.put_nowait(event)
        if isinstance(event, Decided):
            self.decided.set()

    def begin(self, cascade: Cascade, recorder: Finishes) -> None:
        """Start the work."""
        self._work = asyncio.create_task(self._drive(cascade, recorder))
        # Not in the task itself: cancelled before its first step, it takes none.
        self._work.add_done_callback(self._over)

    async def events(self) -> AsyncGenerator[RunEvent, None]:
        """What happens, until `Finished`; to be read once.

        Raises:
            Exception: A bug of ours; the outcome, if there is one, was told before.
        """
        while (event := await self._events.get()) is not None:
            yield event
            self._events.task_done()
        if self._bug is not None:
            raise self._bug

    def unread(self) -> list[RunEvent]:
        """What has happened so far and nobody has read; `events` goes on behind it."""
        found: list[RunEvent] = []
        while not self._events.empty():
            event = self._events.get_nowait()
            self._events.task_done()
            if event is None:
                self._events.put_nowait(None)
                break
            found.append(event)
        return found

    async def caught_up(self) -> None:
        """Wait until whoever reads the events has dealt with all there are so far."""
        await self._events.join()

    def cancel(self, interrupted: bool = False) -> None:
        """End the task as soon as its backend has let go; `Finished` still comes.

        Args:
            interrupted: It is not the user's wish: mux ends in the middle of it.
        """
        self._interrupted = interrupted
        if self._work is not None and self.outcome is None:
            self._work.cancel()

    async def ended(self) -> None:
        """Wait for the end."""
        if self._work is not None:
            await asyncio.wait([self._work])

    async def _drive(self, cascade: Cascade, recorder: Finishes) -> None:
        outcome = await self._outcome(cascade)
        self.outcome = outcome
        await recorder.finish(outcome)
        self.tell(Finished(outcome))

    def _over(self, work: asyncio.Task[None]) -> None:
        if not work.cancelled() and isinstance(error := work.exception(), Exception):
            self._bug = error
        self._events.put_nowait(None)
        self.decided.set()

    async def _outcome(self, cascade: Cascade) -> Outcome:
        try:
            return await cascade.run()
        except asyncio.CancelledError:
            if self._interrupted:
                said = "mux was closed before the task was done"
                return cascade.ended("interrupted", "interrupted", said)
            return cascade.ended("cancelled", "cancelled", "the task was cancelled")
        except MuxError as error:
            said = one_line(f"{error.what}: {error.why}" if error.why else error.what)
            return cascade.ended("failed", "error", said, error.next_step)
        except Exception as error:  # A bug of ours must not cost the task its row.
            self._bug = error
            name = type(error).__name__
            return cascade.ended("failed", "error", f"mux itself failed ({name})")
