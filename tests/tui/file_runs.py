"""Runs that changed files for real: in the ledger, in the archive, and on the disk."""

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from mux_tui.core.change import ChangeSet, FileChange, Refusal
from mux_tui.core.ledger.owner import Owner
from mux_tui.core.ledger.store import Ledger
from mux_tui.core.task import Decision, Outcome, Task, Usage
from mux_tui.core.work import Work
from mux_tui.core.workspace.apply import apply
from mux_tui.core.workspace.archive import Archive
from mux_tui.core.workspace.figures import with_kept
from tests.tui.changes_stage import FINDINGS, PROVED, TWO_FILES, proposed
from tests.tui.stage import NOW, StageDesk

APPLIED = "1n0b0b001-x"
DECLINED = "1n0b0b002-x"
_OWNER = Owner(4242, 1_700_000_000.25)


def lay(cwd: Path, changes: Sequence[FileChange] = TWO_FILES) -> None:
    """Put the files there as they were before."""
    for change in changes:
        if change.before is not None:
            path = cwd / change.path
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(change.before)


def write(desk: StageDesk, run_id: str = APPLIED) -> None:
    """Have a run write its changes."""
    lay(desk.cwd)
    archive = Archive(desk.environment.paths.changes)
    apply(desk.cwd, ChangeSet(TWO_FILES), run_id, archive)


def fills(desk: StageDesk) -> None:
    """Put a run that wrote its changes into the ledger, and one that was declined."""

    async def fill(ledger: Ledger) -> None:
        work = proposed(desk.cwd).work
        kept = with_kept(work.files, ChangeSet(TWO_FILES))
        refused = (Refusal("../etc/passwd", "leaves the work directory"),)
        plain = replace(work, refused=refused, commands=("make clean",))
        await _record(ledger, desk.cwd, DECLINED, plain, applied=False)
        await _record(ledger, desk.cwd, APPLIED, replace(work, files=kept))

    desk.fill = fill


async def _record(
    ledger: Ledger, cwd: Path, run_id: str, work: Work, *, applied: bool = True
) -> None:
    task = Task("Guard UserService against a missing user", cwd, run_id)
    decision = Decision("local", "local_preferred", "stays local", kind="files")
    await ledger.begin(task, _OWNER, str(cwd))
    await ledger.decided(run_id, decision)
    outcome = Outcome(
        run_id,
        "done" if applied else "declined",
        "local_preferred" if applied else "changes_declined",
        "The changes were proved." if applied else "nobody said yes",
        "local",
        "chat_completions",
        "qwen2.5-coder-7b",
        verdict=PROVED,
        usage=Usage(6200, 248),
        files=work.paths if applied else (),
        work=work,
        findings=FINDINGS if applied else (),
        applied=applied,
        seconds=7.4,
    )
    await ledger.finish(outcome)
    with closing(sqlite3.connect(ledger.path)) as connection, connection:
        connection.execute(
            "UPDATE runs SET started_at = ?, ended_at = ?, mux_version = '0',"
            " cwd = '/code/shop', repository = '/code/shop' WHERE run_id = ?",
            (NOW - 3600, NOW - 3590, run_id),
        )
