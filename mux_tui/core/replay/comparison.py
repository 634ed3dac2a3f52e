"""A run beside its replay: values in, values out.

What the checks said counts first, and nothing else decides: a faster wrong answer is
not better. Two answers that nobody could check are never called better or worse.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import Literal

from mux_tui.core.ledger.rows import RunDetail
from mux_tui.core.task import Outcome

Word = Literal["better", "worse", "same", "unknown"]
"""What a replay is against its first run."""

Grade = Literal["pass", "unknown", "fail", "no answer"]
"""How good an end is: its checks passed, could not tell, failed; nobody answered."""

_ORDER: tuple[Grade, ...] = ("no answer", "fail", "unknown", "pass")
_UNTRIED = ("running", "cancelled", "interrupted")
_NOT_ASKED = (
    "cloud_not_allowed",
    "cloud_unavailable",
    "local_down_and_cloud_unavailable",
    "error",
)
"""Reasons that say nothing of a model: it was not asked, or mux itself failed."""


@dataclass(frozen=True)
class Side:
    """What is compared of one run."""

    run_id: str
    status: str
    reason: str | None
    route: str | None
    model: str | None
    verdict: str | None
    confidence: float | None
    seconds: float | None
    input_tokens: int | None
    output_tokens: int | None
    cost_usd: float | None
    files: int
    """How many files it would have changed, or has."""

    lines_added: int | None
    lines_removed: int | None

    @property
    def grade(self) -> Grade | None:
        """How good its end is; None: nothing came of it that is a model's."""
        if self.status in _UNTRIED or self.reason in _NOT_ASKED:
            return None
        if self.verdict in ("pass", "fail"):
            return "pass" if self.verdict == "pass" else "fail"
        if self.route is None:
            return "no answer"

        return "unknown"


@dataclass(frozen=True)
class Comparison:
    """A run and its replay."""

    original: Side
    replay: Side
    word: Word
    notes: tuple[str, ...] = ()
    """What was different from the first time, one sentence each."""


@dataclass(frozen=True)
class Totals:
    """What several comparisons add up to."""

    runs: int
    better: int
    worse: int
    same: int
    unknown: int
    passed_before: int
    """Runs whose checks had passed the first time."""

    passed_now: int
    seconds_before: float | None
    """The median; None: nobody knows."""

    seconds_now: float | None
    cost_before_usd: float
    cost_now_usd: float


def side_of_row(run: RunDetail) -> Side:
    """A stored run as one side."""
    return Side(
        run.run_id,
        run.status,
        run.reason,
        run.route,
        run.model,
        run.verdict,
        run.confidence,
        run.duration,
        run.input_tokens,
        run.output_tokens,
        run.cost_usd,
        len(run.changes),
        run.lines_added,
        run.lines_removed,
    )


def side_of_outcome(outcome: Outcome) -> Side:
    """A run that has just ended as one side."""
    usage, work = outcome.usage, outcome.work
    return Side(
        outcome.run_id,
        outcome.status,
        outcome.reason,
        outcome.route,
        outcome.model or None,
        outcome.verdict.status if outcome.verdict else None,
        outcome.confidence.score if outcome.confidence else None,
        outcome.seconds,
        usage.input_tokens,
        usage.output_tokens,
        usage.cost_usd,
        len(work.files) if work else 0,
        work.added if work else None,
        work.removed if work else None,
    )


def compared(original: Side, replay: Side, notes: Sequence[str] = ()) -> Comparison:
    """Both sides, and the word for the second."""
    return Comparison(original, replay, _word(original, replay), tuple(notes))


def totals(comparisons: Sequence[Comparison]) -> Totals:
    """What they add up to."""
    words = Counter(one.word for one in comparisons)
    before = [one.original for one in comparisons]
    now = [one.replay for one in comparisons]
    return Totals(
        len(comparisons),
        words["better"],
        words["worse"],
        words["same"],
        words["unknown"],
        sum(side.grade == "pass" for side in before),
        sum(side.grade == "pass" for side in now),
        _median(before),
        _median(now),
        sum(side.cost_usd or 0.0 for side in before),
        sum(side.cost_usd or 0.0 for side in now),
    )


def _word(original: Side, replay: Side) -> Word:
    before, now = original.grade, replay.grade
    if before is None or now is None or before == now == "unknown":
        return "unknown"
    if before == now:
        return "same"

    return "better" if _ORDER.index(now) > _ORDER.index(before) else "worse"


def _median(sides: Sequence[Side]) -> float | None:
    known = [side.seconds for side in sides if side.seconds is not None]
    return median(known) if known else None
