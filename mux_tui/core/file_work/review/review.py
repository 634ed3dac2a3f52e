"""One review: a cloud CLI reads the diff, the local model works its findings in.

The changes only ever become others when these are proved no worse. Whatever goes
wrong is told, and the changes stay what they were.
"""

import asyncio
from collections.abc import Awaitable
from dataclasses import dataclass, field, replace
from typing import Protocol

from mux_tui.core.change import ChangeSet
from mux_tui.core.events import Notice, Reviewed
from mux_tui.core.file_work.review.findings import Findings, read_findings
from mux_tui.core.file_work.review.readers import Answer, Readers
from mux_tui.core.file_work.review.working_in import WorkingIn
from mux_tui.core.file_work.workshop import Workshop
from mux_tui.core.routing.handoff import review_order, work_in
from mux_tui.core.task import Attempt, Route, Verdict
from mux_tui.core.text import one_line
from mux_tui.core.work import Finding
from mux_tui.core.workspace.diff import patch
from mux_tui.core.workspace.names import is_protected

MOST_WORKED_IN = 5
"""Findings of one review that the local model is given."""

_WORTH = {"fail": 0, "unknown": 1, "pass": 2}


class AskLocal(Protocol):
    """Has the local model attempt something."""

    def __call__(self, manner: WorkingIn, text: str) -> Awaitable[Attempt]:
        """Ask `text` in this manner; a failure is an attempt too."""
        ...


@dataclass
class Review:
    """An accepted answer's changes, and what a review has made of them."""

    workshop: Workshop
    answer: Attempt
    """The attempt they come from, with the proof of the changes as they are now."""

    changes: ChangeSet
    findings: tuple[Finding, ...] = ()
    reviewer: Route | None = None
    asked: list[Attempt] = field(default_factory=list[Attempt])
    """The reviewer's answer, for what it has cost; it is no attempt at the task."""

    async def run(self, readers: Readers, ask_local: AskLocal) -> None:
        """Have the changes read if the settings say so, and the findings worked in.

        Args:
            readers: Who may be asked.
            ask_local: Has the local model work a finding in.
        """
        workflow = self.workshop.tools.settings.workflow
        verdict = self.answer.verdict
        if not workflow.review or (verdict and verdict.status == "fail"):
            return
        found = await self._read(readers)
        if found is None:
            return
        if found.more:
            left = f"the review has {found.more:,} more findings, which are left out"
            self.workshop.emit(Notice(left))
        self.findings = found.found
        self._tell()
        if self.findings and workflow.apply_review:
            await self._work_in(ask_local)
            self._tell()

    async def _read(self, readers: Readers) -> Findings | None:
        prompt = await asyncio.to_thread(self._prompt)
        if not prompt:
            self.workshop.emit(Notice("not reviewed: what is protected stays here"))
            return None

        shop, author = self.workshop, self.answer.route
        place = shop.tools.paths.scratch
        answer = await readers.read(shop.task, author, prompt, place, shop.emit)
        if answer is None:
            return None

        self.asked.append(_attempt(answer))
        paths = {change.path for change in self.changes.changes}
        text = answer.completion.text
        found = await asyncio.to_thread(read_findings, text, paths)
        if found is None:
            why = f"the answer of {answer.route} cannot be read as findings"
            self.workshop.emit(Notice(f"not reviewed: {why}"))
            return None

        self.reviewer = answer.route
        return found

    def _prompt(self) -> str:
        """All that a reader gets; empty: there is nothing that may be shown."""
        shown = [one for one in self.changes.changes if not is_protected(one.path)]
        kept = [one.path for one in self.changes.changes if is_protected(one.path)]
        if not shown:
            return ""

        verdict = self.answer.verdict
        proof = verdict.summary if verdict else "nothing"
        return review_order(self.workshop.goal, patch(shown), proof, kept)

    async def _work_in(self, ask_local: AskLocal) -> None:
        for at, finding in enumerate(self.findings[:MOST_WORKED_IN]):
            manner = WorkingIn(self.workshop, self.changes, finding)
            attempt = await ask_local(manner, work_in(self.workshop.goal, finding))
            told = self._taken(finding, attempt)
            self.findings = (*self.findings[:at], told, *self.findings[at + 1 :])
            if attempt.fault:
                # It would fail at the next finding too.
                return

    def _taken(self, finding: Finding, attempt: Attempt) -> Finding:
        """The finding with what came of trying, and the changes if they were taken."""
        changes = self.workshop.changes.get(attempt.number)
        if changes is None:
            why = attempt.work.unusable if attempt.work else attempt.error
            return _not_taken(finding, f"no usable change: {why}")

        before, after = self.answer.verdict, attempt.verdict
        if _worth(after) < _worth(before):
            said = "failed the proof" if _worth(after) == 0 else "is not proved"
            told = after.summary if after else ""
            return _not_taken(finding, f"its change {said}: {told}")

        self.changes = changes
        self.answer = replace(self.answer, verdict=after, work=attempt.work)
        return replace(finding, fixed=True)

    def _tell(self) -> None:
        if self.reviewer is not None:
            self.workshop.emit(Reviewed(self.reviewer, self.findings))


def _attempt(answer: Answer) -> Attempt:
    done = answer.completion
    return Attempt(0, answer.route, answer.backend, done.model, done)


def _worth(verdict: Verdict | None) -> int:
    return _WORTH[verdict.status if verdict else "unknown"]


def _not_taken(finding: Finding, why: str) -> Finding:
    return replace(finding, fixed=False, note=one_line(why, 400))
