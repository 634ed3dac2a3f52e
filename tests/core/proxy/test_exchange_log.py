"""What is told of an exchange while it happens, and at what price."""

import time
from collections.abc import AsyncGenerator

import pytest

from mux_tui.core.events import (
    ExchangeEnded,
    ExchangeProgressed,
    ExchangesOpen,
    ExchangeStarted,
    ProxyEvent,
)
from mux_tui.core.exchange import Exchange
from mux_tui.core.proxy.exchange_log import ExchangeLog, OpenExchange
from mux_tui.core.proxy.feed import Feed


class Clock:
    """A clock that goes on when it is told to."""

    now = 1000.0

    def monotonic(self) -> float:
        """The time."""
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The clock of the log."""
    clock = Clock()
    monkeypatch.setattr("mux_tui.core.proxy.exchange_log.time", clock)
    return clock


def _log() -> ExchangeLog:
    return ExchangeLog(Feed(), lambda _: None)


def _started(log: ExchangeLog, name: str = "1") -> OpenExchange:
    one = log.begin(Exchange(name))
    one.started()
    return one


async def _told(events: AsyncGenerator[ProxyEvent, None]) -> list[ProxyEvent]:
    return [event async for event in events]


async def test_a_reader_is_told_first_what_is_under_way() -> None:
    log = _log()
    one, over = _started(log, "1"), _started(log, "2")
    log.begin(Exchange("not decided yet"))
    one.set(model="tiny")
    over.end("done")
    events = log.watch()
    _started(log, "3")
    log.feed.close()
    told = await _told(events)
    assert told == [
        ExchangesOpen((Exchange("1", model="tiny"),)),
        ExchangeStarted(Exchange("3")),
    ]


async def test_an_answer_is_told_at_its_first_token_and_four_times_a_second(
    clock: Clock,
) -> None:
    log = _log()
    one = _started(log)
    events = log.watch()
    clock.now += 2
    one.grew(1)
    one.first_token()
    for _ in range(100):
        one.grew(1)
        clock.now += 0.01
    one.end("done")
    log.feed.close()
    told = (await _told(events))[1:-1]
    assert all(isinstance(event, ExchangeProgressed) for event in told)
    assert told[0] == ExchangeProgressed("1", 2, 2.0, 2.0)
    assert len(told) == 4


async def test_of_what_nobody_can_count_only_the_time_is_told(clock: Clock) -> None:
    log = _log()
    one = _started(log)
    events = log.watch()
    one.first_token()
    one.grew(0)
    one.end("cancelled")
    log.feed.close()
    told = await _told(events)
    assert told[1] == ExchangeProgressed("1", None, 0.0, 0.0)
    assert isinstance(told[2], ExchangeEnded)


def test_while_nobody_watches_nothing_is_told_and_it_costs_next_to_nothing() -> None:
    log = _log()
    one = _started(log)
    one.first_token()
    began = time.process_time()
    for _ in range(10_000):
        one.grew(1)
    assert (time.process_time() - began) / 10_000 < 20e-6
    assert log.feed.readers == 0
