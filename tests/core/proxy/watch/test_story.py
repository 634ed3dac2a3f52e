"""The feed and the ledger together tell each request once, and every end."""

from collections.abc import Sequence

from mux_tui.core.errors import LedgerError
from mux_tui.core.events import (
    ExchangeEnded,
    ExchangePrefilled,
    ExchangesOpen,
    ExchangeStarted,
)
from mux_tui.core.exchange import Exchange
from mux_tui.core.ledger.exchanges import ExchangeRow
from mux_tui.core.proxy.watch.facts import ExchangeRecalled, PastUnknown, WatchFact
from mux_tui.core.proxy.watch.pace import WatchPace
from mux_tui.core.proxy.watch.story import Story
from tests.core.proxy.watch.rows import NOON, done, exchange, row_of

PACE = WatchPace(lag=0.001, past=10)


class Told:
    """A story, what it told, and what the ledger answers each time it is read."""

    def __init__(self, *pages: Sequence[Exchange], fault: str = "") -> None:
        self.facts: list[WatchFact] = []
        self.reads = 0
        self._pages = pages
        self._fault = fault
        self.story = Story(self._past, PACE, self.facts.append)

    async def _past(self, limit: int) -> Sequence[ExchangeRow]:
        if self._fault:
            raise LedgerError("the ledger is locked", self._fault)
        page = self._pages[min(self.reads, len(self._pages) - 1)]
        self.reads += 1
        return [row_of(one, n) for n, one in enumerate(page)][:limit]


async def test_the_past_is_told_oldest_first() -> None:
    told = Told([done("b"), done("a")])
    await told.story.recall(settled=True)
    assert told.facts == [
        ExchangeRecalled(done("a"), NOON),
        ExchangeRecalled(done("b"), NOON),
    ]
    assert told.reads == 1


async def test_what_is_under_way_comes_from_the_feed_and_not_from_the_ledger() -> None:
    told = Told([exchange("a")])
    told.story.take(ExchangesOpen((exchange("a"),)))
    await told.story.recall()
    told.story.take(ExchangeStarted(exchange("a")))
    told.story.take(ExchangeEnded(done("a")))
    told.story.take(ExchangeEnded(done("a")))
    assert told.facts == [ExchangeStarted(exchange("a")), ExchangeEnded(done("a"))]


async def test_an_end_that_the_ledger_writes_late_is_waited_for() -> None:
    """It ended before the feed began, and its row still says that it runs."""
    told = Told([exchange("a")], [exchange("a")], [done("a")])
    told.story.take(ExchangesOpen(()))
    await told.story.recall()
    assert told.facts == [ExchangeRecalled(done("a"), NOON)]
    assert told.reads == 3


async def test_what_is_not_in_the_ledger_yet_is_looked_for_again() -> None:
    told = Told([], [done("a")])
    await told.story.recall()
    assert told.facts == [ExchangeRecalled(done("a"), NOON)]


async def test_a_request_whose_proxy_died_is_told_as_failed() -> None:
    told = Told([exchange("a")])
    await told.story.recall(settled=True)
    assert told.reads == 1
    fact = told.facts[0]
    assert isinstance(fact, ExchangeRecalled)
    assert fact.exchange.status == "failed"
    assert "not known" in fact.exchange.error


async def test_what_ended_while_the_feed_was_away_is_recalled() -> None:
    told = Told([done("a"), done("b")])
    told.story.take(ExchangesOpen((exchange("a"), exchange("b"), exchange("c"))))
    told.story.lose()
    told.story.take(ExchangesOpen((exchange("c"),)))
    await told.story.recall()
    assert told.facts[3:] == [
        ExchangeRecalled(done("b"), NOON),
        ExchangeRecalled(done("a"), NOON),
    ]
    told.story.take(ExchangePrefilled("c", 1, 2))
    assert told.facts[-1] == ExchangePrefilled("c", 1, 2)


async def test_what_nobody_knows_the_end_of_ends() -> None:
    told = Told([])
    told.story.take(ExchangesOpen((exchange("a"),)))
    told.story.lose()
    await told.story.recall()
    fact = told.facts[-1]
    assert isinstance(fact, ExchangeEnded)
    assert (fact.exchange.id, fact.exchange.status) == ("a", "failed")


async def test_a_ledger_that_cannot_be_read_is_told_once() -> None:
    told = Told(fault="another program holds it")
    await told.story.recall()
    await told.story.recall()
    assert [type(fact) for fact in told.facts] == [PastUnknown]


async def test_steps_of_requests_nobody_told_of_are_left_out() -> None:
    told = Told([])
    told.story.take(ExchangePrefilled("stranger", 1, 2))
    assert told.facts == []
