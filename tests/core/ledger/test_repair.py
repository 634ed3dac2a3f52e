"""What can be read of a damaged ledger is kept, and so is the damaged one."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from mux_tui.core.config.settings import Ledger as LedgerSettings
from mux_tui.core.errors import LedgerError, UsageError
from mux_tui.core.ledger.integrity import integrity
from mux_tui.core.ledger.repair import repair
from mux_tui.core.ledger.store import open_ledger
from tests.core.ledger.facts import OWNER, a_task
from tests.core.ledger.many import random_runs, store

RUNS = 3000
PAGE = 4096


def pages_of(path: Path, name: str) -> list[int]:
    """The leaves of a table, from 1; found by what stands in them."""
    with closing(sqlite3.connect(path)) as connection:
        row = connection.execute(
            "SELECT rootpage FROM sqlite_schema WHERE name = ?", (name,)
        ).fetchone()
    content = path.read_bytes()
    assert row
    marks = [content[n : n + PAGE] for n in range(0, len(content), PAGE)]
    return [n for n, page in enumerate(marks, 1) if page[0] == 13 and b"/code/" in page]


def broken(path: Path, *numbers: int) -> None:
    """Overwrite pages."""
    with path.open("r+b") as file:
        for number in numbers:
            file.seek((number - 1) * PAGE)
            file.write(b"\xa5" * PAGE)


@pytest.fixture
def whole(path: Path) -> Path:
    """A ledger of many runs, of which nobody has anything open."""
    store(path, random_runs(RUNS))
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return path


async def test_a_whole_ledger_is_left_alone(whole: Path) -> None:
    before = whole.read_bytes()
    assert await repair(whole) is None
    assert whole.read_bytes() == before


async def test_a_broken_page_costs_its_rows_and_no_others(whole: Path) -> None:
    pages = pages_of(whole, "runs")
    assert len(pages) > 50
    hit = (pages[len(pages) // 3], pages[len(pages) // 2])
    broken(whole, *hit)
    damaged = whole.read_bytes()
    found = await integrity(whole, thorough=True)
    assert "is damaged" in found.problem
    assert "mux ledger repair" in found.next_step
    done = await repair(whole)
    assert done is not None
    assert RUNS - 120 < done.rows["runs"] < RUNS
    assert done.aside.read_bytes() == damaged
    assert (await integrity(whole, thorough=True)).ok
    async with open_ledger(whole, LedgerSettings()) as ledger:
        assert await ledger.search.total() == done.rows["runs"]
        for run_id in ("0100000-x", f"01{RUNS - 1:05}-x"):
            assert await ledger.get(run_id) is not None
        await ledger.begin(a_task(), OWNER)
    assert not [one for one in whole.parent.iterdir() if one.name.startswith(".")]


@pytest.mark.parametrize("end", ["first", "last"])
async def test_an_end_that_is_broken_costs_no_more(whole: Path, end: str) -> None:
    pages = pages_of(whole, "runs")
    broken(whole, pages[0] if end == "first" else pages[-1])
    done = await repair(whole)
    assert done is not None
    assert RUNS - 80 < done.rows["runs"] < RUNS


async def test_a_broken_index_costs_nothing(whole: Path) -> None:
    with closing(sqlite3.connect(whole)) as connection:
        root = connection.execute(
            "SELECT rootpage FROM sqlite_schema WHERE name = 'runs_by_status'"
        ).fetchone()[0]
    broken(whole, root)
    done = await repair(whole)
    assert done is not None
    assert (done.rows["runs"], done.unreadable) == (RUNS, 0)
    assert (await integrity(whole, thorough=True)).ok


async def test_a_search_that_does_not_agree_is_found_and_made_anew(whole: Path) -> None:
    with closing(sqlite3.connect(whole)) as connection:
        connection.execute("DROP TRIGGER runs_text_update")
        connection.execute("UPDATE runs SET task = 'another' WHERE id = 7")
        connection.commit()
    assert (await integrity(whole)).ok
    assert not (await integrity(whole, thorough=True)).ok
    done = await repair(whole)
    assert done is not None
    assert done.rows["runs"] == RUNS
    assert (await integrity(whole, thorough=True)).ok


@pytest.mark.parametrize(
    "content", [b"garbage" * 1000, b"SQLite format 3\0" + b"x" * 99]
)
async def test_what_cannot_be_read_at_all_is_kept_beside_a_new_ledger(
    path: Path, content: bytes
) -> None:
    path.parent.mkdir()
    path.write_bytes(content)
    for number in (1, 2):
        done = await repair(path)
        assert done is not None
        assert sum(done.rows.values()) == 0
        assert done.aside.read_bytes() == content
        assert done.aside.name.endswith("-2") == (number == 2)
        async with open_ledger(path, LedgerSettings()) as ledger:
            assert await ledger.recent(1) == ()
        path.write_bytes(content)


async def test_what_is_no_ledger_or_newer_is_never_touched(path: Path) -> None:
    path.parent.mkdir()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE mine (x)")
    before = path.read_bytes()
    with pytest.raises(UsageError, match="is not a ledger"):
        await repair(path)
    assert path.read_bytes() == before
    path.unlink()
    store(path, random_runs(3))
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version = 999999")
    before = path.read_bytes()
    with pytest.raises(UsageError, match="newer mux"):
        await repair(path)
    assert path.read_bytes() == before
    path.unlink()
    assert await repair(path) is None
    assert not path.exists()


async def test_a_newer_ledger_that_is_damaged_is_never_touched(whole: Path) -> None:
    pages = pages_of(whole, "runs")
    with closing(sqlite3.connect(whole)) as connection:
        connection.execute("PRAGMA user_version = 999999")
    broken(whole, pages[9])
    before = whole.read_bytes()
    with pytest.raises((UsageError, LedgerError)):
        await repair(whole)
    assert whole.read_bytes() == before


async def test_what_was_only_in_the_log_is_read_too(path: Path) -> None:
    """A mux that was killed has left rows in the `-wal` file."""
    store(path, random_runs(300))
    writer = sqlite3.connect(path)
    writer.execute("PRAGMA wal_autocheckpoint = 0")
    writer.execute("UPDATE runs SET sentence = 'from the log' WHERE id = 5")
    writer.commit()
    copy = path.parent / "copy" / "ledger.db"
    copy.parent.mkdir()
    for suffix in ("", "-wal"):
        Path(f"{copy}{suffix}").write_bytes(Path(f"{path}{suffix}").read_bytes())
    writer.close()
    broken(copy, pages_of(copy, "runs")[2])
    with closing(sqlite3.connect(f"file:{copy}?mode=ro", uri=True)) as connection:
        with pytest.raises(sqlite3.DatabaseError):
            connection.execute("SELECT count(sentence) FROM runs").fetchall()
    done = await repair(copy)
    assert done is not None
    async with open_ledger(copy, LedgerSettings()) as ledger:
        run = await ledger.search.detail(5)
    assert run is not None
    assert run.sentence == "from the log"
