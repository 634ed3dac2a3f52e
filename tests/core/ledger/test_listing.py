"""Rows by number stay right while the ledger goes on."""

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from mux_tui.core.config.settings import Ledger as LedgerSettings
from mux_tui.core.ledger import listing as listing_module
from mux_tui.core.ledger.listing import Listing
from mux_tui.core.ledger.query import EVERYTHING
from mux_tui.core.ledger.query_parse import parse
from mux_tui.core.ledger.store import Ledger, open_ledger
from tests.core.ledger.facts import OWNER, a_task, an_outcome
from tests.core.ledger.many import NOW, Stored, random_runs, store


def shown(listing: Listing) -> list[int]:
    """The ids by row number."""
    return [listing.id_at(number) for number in range(len(listing))]


async def begun(ledger: Ledger, text: str = "Say hello.") -> str:
    task = a_task(text)
    await ledger.begin(task, OWNER)
    return task.run_id


async def test_row_zero_is_the_newest(path: Path) -> None:
    store(path, random_runs(30))
    async with open_ledger(path, LedgerSettings()) as ledger:
        listing = await ledger.search.listing()
        assert (len(listing), listing.complete) == (30, True)
        rows = await listing.rows(10, 3)
        assert [row.id for row in rows if row] == [20, 19, 18]
        assert await listing.rows(28, 9) == await listing.rows(28, 2)
        assert [listing.number_of(id) for id in (30, 1, 31)] == [0, 29, None]


async def test_an_empty_ledger_is_an_empty_list(ledger: Ledger) -> None:
    listing = await ledger.search.listing()
    assert (len(listing), listing.complete) == (0, True)
    assert await listing.rows(0, 50) == ()
    await begun(ledger)
    assert await listing.refresh()
    assert shown(listing) == [1]


async def test_a_filtered_list_grows_from_the_newest_to_the_oldest(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing_module, "_FIRST_SPAN", 10)
    monkeypatch.setattr(listing_module, "_SPAN", 20)
    runs = random_runs(200)
    store(path, runs)
    wanted = [
        number
        for number in range(200, 0, -1)
        if (confidence := runs[number - 1].confidence) is not None and confidence < 0.5
    ]
    async with open_ledger(path, LedgerSettings()) as ledger:
        listing = await ledger.search.listing(parse("conf<0.5"), NOW)
        lengths = [len(listing)]
        assert not listing.complete
        while await listing.grow():
            assert shown(listing) == wanted[: len(listing)]
            lengths.append(len(listing))
        assert shown(listing) == wanted
        assert len(lengths) > 5
        assert not await listing.grow()


async def test_a_list_may_be_grown_by_several_at_once(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing_module, "_FIRST_SPAN", 10)
    monkeypatch.setattr(listing_module, "_SPAN", 10)
    store(path, [Stored(run_id=f"01{n:03}-x") for n in range(150)])
    async with open_ledger(path, LedgerSettings()) as ledger:
        listing = await ledger.search.listing(parse("conf>0.1 is:verified"), NOW)

        async def grow() -> None:
            while await listing.grow():
                await listing.refresh()

        await asyncio.gather(grow(), grow(), grow())
        assert shown(listing) == list(range(150, 0, -1))


async def test_new_runs_are_taken_in_on_top_even_before_the_list_is_complete(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing_module, "_FIRST_SPAN", 5)
    monkeypatch.setattr(listing_module, "_SPAN", 5)
    store(path, [Stored(run_id=f"01{n:03}-x", status="failed") for n in range(20)])
    async with open_ledger(path, LedgerSettings()) as ledger:
        listing = await ledger.search.listing(parse("-status:running"), NOW)
        first = shown(listing)
        assert first == [20, 19, 18, 17, 16]
        assert not await listing.refresh()
        store(path, [Stored(run_id="02a-x"), Stored(run_id="02b-x", status="running")])
        assert await listing.refresh()
        assert shown(listing) == [21, *first]
        while await listing.grow():
            pass
        assert shown(listing) == list(range(21, 0, -1))


async def test_a_run_that_ends_leaves_or_enters_the_list(ledger: Ledger) -> None:
    first, second = await begun(ledger), await begun(ledger)
    running = await ledger.search.listing(parse("status:running"))
    done = await ledger.search.listing(parse("status:done"))
    assert (shown(running), shown(done)) == ([2, 1], [])
    await ledger.finish(an_outcome(first))
    assert await running.refresh()
    assert await done.refresh()
    assert (shown(running), shown(done)) == ([2], [1])
    await ledger.finish(an_outcome(second))
    await running.refresh()
    await done.refresh()
    assert (shown(running), shown(done)) == ([], [2, 1])


async def test_a_run_begun_after_the_list_and_ended_later_is_taken_in(
    ledger: Ledger,
) -> None:
    done = await ledger.search.listing(parse("hello status:done"))
    run = await begun(ledger)
    await done.refresh()
    assert shown(done) == []
    await ledger.finish(an_outcome(run))
    assert await done.refresh()
    assert shown(done) == [1]


async def test_runs_that_somebody_deleted_are_gone_from_the_rows(path: Path) -> None:
    store(path, random_runs(9))
    async with open_ledger(path, LedgerSettings()) as ledger:
        listing = await ledger.search.listing(EVERYTHING)
        with closing(sqlite3.connect(path)) as connection, connection:
            connection.execute("DELETE FROM runs WHERE id IN (4, 5)")
        assert [row.id if row else None for row in await listing.rows(3, 4)] == [
            *(6, None, None, 3)
        ]
        assert await listing.refresh()
        while await listing.grow():
            pass
        assert shown(listing) == [9, 8, 7, 6, 3, 2, 1]
        assert len(await ledger.search.page(parse('"null pointer" null*'))) <= 7


async def test_a_gap_in_the_ids_is_stepped_over(path: Path) -> None:
    store(path, [Stored(run_id="01a-x"), Stored(run_id="01b-x")])
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE runs SET id = 4611686018427387000 WHERE id = 2")
    async with open_ledger(path, LedgerSettings()) as ledger:
        listing = await ledger.search.listing(parse("conf>0"))
        while await listing.grow():
            pass
        assert shown(listing) == [4611686018427387000, 1]
