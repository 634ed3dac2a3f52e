"""Files of every age open, and none is left halfway."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from mux_tui.core.config.settings import Ledger as LedgerSettings
from mux_tui.core.errors import LedgerError
from mux_tui.core.ledger.connection import connect
from mux_tui.core.ledger.faults import explained
from mux_tui.core.ledger.lock import WriteLock
from mux_tui.core.ledger.migrations import MIGRATIONS, Migration, statements
from mux_tui.core.ledger.prepare import prepare
from mux_tui.core.ledger.query_parse import parse
from mux_tui.core.ledger.store import open_ledger

OLD_RUN = """
INSERT INTO runs (run_id, started_at, door, cwd, task, task_length, route_requested,
    status, mux_version, owner_pid, owner_started)
VALUES ('old-run', 1000.5, 'cli', '/old', 'An old task.', 12, 'auto',
    'done', '0.1', 1, 2)
"""


WORDS = ("old", "another", "third")


def m_breaks() -> tuple[str, ...]:
    """A migration that fails in its second statement."""
    return ("CREATE TABLE halfway (x)", "CREATE TABLE halfway (x)")


def m_adds() -> tuple[str, ...]:
    """A migration of the future."""
    return ("ALTER TABLE runs ADD COLUMN mood TEXT DEFAULT 'good'",)


async def migrated(path: Path, *more: Migration) -> None:
    lock = WriteLock(path, 1)
    try:
        async with connect(path, 1) as connection:
            await prepare(connection, lock, (*MIGRATIONS, *more))
    finally:
        lock.close()


def read(path: Path, sql: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(sql).fetchall()


@pytest.mark.parametrize("age", range(1, len(MIGRATIONS) + 1))
async def test_a_ledger_of_any_age_is_brought_up_to_date_with_its_rows(
    path: Path, settings: LedgerSettings, age: int
) -> None:
    path.parent.mkdir()
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for sql in statements(0, MIGRATIONS[:age]):
            connection.execute(sql)
        connection.execute(OLD_RUN)
    async with open_ledger(path, settings) as ledger:
        run = await ledger.get("old")
        assert run is not None
        assert (run.task, run.status, run.started_at) == (
            "An old task.",
            "done",
            1000.5,
        )
    assert read(path, "PRAGMA user_version") == [(len(MIGRATIONS),)]


async def test_a_file_remembers_by_name_what_was_done_to_it(
    path: Path, settings: LedgerSettings
) -> None:
    async with open_ledger(path, settings):
        pass
    names = [row[0] for row in read(path, "SELECT name FROM migrations ORDER BY name")]
    assert names == [migration.__name__ for migration in MIGRATIONS]
    for number, name in enumerate(names, 1):
        assert str(name).startswith(f"m{number:03}_")
    assert read(path, "PRAGMA journal_mode") == [("wal",)]


async def test_only_what_is_missing_is_done(
    path: Path, settings: LedgerSettings
) -> None:
    async with open_ledger(path, settings):
        pass
    await migrated(path, m_adds)
    await migrated(path, m_adds)
    assert read(path, "SELECT count(*), sum(name = 'm_adds') FROM migrations") == [
        (len(MIGRATIONS) + 1, 1)
    ]


async def test_a_migration_that_fails_changes_nothing(
    path: Path, settings: LedgerSettings
) -> None:
    async with open_ledger(path, settings):
        pass
    before = path.read_bytes()
    with pytest.raises(LedgerError, match="already exists"):
        await migrated(path, m_adds, m_breaks)
    assert path.read_bytes() == before


async def test_opening_again_writes_nothing(
    path: Path, settings: LedgerSettings
) -> None:
    async with open_ledger(path, settings):
        pass
    before = path.read_bytes(), path.stat().st_mtime_ns
    async with open_ledger(path, settings) as ledger:
        assert await ledger.recent(1) == ()
    assert (path.read_bytes(), path.stat().st_mtime_ns) == before
    assert {p.name for p in path.parent.iterdir()} == {"ledger.db", "ledger.db.lock"}


async def test_what_was_recorded_before_there_was_a_search_is_found(
    path: Path, settings: LedgerSettings
) -> None:
    path.parent.mkdir()
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for sql in statements(0, MIGRATIONS[:2]):
            connection.execute(sql)
        connection.execute(OLD_RUN)
        connection.execute("UPDATE runs SET output = 'An old answer.'")
    async with open_ledger(path, settings) as ledger:
        for text in ("old task", "answer", "since:2d", "status:done"):
            found = await ledger.search.page(parse(text), now=1001.0)
            assert [row.run_id for row in found] == ["old-run"]


async def test_the_search_index_never_differs_from_the_rows(
    path: Path, settings: LedgerSettings
) -> None:
    """Whatever program changes them."""
    async with open_ledger(path, settings):
        pass
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute(OLD_RUN)
        connection.execute("UPDATE runs SET task = 'Another.', output = x'00ff'")
        connection.execute("UPDATE runs SET task = NULL, output = NULL")
        connection.execute("UPDATE runs SET output = 'Third.'")
        connection.execute(
            "INSERT INTO runs_text (runs_text, rank) VALUES ('integrity-check', 1)"
        )
        found = "SELECT count(*) FROM runs_text WHERE runs_text MATCH ?"
        counts = [connection.execute(found, (word,)).fetchone()[0] for word in WORDS]
        assert counts == [0, 0, 1]
        connection.execute("DELETE FROM runs")
        connection.execute(
            "INSERT INTO runs_text (runs_text, rank) VALUES ('integrity-check', 1)"
        )


async def test_rows_without_texts_of_an_older_file_can_be_deleted(
    path: Path, settings: LedgerSettings
) -> None:
    path.parent.mkdir()
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for sql in statements(0, MIGRATIONS[:4]):
            connection.execute(sql)
        connection.execute(OLD_RUN.replace("'An old task.'", "NULL"))
    async with open_ledger(path, settings):
        pass
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        check = "INSERT INTO runs_text (runs_text, rank) VALUES ('integrity-check', 1)"
        connection.execute(check)
        connection.execute("DELETE FROM runs")
        connection.execute(check)


def test_a_python_without_text_search_is_told_so(path: Path) -> None:
    with closing(sqlite3.connect(":memory:")) as connection:
        with pytest.raises(sqlite3.OperationalError) as caught:
            connection.execute("CREATE VIRTUAL TABLE x USING fts99 (a)")
    lacking = sqlite3.OperationalError(str(caught.value).replace("fts99", "fts5"))
    error = explained(path, lacking)
    assert "cannot search texts" in error.why
    assert "Run mux with a Python" in error.next_step
