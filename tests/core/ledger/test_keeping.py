"""Labels, retention, copies: what an owner does with a ledger over the years."""

import asyncio
import sqlite3
import stat
import time
from contextlib import closing
from pathlib import Path

import pytest

from mux_tui.core.config.settings import Ledger as LedgerSettings
from mux_tui.core.errors import EnvironmentProblem, LedgerError, UsageError
from mux_tui.core.ledger import retention
from mux_tui.core.ledger.integrity import integrity
from mux_tui.core.ledger.query_parse import parse
from mux_tui.core.ledger.retention import Old
from mux_tui.core.ledger.store import Ledger, open_ledger
from tests.core.ledger.facts import (
    OWNER,
    a_decision,
    a_task,
    an_attempt,
    an_exchange,
    an_outcome,
)
from tests.core.ledger.many import Stored, random_runs, store

DAY = 86_400.0


def counts(path: Path, *tables: str) -> list[int]:
    with closing(sqlite3.connect(path)) as connection:
        return [
            connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
            for table in tables
        ]


async def ids(ledger: Ledger, query: str) -> list[str]:
    return [run.run_id for run in await ledger.search.page(parse(query))]


async def test_a_label_is_kept_found_and_replaced(ledger: Ledger, path: Path) -> None:
    for run_id in ("01a-x", "01b-x", "01c-x"):
        await ledger.begin(a_task(run_id=run_id), OWNER)
    await ledger.label("01a-x", "good")
    await ledger.label("01b-x", "bad", "It forgot the tests")
    assert await ids(ledger, "label:good") == ["01a-x"]
    assert await ids(ledger, "label:bad,good") == ["01b-x", "01a-x"]
    assert await ids(ledger, "label:none") == ["01c-x"]
    assert await ids(ledger, "-label:good") == ["01c-x", "01b-x"]
    assert (await ledger.recent(2))[1].label == "bad"
    run = await ledger.get("01b-x")
    assert run is not None
    assert (run.label, run.label_text) == ("bad", "It forgot the tests")
    assert run.labelled_at is not None
    assert abs(run.labelled_at - time.time()) < 60
    await ledger.label("01b-x", "note", "See 01a")
    assert await ids(ledger, "label:note") == ["01b-x"]
    await ledger.label("01b-x", None)
    run = await ledger.get("01b-x")
    assert run is not None
    assert (run.label, run.label_text, run.labelled_at) == (None, None, None)
    with pytest.raises(LedgerError, match="not in the ledger"):
        await ledger.label("01z-x", "good")


async def test_a_credential_in_a_label_is_taken_out(ledger: Ledger) -> None:
    await ledger.begin(a_task(run_id="01a-x"), OWNER)
    secret = "gh" + "p_0123456789abcdefghijABCDEFGHIJ012345"
    await ledger.label("01a-x", "note", f"it printed {secret}")
    run = await ledger.get("01a-x")
    assert run is not None
    assert run.label_text == "it printed [redacted]"


async def test_old_runs_go_with_all_that_belongs_to_them(
    ledger: Ledger, path: Path
) -> None:
    await ledger.begin(a_task("Old words", "01a-x"), OWNER)
    await ledger.decided("01a-x", a_decision())
    await ledger.finish(an_outcome("01a-x", "Hi", an_attempt()))
    await ledger.begin(a_task("Still running", "01b-x"), OWNER)
    await ledger.record_exchange(an_exchange("01x"), OWNER)
    later = time.time() + 10
    assert await ledger.keeping.old(later) == Old(1, 1)
    assert await ledger.keeping.prune(later) == Old(1, 1)
    assert await ids(ledger, "words") == []
    assert await ids(ledger, "") == ["01b-x"]
    assert counts(path, "runs", "attempts", "exchanges") == [1, 0, 0]
    assert await ledger.keeping.prune(later) == Old(0, 0)
    assert (await integrity(path, thorough=True)).ok


async def test_runs_without_texts_can_be_deleted_as_well(
    path: Path,
) -> None:
    store(path, [Stored(f"01{n:03}-x", task=None, output=None) for n in range(300)])
    async with open_ledger(path, LedgerSettings(store_prompts=False)) as ledger:
        await ledger.begin(a_task(run_id="02a-x"), OWNER)
        await ledger.finish(an_outcome("02a-x"))
        assert (await ledger.keeping.prune(time.time() + 1e9)).runs == 301
    assert (await integrity(path, thorough=True)).ok


async def test_what_is_not_old_stays(path: Path) -> None:
    runs = random_runs(500)
    store(path, runs)
    middle = sorted(run.started_at for run in runs)[250]
    left = {r.run_id for r in runs if r.started_at >= middle or r.status == "running"}
    async with open_ledger(path, LedgerSettings()) as ledger:
        gone = await ledger.keeping.prune(middle)
        listing = await ledger.search.listing()
        while await listing.grow():
            pass
        rows = await ledger.search.rows([listing.id_at(n) for n in range(len(listing))])
    assert gone.runs == 500 - len(left)
    assert {row.run_id for row in rows.values()} == left


async def pruned(path: Path, days: int, expected: int) -> None:
    """Open the ledger and wait until so many runs are left."""
    async with open_ledger(path, LedgerSettings(keep_days=days)) as ledger:
        async with asyncio.timeout(20):
            while await ledger.search.total() != expected:
                await asyncio.sleep(0.005)
            while days and await retention.due(ledger._reader, time.time()):  # pyright: ignore[reportPrivateUsage]
                await asyncio.sleep(0.005)


async def test_old_runs_go_by_themselves_once_a_day(path: Path) -> None:
    now = time.time()
    ages = {"01a-x": 40.0, "01b-x": 31.0, "01c-x": 29.0}
    store(path, [Stored(id, started_at=now - age * DAY) for id, age in ages.items()])
    await pruned(path, 0, 3)
    await pruned(path, 30, 1)
    # Not again on the same day.
    store(path, [Stored("01d-x", started_at=now - 40 * DAY)])
    await pruned(path, 30, 2)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("UPDATE upkeep SET done_at = done_at - 86401")
        connection.commit()
    await pruned(path, 30, 1)
    # A time in the future is a clock that was set back.
    store(path, [Stored("01e-x", started_at=now - 40 * DAY)])
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("UPDATE upkeep SET done_at = done_at + 864000")
        connection.commit()
    await pruned(path, 30, 1)


async def test_closing_at_once_stops_forgetting_and_it_goes_on_another_time(
    path: Path,
) -> None:
    old = time.time() - 100 * DAY
    store(path, [Stored(f"01{n:05}-x", started_at=old) for n in range(3000)])
    async with open_ledger(path, LedgerSettings(keep_days=30)):
        pass
    assert (await integrity(path, thorough=True)).ok
    await pruned(path, 30, 0)


async def test_vacuum_leaves_no_byte_of_what_was_deleted(path: Path) -> None:
    texts = [f"CANARYWORD{n} says nothing much at all" for n in range(2000)]
    store(path, [Stored(f"01{n:05}-x", task=t) for n, t in enumerate(texts)])
    async with open_ledger(path, LedgerSettings()) as ledger:
        await ledger.begin(a_task("Stays here", "02a-x"), OWNER)
        await ledger.keeping.prune(time.time() + 1e9)
        before, after = await ledger.keeping.vacuum()
        assert after < before
        assert await ids(ledger, "stays") == ["02a-x"]
        kept = b"".join(file.read_bytes() for file in path.parent.iterdir())
        assert b"canaryword" not in kept.lower()
    assert (await integrity(path, thorough=True)).ok


async def test_a_backup_is_a_whole_ledger_while_others_write(
    path: Path, tmp_path: Path
) -> None:
    store(path, random_runs(3000))
    target = tmp_path / "copy.db"
    async with (
        open_ledger(path, LedgerSettings()) as ledger,
        open_ledger(path, LedgerSettings()) as other,
    ):

        async def write() -> None:
            for n in range(50):
                await other.begin(a_task(run_id=f"09{n}-x"), OWNER)

        async with asyncio.TaskGroup() as group:
            group.create_task(write())
            size = await ledger.keeping.backup(target)
    assert target.stat().st_size == size
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert (await integrity(target, thorough=True)).ok
    async with open_ledger(target, LedgerSettings()) as copy:
        assert 3000 <= await copy.search.total() <= 3050
    assert counts(path, "runs") == [3050]
    assert not list(tmp_path.glob(".copy*"))


async def test_a_backup_replaces_nothing_unasked(
    ledger: Ledger, path: Path, tmp_path: Path
) -> None:
    await ledger.begin(a_task(), OWNER)
    target = tmp_path / "mine.txt"
    target.write_text("precious")
    with pytest.raises(UsageError, match="is there already"):
        await ledger.keeping.backup(target)
    assert target.read_text() == "precious"
    with pytest.raises(UsageError, match="the ledger itself"):
        await ledger.keeping.backup(path, replace=True)
    with pytest.raises(EnvironmentProblem, match="cannot write"):
        await ledger.keeping.backup(tmp_path / "no" / "where.db")
    await ledger.keeping.backup(target, replace=True)
    assert counts(target, "runs") == [1]
