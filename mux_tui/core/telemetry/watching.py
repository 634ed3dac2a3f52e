"""Keeping the facts of a task while it is recorded, and handing them on at its end.

It stands in front of the recorder, so it sees what the ledger sees, at the same time,
and nothing of the stream of tokens.
"""

import time
from collections.abc import Callable
from typing import Protocol

from mux_tui.core.task import Attempt, Decision, Outcome, Task
from mux_tui.core.telemetry.facts import RunFacts


class Record(Protocol):
    """Records a task, step by step."""

    async def begin(self, task: Task, repository: str = "") -> None:
        """Record that it was accepted."""
        ...

    async def decided(self, run_id: str, decision: Decision) -> None:
        """Record where it goes."""
        ...

    async def attempted(self, run_id: str, attempt: Attempt) -> None:
        """Record an attempt."""
        ...

    async def finish(self, outcome: Outcome) -> None:
        """Record how it ended."""
        ...


class Watching:
    """Records, and remembers when."""

    def __init__(
        self, record: Record, task: Task, done: Callable[[RunFacts], None]
    ) -> None:
        """Watch one task.

        Args:
            record: What records it.
            task: The task.
            done: Given the facts once the outcome was recorded; returns at once.
        """
        self._record = record
        self._task = task
        self._done = done
        # Steps of the wall clock must not show in what lasted how long.
        self._base = time.time() - time.monotonic()
        self._started = self._now()
        self._decision: Decision | None = None
        self._ended: dict[int, float] = {}

    async def begin(self, task: Task, repository: str = "") -> None:
        """Record that it was accepted."""
        await self._record.begin(task, repository)

    async def decided(self, run_id: str, decision: Decision) -> None:
        """Record where it goes."""
        self._decision = decision
        await self._record.decided(run_id, decision)

    async def attempted(self, run_id: str, attempt: Attempt) -> None:
        """Record an attempt."""
        self._ended[attempt.number] = self._now()
        await self._record.attempted(run_id, attempt)

    async def finish(self, outcome: Outcome) -> None:
        """Record how it ended, and hand the facts on."""
        ended = self._now()
        try:
            await self._record.finish(outcome)
        finally:
            facts = (self._task, self._decision, outcome, self._started, ended)
            self._done(RunFacts(*facts, self._ended))

    def _now(self) -> float:
        return self._base + time.monotonic()
