"""Requests through the proxy are kept with their sizes and counts, not their words."""

import dataclasses
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from mux_tui.core.config.settings import Ledger as LedgerSettings
from mux_tui.core.exchange import Cut, Exchange
from mux_tui.core.ledger.exchanges import Arrived, ExchangeRow
from mux_tui.core.ledger.migrations import MIGRATIONS, m001_initial, statements
from mux_tui.core.ledger.owner import Owner
from mux_tui.core.ledger.store import Ledger, open_ledger
from tests.core.ledger.facts import OWNER, a_task, an_exchange

CANARY = "sk-" + "ant-api03-CANARYcanary0123456789"


def everything_in(path: Path) -> bytes:
    return b"".join(file.read_bytes() for file in path.parent.iterdir())


@pytest.fixture
async def wordless(path: Path) -> AsyncIterator[Ledger]:
    """An open ledger that keeps no texts."""
    async with open_ledger(path, LedgerSettings(store_prompts=False)) as opened:
        yield opened


async def test_every_field_comes_back(ledger: Ledger) -> None:
    exchange = an_exchange(error="One line.")
    await ledger.record_exchange(exchange, OWNER)
    (row,) = await ledger.exchanges(10)
    for field in dataclasses.fields(Exchange):
        name = "exchange_id" if field.name == "id" else field.name
        told: Any = getattr(row, name)
        kept: Any = getattr(exchange, field.name)
        if field.name == "cuts":
            told, kept = told[0], dataclasses.asdict(kept[0])
        assert told == (list(kept) if isinstance(kept, tuple) else kept), field.name  # pyright: ignore[reportUnknownArgumentType]
    known = {field.name for field in dataclasses.fields(ExchangeRow)}
    ours = {"exchange_id", "started_at", "mux_version"}
    assert known == {field.name for field in dataclasses.fields(Exchange)} | ours


async def test_a_request_is_replaced_by_its_end_and_keeps_its_place_and_start(
    ledger: Ledger,
) -> None:
    begun = Exchange("01a", session_id="s")
    await ledger.record_exchanges((Arrived(begun, 1000.5),), OWNER)
    await ledger.record_exchange(Exchange("01b"), OWNER)
    ended = dataclasses.replace(begun, status="done", tokens_out=7, seconds=2.0)
    await ledger.record_exchange(ended, OWNER)
    last, first = await ledger.exchanges(10)
    assert (last.exchange_id, first.exchange_id) == ("01b", "01a")
    assert (first.status, first.tokens_out, first.started_at) == ("done", 7, 1000.5)


async def test_pages_go_by_key_and_by_session(ledger: Ledger) -> None:
    many = [
        Arrived(Exchange(f"{n:03}", session_id=f"s{n % 2}"), float(n))
        for n in range(10)
    ]
    await ledger.record_exchanges(many, OWNER)
    first = await ledger.exchanges(4)
    assert [row.exchange_id for row in first] == ["009", "008", "007", "006"]
    second = await ledger.exchanges(100, first[-1].id)
    assert [row.exchange_id for row in second][:2] == ["005", "004"]
    odd = await ledger.exchanges(2, session="s1")
    assert [row.exchange_id for row in odd] == ["009", "007"]
    odd = await ledger.exchanges(2, odd[-1].id, "s1")
    assert [row.exchange_id for row in odd] == ["005", "003"]
    assert await ledger.exchanges(-1) == await ledger.exchanges(5, session="x") == ()


async def test_pages_of_a_session_use_an_index(ledger: Ledger, path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        plan = connection.execute(
            "EXPLAIN QUERY PLAN SELECT * FROM exchanges"
            " WHERE gen_ai_conversation_id = 's' AND id < 5 ORDER BY id DESC LIMIT 5"
        ).fetchall()
    (step,) = [str(row[-1]) for row in plan]
    assert "exchanges_by_session" in step


async def test_many_cuts_are_told_as_the_largest_and_the_rest(ledger: Ledger) -> None:
    cuts = tuple(Cut(f"result {n}", "too long", n + 10, 10) for n in range(200))
    await ledger.record_exchange(an_exchange(cuts=cuts), OWNER)
    (row,) = await ledger.exchanges(1)
    told = [cut["what"] for cut in row.cuts]
    assert told == [f"result {n}" for n in range(151, 200)] + ["151 smaller parts"]
    saved = sum(cut["before"] - cut["after"] for cut in row.cuts)
    assert saved == sum(range(200))


async def test_a_credential_reaches_no_byte_of_the_ledger(
    ledger: Ledger, path: Path
) -> None:
    exchange = an_exchange(
        error=f"refused {CANARY}",
        sentence=CANARY,
        notes=(CANARY,),
        prefix_break=CANARY,
        model_asked=CANARY,
        session_id=CANARY,
        cuts=(Cut(CANARY, CANARY, 1, 1),),
    )
    await ledger.record_exchange(exchange, OWNER)
    assert CANARY.encode() not in everything_in(path)


async def test_without_texts_only_sizes_are_kept(wordless: Ledger, path: Path) -> None:
    word = "PrivateWord"
    exchange = an_exchange(error=word, notes=(word,), prefix_break=word)
    await wordless.record_exchange(exchange, OWNER)
    (row,) = await wordless.exchanges(1)
    assert (row.error, row.notes, row.prefix_break) == (None, [], None)
    assert (row.bytes_in, row.tokens_counted) == (313_423, 12_010)
    assert word.encode() not in everything_in(path)


@pytest.mark.parametrize("seconds", [float("nan"), float("inf"), -1.0])
async def test_impossible_numbers_and_texts_are_kept_as_well_as_can_be(
    ledger: Ledger, seconds: float
) -> None:
    exchange = an_exchange(seconds=seconds, tokens_out=2**70, model="\ud800")
    await ledger.record_exchanges((Arrived(exchange, 5.0),), OWNER)
    (row,) = await ledger.exchanges(1)
    assert (row.tokens_out, row.model) == (None, "?")
    assert row.seconds >= 0


async def test_running_requests_of_ended_processes_are_marked(ledger: Ledger) -> None:
    await ledger.record_exchange(Exchange("01"), Owner(77, 1.0))
    await ledger.record_exchange(Exchange("02"), OWNER)
    await ledger.record_exchange(an_exchange("03"), Owner(77, 1.0))

    def alive(pid: int, started: float) -> bool:
        return (pid, started) == (OWNER.pid, OWNER.started)

    assert await ledger.sweep(alive) == 1
    rows = await ledger.exchanges(3)
    assert [row.status for row in rows] == ["done", "running", "interrupted"]
    assert rows[2].error == "mux (process 77) ended before the request did"


async def test_a_ledger_from_before_the_proxy_keeps_its_runs_and_takes_requests(
    path: Path, settings: LedgerSettings
) -> None:
    path.parent.mkdir()
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for sql in statements(0, MIGRATIONS[: MIGRATIONS.index(m001_initial) + 1]):
            connection.execute(sql)
        connection.execute(
            "INSERT INTO runs (run_id, started_at, door, cwd, task_length, status,"
            " route_requested, mux_version, owner_pid, owner_started)"
            " VALUES ('old', 1.5, 'cli', '/', 2, 'done', 'auto', '0.1', 1, 2)"
        )
    async with open_ledger(path, settings) as ledger:
        assert await ledger.exchanges(1) == ()
        await ledger.record_exchange(an_exchange(), OWNER)
        await ledger.begin(a_task(), OWNER)
        assert len(await ledger.exchanges(10)) == 1
        assert [run.run_id for run in await ledger.recent(10)][-1] == "old"
