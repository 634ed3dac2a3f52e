"""What runs add up to."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mux_tui.core.config.settings import Ledger as LedgerSettings
from mux_tui.core.ledger.query_parse import parse
from mux_tui.core.ledger.saving import Prices, saving
from mux_tui.core.ledger.statistics import (
    Facets,
    Latency,
    ReasonCount,
    Tally,
    percentile,
)
from mux_tui.core.ledger.store import Ledger, open_ledger
from tests.core.ledger.facts import OWNER, a_decision, a_task, an_attempt, an_outcome
from tests.core.ledger.many import NOW, Stored, random_runs, store

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC).timestamp()
DAY = 86400.0


def a_run(days_ago: float = 0, **changes: object) -> Facets:
    facts: dict[str, object] = {
        "started_at": NOON - days_ago * DAY,
        "status": "done",
        "route": "local",
        "reason": "local_preferred",
        "verdict": "pass",
        "confidence": 0.85,
        "seconds": 2.0,
        "cost_usd": 0.0,
        "tokens": 10,
        "escalated": False,
    }
    return Facets(**(facts | changes))  # pyright: ignore[reportArgumentType]


ESCALATED = a_run(
    1,
    route="claude",
    reason="low_confidence",
    confidence=0.41,
    cost_usd=0.19,
    seconds=31.0,
    escalated=True,
)
FAILED = a_run(route=None, status="failed", reason="cloud_failed", confidence=None)


def test_runs_are_told_by_model_repository_and_label() -> None:
    tally = Tally(UTC)
    for run in (
        a_run(model="qwen", place="/code/shop", label="good"),
        a_run(model="qwen", seconds=8.0, place="/code/other", label="bad"),
        replace(ESCALATED, model="opus", place="/code/shop"),
        FAILED,
    ):
        tally.add(run)
    found = tally.result(complete=True)
    qwen, nobody, opus = found.models
    assert (qwen.name, qwen.runs, qwen.done_locally) == ("qwen", 2, 2)
    assert (qwen.seconds_p50, qwen.seconds_p90) == (2.0, 8.0)
    assert (qwen.good, qwen.bad) == (1, 1)
    assert (opus.escalated, opus.cost_usd) == (1, 0.19)
    assert (nobody.name, nobody.done, nobody.seconds_p50) == ("none", 0, None)
    assert [(one.name, one.runs) for one in found.repositories] == [
        ("/code/shop", 2),
        ("/code/other", 1),
        ("none", 1),
    ]
    assert found.labels == {"good": 1, "bad": 1}


def test_what_was_saved_is_told_against_two_baselines() -> None:
    """Tokens at a price, and the mean of the user's own runs in the cloud."""
    tally = Tally(UTC)
    for run in (
        a_run(read=1_000_000, cached=400_000, written=100_000),
        a_run(read=0, written=100_000, cost_usd=0.25),
        a_run(read=None),
        a_run(status="failed", read=9_000_000),
        ESCALATED,
        replace(ESCALATED, cost_usd=0.21),
        replace(ESCALATED, cost_usd=0.0),
        FAILED,
    ):
        tally.add(run)
    found = tally.result(complete=True)
    prices = Prices("a-model", read=2.0, cached=0.2, written=10.0)
    saved = saving(
        found.local_tokens, prices, found.cloud_runs_priced, found.cloud_cost_usd
    )
    assert (saved.runs, saved.uncounted, saved.cloud_runs) == (2, 1, 2)
    # 600,000 read, 400,000 of a cache, 200,000 written; a review did cost.
    assert round(saved.saved_usd, 9) == round(1.2 + 0.08 + 2.0 - 0.25, 9)
    assert "a-model: $2 read, $0.2 from a cache, $10 written" in saved.baseline
    assert round(saved.mean_cloud_usd or 0, 9) == 0.2
    assert round(saved.saved_by_mean_usd or 0, 9) == round(3 * 0.2 - 0.25, 9)


def test_without_any_priced_run_there_is_no_mean() -> None:
    found = Tally(UTC).result(complete=True)
    saved = saving(found.local_tokens, Prices("m", 1, 1, 1), 0, 0.0)
    assert (saved.saved_usd, saved.mean_cloud_usd, saved.saved_by_mean_usd) == (
        *(0.0, None),
        None,
    )


async def test_models_tokens_and_labels_are_read_from_the_ledger(path: Path) -> None:
    store(path, [Stored(label="good"), Stored("01b-x", route="codex", cost_usd=0.5)])
    async with open_ledger(path, LedgerSettings()) as ledger:
        found = await ledger.search.statistics()
    assert [(one.name, one.runs) for one in found.models] == [("qwen3-coder-30b", 2)]
    assert [(one.name, one.good) for one in found.repositories] == [("/code/shop", 1)]
    assert (found.local_tokens.runs, found.local_tokens.read) == (1, 100)
    assert (found.local_tokens.written, found.cloud_runs_priced) == (20, 1)


def test_days_routes_shares_and_reasons_are_counted() -> None:
    tally = Tally(UTC)
    for run in (a_run(), a_run(seconds=4.0, verdict="fail"), FAILED, ESCALATED):
        tally.add(run)
    found = tally.result(complete=True)

    assert (found.runs, found.done, found.done_locally, found.escalated) == (4, 3, 2, 1)
    assert found.local_share == 2 / 3
    assert (found.first_at, found.last_at) == (NOON - DAY, NOON)
    assert (found.tokens, found.cost_usd) == (40, 0.19)
    assert found.statuses == {"done": 3, "failed": 1}
    yesterday, today = found.days
    assert (yesterday.date, today.date) == ("2026-11-19", "2026-11-20")
    assert today.routes == {"local": 2, "none": 1}
    assert (today.runs, today.done, today.done_locally, today.seconds) == (3, 2, 2, 2.0)
    assert yesterday.cost_usd == 0.19
    assert found.latencies == (
        Latency("local", 2, 2.0, 4.0, 4.0),
        Latency("claude", 1, 31.0, 31.0, 31.0),
    )
    assert found.escalations == (ReasonCount("low_confidence", 1),)
    assert found.failures == (ReasonCount("cloud_failed", 1),)


def test_confidence_is_set_against_what_came_of_it() -> None:
    tally = Tally(UTC)
    for run in (
        a_run(),
        a_run(verdict="fail"),
        a_run(verdict="unknown"),
        a_run(status="failed"),
        a_run(confidence=1.0),
        ESCALATED,
        a_run(route="claude", confidence=0.85),
    ):
        tally.add(run)
    bands = tally.result(complete=True).confidence
    assert len(bands) == 10
    high, top, low = bands[8], bands[9], bands[4]
    assert (high.low, high.high, high.runs) == (0.8, 0.9, 4)
    assert (high.done_locally, high.judged, high.passed, high.escalated) == (3, 2, 1, 0)
    assert (top.runs, top.done_locally) == (1, 1)
    assert (low.runs, low.done_locally, low.escalated) == (1, 0, 1)
    assert sum(band.runs for band in bands) == 6


def test_the_local_share_of_file_work_is_of_what_is_done() -> None:
    tally = Tally(UTC)
    for run in (
        a_run(),
        a_run(kind="advisory", route="claude"),
        *[a_run(kind="files")] * 3,
        a_run(kind="files", route="claude"),
        a_run(kind="files", status="failed"),
        a_run(kind="files", status="declined", route=None),
    ):
        tally.add(run)
    found = tally.result(complete=True)
    assert (found.file_work, found.file_work_locally) == (4, 3)
    assert found.local_implementation_ratio == 0.75
    assert Tally().result(complete=True).local_implementation_ratio is None


def test_no_runs_add_up_to_nothing() -> None:
    found = Tally().result(complete=True)
    assert (found.runs, found.local_share, found.first_at, found.days) == (
        *(0, None, None),
        (),
    )


@pytest.mark.parametrize("moment", [1e300, -1e300, 1e18, float("inf")])
def test_a_broken_clock_loses_no_run(moment: float) -> None:
    tally = Tally()
    tally.add(a_run(started_at=moment))
    assert tally.result(complete=True).runs == 1


@given(st.lists(st.floats(0, 1e6), min_size=1).map(sorted), st.floats(0, 1))
def test_a_percentile_is_a_value_that_so_many_do_not_exceed(
    values: list[float], part: float
) -> None:
    value = percentile(values, part)
    assert value in values
    assert sum(one <= value for one in values) >= part * len(values)


async def test_only_the_newest_runs_are_looked_at(path: Path) -> None:
    runs = random_runs(2500)
    store(path, runs)
    async with open_ledger(path, LedgerSettings()) as ledger:
        part = await ledger.search.statistics(most=1200)
        whole = await ledger.search.statistics(most=2500)
    assert (part.runs, part.complete) == (1200, False)
    assert (whole.runs, whole.complete) == (2500, True)
    assert whole.first_at == min(run.started_at for run in runs)
    cost = sum(run.cost_usd or 0 for run in runs[-1200:])
    assert abs(part.cost_usd - cost) < 1e-6


async def test_statistics_speak_of_the_query_alone(path: Path) -> None:
    store(path, random_runs(300))
    async with open_ledger(path, LedgerSettings()) as ledger:
        found = await ledger.search.statistics(parse("route:codex null"), now=NOW)
    assert {route for day in found.days for route in day.routes} == {"codex"}


async def test_an_escalated_run_counts_with_the_confidence_that_sent_it_away(
    ledger: Ledger,
) -> None:
    import dataclasses

    task = a_task()
    await ledger.begin(task, OWNER)
    await ledger.decided(task.run_id, a_decision())
    await ledger.attempted(task.run_id, an_attempt(1))
    outcome = an_outcome(task.run_id)
    away = dataclasses.replace(
        outcome, route="claude", reason="low_confidence", confidence=None
    )
    await ledger.finish(away)
    found = await ledger.search.statistics()
    assert found.escalations == (ReasonCount("low_confidence", 1),)
    assert [(band.low, band.escalated) for band in found.confidence if band.runs] == [
        (0.7, 1)
    ]


async def test_the_kind_of_a_run_is_read(path: Path) -> None:
    store(path, [Stored(kind="files"), Stored(run_id="01b-x", kind="advisory")])
    async with open_ledger(path, LedgerSettings()) as ledger:
        found = await ledger.search.statistics()
    assert (found.file_work, found.local_implementation_ratio) == (1, 1.0)


async def test_strange_columns_do_not_stop_the_count(path: Path) -> None:
    store(path, [Stored(confidence="high", cost_usd="free", status="odd")])  # pyright: ignore[reportArgumentType]
    async with open_ledger(path, LedgerSettings()) as ledger:
        found = await ledger.search.statistics()
    assert (found.runs, found.cost_usd, found.statuses) == (1, 0.0, {"odd": 1})
