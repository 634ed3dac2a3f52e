"""One task from decision to outcome: the story of the product.

Decide, ask, score and verify; then accept the answer, ask once more, hand the task to
a stronger model, or stop. What happens is kept in the ledger first and told afterwards.
"""

import asyncio
import time
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from typing import assert_never

from mux_tui.core.attempts import Attempts, Emit, Parts, Record
from mux_tui.core.events import Decided, Escalated, Notice, Retrying, Started
from mux_tui.core.file_work.review.readers import Readers
from mux_tui.core.file_work.review.review import Review
from mux_tui.core.file_work.review.working_in import WorkingIn
from mux_tui.core.file_work.settling import Settling
from mux_tui.core.file_work.workshop import Workshop
from mux_tui.core.outcome import next_step_for, total
from mux_tui.core.permission import permitted
from mux_tui.core.routing.handoff import again, brief, order
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

_AT_HOME = (
    "the settings let no cloud CLI write instead of the local model "
    "(workflow.cloud_write_fallback)"
)


_NO_CHANGES = (
    "If you want an answer in text and no changes of files, add --no-files; else name "
    "the files that are to change, or ask a cloud CLI with --route"
)


@dataclass(frozen=True)
class _Accepted:
    """An answer that counts; changes of files in it are not written yet."""

    step: Accept
    answer: Attempt
    review: Review | None = None
    """Of changes of files, whether anybody has read them or not."""


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
        self._workshop: Workshop | None = None
        self._readers: Readers | None = None
        self._cloud = parts.settings.cloud
        self._retries = 0
        self._started = time.monotonic()

    async def run(self) -> Outcome:
        """Do the task; the outcome is returned, not recorded."""
        root = repository_root(self._task.place)
        await self._record.begin(self._task, str(root) if root else "")
        self._emit(Started(self._task))
        found: Outcome | _Accepted | None = None
        async with AsyncExitStack() as stack:
            try:
                async with asyncio.timeout(self._task.time_limit):
                    found = await self._run(stack)
                    if isinstance(found, _Accepted):
                        await self._reviewed(found)
            except TimeoutError:
                limit = f"the time limit of {self._task.time_limit:g} s passed"
                if found is None:
                    return self.ended("failed", "time_limit", limit)
                self._emit(Notice(f"the review was cut short: {limit}"))
            # How long somebody thinks about a yes is not the task's time.
            return await self._settled(found) if isinstance(found, _Accepted) else found

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
            work=answer.work if answer else None,
            usage=total(self._attempts.made),
            attempts=tuple(self._attempts.made),
            retries=self._retries,
            seconds=time.monotonic() - self._started,
            next_step=next_step,
        )

    async def _run(self, stack: AsyncExitStack) -> Outcome | _Accepted:
        settings = self._parts.settings
        situation = await self._parts.survey(self._task)
        decision = decide(situation, settings.router, settings.cloud)
        self._readers = self._may_read(decision, situation.present)
        if self._stays(decision):
            self._cloud = replace(settings.cloud, permission="never")
            decision = decide(situation, settings.router, self._cloud)
            self._emit(Notice(_AT_HOME))
        await self._record.decided(self._task.run_id, decision)
        self._emit(Decided(decision))
        if decision.kind == "files" and not decision.ends:
            await self._set_up(decision, stack)
        match decision.reason:
            case "cloud_not_allowed":
                return self._stopped("declined", decision.reason, decision.sentence)
            case "local_down_and_cloud_unavailable":
                return self._stopped("failed", decision.reason, decision.sentence)
            case _:
                return await self._follow(decision, situation.local.status == "crashed")

    def _stays(self, decision: Decision) -> bool:
        """Whether it is file work that the settings let no cloud CLI take over."""
        free = self._parts.settings.workflow.cloud_write_fallback
        asked = decision.reason == "route_requested"
        return decision.kind == "files" and not free and not asked

    async def _set_up(self, decision: Decision, stack: AsyncExitStack) -> None:
        """Make ready for changes to files."""
        if self._parts.tools is None:
            return
        self._workshop = Workshop(
            self._task,
            decision.prompt,
            self._parts.tools,
            self._parts.local,
            self._emit,
            stack,
        )
        await self._workshop.prepare()
        self._attempts.manner = self._workshop

    async def _follow(self, decision: Decision, crashed: bool) -> Outcome | _Accepted:
        route, text, left = decision.route, decision.prompt, list(decision.fallbacks)
        failed = ""
        if route != "local":
            text = order(text) if self._workshop else text
            if crashed:
                self._parts.local.recover()
            self._emit(Escalated(route, decision.reason, decision.sentence, text))
        while True:
            if route != "local" and not await self._allowed(route, text):
                return self._declined(route)
            attempt = await self._attempts.make(route, text, failed)
            step = self._reconsider(decision, left)
            match step:
                case Retry(why):
                    self._retries += 1
                    self._emit(Retrying(attempt.number, why))
                    text = again(decision.prompt, attempt, why)
                    usable = attempt.work is not None and not attempt.work.unusable
                    failed = why if usable else ""
                case Escalate():
                    route = step.route
                    left.remove(route)
                    text = self._brief(decision, step)
                    self._emit(Escalated(route, step.reason, step.sentence, text))
                case Accept():
                    return self._accepted(step)
                case GiveUp():
                    return self._gave_up(step)
                case _:
                    assert_never(step)

    def _accepted(self, step: Accept) -> _Accepted:
        answer, workshop = self._attempts.made[step.number - 1], self._workshop
        if workshop is None:
            return _Accepted(step, answer)

        changes = workshop.changes[answer.number]
        return _Accepted(step, answer, Review(workshop, answer, changes))

    def _may_read(self, decision: Decision, present: tuple[Route, ...]) -> Readers:
        """Who may review changes of this task."""
        local = decision.reason == "route_requested" and decision.route == "local"
        parts, cloud = self._parts, self._parts.settings.cloud
        return Readers(parts.cloud, present, cloud, parts.ask, kept_here=local)

    async def _reviewed(self, accepted: _Accepted) -> None:
        """Have changes of files read before they are proposed, if that is wanted."""
        if accepted.review is not None and self._readers is not None:
            await accepted.review.run(self._readers, self._worked_in)

    async def _worked_in(self, manner: WorkingIn, text: str) -> Attempt:
        self._attempts.manner = manner
        return await self._attempts.make("local", text)

    async def _settled(self, accepted: _Accepted) -> Outcome:
        """The end of an answer that counts; changes of files are written now."""
        step, review = accepted.step, accepted.review
        if review is None:
            return self.ended("done", step.reason, step.sentence, "", accepted.answer)

        answer = review.answer
        settling = Settling(
            review.workshop, self._parts.approve, review.findings, review.reviewer
        )
        settled = await settling.settle(answer, review.changes)
        outcome = self.ended(
            settled.status,
            settled.reason or step.reason,
            settled.sentence or step.sentence,
            settled.next_step.replace("RUN", self._task.run_id),
            answer,
        )
        return replace(
            outcome,
            verdict=settled.verdict,
            usage=total([*self._attempts.made, *review.asked]),
            work=settled.work,
            findings=review.findings,
            files=settled.files,
            applied=settled.applied,
        )

    def _reconsider(self, decision: Decision, left: list[Route]) -> Step:
        settings = self._parts.settings
        router, tries = settings.router, settings.local_executor.max_attempts
        if self._attempts.repeats:
            # The model says the same again: asking once more would be a waste.
            router, tries = replace(router, max_local_retries=0), 0
        return reconsider(
            decision,
            self._attempts.made,
            left,
            router,
            settings.verification,
            self._cloud,
            tries,
        )

    def _brief(self, decision: Decision, step: Escalate) -> str:
        """What the next backend is asked: the task alone, if nobody has answered it."""
        answered = self._attempts.answered
        if not answered:
            return order(decision.prompt) if self._workshop else decision.prompt

        return brief(decision.prompt, answered[-1], step.why)

    async def _allowed(self, route: Route, text: str) -> bool:
        permission = self._cloud.permission
        return await permitted(permission, self._parts.ask, self._task, route, text)

    def _declined(self, route: Route) -> Outcome:
        sentence = f"it was not sent to {route}: you did not allow it"
        return self._stopped("declined", "cloud_not_allowed", sentence)

    def _gave_up(self, step: GiveUp) -> Outcome:
        last = self._attempts.made[-1]
        if step.reason == "cloud_failed" and last.fault == "time_limit":
            return self._stopped("failed", "time_limit", step.sentence)

        stopped = self._stopped("failed", step.reason, step.sentence)
        if last.work is not None and last.work.unusable:
            stopped = replace(stopped, next_step=_NO_CHANGES)
        return stopped

    def _stopped(self, status: Status, reason: Reason, sentence: str) -> Outcome:
        """An end without an accepted answer; the last answer there was is shown."""
        answered = self._attempts.answered
        answer = answered[-1] if answered else None
        return self.ended(status, reason, sentence, next_step_for(reason), answer)
