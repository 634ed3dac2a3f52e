"""Recording that never stops a task.

A full disk or a damaged ledger must not cost the user an answer: it is said once, the
task goes on, and what could not be written is tried again with the next step. So a
disk that is full only for a moment costs no row.
"""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial

from mux_tui.core.errors import LedgerError
from mux_tui.core.ledger.owner import Owner
from mux_tui.core.ledger.store import Ledger
from mux_tui.core.task import Attempt, Decision, Outcome, Task

_Step = Callable[[], Awaitable[None]]


class Recorder:
    """Records one task, step by step, as well as it can be done."""

    def __init__(
        self, ledger: Ledger | None, owner: Owner, warn: Callable[[str], None]
    ) -> None:
        """Record into `ledger`.

        Args:
            ledger: None: it could not be opened, which has been said already.
            owner: The process that does the task.
            warn: Gets the one sentence on why the task is not recorded.
        """
        self._ledger = ledger
        self._owner = owner
        self._warn = warn
        self._waiting: list[_Step] = []
        self._warned = False

    async def begin(self, task: Task, repository: str = "") -> None:
        """Record that a task was accepted; see `Ledger.begin`."""
        if self._ledger:
            await self._step(partial(self._ledger.begin, task, self._owner, repository))

    async def decided(self, run_id: str, decision: Decision) -> None:
        """Record where a task goes."""
        if self._ledger:
            await self._step(partial(self._ledger.decided, run_id, decision))

    async def attempted(self, run_id: str, attempt: Attempt) -> None:
        """Record an attempt."""
        if self._ledger:
            await self._step(partial(self._ledger.attempted, run_id, attempt))

    async def finish(self, outcome: Outcome) -> None:
        """Record how the task ended."""
        if self._ledger:
            await self._step(partial(self._ledger.finish, outcome))

    async def _step(self, step: _Step) -> None:
        self._waiting.append(step)
        try:
            while self._waiting:
                await self._waiting[0]()
                self._waiting.pop(0)
        except asyncio.CancelledError:
            # It was handed over, and is written; a second time would be refused.
            self._waiting.pop(0)
            raise
        except LedgerError as error:
            if not self._warned:
                self._warned = True
                self._warn(f"{error}. The task goes on without being recorded")
