"""What SQLite says becomes what happened, why, and what to do."""

import sqlite3
from pathlib import Path

import pytest

from mux_tui.core.errors import LedgerError
from mux_tui.core.ledger.connection import connect
from mux_tui.core.ledger.faults import code_of, explained, unusable


def sqlite_error(code: int, text: str) -> sqlite3.Error:
    error = sqlite3.OperationalError(text)
    error.sqlite_errorcode = code
    return error


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        (sqlite3.SQLITE_BUSY, "is locked: another program"),
        (sqlite3.SQLITE_BUSY_SNAPSHOT, "is locked: another program"),
        (sqlite3.SQLITE_LOCKED, "is locked: another program"),
        (sqlite3.SQLITE_NOTADB, "is damaged: boom. Nothing was changed"),
        (sqlite3.SQLITE_CORRUPT_INDEX, "is damaged: boom. Nothing was changed"),
        (sqlite3.SQLITE_FULL, "disk full"),
        (sqlite3.SQLITE_READONLY_DIRECTORY, "cannot write the ledger"),
        (sqlite3.SQLITE_CANTOPEN, "cannot write the ledger"),
        (sqlite3.SQLITE_IOERR_READ, "does not work: boom. See: mux doctor"),
        (sqlite3.SQLITE_ERROR, "does not work: boom. See: mux doctor"),
    ],
)
def test_each_result_code_is_explained(
    tmp_path: Path, code: int, expected: str
) -> None:
    path = tmp_path / "ledger.db"
    message = str(explained(path, sqlite_error(code, "boom")))
    assert expected in message
    assert str(path) in message


def test_an_error_that_is_not_from_sqlite_is_shown_on_one_line(tmp_path: Path) -> None:
    error = explained(tmp_path, ValueError("two\nlines \x1b[2J"))
    assert "two lines ␛[2J" in str(error)
    assert code_of(ValueError()) == 0


def test_a_path_with_blanks_and_quotes_can_be_moved_as_told() -> None:
    error = explained(Path("/a b/it's.db"), sqlite_error(sqlite3.SQLITE_NOTADB, "no"))
    assert """mv '/a b/it'"'"'s.db' '/a b/it'"'"'s.db.corrupt-2""" in error.next_step


def test_a_hostile_path_cannot_reach_the_terminal() -> None:
    for error in (
        explained(Path("/a\x1b[2J"), sqlite_error(sqlite3.SQLITE_NOTADB, "no")),
        unusable(Path("/a\x1b[2J"), OSError(13, "denied \x1b[2J")),
    ):
        assert "\x1b" not in str(error)


async def test_a_full_database_refuses_the_row_and_keeps_the_others(
    tmp_path: Path,
) -> None:
    async with connect(tmp_path / "ledger.db", 1) as connection:
        await connection.run("CREATE TABLE t (x)")
        await connection.run("INSERT INTO t VALUES ('first')")
        await connection.run("PRAGMA max_page_count = 3")
        with pytest.raises(LedgerError, match="disk full"):
            await connection.run("INSERT INTO t VALUES (?)", ("x" * 100_000,))
        assert await connection.number("SELECT count(*) FROM t") == 1
