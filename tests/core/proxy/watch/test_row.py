"""What is worked out of one request."""

import pytest

from mux_tui.core.events import ExchangePrefilled, ExchangeProgressed
from mux_tui.core.proxy.watch.row import Row
from mux_tui.core.proxy.watch.wording import (
    cut_share,
    matches,
    note_of,
    percent,
    state_word,
    thousands,
)
from tests.core.proxy.watch.rows import NOON, about, done, exchange


def test_a_request_waits_is_read_is_answered_and_is_over() -> None:
    row = Row(exchange(), NOON)
    reading = ExchangePrefilled("e-1", 3100, 8000, 4.0)
    read = Row(exchange(), NOON, reading, heard_at=NOON + 2)
    answer = ExchangeProgressed("e-1", 38, 0.5, 1.24)
    assert (row.stage, read.stage) == ("waiting", "reading")
    assert Row(exchange(), NOON, reading, answer).stage == "answering"
    assert Row(done(), NOON).stage == "over"


def test_the_time_that_is_left_runs_between_two_tellings() -> None:
    reading = ExchangePrefilled("e-1", 3100, 8000, 4.0)
    row = Row(exchange(), NOON, reading, heard_at=NOON + 2)
    assert row.read_share == about(0.3875)
    assert row.seconds_left(NOON + 3) == about(3.0)
    assert row.seconds_left(NOON + 30) == 0.0
    assert note_of(row, NOON + 2) == "reading 3.1k/8.0k · 4 s left"


def test_speed_is_counted_from_the_first_token_on() -> None:
    answer = ExchangeProgressed("e-1", 38, 0.5, 1.24)
    assert Row(exchange(), NOON, None, answer).rate == about(50.0)
    assert Row(done(), NOON).rate == about(64.0)
    assert Row(done(tokens_out=1), NOON).rate is None
    assert Row(done(first_token_seconds=None), NOON).rate is None
    assert Row(done(first_token_seconds=3.0), NOON).rate is None


def test_shares_need_both_of_their_numbers() -> None:
    row = Row(done(), NOON)
    assert row.trimmed == about(0.808)
    assert row.cached == about(0.92)
    assert Row(done(bytes_sent=0), NOON).trimmed is None
    assert Row(done(tokens_counted=0), NOON).cached is None
    assert Row(done(tokens_cached=9999), NOON).cached == 1.0
    assert (cut_share(0.81), cut_share(-0.03), cut_share(0.001)) == (
        *("−81 %", "+3 %", "0 %"),
    )
    assert (percent(None), percent(0.5)) == ("–", "50 %")


@pytest.mark.parametrize(
    ("sent", "counted", "verdict"),
    [
        (2133, 2133, "same"),
        (2133, 2100, "near"),
        (8000, 4096, "fewer"),
        (100, 11, "near"),
        (None, 11, "unknown"),
        (11, None, "unknown"),
    ],
)
def test_a_server_that_counts_far_fewer_tokens_is_found_out(
    sent: int | None, counted: int | None, verdict: str
) -> None:
    row = Row(done(tokens_sent=sent, tokens_counted=counted), NOON)
    assert row.count_check == verdict


def test_what_is_worth_a_word_is_safe_to_show() -> None:
    row = Row(done(error="it \x1b[31m broke\nhere", status="failed"), NOON)
    assert note_of(row, NOON) == "it ␛[31m broke here · 1 tool"
    assert state_word(row) == "error"
    told = done(repairs=1, tool_calls=2, prefix_break="tools", route="cloud")
    assert note_of(Row(told, NOON), NOON) == (
        "cloud: local preferred · 2 tools · 1 mended · prompt read anew"
    )
    assert state_word(Row(told, NOON)) == "tool_use"


def test_a_filter_finds_each_of_its_words() -> None:
    row = Row(done(session_id="s-77", error="Metal OOM", status="failed"), NOON)
    assert matches(row, ())
    assert matches(row, ("oom", "s-77"))
    assert not matches(row, ("oom", "s-78"))


def test_numbers_are_short() -> None:
    numbers = (0, 940, 999.6, 3100, 24_000, 99_960, 1_200_000, None)
    shown = [thousands(number) for number in numbers]
    assert shown == ["0", "940", "1.0k", "3.1k", "24.0k", "100k", "1.2M", "–"]
