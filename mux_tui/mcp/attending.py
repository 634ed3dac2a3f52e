"""Waiting for a job: progress, questions to the user, and only so long.

A call must return before its client gives up on it; the job goes on by itself.
"""

import asyncio
import time
from dataclasses import dataclass, field

import mcp_types as types

from mux_tui.mcp.call import Call
from mux_tui.mcp.jobs import Job

_LOOK_EVERY = 1.0
"""Seconds between two looks at what grows all the time."""


async def attend(
    job: Job, call: Call, seconds: float
) -> types.InputRequiredResult | None:
    """Wait for a job's end, or for so long.

    Args:
        job: What is waited for.
        call: Who waits.
        seconds: How long; the time that its user thinks does not count.

    Returns:
        A question that has to be asked by the result; None: there is none.
    """
    reporter = _Reporter(call)
    end = time.monotonic() + seconds
    while not job.over:
        question = job.question
        if question is not None and call.can_ask:
            if call.asks_by_result:
                return call.question(question, job.id)
            asked = time.monotonic()
            question.settle(await call.ask(question))
            end += time.monotonic() - asked
            await asyncio.sleep(0)
            continue

        left = end - time.monotonic()
        if left <= 0:
            break
        await reporter.report(job)
        await job.news(min(left, _LOOK_EVERY))

    await reporter.report(job)
    return None


@dataclass
class _Reporter:
    call: Call
    _count: int = field(default=0, init=False)
    _told: int = field(default=0, init=False)
    _said: str = field(default="", init=False)

    async def report(self, job: Job) -> None:
        """Tell what is new; the same thing is not told twice."""
        told = job.story.told
        new = told[self._told :]
        self._told = len(told)
        for sentence in (*new, job.story.sentence):
            if sentence != self._said:
                self._said = sentence
                self._count += 1
                await self.call.report(self._count, sentence)
