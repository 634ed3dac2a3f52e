"""Asking one backend and judging what it says.

A failure of the backend is an attempt too: it is kept beside the others, never raised.
"""

import asyncio
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager, aclosing, asynccontextmanager
from dataclasses import dataclass, replace
from typing import Protocol, assert_never

from mux_tui.core.backends.base import Backend, Request
from mux_tui.core.config.settings import Settings
from mux_tui.core.errors import BackendError, MuxError
from mux_tui.core.events import (
    Answered,
    AttemptEnded,
    AttemptStarted,
    Prefilled,
    ReasoningDelta,
    RunEvent,
    Scored,
    TextDelta,
    Verified,
)
from mux_tui.core.file_work.tools import Tools
from mux_tui.core.file_work.workshop import Ordered
from mux_tui.core.local_model.base import LocalModel
from mux_tui.core.permission import Approve, Ask, nobody_approves
from mux_tui.core.routing.confidence import score
from mux_tui.core.routing.situation import Situation
from mux_tui.core.task import Attempt, Completion, Decision, Route, Task, Verdict

Emit = Callable[[RunEvent], None]


class Record(Protocol):
    """Keeps a task in the ledger; each call returns when it is on disk."""

    async def begin(self, task: Task, repository: str = "") -> None:
        """Keep that the task was accepted."""
        ...

    async def decided(self, run_id: str, decision: Decision) -> None:
        """Keep the decision."""
        ...

    async def attempted(self, run_id: str, attempt: Attempt) -> None:
        """Keep one attempt."""
        ...


@dataclass(frozen=True)
class Parts:
    """What a cascade works with."""

    settings: Settings
    survey: Callable[[Task], Awaitable[Situation]]
    """Gathers what the decision looks at; changes nothing."""

    local: LocalModel
    cloud: Mapping[Route, Backend]
    verify: Callable[[str, Task], Awaitable[Verdict]]
    """Runs the checks on an answer."""

    ask: Ask
    approve: Approve = nobody_approves
    tools: Tools | None = None
    """For file work; None: such tasks are answered in text."""


class Manner(Protocol):
    """How attempts at one kind of task are asked and judged."""

    @property
    def decisive(self) -> bool:
        """Whether the task is over when our own part in an attempt fails.

        A work directory that is gone, or a full disk, is no fault of the backend:
        the next one would fare no better.
        """
        ...

    def order(
        self, route: Route, text: str, failed: str = ""
    ) -> AbstractAsyncContextManager[Ordered]:
        """Make the request; what it needs is there for as long as the context is."""
        ...

    async def judged(
        self, attempt: Attempt, done: Completion, ordered: Ordered
    ) -> Attempt:
        """The attempt with its verdict, which was told."""
        ...


class InText:
    """The manner of tasks that want an answer in text."""

    decisive = False

    def __init__(self, task: Task, parts: Parts, emit: Emit) -> None:
        """Answer `task`; the arguments are those of `Attempts`."""
        self._task = task
        self._parts = parts
        self._emit = emit

    @asynccontextmanager
    async def order(
        self, route: Route, text: str, failed: str = ""
    ) -> AsyncGenerator[Ordered, None]:
        """Ask for the text, and nothing else."""
        yield Ordered(Request(text, self._task.cwd))

    async def judged(
        self, attempt: Attempt, done: Completion, ordered: Ordered
    ) -> Attempt:
        """Run the checks on the text."""
        verdict = await self._parts.verify(done.text, self._task)
        self._emit(Verified(attempt.number, verdict))
        return replace(attempt, verdict=verdict)


class Attempts:
    """The attempts at one task, oldest first."""

    def __init__(self, task: Task, parts: Parts, record: Record, emit: Emit) -> None:
        """Start with none.

        Args:
            task: What was asked.
            parts: What to work with.
            record: Where each attempt is kept.
            emit: Told each event, after it was kept.
        """
        self.made: list[Attempt] = []
        self._task = task
        self._parts = parts
        self._record = record
        self._emit = emit
        self.manner: Manner = InText(task, parts, emit)
        """How they are asked and judged; set before the first one."""

    @property
    def answered(self) -> list[Attempt]:
        """Those that brought a whole answer."""
        return [attempt for attempt in self.made if attempt.completion]

    @property
    def repeats(self) -> bool:
        """Whether the last answer is the same as the one before it."""
        texts = [a.completion.text for a in self.answered[-2:] if a.completion]
        return len(texts) == 2 and texts[0] == texts[1]

    async def make(self, route: Route, text: str, failed: str = "") -> Attempt:
        """Ask one backend and judge its answer.

        Args:
            route: Who is asked.
            text: What it is asked.
            failed: What the attempt before did not mend, as a program wrote it.

        Raises:
            MuxError: Our own part failed, in a manner for which that is decisive.
        """
        started = time.monotonic()
        attempt = Attempt(len(self.made) + 1, route, route)
        partial: list[str] = []
        ours = False
        try:
            backend = await self._backend(route)
            attempt = replace(attempt, backend=backend.name, model=backend.model)
            self._emit(
                AttemptStarted(attempt.number, route, backend.name, backend.model)
            )
            ours = self.manner.decisive
            async with self.manner.order(route, text, failed) as ordered:
                ours = False
                done = await self._ask(backend, ordered.request, partial)
                ours = self.manner.decisive
                attempt = replace(attempt, completion=done)
                self._emit(Answered(attempt.number, done))
                attempt = self._scored(attempt, done)
                attempt = await self.manner.judged(attempt, done, ordered)
        except BackendError as error:
            attempt = replace(attempt, fault=error.fault, error=str(error))
        except MuxError as error:
            attempt = replace(attempt, fault="connection", error=str(error))
            if ours:
                raise
        except asyncio.CancelledError:
            attempt = replace(attempt, error="it was cancelled")
            raise
        finally:
            told = "" if attempt.completion else "".join(partial)
            seconds = time.monotonic() - started
            attempt = replace(attempt, partial=told, seconds=seconds)
            self.made.append(attempt)
        await self._record.attempted(self._task.run_id, attempt)
        self._emit(AttemptEnded(attempt))
        return attempt

    async def _backend(self, route: Route) -> Backend:
        if route == "local":
            return await self._parts.local.ready(self._emit)

        return self._parts.cloud[route]

    async def _ask(
        self, backend: Backend, request: Request, partial: list[str]
    ) -> Completion:
        completion: Completion | None = None
        async with aclosing(backend.run(request)) as events:
            async for event in events:
                match event:
                    case TextDelta(piece):
                        partial.append(piece)
                        self._emit(event)
                    case ReasoningDelta() | Prefilled():
                        self._emit(event)
                    case Completion():
                        completion = event
                    case _:
                        assert_never(event)
        if completion is None:
            raise BackendError(
                "bad_response", f"{backend.route} ended without an answer"
            )

        return completion

    def _scored(self, attempt: Attempt, done: Completion) -> Attempt:
        confidence = score(done, self._task.text)
        self._emit(Scored(attempt.number, confidence))
        model = done.model or attempt.model
        return replace(attempt, confidence=confidence, model=model)
