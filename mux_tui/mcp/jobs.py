"""Tasks under way, whether or not a call waits for them.

A job is a run with its story, and with the question that it waits for. It goes on when
the call that started it has returned.
"""

import asyncio
import logging
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from mux_tui.core.change import ChangeSet
from mux_tui.core.errors import UsageError
from mux_tui.core.events import RunEvent
from mux_tui.core.proposal import Proposal
from mux_tui.core.run import Run
from mux_tui.core.task import Outcome, Route, Task
from mux_tui.mcp.questions import Question, about_sending, about_writing
from mux_tui.mcp.telling import Growing, Story

_LOG = logging.getLogger(__name__)
_MOST_RUNNING = 8
_MOST_KEPT = 200


@dataclass
class Job:
    """One task, from its start until it is forgotten."""

    run: Run
    can_ask: bool
    """Whether the client that started it can ask its user."""

    notes: tuple[str, ...] = ()
    """What was done otherwise than asked for, one sentence each."""

    story: Story = field(default_factory=Story)
    question: Question | None = None
    """What it waits for; None: for nobody."""

    _news: asyncio.Event = field(default_factory=asyncio.Event)
    _work: "asyncio.Task[None] | None" = None

    @property
    def id(self) -> str:
        """The run's."""
        return self.run.task.run_id

    @property
    def outcome(self) -> Outcome | None:
        """How it ended; None: it has not."""
        return self.run.outcome

    def follow(self) -> None:
        """Begin to take in what happens."""
        self._work = asyncio.create_task(self._follow())

    async def news(self, seconds: float) -> None:
        """Wait until something happened, or for so long."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._news.wait(), seconds)

    async def ended(self) -> None:
        """Wait for the end, and until it is known here."""
        if self._work is not None:
            await asyncio.wait({self._work})

    @property
    def over(self) -> bool:
        """Whether it has ended, and all of its story is known."""
        return self._work is not None and self._work.done()

    async def asked(self, question: Question) -> bool:
        """Put a question, and wait for its answer."""
        if not self.can_ask:
            return False

        self.question = question
        self._changed()
        try:
            return await question.answer
        finally:
            self.question = None
            self._changed()

    async def _follow(self) -> None:
        try:
            async for event in self.run.events():
                self._take(event)
        except Exception as error:  # A bug; the outcome has told what came of it.
            _LOG.error("a task ended by a bug", exc_info=error)
        finally:
            asyncio.get_running_loop().call_soon(self._changed)

    def _take(self, event: RunEvent) -> None:
        self.story.tell(event)
        # Whoever waits looks now and then anyway, which is enough for growing texts.
        if not isinstance(event, Growing):
            self._changed()

    def _changed(self) -> None:
        self._news.set()
        self._news = asyncio.Event()


class Jobs:
    """All jobs of this server."""

    def __init__(self, closing: asyncio.Event) -> None:
        """Begin with none.

        Args:
            closing: Set when the server ends: what is cancelled then was interrupted.
        """
        self._closing = closing
        self._jobs: dict[str, Job] = {}

    @property
    def running(self) -> Sequence[Job]:
        """Those that have not ended."""
        return [job for job in self._jobs.values() if not job.over]

    def check_room(self) -> None:
        """See that one more may be started.

        Raises:
            UsageError: There are too many.
        """
        if len(self.running) >= _MOST_RUNNING:
            raise UsageError(
                f"{_MOST_RUNNING} tasks are under way already",
                "one machine does no more at once",
                "Wait for one with mux_job, or end one with mux_cancel",
            )

    def add(self, job: Job) -> None:
        """Keep a job, and follow it."""
        self._jobs[job.id] = job
        job.follow()
        over = [id for id, one in self._jobs.items() if one.over]
        for id in over[: max(0, len(self._jobs) - _MOST_KEPT)]:
            del self._jobs[id]

    def get(self, id: str) -> Job | None:
        """The job of that run; None: it is none of this server's."""
        return self._jobs.get(id)

    def cancel(self, job: Job) -> None:
        """End a job as soon as what does it lets go."""
        job.run.cancel(interrupted=self._closing.is_set())

    async def ask(self, task: Task, route: Route, text: str) -> bool:
        """An engine's question whether a task may leave this machine."""
        job = self._jobs.get(task.run_id)
        return job is not None and await job.asked(about_sending(route, text))

    async def approve(self, task: Task, proposal: Proposal) -> ChangeSet | None:
        """An engine's question whether changes may be written: all of them, or none."""
        job = self._jobs.get(task.run_id)
        if job is None or not await job.asked(about_writing(proposal)):
            return None

        return proposal.changes

    async def followed(self) -> None:
        """Wait until all jobs that have ended are known to have."""
        for job in self._jobs.values():
            await job.ended()
