"""Recording a request costs it nothing, whatever becomes of the record."""

import os
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import anyio

from mux_tui.core.config.settings import Ledger as LedgerSettings
from mux_tui.core.exchange import Exchange
from mux_tui.core.ledger.exchange_recorder import ExchangeRecorder
from mux_tui.core.ledger.store import Ledger, open_ledger
from tests.core.ledger.facts import OWNER, an_exchange

PROGRAM = """
import asyncio, pathlib, sys
from mux_tui.core.config.settings import Ledger
from mux_tui.core.ledger.exchange_recorder import ExchangeRecorder
from mux_tui.core.ledger.store import open_ledger
from tests.core.ledger.facts import OWNER, an_exchange

async def main():
    async with open_ledger(pathlib.Path(sys.argv[1]), Ledger()) as ledger:
        async with ExchangeRecorder(ledger, OWNER, print).working() as recorder:
            for number in range(5):
                recorder.record(an_exchange(f"{number:03}"))
            while len(await ledger.exchanges(9)) < 5:
                await asyncio.sleep(0.01)
            print("recorded", flush=True)
            recorder.record(an_exchange("late"))
            await asyncio.sleep(60)

asyncio.run(main())
"""


async def test_what_was_recorded_is_there_when_the_recorder_ends(
    ledger: Ledger,
) -> None:
    """Also when it ends at once, and with more rows than one batch holds."""
    said: list[str] = []
    async with ExchangeRecorder(ledger, OWNER, said.append).working() as recorder:
        for number in range(250):
            recorder.record(Exchange(f"{number:03}"))
        recorder.record(Exchange("000", status="done"))
    rows = await ledger.exchanges(1000)
    assert len(rows) == 250
    assert [row.status for row in rows if row.exchange_id == "000"] == ["done"]
    assert said == []


async def test_rows_are_written_while_it_works(ledger: Ledger) -> None:
    async with ExchangeRecorder(ledger, OWNER, print).working() as recorder:
        for status in ("running", "done"):
            recorder.record(an_exchange(status=status))
            with anyio.fail_after(60):
                while [r.status for r in await ledger.exchanges(9)] != [status]:
                    await anyio.sleep(0.005)


async def test_without_a_ledger_nothing_happens() -> None:
    async with ExchangeRecorder(None, OWNER, print).working() as recorder:
        recorder.record(an_exchange())


async def test_a_ledger_that_is_locked_for_a_while_costs_a_warning_and_no_row(
    path: Path,
) -> None:
    said: list[str] = []
    settings = LedgerSettings(busy_timeout=0.1)
    async with (
        open_ledger(path, settings) as ledger,
        ExchangeRecorder(ledger, OWNER, said.append).working() as recorder,
    ):
        with closing(sqlite3.connect(path, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            recorder.record(an_exchange("01"))
            with anyio.fail_after(60):
                while not said:
                    await anyio.sleep(0.005)
            other.execute("ROLLBACK")
        recorder.record(an_exchange("02"))
        with anyio.fail_after(60):
            while len(await ledger.exchanges(9)) < 2:
                await anyio.sleep(0.005)
    (warning,) = said
    assert f"{path} is locked" in warning
    assert warning.endswith("Requests go on without being recorded")


async def test_what_waits_is_bounded_and_the_newest_is_kept(path: Path) -> None:
    said: list[str] = []
    settings = LedgerSettings(busy_timeout=0.1)
    async with open_ledger(path, settings) as ledger:
        recorder = ExchangeRecorder(ledger, OWNER, said.append, most_waiting=10)
        for number in range(50):
            recorder.record(Exchange(f"{number:03}"))
        async with recorder.working():
            pass
        rows = await ledger.exchanges(100)
    assert [row.exchange_id for row in rows] == [f"{n:03}" for n in range(49, 39, -1)]


def test_a_killed_process_has_lost_nothing_that_was_written(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(path)],
        cwd=Path(__file__).parents[3],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    with process:
        assert process.stdout.readline() == "recorded\n"
        os.kill(process.pid, signal.SIGKILL)
    with closing(sqlite3.connect(path)) as connection:
        sql = "SELECT exchange_id FROM exchanges WHERE exchange_id < 'l' ORDER BY id"
        found = [row[0] for row in connection.execute(sql)]
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert found == [f"{number:03}" for number in range(5)]
