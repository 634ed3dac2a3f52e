"""Columns, charts and texts of runs: whatever a row holds is drawn in its room."""

from dataclasses import fields, replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from mux_tui.core.ledger.rows import AttemptRow, RunDetail, RunRow
from mux_tui.core.ledger.saving import Prices, saving
from mux_tui.core.ledger.statistics import Day, Facets, Statistics, Tally
from mux_tui.tui.glyphs import ASCII, UNICODE, Glyphs
from mux_tui.tui.widgets.ledger import charts, saved
from mux_tui.tui.widgets.ledger.charts import buckets_of
from mux_tui.tui.widgets.ledger.chips import USUAL, Filter, filters_of
from mux_tui.tui.widgets.ledger.columns import columns_for
from mux_tui.tui.widgets.ledger.glance import without_gaps
from mux_tui.tui.widgets.ledger.run_text import (
    MOST_CHARACTERS,
    attempt_lines,
    decision_lines,
    raw_lines,
    task_lines,
    title_of,
)
from mux_tui.tui.widgets.table import Pen, cells_of, header_of
from tests.tui.stage import NOW

_TEXTS = st.one_of(
    st.text(max_size=30), st.sampled_from(["漢字かな", "\x1b[2J", "a\nb", "\u202e"])
)
_NUMBERS = st.one_of(st.none(), st.floats(), st.floats(0, 1e9))
_COUNTS = st.one_of(st.none(), st.integers(0, 2**62))


def rows() -> st.SearchStrategy[RunRow]:
    """Rows as any program may have written them."""
    words: dict[str, Any] = {
        name: st.one_of(st.none(), _TEXTS)
        for name in ("reason", "decided_route", "route", "model", "verdict", "excerpt")
    }
    return st.builds(
        RunRow,
        id=st.integers(1),
        run_id=_TEXTS,
        started_at=st.floats(),
        status=st.one_of(_TEXTS, st.sampled_from(("done", "running", "failed"))),
        duration=_NUMBERS,
        confidence=_NUMBERS,
        cost_usd=_NUMBERS,
        input_tokens=_COUNTS,
        output_tokens=_COUNTS,
        task_length=st.integers(0, 2**62),
        **words,
    )


@given(rows(), st.integers(40, 200), st.sampled_from((UNICODE, ASCII)))
def test_a_row_fills_its_line_exactly(run: RunRow, width: int, glyphs: Glyphs) -> None:
    columns = columns_for(width)
    cells = cells_of(run, columns, width, Pen(glyphs, NOW))
    line = "".join(text for text, _ in cells)
    header = header_of(columns, width)
    assert cell_len(line) == cell_len(header) >= width
    assert not {"\x1b", "\n", "\u202e"} & set(line)


@pytest.mark.parametrize("width", [76, 96, 116, 156])
def test_the_task_has_room_at_every_width(width: int) -> None:
    columns = columns_for(width)
    fixed = sum(column.width + 2 for column in columns if column.width)
    assert width - fixed >= 20
    assert columns[-1].title == "task"


def a_run(**changes: Any) -> RunDetail:
    empty: dict[str, Any] = {field.name: None for field in fields(RunDetail)}
    known: dict[str, Any] = {
        "id": 1,
        "run_id": "01a-x",
        "started_at": NOW,
        "door": "cli",
        "cwd": "/work",
        "task": "Do it",
        "task_length": 5,
        "verify": [],
        "decision": {},
        "status": "done",
        "files": [],
        "refused": [],
        "commands": [],
        "attempts": (),
        "changes": (),
        "findings": (),
    }
    return RunDetail(**(empty | known | changes))


def an_attempt(**changes: Any) -> AttemptRow:
    empty: dict[str, Any] = {field.name: None for field in fields(AttemptRow)}
    known: dict[str, Any] = {"number": 1, "route": "local", "backend": "x"}
    lists: dict[str, Any] = {"factors": [], "notes": [], "checks": [], "work": {}}
    return AttemptRow(**(empty | known | lists | changes))


_ODD: st.SearchStrategy[Any] = st.recursive(
    st.one_of(st.none(), st.booleans(), st.floats(), st.integers(), _TEXTS),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(_TEXTS, inner, max_size=3)
    ),
    max_leaves=8,
)
_FACTORS: st.SearchStrategy[list[Any]] = st.lists(
    st.one_of(
        _ODD,
        st.fixed_dictionaries(
            dict.fromkeys(("name", "value", "threshold", "weight", "leans"), _ODD)
        ),
    ),
    max_size=3,
)


@given(_FACTORS, _ODD, _ODD)
def test_a_decision_of_any_shape_is_drawn(
    inputs: list[Any], flips: Any, sentence: Any
) -> None:
    decision = {"inputs": inputs, "flips": flips, "sentence": sentence}
    run = a_run(
        decided_route="local",
        decision=decision,
        attempts=(an_attempt(factors=inputs, confidence=0.5, error="\x1b[2J"),),
    )
    for lines in (
        decision_lines(run, UNICODE),
        attempt_lines(run, ASCII),
        task_lines(run, UNICODE),
        raw_lines(run),
    ):
        text = "\n".join(line.plain for line in lines)
        assert not {"\x1b", "\u202e"} & set(text)


def test_a_long_text_is_cut_and_the_way_to_all_of_it_told() -> None:
    lines = task_lines(a_run(task="x" * (MOST_CHARACTERS + 5)), UNICODE)
    assert lines[-1].plain == "5 more characters: mux ledger show 01a"


def test_what_was_not_kept_is_said() -> None:
    lines = task_lines(a_run(task=None, task_length=1234), UNICODE)
    assert "1,234 characters were not kept" in lines[-1].plain


def test_the_title_says_in_words_how_it_ended() -> None:
    for status, route, words in (
        ("done", "local", "● local"),
        ("done", "claude", "▲ claude"),
        ("failed", "local", "✗ failed"),
        ("interrupted", None, "✗ cut off"),
        ("running", None, "◐ running"),
        ("done", None, "▲ nobody"),
    ):
        run = a_run(status=status, route=route)
        assert title_of(run, UNICODE).plain == f"01a-x  {words}"


def a_day(date: str, **routes: int) -> Day:
    runs = sum(routes.values())
    return Day(date, dict(routes), runs, runs, routes.get("local", 0), 0.5, 2.0)


def test_days_without_runs_are_empty_bars() -> None:
    days = [a_day("2026-11-16", local=1), a_day("2026-11-19", claude=2, other=1)]
    found = buckets_of(days, weekly=False, most=10)
    assert [bucket.label for bucket in found] == ["Mon", "Tue", "Wed", "Thu"]
    assert [bucket.runs for bucket in found] == [1, 0, 0, 3]
    assert found[-1].routes == {"claude": 2, "none": 1}
    assert [day.runs if day else None for day in without_gaps(days)] == [
        *(1, None, None, 3)
    ]


def test_weeks_begin_on_monday_and_only_the_newest_bars_are_shown() -> None:
    days = [a_day("1970-01-01", local=9), a_day("2026-11-15", local=1)]
    days += [a_day("2026-11-16", local=2), a_day("2026-11-22", local=3)]
    found = buckets_of(days, weekly=True, most=2)
    assert [(bucket.label, bucket.runs) for bucket in found] == [
        ("09 Nov", 1),
        ("16 Nov", 5),
    ]
    assert buckets_of([], weekly=True, most=2) == []


_RUN = Facets(NOW, "done", "local", "local_preferred", "pass", 0.8, 2.0, 0.0, 9, False)


def statistics_of(*runs: Facets) -> Statistics:
    tally = Tally()
    for run in runs:
        tally.add(run)
    return tally.result(complete=True)


def ago(days: int, route: str | None, escalated: bool, seconds: float | None) -> Facets:
    """A run of some days ago."""
    return replace(
        _RUN,
        started_at=NOW - days * 86400,
        route=route,
        escalated=escalated,
        seconds=seconds,
    )


_ANY = st.lists(
    st.builds(
        ago,
        st.integers(0, 400),
        st.sampled_from((None, "local", "claude", "codex", "gemini", "odd")),
        st.booleans(),
        st.one_of(st.none(), st.floats(0, 1e5)),
    ),
    max_size=30,
)


@given(_ANY, st.integers(20, 120), st.integers(5, 30), st.booleans())
def test_a_chart_stays_within_its_room(
    runs: list[Facets], width: int, height: int, weekly: bool
) -> None:
    found = statistics_of(*runs)
    for glyphs in (UNICODE, ASCII):
        bars = charts.route_lines(found, weekly, width, height, glyphs)
        assert len(bars) <= max(height, 7)
        assert all(line.cell_length <= max(width, 15) for line in bars[:-1])
        others = [
            *charts.latency_lines(found, width, glyphs),
            *charts.why_lines(found, width, height, glyphs),
            *charts.confidence_lines(found, 0.6, width, glyphs),
        ]
        if glyphs.ascii:
            assert all(line.plain.isascii() for line in (*bars, *others))


@given(_ANY, st.lists(_TEXTS, min_size=1), st.integers(50, 120), st.integers(4, 30))
def test_savings_stay_within_their_room(
    runs: list[Facets], names: list[str], width: int, height: int
) -> None:
    named = [
        replace(run, model=name, place=name, cost_usd=0.3, read=9_000, label="bad")
        for run, name in zip(runs, names * len(runs), strict=False)
    ]
    found = statistics_of(*named)
    prices = Prices("dear", 2.0, 0.2, 10.0)
    made = saving(found.local_tokens, prices, 3, 0.9)
    for glyphs in (UNICODE, ASCII):
        tables = [
            *saved.share_lines(found.models, "model", width, height, glyphs),
            *saved.share_lines(found.repositories, "repository", width, 9, glyphs),
        ]
        assert all(line.cell_length <= width for line in tables)
        assert not {"\x1b", "\u202e"} & set("".join(line.plain for line in tables))
        if glyphs.ascii:
            told = saved.saved_lines(found, made, 0.7, width, glyphs)
            assert all(line.plain.isascii() for line in told)


def test_what_was_lost_has_a_minus_and_no_bar() -> None:
    found = statistics_of(replace(_RUN, read=10, cost_usd=3.0))
    made = saving(found.local_tokens, Prices("cheap", 0.0, 0.0, 0.0), 0, 0.0)
    lines = [line.plain for line in saved.saved_lines(found, made, 0.7, 90, UNICODE)]
    row = next(line for line in lines if line.startswith("saved"))
    assert "-$3.00" in row
    assert "█" not in row


def test_every_route_has_a_bar_part_and_a_word() -> None:
    found = statistics_of(
        *[_RUN] * 4, *[replace(_RUN, route="claude")] * 4, replace(_RUN, route=None)
    )
    text = "\n".join(
        line.plain for line in charts.route_lines(found, False, 60, 16, UNICODE)
    )
    assert "█ local 4   ▓ claude 4   ✗ nobody 1" in text
    assert {"█", "▓", "✗", "9"} <= set(text)


def test_filters_are_read_from_the_settings() -> None:
    found = filters_of(("slow ones: seconds>20", "no colon", ": x", "all of it:"))
    assert found == (
        *USUAL,
        Filter("slow ones", "seconds>20", saved=True),
        Filter("all of it", "", saved=True),
    )
