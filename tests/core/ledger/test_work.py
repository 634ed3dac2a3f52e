"""What file work leaves is in the ledger, file by file."""

import dataclasses
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from mux_tui.core.change import digest
from mux_tui.core.config.settings import Ledger as LedgerSettings
from mux_tui.core.errors import LedgerError
from mux_tui.core.events import plain
from mux_tui.core.ledger.migrations import MIGRATIONS, statements
from mux_tui.core.ledger.query_parse import parse
from mux_tui.core.ledger.rows import FileRow, FindingRow, RunDetail, ended
from mux_tui.core.ledger.store import Ledger, open_ledger
from mux_tui.core.task import Check, Outcome, Verdict
from tests.core.ledger.facts import (
    OWNER,
    PATCH,
    a_decision,
    a_file_decision,
    a_file_outcome,
    a_task,
    a_work,
    an_attempt,
    an_outcome,
)
from tests.core.ledger.many import Stored, store


async def finished(ledger: Ledger, outcome: Outcome) -> RunDetail:
    """The run as it is read back."""
    await ledger.begin(a_task(run_id=outcome.run_id), OWNER)
    await ledger.decided(outcome.run_id, a_file_decision())
    await ledger.finish(outcome)
    return await found(ledger, outcome.run_id)


async def found(ledger: Ledger, run_id: str) -> RunDetail:
    """The run of that id, which must be there."""
    run = await ledger.get(run_id)
    assert run is not None
    return run


async def test_files_findings_and_the_patch_come_back(ledger: Ledger) -> None:
    run = await finished(ledger, a_file_outcome("01a-x"))
    first, second = run.changes
    assert first == FileRow(
        path="src/sum.py",
        kind="modify",
        before=digest(b"one\n"),
        after=digest(b"one\ntwo\r\n"),
        added=1,
        removed=0,
        hunks=3,
        kept=2,
        executable=True,
        confidence=0.9,
        note="An edit was placed by likeness.",
    )
    assert (second.path, second.before, second.kept) == ("new.txt", "", None)
    assert run.findings == (
        FindingRow("The bound is off by one.", "src/sum.py", 3, True, "It was easy."),
        FindingRow("Nobody tests it.", None, None, None, None),
    )
    assert (run.applied, run.taken_back_at) == (True, None)
    assert (run.lines_added, run.lines_removed, run.oracle) == (5, 0, "python")
    assert run.patch == PATCH
    assert run.refused == [{"path": ".git/hooks/x", "why": "belongs to git"}]
    assert run.commands == ["pytest -q"]
    assert run.files == ["src/sum.py", "new.txt"]


async def test_a_list_knows_the_files_without_reading_them(ledger: Ledger) -> None:
    await finished(ledger, a_file_outcome("01a-x"))
    await finished(ledger, a_file_outcome("01b-x", applied=False))
    await ledger.begin(a_task(run_id="01c-x"), OWNER)
    await ledger.taken_back("01a-x", 12.5)
    rows = (*await ledger.recent(5), *await ledger.search.page())
    facts = [(row.run_id, row.files, row.applied, row.taken_back_at) for row in rows]
    assert facts == 2 * [
        ("01c-x", 0, None, None),
        ("01b-x", 2, False, None),
        ("01a-x", 2, True, 12.5),
    ]
    assert [ended(row) for row in rows[:3]] == ["", "proposed", "taken back"]


async def test_an_attempt_keeps_what_it_would_have_done(ledger: Ledger) -> None:
    await ledger.begin(a_task(run_id="01a-x"), OWNER)
    attempt = dataclasses.replace(an_attempt(), work=a_work())
    await ledger.attempted("01a-x", attempt)
    await ledger.attempted("01a-x", an_attempt(2))
    first, second = (await found(ledger, "01a-x")).attempts
    assert first.work | {"patch": first.patch} == plain(a_work())
    assert (second.work, second.patch) == ({}, None)


async def test_finishing_again_doubles_no_file(ledger: Ledger) -> None:
    await finished(ledger, a_file_outcome("01a-x"))
    work = dataclasses.replace(a_work(), files=a_work().files[1:])
    await ledger.finish(a_file_outcome("01a-x", work=work, findings=()))
    run = await found(ledger, "01a-x")
    assert [file.path for file in run.changes] == ["new.txt"]
    assert run.findings == ()


@pytest.mark.parametrize(
    ("decision", "applied"), [(a_decision(), None), (a_file_decision(), False)]
)
async def test_work_that_came_to_nothing_is_not_applied_and_an_answer_is_neither(
    ledger: Ledger, decision: object, applied: bool | None
) -> None:
    await ledger.begin(a_task(run_id="01a-x"), OWNER)
    await ledger.decided("01a-x", decision)  # pyright: ignore[reportArgumentType]
    await ledger.finish(an_outcome("01a-x"))
    run = await found(ledger, "01a-x")
    assert (run.applied, run.changes, run.patch) == (applied, (), None)


async def test_only_checks_that_passed_are_the_proof(ledger: Ledger) -> None:
    checks = (
        Check("pytest", "pass"),
        Check("mypy", "unknown"),
        Check("ruff", "fail"),
        Check("parse", "pass"),
    )
    verdict = Verdict("fail", "ruff fails", checks)
    run = await finished(ledger, a_file_outcome("01a-x", verdict=verdict))
    assert run.oracle == "pytest, parse"
    run = await finished(ledger, a_file_outcome("01b-x", verdict=None))
    assert run.oracle is None


async def test_what_is_taken_back_can_be_there_again(ledger: Ledger) -> None:
    await finished(ledger, a_file_outcome("01a-x"))
    await ledger.taken_back("01a-x", 99.5)
    run = await found(ledger, "01a-x")
    assert (run.taken_back_at, run.applied, ended(run)) == (99.5, True, "taken back")
    await ledger.taken_back("01a-x", None)
    assert ended(await found(ledger, "01a-x")) == "applied"
    with pytest.raises(LedgerError, match="its beginning is not in the ledger"):
        await ledger.taken_back("01zzz", 1.0)


async def test_work_of_a_run_that_never_began_is_refused_whole(ledger: Ledger) -> None:
    with pytest.raises(LedgerError, match="its beginning is not in the ledger"):
        await ledger.finish(a_file_outcome("01a-x"))
    assert await ledger.recent(5) == ()


async def test_queries_speak_of_files(path: Path) -> None:
    store(
        path,
        [
            Stored(run_id="01a-x", kind="files", applied=1, changed=("src/Sum.py",)),
            Stored(run_id="01b-x", kind="files", applied=0, changed=("src/sum.pyi",)),
            Stored(run_id="01c-x", kind="files", applied=0),
            Stored(run_id="01d-x"),
        ],
    )
    async with open_ledger(path, LedgerSettings()) as ledger:
        found = {
            text: "".join(
                row.run_id[2] for row in await ledger.search.page(parse(text))
            )
            for text in (
                *("files:yes", "files:no", "applied:yes", "applied:no"),
                *("-applied:yes", "path:SUM", "path:src/*.py", "path:*.py?"),
                *("path:src/", "path:sum.py,nowhere", "kind:files files:no"),
                "-path:*.py",
            )
        }
    assert found == {
        "files:yes": "ba",
        "files:no": "dc",
        "applied:yes": "a",
        "applied:no": "cb",
        "-applied:yes": "dcb",
        "path:SUM": "ba",
        "path:src/*.py": "a",
        "path:*.py?": "b",
        "path:src/": "ba",
        "path:sum.py,nowhere": "ba",
        "kind:files files:no": "c",
        "-path:*.py": "dcb",
    }


async def test_a_ledger_from_before_there_was_file_work_keeps_its_runs(
    path: Path, settings: LedgerSettings
) -> None:
    """Its rows say nothing of files, are found, and new ones stand beside them."""
    path.parent.mkdir()
    row = "INSERT INTO runs (run_id, started_at, door, cwd, task, task_length, kind,"
    row += " route_requested, status, files, mux_version, owner_pid, owner_started)"
    row += " VALUES (?, 1.5, 'cli', '/x', ?, 4, 'files', 'auto', 'done',"
    row += " '[\"a.py\"]', '0', 1, 2)"
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for sql in statements(0, MIGRATIONS[:3]):
            connection.execute(sql)
        for number in range(30):
            connection.execute(row, (f"old{number:02}", f"kept {number}"))
    async with open_ledger(path, settings) as ledger:
        old = await found(ledger, "old07")
        assert (old.task, old.files, old.changes) == ("kept 7", ["a.py"], ())
        assert (old.applied, old.patch, old.lines_added) == (None, None, None)
        await finished(ledger, a_file_outcome("01a-x"))
        for text, count in (("kept", 30), ("file:a.py", 30), ("applied:yes", 1)):
            assert (await ledger.search.count(parse(text))).runs == count
        await ledger.taken_back("old07", 5.0)


async def test_foreign_values_among_files_are_read_as_nothing(path: Path) -> None:
    store(path, [Stored(applied=7, changed=("a.py",))])
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE files SET path = x'ff', kept = 'z', kind = x'05'")
        connection.execute("UPDATE runs SET refused = '{', commands = '3'")
        connection.execute("UPDATE runs SET patch = x'04'")
    async with open_ledger(path, LedgerSettings()) as ledger:
        run = await found(ledger, "01a")
        (row,) = await ledger.recent(1)
    (file,) = run.changes
    assert (file.path, file.kept, file.kind) == ("", None, "")
    assert (run.refused, run.commands, run.patch) == ([], [], None)
    assert (run.applied, row.applied, row.files) == (None, None, 1)


async def test_a_deleted_run_takes_its_files_along(path: Path, ledger: Ledger) -> None:
    await finished(ledger, a_file_outcome("01a-x"))
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("DELETE FROM runs")
        for table in ("files", "findings"):
            rows = connection.execute(f"SELECT count(*) FROM {table}").fetchone()
            assert rows == (0,)
