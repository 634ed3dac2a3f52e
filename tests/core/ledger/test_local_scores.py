"""What another threshold would have done with the last local answers."""

from dataclasses import replace

import pytest

from mux_tui.core.ledger.local_scores import LocalScore, effect_of
from mux_tui.core.ledger.store import Ledger
from mux_tui.core.task import Attempt, Confidence, Verdict, VerdictStatus
from tests.core.ledger.facts import OWNER, a_decision, a_failure, a_task, an_attempt


def _scored(score: float, verdict: VerdictStatus = "pass", number: int = 1) -> Attempt:
    return replace(
        an_attempt(number),
        confidence=Confidence(score, ()),
        verdict=Verdict(verdict, "", ()),
    )


async def _recorded(ledger: Ledger, *attempts: Attempt) -> None:
    task = a_task()
    await ledger.begin(task, OWNER)
    await ledger.decided(task.run_id, a_decision())
    for attempt in attempts:
        await ledger.attempted(task.run_id, attempt)


async def test_the_last_scored_local_answer_of_each_run_counts(ledger: Ledger) -> None:
    await _recorded(ledger, _scored(0.2, "fail"), _scored(0.9, number=2))
    await _recorded(ledger, _scored(0.5, "fail"), a_failure(2))
    await _recorded(ledger, a_failure())
    scores = await ledger.local_scores()
    assert scores == (LocalScore(0.9, False), LocalScore(0.5, True))


async def test_only_the_newest_runs_are_looked_at(ledger: Ledger) -> None:
    for score in (0.1, 0.2, 0.3):
        await _recorded(ledger, _scored(score))
    newest = await ledger.local_scores(last=2)
    assert [score.confidence for score in newest] == [0.2, 0.3]


async def test_an_empty_ledger_has_no_scores(ledger: Ledger) -> None:
    assert await ledger.local_scores() == ()
    assert effect_of(0.6, ()).share is None


@pytest.mark.parametrize(
    ("threshold", "kept", "failed"),
    [(0.0, 4, 2), (0.5, 3, 1), (0.51, 2, 0), (1.0, 1, 0)],
)
def test_a_threshold_keeps_what_it_reaches(
    threshold: float, kept: int, failed: int
) -> None:
    scores = [
        LocalScore(0.3, True),
        LocalScore(0.5, True),
        LocalScore(0.8, False),
        LocalScore(1.0, False),
    ]
    effect = effect_of(threshold, scores)
    assert (effect.answers, effect.kept, effect.failed) == (4, kept, failed)
    assert effect.share == kept / 4
