"""From the events of a run to what is shown of it: decision, stages, figures, end.

A reducer without a screen and without a clock: whoever tells it an event says when that
was. The text of an answer is not kept here; what stands between two answers is returned
as a note.
"""

import re
from dataclasses import dataclass, replace
from typing import Literal, assert_never

from mux_tui.core.events import (
    Answered,
    AttemptEnded,
    AttemptStarted,
    Decided,
    Escalated,
    Finished,
    Notice,
    Prefilled,
    ReasoningDelta,
    Retrying,
    RunEvent,
    Scored,
    ServerChanged,
    Started,
    TextDelta,
    Verified,
)
from mux_tui.core.task import (
    Attempt,
    Completion,
    Confidence,
    Decision,
    Outcome,
    Route,
    Task,
    Verdict,
)
from mux_tui.core.text import one_line

StageState = Literal["waiting", "busy", "done", "failed", "unknown"]
"""`unknown`: it is over, and says neither yes nor no."""

NoteKind = Literal["up", "again", "bad", "notice"]

_DETAIL = 60
_GOES = re.compile(r"^goes to \w+(, if you allow it)?: ")
"""How the core's sentences begin; what follows is the reason alone."""

_SHORTEST = 0.02
"""Seconds below which no speed is told."""


@dataclass(frozen=True)
class Stage:
    """One step of a run."""

    name: str
    state: StageState = "waiting"
    began: float | None = None
    """By the clock of whoever tells the events; None: not yet."""

    seconds: float | None = None
    """How long it took; None: it has not ended."""

    detail: str = ""
    """One fact, safe to show."""

    def lasted(self, now: float) -> float | None:
        """Seconds so far, or in all; None: it has not begun."""
        if self.seconds is not None or self.began is None:
            return self.seconds

        return max(0.0, now - self.began)


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
        self.stages: list[Stage] = [Stage("route", "busy", at)]
        self.attempts: list[Attempt] = []
        self.notices: list[str] = []
        self.confidence: Confidence | None = None
        """Of the last answer that was scored."""

        self.verdict: Verdict | None = None
        self.outcome: Outcome | None = None
        """None until the end."""

        self.route: Route | None = None
        """Whose turn it is, or was last."""

        self.model = ""
        self.why = ""
        """Why it was handed to a cloud route; empty: it was not."""

        self.leaves = 0
        """Characters that were handed to a cloud route, or would be."""

        self.first_token_seconds: float | None = None
        """Of the attempt under way, or of the last one."""

        self.answering = False
        """Text is coming."""

        self._pieces = 0
        self._first_at = 0.0
        self._asked_at = 0.0
        self._read = 0
        """Tokens of the prompt that were read when that was first told."""

        self._read_at: float | None = None
        self._speed: float | None = None

    @property
    def over(self) -> bool:
        """Whether it has ended."""
        return self.outcome is not None

    def rate(self, now: float) -> float | None:
        """Tokens a second of the last answer, or of the one that is coming.

        While it comes, one piece of the local model's stream counts as a token.
        """
        if self._speed is not None or self.route != "local":
            return self._speed
        spent = now - self._first_at
        if not self.answering or self._pieces < 2 or spent < _SHORTEST:
            return None

        return (self._pieces - 1) / spent

    def asked_user(self, waits: bool) -> None:
        """The user is asked about the step under way, or has answered."""
        self._change("busy", detail="waits for you" if waits else "")

    def tell(self, event: RunEvent, at: float) -> Note | None:  # noqa: C901, PLR0912
        """Take in what happened at that moment; a note if there is something to say."""
        # One flat match over every event is easier to check than two half ones.
        match event:
            case Decided(decision):
                self._decided(decision, at)
            case ServerChanged(phase, text):
                self._served(phase, text, at)
            case AttemptStarted() as started:
                self._asked(started, at)
            case Prefilled(tokens, total):
                self._prefilled(tokens, total, at)
            case TextDelta() | ReasoningDelta():
                self._came(at)
            case Answered(_, completion):
                self._answered(completion, at)
            case Scored(_, confidence):
                self._scored(confidence, at)
            case Verified(_, verdict):
                self._verified(verdict, at)
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
            case _:
                assert_never(event)
        return None

    def _decided(self, decision: Decision, at: float) -> None:
        self.decision = decision
        self.route = decision.route
        self._end("done", at)
        if decision.route == "local" and not decision.ends:
            self._plan("local")

    def _plan(self, route: Route) -> None:
        self.stages = [stage for stage in self.stages if stage.state != "waiting"]
        names = (f"ask {route}", "score", "checks")
        self.stages += [Stage(name) for name in names]

    def _served(self, phase: str, text: str, at: float) -> None:
        if phase in ("ready", "stopped"):
            if self._busy() == "start model":
                self._end("done", at)
            return
        detail = one_line(text, _DETAIL) or phase
        if self._busy() == "start model":
            self._change("busy", detail=detail)
        else:
            starting = Stage("start model", "busy", at, detail=detail)
            self.stages.insert(self._next(), starting)

    def _asked(self, started: AttemptStarted, at: float) -> None:
        self.route, self.model = started.route, one_line(started.model, 80)
        self._end("done", at)
        if self._next() == len(self.stages):
            self._plan(started.route)
        self._begin(at)
        self.first_token_seconds = self._read_at = self._speed = None
        self.answering = False
        self._pieces, self._asked_at = 0, at

    def _prefilled(self, tokens: int, total: int, at: float) -> None:
        detail = f"reads {tokens:,}/{total:,}"
        if self._read_at is None:
            self._read_at, self._read = at, tokens
        elif (spent := at - self._read_at) > _SHORTEST:
            detail += f" · {(tokens - self._read) / spent:,.0f} tok/s"
        self._change("busy", detail=detail)

    def _came(self, at: float) -> None:
        if not self.answering:
            self.answering, self._first_at = True, at
            self.first_token_seconds = at - self._asked_at
            self._change("busy", detail="")
        self._pieces += 1

    def _answered(self, completion: Completion, at: float) -> None:
        told = completion.first_token_seconds
        if told is not None:
            self.first_token_seconds = told
        self._speed = speed(completion)
        self.answering = False
        self.model = one_line(completion.model, 80) or self.model
        facts: list[str] = []
        if completion.usage.output_tokens is not None:
            facts.append(f"{completion.usage.output_tokens:,} tok")
        if self._speed is not None:
            facts.append(f"{self._speed:.0f} tok/s")
        if completion.finish_reason == "length":
            facts.append("cut short")
        self._change("busy", detail=" · ".join(facts))
        self._end("done", at)
        self._begin(at)

    def _scored(self, confidence: Confidence, at: float) -> None:
        self.confidence = confidence
        good = confidence.score >= self.threshold
        sign = "≥" if good else "<"
        detail = f"{confidence.score:.2f} {sign} {self.threshold:.2f}"
        self._change("busy", detail=detail)
        self._end("done" if good else "failed", at)
        self._begin(at)

    def _verified(self, verdict: Verdict, at: float) -> None:
        self.verdict = verdict
        states: dict[str, StageState] = {"pass": "done", "fail": "failed"}
        self._change("busy", detail=one_line(verdict.summary, _DETAIL))
        self._end(states.get(verdict.status, "unknown"), at)

    def _attempted(self, attempt: Attempt, at: float) -> Note | None:
        self.attempts.append(attempt)
        self.answering = False
        if not attempt.fault:
            return None

        said = one_line(attempt.error)
        if self._busy() in ("", "start model"):
            # It failed before it could be asked.
            self._end("failed", at)
            self._begin(at)
        self._change("busy", detail=one_line(said, _DETAIL))
        self._end("failed", at)
        self.stages = [stage for stage in self.stages if stage.state != "waiting"]
        return Note("bad", f"{attempt.route}: {said}")

    def _escalated(self, step: Escalated, at: float) -> Note | None:
        self.route, self.leaves = step.route, len(step.brief)
        self.why = _GOES.sub("", one_line(step.sentence))
        self._end("done", at)
        self._plan(step.route)
        handing = Stage(f"hand to {step.route}", "busy", at)
        self.stages.insert(self._next(), handing)
        if not self.attempts:
            # Decided at once: the decision says it.
            return None

        return Note("up", f"handed to {step.route}: {self.why}")

    def _finished(self, outcome: Outcome, at: float) -> Note | None:
        self.outcome = outcome
        self.answering = False
        good = outcome.status == "done"
        if self._busy() and not good:
            self._change("busy", detail=_ENDS.get(outcome.status, "failed"))
        self._end("done" if good else "failed", at)
        self.stages = [stage for stage in self.stages if stage.state != "waiting"]
        if good:
            return None

        ways = _WAYS.get(outcome.status) or one_line(outcome.next_step)
        step = f". {ways}" if ways else ""
        return Note("bad", f"{one_line(outcome.sentence, 1000)}{step}")

    def _busy(self) -> str:
        """The name of the stage under way; empty: none is."""
        return next((s.name for s in self.stages if s.state == "busy"), "")

    def _next(self) -> int:
        """Where the first stage is that waits, or the end."""
        for index, stage in enumerate(self.stages):
            if stage.state == "waiting":
                return index
        return len(self.stages)

    def _begin(self, at: float) -> None:
        """The next stage that waits is under way."""
        if (index := self._next()) < len(self.stages):
            self.stages[index] = replace(self.stages[index], state="busy", began=at)

    def _end(self, state: StageState, at: float) -> None:
        """The stage under way, if one is, has come to its end."""
        for index, stage in enumerate(self.stages):
            if stage.state == "busy":
                seconds = max(0.0, at - (at if stage.began is None else stage.began))
                self.stages[index] = replace(stage, state=state, seconds=seconds)

    def _change(self, state: StageState, *, detail: str) -> None:
        for index, stage in enumerate(self.stages):
            if stage.state == state:
                self.stages[index] = replace(stage, detail=detail)


_ENDS = {
    "cancelled": "stopped",
    "interrupted": "interrupted",
    "declined": "not allowed",
}

_WAYS = {"declined": "l has the local model do it; e asks again"}
"""What can be done here, where the engine tells of the command line."""


def speed(completion: Completion) -> float | None:
    """Tokens a second of an answer, without the wait for the first; None: unknown."""
    tokens, first = completion.usage.output_tokens, completion.first_token_seconds
    spent = completion.seconds - (first or 0.0)
    if tokens is None or tokens < 2 or spent < _SHORTEST:
        return None

    return tokens / spent
