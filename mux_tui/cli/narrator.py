"""Telling a run: its story on stderr, its answer on stdout.

On a terminal the answer streams. In a pipe only the answer that counts is written, at
the end: one that was escalated away never reaches the reader.
"""

from collections.abc import Sequence
from typing import assert_never

from mux_tui.cli.diagnostics import Diagnostics
from mux_tui.cli.output import Output
from mux_tui.cli.server_phases import ServerPhases
from mux_tui.cli.work_report import MARKS, checked, drafted, finding, material, sums
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
from mux_tui.core.task import Confidence, Decision, Outcome, Route, Verdict
from mux_tui.core.text import one_line
from mux_tui.core.work import Finding, Work


class Narrator:
    """Tells one run as text."""

    def __init__(
        self, output: Output, diagnostics: Diagnostics, asks: bool = False
    ) -> None:
        """Tell a run.

        Args:
            output: Where the answer goes; on a terminal, while it grows.
            diagnostics: Where the story goes.
            asks: Whether a person is shown changes there, and asked for a yes.
        """
        self._output = output
        self._diagnostics = diagnostics
        self._live = output.live
        self._asks = asks
        self._written = ""
        """What has been streamed of the attempt under way."""

        self._said = ""
        self._files = False
        """The task changes files: what the local model writes is no answer."""

        self._route = ""
        self._lines = 0
        self._phases = ServerPhases(diagnostics)

    def tell(self, event: RunEvent) -> None:  # noqa: C901, PLR0912
        """Tell what has just happened."""
        # One flat match over every event is easier to check than two half ones.
        match event:
            case Decided(decision):
                self._decided(decision)
            case TextDelta(text):
                self._stream(text)
            case AttemptStarted() as attempt:
                self._written, self._route, self._lines = "", attempt.route, 0
                model = f" ({one_line(attempt.model)})" if attempt.model else ""
                self._say(f"▸ asking {attempt.route}{model}")
            case AttemptEnded(attempt):
                if attempt.fault:
                    self._say(f"✗ {attempt.route}: {one_line(attempt.error)}")
            case Scored(_, confidence):
                self._scored(confidence)
            case Verified(_, verdict):
                self._verified(verdict)
            case Retrying(_, why):
                self._say(f"↻ once more: {one_line(why, 160)}")
            case Escalated() as step:
                self._escalated(step)
            case Notice(text):
                self._diagnostics.warn(text)
            case ServerChanged() as change:
                self._served(change)
            case Finished(outcome):
                self._finished(outcome)
            case Started() | ReasoningDelta() | Prefilled() | Answered():
                pass
            case (
                Gathered() | Drafted() | Checked() | Reviewed() | Proposed() | Written()
            ):
                self._worked(event)
            case _:
                assert_never(event)

    def _worked(self, event: FileWorkEvent) -> None:
        """Tell what has just happened to the changes."""
        match event:
            case Gathered(shown):
                self._say(material(shown))
            case Drafted(_, work):
                self._say(drafted(work))
            case Checked(_, check):
                self._say(checked(check))
            case Reviewed(route, findings):
                self._reviewed(route, findings)
            case Written(files, notes):
                self._say(f"✓ wrote {', '.join(one_line(name) for name in files)}")
                for note in notes:
                    self._diagnostics.warn(one_line(note))
            case Proposed():
                pass
            case _:
                assert_never(event)

    def _reviewed(self, route: Route, findings: Sequence[Finding]) -> None:
        """What a review found; told again, what came of working it in."""
        worked = [one for one in findings if one.fixed is not None]
        if not worked:
            many = "1 finding" if len(findings) == 1 else f"{len(findings)} findings"
            self._say(f"  {route} has reviewed it: {many}")
        for one in worked or findings:
            self._say(finding(one))

    def _say(self, text: str) -> None:
        if self._live:
            self._output.end_line()
        self._diagnostics.note(text)

    def _stream(self, text: str) -> None:
        if not self._live:
            return
        self._written += text
        if self._files and self._route == "local":
            self._drafting()
        else:
            self._output.text(text)

    def _drafting(self) -> None:
        """A draft is read by mux; a person sees that it grows."""
        lines = self._written.count("\n")
        if lines > self._lines:
            self._lines = lines
            self._diagnostics.progress(f"  drafting: {lines} lines")

    def _decided(self, decision: Decision) -> None:
        self._said = decision.sentence
        self._files = decision.kind == "files"
        # One that ends the task is said once, as the outcome.
        if not decision.ends:
            self._say(f"● {decision.route}: {decision.sentence}")

    def _served(self, change: ServerChanged) -> None:
        if self._live:
            self._output.end_line()
        self._phases.tell(change)

    def _escalated(self, step: Escalated) -> None:
        # A task that was decided for the cloud has had this said already.
        if step.sentence != self._said:
            self._say(f"▲ {one_line(step.sentence)}")

    def _scored(self, confidence: Confidence) -> None:
        against = [f for f in confidence.factors if f.weight and f.weight < 0]
        against.sort(key=lambda factor: factor.weight or 0)
        named = ", ".join(f"{f.name} {f.weight:+.1f}" for f in against[:3])
        why = named or "nothing speaks against it"
        self._say(f"  confidence {confidence.score:.2f} ({why})")

    def _verified(self, verdict: Verdict) -> None:
        self._say(f"{MARKS[verdict.status]} checks: {one_line(verdict.summary)}")

    def _finished(self, outcome: Outcome) -> None:
        if outcome.work is not None:
            self._changed(outcome, outcome.work)
        elif outcome.status == "done" or not self._files:
            # What is no change of files after all is nothing for `git apply`.
            self._answered(outcome)
        if outcome.status == "done":
            self._diagnostics.note(summary_of(outcome))
            if outcome.applied:
                self._diagnostics.note(f"  mux ledger undo {outcome.run_id}")
            elif outcome.work is not None or outcome.next_step:
                step = f". {outcome.next_step}" if outcome.next_step else ""
                self._diagnostics.note(f"  {one_line(outcome.sentence, 1000)}{step}")
        else:
            step = f". {outcome.next_step}" if outcome.next_step else ""
            self._diagnostics.warn(f"{one_line(outcome.sentence, 1000)}{step}")
            self._diagnostics.note(f"  run {outcome.run_id}")

    def _changed(self, outcome: Outcome, work: Work) -> None:
        """The patch: always into a pipe, on a terminal when nothing showed it yet."""
        self._output.end_line()
        proposed = outcome.status in ("done", "declined")
        asked = self._asks and outcome.reason == "changes_declined"
        if proposed and not (self._live and (outcome.applied or asked)):
            self._output.patch(work.patch)

    def _answered(self, outcome: Outcome) -> None:
        # Some backends stream what they do before the answer itself.
        shown = self._live and self._written.strip().endswith(outcome.output.strip())
        if outcome.output and not shown:
            self._output.end_line()
            self._output.text(outcome.output)
        self._output.end_line()


def summary_of(outcome: Outcome) -> str:
    """The outcome on one line: who, how sure, how much, how long, which run."""
    parts = [str(outcome.route or "nobody")]
    if outcome.model:
        parts.append(one_line(outcome.model, 60))
    if outcome.work is not None and outcome.applied:
        parts.append(sums(outcome.work))
    if outcome.confidence:
        parts.append(f"confidence {outcome.confidence.score:.2f}")
    if outcome.usage.output_tokens is not None:
        parts.append(f"{outcome.usage.output_tokens:,} tokens")
    if outcome.usage.cost_usd:
        parts.append(f"${outcome.usage.cost_usd:.4f}")
    parts += [f"{outcome.seconds:.1f} s", f"run {outcome.run_id}"]
    return f"✓ {' · '.join(parts)}"
