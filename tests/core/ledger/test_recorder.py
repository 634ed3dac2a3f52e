"""A task goes on whatever becomes of its record."""

import asyncio
import resource
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from mux_tui.core.config.settings import Ledger as LedgerSettings
from mux_tui.core.ledger.recorder import Recorder
from mux_tui.core.ledger.store import Ledger, open_ledger
from tests.core.ledger.facts import OWNER, a_decision, a_task, an_attempt, an_outcome

PROGRAM = """
import asyncio, pathlib, resource, sys
from mux_tui.core.config.settings import Ledger
from mux_tui.core.ledger.recorder import Recorder
from mux_tui.core.ledger.store import open_ledger
from tests.core.ledger.facts import OWNER, a_decision, a_task, an_attempt, an_outcome

async def main():
    async with open_ledger(pathlib.Path(sys.argv[1]), Ledger()) as ledger:
        before = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (90_000, before[1]))
        recorder = Recorder(ledger, OWNER, lambda text: print("warned:", text))
        task = a_task("x" * 200_000, "01run")
        await recorder.begin(task)
        await recorder.decided("01run", a_decision())
        print("the task goes on")
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        await recorder.attempted("01run", an_attempt())
        await recorder.finish(an_outcome("01run"))

asyncio.run(main())
"""


async def record(recorder: Recorder) -> str:
    task = a_task()
    await recorder.begin(task)
    await recorder.decided(task.run_id, a_decision())
    await recorder.attempted(task.run_id, an_attempt())
    await recorder.finish(an_outcome(task.run_id))
    return task.run_id


async def test_every_step_is_recorded(ledger: Ledger) -> None:
    said: list[str] = []
    run = await ledger.get(await record(Recorder(ledger, OWNER, said.append)))
    assert run is not None
    assert (run.status, run.decided_route, len(run.attempts)) == ("done", "local", 1)
    assert said == []


async def test_a_step_that_was_cancelled_is_not_in_the_way_of_the_next(
    ledger: Ledger,
) -> None:
    """Its row is written all the same, and the end of the task after it."""
    said: list[str] = []
    recorder = Recorder(ledger, OWNER, said.append)
    task = a_task()
    beginning = asyncio.create_task(recorder.begin(task))
    await asyncio.sleep(0)
    beginning.cancel()
    with pytest.raises(asyncio.CancelledError):
        await beginning
    await recorder.finish(an_outcome(task.run_id))
    run = await ledger.get(task.run_id)
    assert run is not None
    assert (run.status, said) == ("done", [])


async def test_without_a_ledger_nothing_happens() -> None:
    said: list[str] = []
    assert await record(Recorder(None, OWNER, said.append))
    assert said == []


async def test_a_ledger_that_stays_locked_is_told_once(
    path: Path, settings: LedgerSettings
) -> None:
    said: list[str] = []
    settings = LedgerSettings(busy_timeout=0.1)
    async with open_ledger(path, settings) as ledger:
        with closing(sqlite3.connect(path, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            await record(Recorder(ledger, OWNER, said.append))
    (warning,) = said
    assert f"{path} is locked" in warning
    assert warning.endswith("The task goes on without being recorded")


def test_a_file_that_cannot_grow_for_a_while_costs_a_warning_and_no_row(
    tmp_path: Path,
) -> None:
    """What could not be written is written as soon as it can be."""
    path = tmp_path / "ledger.db"
    # Python ignores SIGXFSZ, so that a write past the limit is an error.
    assert resource.RLIMIT_FSIZE is not None
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(path)],
        cwd=Path(__file__).parents[3],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.stderr == ""
    warning, goes_on = done.stdout.splitlines()
    assert warning.startswith(f"warned: the ledger {path} does not work: disk I/O")
    assert goes_on == "the task goes on"
    with closing(sqlite3.connect(path)) as connection:
        rows = connection.execute("SELECT run_id, status, decided_route FROM runs")
        assert rows.fetchall() == [("01run", "done", "local")]
