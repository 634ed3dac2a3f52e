"""From a run's events to one sentence on where it is.

The text of an answer is not told: it counts only once it is judged, and comes with the
result.
"""

from dataclasses import dataclass, field

from mux_tui.core.events import (
    Answered,
    AttemptEnded,
    AttemptStarted,
    Checked,
    Decided,
    Drafted,
    Escalated,
    FileWorkEvent,
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
from mux_tui.core.task import Attempt, Kind, Route
from mux_tui.core.text import one_line
from mux_tui.core.work import Work

Growing = TextDelta | ReasoningDelta | Prefilled
"""Events that come many times a second."""

_Judging = Scored | Verified | Retrying | Escalated


@dataclass
class Story:
    """Where a run is."""

    sentence: str = "accepted"
    """What happened last; safe to show."""

    told: list[str] = field(default_factory=list[str])
    """All sentences so far, but for what grows."""

    decided_route: Route | None = None
    """None: it is not decided yet."""

    kind: Kind | None = None
    """As it was decided; None: it is not yet."""

    _written: int = 0
    """Characters of the attempt under way."""

    def tell(self, event: RunEvent) -> None:
        """Take an event in."""
        if isinstance(event, Growing):
            self.sentence = self._grown(event)
            return
        if isinstance(event, AttemptStarted):
            self._written = 0
        elif isinstance(event, Decided):
            self.decided_route = event.decision.route
            self.kind = event.decision.kind
        if sentence := _sentence(event):
            self.sentence = one_line(sentence)
            self.told.append(self.sentence)

    def _grown(self, event: Growing) -> str:
        if isinstance(event, Prefilled):
            return f"reads the prompt: {event.tokens:,} of {event.total:,} tokens"

        self._written += len(event.text)
        what = "drafts" if isinstance(event, TextDelta) else "thinks"
        return f"{what}: {self._written:,} characters"


def _sentence(event: RunEvent) -> str:
    """What happened, as foreign text; empty: nothing worth a sentence."""
    if isinstance(event, FileWorkEvent):
        return _of_files(event)
    if isinstance(event, _Judging):
        return _of_judging(event)

    match event:
        case Decided(decision):
            return f"goes to {decision.route}: {decision.sentence}"
        case AttemptStarted():
            model = f" ({event.model})" if event.model else ""
            return f"attempt {event.number}: asks {event.route}{model}"
        case AttemptEnded(attempt):
            return _ended(attempt)
        case Notice(text) | ServerChanged(text=text):
            return text
        case Finished(outcome):
            return f"{outcome.status}: {outcome.sentence}"
        case Started() | Answered() | TextDelta() | ReasoningDelta() | Prefilled():
            return ""


def _of_judging(event: _Judging) -> str:
    match event:
        case Scored():
            return f"confidence {event.confidence.score:.2f}"
        case Verified():
            return f"proof: {event.verdict.status}: {event.verdict.summary}"
        case Retrying():
            return f"asks once more: {event.why}"
        case Escalated():
            return f"goes to {event.route}: {event.sentence}"


def _of_files(event: FileWorkEvent) -> str:
    match event:
        case Gathered(material):
            return f"shows the model {_files(len(material.files))} of the project"
        case Drafted():
            return _drafted(event.work)
        case Checked():
            return f"proof: {event.check.name}: {event.check.status}"
        case Reviewed():
            return f"{event.route} has reviewed it: {len(event.findings)} findings"
        case Proposed(proposal):
            return f"proposes changes of {_files(len(proposal.work.files))}"
        case Written():
            return f"wrote {_files(len(event.files))}"


def _ended(attempt: Attempt) -> str:
    return f"{attempt.route} failed: {attempt.error}" if attempt.fault else ""


def _drafted(work: Work) -> str:
    if work.unusable:
        return f"the draft is of no use: {work.unusable}"

    return (
        f"drafted changes of {_files(len(work.files))} (+{work.added} −{work.removed})"
    )


def _files(count: int) -> str:
    return "1 file" if count == 1 else f"{count} files"
