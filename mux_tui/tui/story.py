"""From the events of a run to what is shown of it: decision, stages, figures, end.

A reducer without a screen and without a clock: whoever tells it an event says when that
was. The text of an answer is not kept here; what stands between two answers is returned
as a note.
"""

import re
from dataclasses import dataclass
from typing import Literal, assert_never

from mux_tui.core.events import (
    Answered,
    AttemptEnded,
    AttemptStarted,
    Checked,
    Decided,
    Drafted,
    Escalated,
    Finished,
    Gathered,
    Notice,
    Prefilled,
    Proposed,
    ReasoningDelta,
    Retrying,
    Reviewed,
    RunEvent,
    Scored,
    ServerChanged,
    Started,
    TextDelta,
    Verified,
    Written,
)
from mux_tui.core.proposal import Proposal
from mux_tui.core.task import (
    Attempt,
    Check,
    Completion,
    Confidence,
    Decision,
    Outcome,
    Reason,
    Route,
    Task,
    Verdict,
)
from mux_tui.core.text import one_line
from mux_tui.core.work import Finding, Material, Work
from mux_tui.tui.stage_list import Stage, StageList, StageState
from mux_tui.tui.story_files import (
    check_text,
    files_text,
    findings_text,
    material_text,
    not_applied_text,
    work_text,
    written_text,
)
from mux_tui.tui.story_pace import Pace

NoteKind = Literal["up", "again", "bad", "notice", "good"]

_DETAIL = 60
_GOES = re.compile(r"^goes to \w+(, if you allow it)?: ")
"""How the core's sentences begin; what follows is the reason alone."""

_YES = "your yes"


@dataclass(frozen=True)
class Note:
    """A line of our own, between or after answers."""

    kind: NoteKind
    text: str
    """Safe to show."""


class Story:
    """What is known of one run so far."""

    def __init__(self, task: Task, threshold: float, at: float) -> None:
        """Begin with nothing but the task.

        Args:
            task: What was asked.
            threshold: The least confidence that is trusted.
            at: When that was.
        """
        self.task = task
        self.threshold = threshold
        self.decision: Decision | None = None
        self._steps = StageList("route", at)
        self.attempts: list[Attempt] = []
        self.notices: list[str] = []
        self.confidence: Confidence | None = None
        """Of the last answer that was scored."""

        self.verdict: Verdict | None = None
        self.proposal: Proposal | None = None
        """File work: what would be written, as it was proposed last."""

        self.outcome: Outcome | None = None
        """None until the end."""

        self.route: Route | None = None
        """Whose turn it is, or was last."""

        self.model = ""
        self.why = ""
        """Why it was handed to a cloud route; empty: it was not."""

        self.leaves = 0
        """Characters that were handed to a cloud route, or would be."""

        self._gathered_once = False
        self._unusable = False
        """The last answer could not be read as changes."""

        self._told_at = at
        self._pace = Pace()

    @property
    def stages(self) -> list[Stage]:
        """The steps so far, and those that are still to come."""
        return self._steps.all

    @property
    def over(self) -> bool:
        """Whether it has ended."""
        return self.outcome is not None

    @property
    def answering(self) -> bool:
        """Whether text is coming."""
        return self._pace.answering

    @property
    def first_token_seconds(self) -> float | None:
        """Of the attempt under way, or of the last one."""
        return self._pace.first_token_seconds

    def rate(self, now: float) -> float | None:
        """Tokens a second of the last answer, or of the one that is coming.

        While it comes, one piece of the local model's stream counts as a token.
        """
        pace = self._pace
        if pace.speed is not None or self.route != "local":
            return pace.speed

        return pace.rate(now)

    def asked_user(self, waits: bool) -> None:
        """The user is asked about the step under way, or has answered."""
        if waits and self.proposal is not None:
            # Also where a yes was not to be needed.
            self._steps.reach(_YES, self._told_at)
        self._steps.tell("waits for you" if waits else "")

    def tell(self, event: RunEvent, at: float) -> Note | None:  # noqa: C901, PLR0912
        """Take in what happened at that moment; a note if there is something to say."""
        # One flat match over every event is easier to check than two half ones.
        self._told_at = at
        match event:
            case Decided(decision):
                self._decided(decision, at)
            case ServerChanged(phase, text):
                self._served(phase, text, at)
            case AttemptStarted() as started:
                self._asked(started, at)
            case Prefilled(tokens, total):
                self._steps.tell(self._pace.prefilled(tokens, total, at))
            case TextDelta() | ReasoningDelta():
                self._came(at)
            case Answered(_, completion):
                self._answered(completion, at)
            case Scored(_, confidence):
                self._scored(confidence, at)
            case Verified(_, verdict):
                return self._verified(verdict, at)
            case AttemptEnded(attempt):
                return self._attempted(attempt, at)
            case Retrying(_, why):
                self._plan(self.route or "local")
                return Note("again", f"once more: {one_line(why)}")
            case Escalated() as step:
                return self._escalated(step, at)
            case Notice(text):
                self.notices.append(one_line(text))
                return Note("notice", one_line(text))
            case Finished(outcome):
                return self._finished(outcome, at)
            case Started():
                pass
            case Gathered(material):
                self._gathered(material, at)
            case Drafted(_, work):
                return self._drafted(work, at)
            case Checked(_, check):
                self._checked(check, at)
            case Reviewed(_, findings):
                self._reviewed(findings, at)
            case Proposed(proposal):
                return self._proposed(proposal, at)
            case Written(files, notes):
                self._steps.reach("write", at)
                self._steps.tell(files_text(len(files)))
                self._steps.end("done", at)
                return Note("good", written_text(files, notes))
            case _:
                assert_never(event)
        return None

    def _decided(self, decision: Decision, at: float) -> None:
        self.decision = decision
        self.route = decision.route
        self._steps.end("done", at)
        if decision.route == "local" and not decision.ends:
            self._plan("local")
            if self.on_files:
                self._steps.begin(at)

    def _plan(self, route: Route) -> None:
        self._steps.plan(self._names(route))

    def _names(self, route: Route) -> list[str]:
        """What is still to come when a route is asked."""
        asked = [f"ask {route}", "score"]
        if not self.on_files:
            return [*asked, "checks"]

        first = ["context"] if route == "local" and not self._gathered_once else []
        ends = {"ask": [_YES, "write"], "auto": ["write"], "never": []}
        return [*first, *asked, "draft", "proof", *ends[self.task.apply]]

    @property
    def on_files(self) -> bool:
        """Whether files are to be changed."""
        return self.decision is not None and self.decision.kind == "files"

    def _served(self, phase: str, text: str, at: float) -> None:
        if phase in ("ready", "stopped"):
            if self._steps.busy == "start model":
                self._steps.end("done", at)
            return
        detail = one_line(text, _DETAIL) or phase
        if self._steps.busy == "start model":
            self._steps.tell(detail)
        else:
            self._steps.wait("context")
            self._steps.insert("start model", at, detail)

    def _asked(self, started: AttemptStarted, at: float) -> None:
        self.route, self.model = started.route, one_line(started.model, 80)
        if self._steps.busy != "context":
            self._steps.end("done", at)
            if not self._steps.planned:
                self._plan(started.route)
            self._steps.begin(at)
        self._unusable = False
        self._pace.asked(at)

    def _came(self, at: float) -> None:
        if self._pace.came(at):
            self._steps.reach(f"ask {self.route}", at)
            self._steps.tell("")

    def _answered(self, completion: Completion, at: float) -> None:
        self.model = one_line(completion.model, 80) or self.model
        self._steps.reach(f"ask {self.route}", at)
        self._steps.tell(self._pace.answered(completion))
        self._steps.end("done", at)
        self._steps.begin(at)

    def _scored(self, confidence: Confidence, at: float) -> None:
        self.confidence = confidence
        good = confidence.score >= self.threshold
        sign = "≥" if good else "<"
        detail = f"{confidence.score:.2f} {sign} {self.threshold:.2f}"
        self._steps.tell(detail)
        self._steps.end("done" if good else "failed", at)
        self._steps.begin(at)

    def _gathered(self, material: Material, at: float) -> None:
        """What is shown to the model is known, a moment before it is asked."""
        self._gathered_once = True
        if self._steps.busy == "context":
            self._steps.end("done", at)
            self._steps.begin(at)
        self._steps.amend("context", material_text(material))

    def _drafted(self, work: Work, at: float) -> Note | None:
        self._steps.reach("draft", at)
        self._steps.tell(work_text(work, _DETAIL))
        self._steps.end("failed" if work.unusable else "done", at)
        self._unusable = bool(work.unusable)
        if not work.unusable:
            self._steps.begin(at)
            return None

        return Note("bad", f"this draft cannot be used: {one_line(work.unusable)}")

    def _checked(self, check: Check, at: float) -> None:
        self._steps.reach("proof", at)
        self._steps.tell(check_text(check, _DETAIL))

    def _reviewed(self, findings: tuple[Finding, ...], at: float) -> None:
        if not self._steps.has("review"):
            self._steps.reach("review", at)
            self._steps.end("done", at)
        self._steps.amend("review", findings_text(findings))

    def _proposed(self, proposal: Proposal, at: float) -> Note | None:
        self.proposal = proposal
        if self.task.apply == "ask":
            self._steps.reach(_YES, at)
        if not proposal.again:
            return None

        return Note("again", f"proposed once more: {one_line(proposal.again)}")

    def _verified(self, verdict: Verdict, at: float) -> Note | None:
        self.verdict = verdict
        if self._unusable:
            # It was said of the draft.
            return None

        if self.on_files:
            self._steps.reach("proof", at)
        states: dict[str, StageState] = {"pass": "done", "fail": "failed"}
        self._steps.tell(one_line(verdict.summary, _DETAIL))
        self._steps.end(states.get(verdict.status, "unknown"), at)
        if verdict.status != "fail" or not self.on_files:
            return None

        return Note("bad", f"proof failed: {one_line(verdict.summary)}")

    def _attempted(self, attempt: Attempt, at: float) -> Note | None:
        self.attempts.append(attempt)
        self._pace.answering = False
        if not attempt.fault:
            return None

        said = one_line(attempt.error)
        if self._steps.busy in ("", "start model"):
            # It failed before it could be asked.
            self._steps.end("failed", at)
            self._steps.begin(at)
        self._steps.tell(one_line(said, _DETAIL))
        self._steps.end("failed", at)
        self._steps.drop()
        return Note("bad", f"{attempt.route}: {said}")

    def _escalated(self, step: Escalated, at: float) -> Note | None:
        self.route, self.leaves = step.route, len(step.brief)
        self.why = _GOES.sub("", one_line(step.sentence))
        self._steps.end("done", at)
        self._plan(step.route)
        self._steps.insert(f"hand to {step.route}", at)
        if not self.attempts:
            # Decided at once: the decision says it.
            return None

        return Note("up", f"handed to {step.route}: {self.why}")

    def _finished(self, outcome: Outcome, at: float) -> Note | None:
        self.outcome = outcome
        self._pace.answering = False
        good = outcome.status == "done"
        if self._steps.busy and not good:
            declined = outcome.reason == "changes_declined"
            word = "declined" if declined else _ENDS.get(outcome.status, "failed")
            self._steps.tell(word)
        self._steps.end("done" if good else "failed", at)
        self._steps.drop()
        if good:
            told = not_applied_text(outcome)
            return Note("notice", told) if told else None

        ways = _WAYS.get(outcome.reason) or one_line(outcome.next_step)
        step = f". {ways}" if ways else ""
        return Note("bad", f"{one_line(outcome.sentence, 1000)}{step}")


_ENDS = {
    "cancelled": "stopped",
    "interrupted": "interrupted",
    "declined": "not allowed",
}

_WAYS: dict[Reason, str] = {
    "cloud_not_allowed": "l has the local model do it; e asks again",
    "changes_declined": "d shows the changes; l or e runs the task again",
    "base_changed": "l or e runs the task again on the files of now; d shows what was"
    " proposed",
}
"""What can be done here, where the engine tells of the command line."""
