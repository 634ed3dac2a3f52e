"""A board holds what it was told, each request once, and sums it up."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from mux_tui.core.events import (
    ExchangeEnded,
    ExchangePrefilled,
    ExchangeProgressed,
    ExchangesOpen,
    ExchangeStarted,
)
from mux_tui.core.ledger.run_id import moment_of, new_run_id
from mux_tui.core.proxy.process.status import ProxyStatus
from mux_tui.core.proxy.watch.board import ProxyBoard
from mux_tui.core.proxy.watch.facts import (
    ExchangeRecalled,
    PastUnknown,
    ProxyFailed,
    ProxySeen,
    ProxyStarting,
    ProxyStopping,
    WatchFact,
)
from mux_tui.core.proxy.watch.totals import percentile
from tests.core.proxy.watch.rows import NOON, STOPPED, about, done, exchange, running


def board_of(*facts: WatchFact, now: float = NOON) -> ProxyBoard:
    """A board that was told these."""
    board = ProxyBoard()
    for fact in facts:
        board.feed(fact, now)
    return board


def test_a_request_is_one_row_from_its_start_to_its_end() -> None:
    board = board_of(ExchangeStarted(exchange()))
    assert [row.stage for row in board.rows] == ["waiting"]
    board.feed(ExchangePrefilled("e-1", 10, 20), NOON + 1)
    board.feed(ExchangeProgressed("e-1", 1, 1.5, 1.5), NOON + 1.5)
    assert [row.stage for row in board.rows] == ["answering"]
    board.feed(ExchangeEnded(done()), NOON + 2)
    assert [(row.stage, row.started_at) for row in board.rows] == [("over", NOON)]
    assert board.rows[0].tokens_out == 97


def test_the_newest_come_first_whenever_they_are_told() -> None:
    board = board_of(
        ExchangeStarted(exchange("b")),
        ExchangeRecalled(done("a"), NOON - 50),
        ExchangeRecalled(done("c"), NOON - 20),
    )
    assert [row.id for row in board.rows] == ["b", "c", "a"]


def test_the_moment_of_a_request_is_in_its_name() -> None:
    name = new_run_id(lambda: NOON)
    found = moment_of(name)
    assert found is not None
    assert found >= NOON
    board = board_of(ExchangeStarted(exchange(name)), now=NOON + 500)
    assert board.rows[0].started_at == found
    for odd in ("", "e-1", "iiiiiiiii-11111111", "1" * 18, "é" * 18):
        assert moment_of(odd) is None or odd == "1" * 18


def test_what_ended_unseen_is_over() -> None:
    board = board_of(ExchangeStarted(exchange("a")), ExchangesOpen((exchange("b"),)))
    assert {row.id: row.stage for row in board.rows} == {"a": "over", "b": "waiting"}


def test_nothing_is_learnt_of_requests_that_are_over_or_unknown() -> None:
    board = board_of(
        ExchangeEnded(done()),
        ExchangeProgressed("e-1", 5, 0.1, 0.2),
        ExchangeProgressed("stranger", 5, 0.1, 0.2),
        ExchangePrefilled("stranger", 5, 10),
    )
    assert [row.stage for row in board.rows] == ["over"]
    assert board.speed.series(10) == ()


def test_the_oldest_go_and_what_is_live_stays() -> None:
    board = ProxyBoard(most=3)
    board.feed(ExchangeStarted(exchange("live")), NOON)
    for number in range(5):
        board.feed(ExchangeRecalled(done(f"e{number}"), NOON + number + 1), NOON)
    assert [row.id for row in board.rows] == ["e4", "e3", "live"]


def test_a_proxy_that_was_started_elsewhere_is_adopted() -> None:
    board = board_of(ProxySeen(running()))
    assert (board.state, board.adopted) == ("running", True)
    board = board_of(ProxySeen(STOPPED), ProxyStarting(), ProxySeen(running()))
    assert (board.state, board.adopted) == ("running", False)
    board.feed(ProxySeen(running("another")), NOON)
    assert board.adopted


def test_while_it_is_started_here_it_does_not_look_stopped() -> None:
    crashed = ProxyStatus("crashed", "It has crashed.")
    board = board_of(ProxySeen(crashed), ProxyStarting("loading"), ProxySeen(STOPPED))
    assert (board.state, board.text) == ("starting", "loading")
    board.feed(ProxyFailed("port 3456 is in use by vim (pid 7)"), NOON)
    assert (board.state, board.trouble is not None) == ("stopped", True)
    board.feed(ProxyStarting(), NOON)
    assert board.trouble is None


def test_while_it_is_stopped_here_it_does_not_look_running() -> None:
    board = board_of(ProxySeen(running()), ProxyStopping(), ProxySeen(running()))
    assert board.state == "stopping"
    board.feed(ProxySeen(STOPPED), NOON)
    assert board.state == "stopped"


def test_one_that_is_starting_elsewhere_may_die() -> None:
    board = board_of(ProxyStarting(here=False), ProxySeen(STOPPED))
    assert board.state == "stopped"


def test_the_totals_are_those_of_this_proxy() -> None:
    old = done("old", status="failed")
    board = board_of(
        ExchangeRecalled(old, NOON - 9e6),
        ExchangeRecalled(done("a", first_token_seconds=0.4), NOON + 1),
        ExchangeRecalled(done("b", status="failed", tokens_counted=None), NOON + 2),
        ExchangeStarted(exchange("c")),
        ProxySeen(running(served=2)),
    )
    totals = board.totals(NOON)
    assert (totals.requests, totals.active, totals.errors) == (3, 1, 1)
    assert totals.cached == about(1964 / 2133)
    assert totals.trimmed == about(1 - 7900 / 41_200)
    assert (totals.first_token_p50, totals.first_token_p90) == (0.5, 0.5)
    assert totals.rate_now is None


def test_the_speed_now_is_that_of_all_answers_together() -> None:
    board = board_of(ExchangeStarted(exchange("a")), ExchangeStarted(exchange("b")))
    for second in range(3):
        for name in ("a", "b"):
            told = ExchangeProgressed(name, 1 + second * 50, 0.5, 0.5 + second)
            board.feed(told, NOON + second)
    assert board.totals(NOON + 2.5).rate_now == about(100)
    assert board.totals(NOON + 9).rate_now is None
    assert board.speed.series(10) == (100, 100)


def test_an_answer_met_on_its_way_is_no_burst() -> None:
    board = board_of(
        ExchangeStarted(exchange()), ExchangeProgressed("e-1", 900, 0.5, 20)
    )
    assert board.speed.series(10) == ()


def test_without_a_ledger_it_says_why_the_past_is_empty() -> None:
    assert board_of(PastUnknown("it is locked")).notice == "it is locked"


@given(st.lists(st.floats(0, 100), min_size=1), st.floats(0, 1))
def test_a_percentile_is_one_of_the_values(values: list[float], share: float) -> None:
    found = percentile(values, share)
    assert found in values
    assert sum(value <= found for value in values) >= share * len(values)


@given(st.data())
def test_whatever_order_facts_come_in_each_request_is_one_row(
    data: st.DataObject,
) -> None:
    names = st.sampled_from("abc")
    fact = st.one_of(
        names.map(lambda name: ExchangeStarted(exchange(name))),
        names.map(lambda name: ExchangeEnded(done(name))),
        names.map(lambda name: ExchangeRecalled(done(name), NOON)),
        names.map(lambda name: ExchangePrefilled(name, 1, 0)),
        names.map(lambda name: ExchangeProgressed(name, 3, 1.0, 1.0)),
        st.lists(names, unique=True).map(
            lambda open_: ExchangesOpen(tuple(map(exchange, open_)))
        ),
        st.sampled_from([ProxySeen(running()), ProxySeen(STOPPED), ProxyStarting()]),
    )
    board = ProxyBoard(most=2)
    for one in data.draw(st.lists(fact, max_size=30)):
        before = board.version
        board.feed(one, NOON)
        assert board.version > before
        names_now = [row.id for row in board.rows]
        assert len(names_now) == len(set(names_now))
        assert sum(not row.live for row in board.rows) <= 2
        board.totals(NOON)


def test_uptime_alone_is_seen() -> None:
    board = board_of(ProxySeen(running()))
    later = replace(running(), uptime_seconds=99.0)
    board.feed(ProxySeen(later), NOON)
    assert board.status == later
    assert board.adopted
