"""One task from decision to outcome: the story of the product.

Decide, ask, score and verify; then accept the answer, ask once more, hand the task to
a stronger model, or stop. What happens is kept in the ledger first and told afterwards.
"""

import asyncio
import time
from dataclasses import replace
from typing import assert_never

from mux_tui.core.attempts import Attempts, Emit, Parts, Record
from mux_tui.core.events import Decided, Escalated, Notice, Retrying, Started
from mux_tui.core.outcome import next_step_for, total
from mux_tui.core.permission import permitted
from mux_tui.core.routing.handoff import again, brief
from mux_tui.core.routing.policy import decide
from mux_tui.core.routing.reconsider import (
    Accept,
    Escalate,
    GiveUp,
    Retry,
    Step,
    reconsider,
)
from mux_tui.core.survey import repository_root
from mux_tui.core.task import (
    Attempt,
    Decision,
    Outcome,
    Reason,
    Route,
    Status,
    Task,
)

_TEXT_ONLY = (
    "this task asks for changes to files; this version of mux answers in text and "
    "changes none"
)


class Cascade:
    """One task on its way; to be run once."""

    def __init__(self, task: Task, parts: Parts, record: Record, emit: Emit) -> None:
        """Make one; nothing happens yet.

        Args:
            task: What was asked.
            parts: What to work with.
            record: Where each step is kept.
            emit: Told each event, after it was kept.
        """
        self._task = task
        self._parts = parts
        self._record = record
        self._emit = emit
        self._attempts = Attempts(task, parts, record, emit)
        self._retries = 0
        self._started = time.monotonic()

    async def run(self) -> Outcome:
        """Do the task; the outcome is returned, not recorded."""
        root = repository_root(self._task.cwd)
        await self._record.begin(self._task, str(root) if root else "")
        self._emit(Started(self._task))
        try:
            async with asyncio.timeout(self._task.time_limit):
                return await self._run()
        except TimeoutError:
            limit = f"the time limit of {self._task.time_limit:g} s passed"
            return self.ended("failed", "time_limit", limit)

    def ended(
        self,
        status: Status,
        reason: Reason,
        sentence: str,
        next_step: str = "",
        answer: Attempt | None = None,
    ) -> Outcome:
        """The outcome of what has happened so far.

        Args:
            status: How it ended.
            reason: Why, for scripts.
            sentence: Why, for people.
            next_step: What the user can do now.
            answer: The attempt whose answer counts; None: there is none.
        """
        completion = answer.completion if answer else None
        return Outcome(
            run_id=self._task.run_id,
            status=status,
            reason=reason,
            sentence=sentence,
            route=answer.route if answer else None,
            backend=answer.backend if answer else "",
            model=(completion.model or answer.model) if completion and answer else "",
            output=completion.text if completion else "",
            confidence=answer.confidence if answer else None,
            verdict=answer.verdict if answer else None,
            usage=total(self._attempts.made),
            attempts=tuple(self._attempts.made),
            retries=self._retries,
            seconds=time.monotonic() - self._started,
            next_step=next_step,
        )

    async def _run(self) -> Outcome:
        settings = self._parts.settings
        situation = await self._parts.survey(self._task)
        decision = decide(situation, settings.router, settings.cloud)
        await self._record.decided(self._task.run_id, decision)
        self._emit(Decided(decision))
        if decision.kind == "files":
            self._emit(Notice(_TEXT_ONLY))
        match decision.reason:
            case "cloud_not_allowed":
                return self._stopped("declined", decision.reason, decision.sentence)
            case "local_down_and_cloud_unavailable":
                return self._stopped("failed", decision.reason, decision.sentence)
            case _:
                return await self._follow(decision, situation.local.status == "crashed")

    async def _follow(self, decision: Decision, crashed: bool) -> Outcome:
        route, text, left = decision.route, decision.prompt, list(decision.fallbacks)
        if route != "local":
            if crashed:
                self._parts.local.recover()
            self._emit(Escalated(route, decision.reason, decision.sentence, text))
        while True:
            if route != "local" and not await self._allowed(route, text):
                return self._declined(route)
            attempt = await self._attempts.make(route, text)
            step = self._reconsider(decision, left)
            match step:
                case Retry(why):
                    self._retries += 1
                    self._emit(Retrying(attempt.number, why))
                    text = again(decision.prompt, attempt, why)
                case Escalate():
                    route = step.route
                    left.remove(route)
                    text = self._brief(decision, step)
                    self._emit(Escalated(route, step.reason, step.sentence, text))
                case Accept():
                    answer = self._attempts.made[step.number - 1]
                    return self.ended("done", step.reason, step.sentence, "", answer)
                case GiveUp():
                    return self._gave_up(step)
                case _:
                    assert_never(step)

    def _reconsider(self, decision: Decision, left: list[Route]) -> Step:
        settings = self._parts.settings
        router = settings.router
        if self._attempts.repeats:
            # The model says the same again: asking once more would be a waste.
            router = replace(router, max_local_retries=0)
        return reconsider(
            decision,
            self._attempts.made,
            left,
            router,
            settings.verification,
            settings.cloud,
        )

    def _brief(self, decision: Decision, step: Escalate) -> str:
        """What the next backend is asked: the task alone, if nobody has answered it."""
        answered = self._attempts.answered
        if not answered:
            return decision.prompt

        return brief(decision.prompt, answered[-1], step.why)

    async def _allowed(self, route: Route, text: str) -> bool:
        permission = self._parts.settings.cloud.permission
        return await permitted(permission, self._parts.ask, self._task, route, text)

    def _declined(self, route: Route) -> Outcome:
        sentence = f"it was not sent to {route}: you did not allow it"
        return self._stopped("declined", "cloud_not_allowed", sentence)

    def _gave_up(self, step: GiveUp) -> Outcome:
        last = self._attempts.made[-1]
        if step.reason == "cloud_failed" and last.fault == "time_limit":
            return self._stopped("failed", "time_limit", step.sentence)

        return self._stopped("failed", step.reason, step.sentence)

    def _stopped(self, status: Status, reason: Reason, sentence: str) -> Outcome:
        """An end without an accepted answer; the last answer there was is shown."""
        answered = self._attempts.answered
        answer = answered[-1] if answered else None
        return self.ended(status, reason, sentence, next_step_for(reason), answer)
