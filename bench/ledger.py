"""What the ledger costs, as ratios to plain sqlite3 doing the same statements.

    python -m bench.ledger [--rounds N] [--runs N] [--rows N]

`ceiling` is sqlite3 without threads, locks, encoding or redaction. A whole run is four
writes: its beginning, the decision, an attempt, the outcome (the only one flushed).
"""

import argparse
import asyncio
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from contextlib import closing
from pathlib import Path

from mux_tui.core.config.settings import Ledger as LedgerSettings
from mux_tui.core.ledger.migrations import MIGRATIONS, statements
from mux_tui.core.ledger.store import Ledger, open_ledger
from tests.core.ledger.facts import OWNER, a_decision, a_task, an_attempt, an_outcome

BEGIN = """
INSERT INTO runs (run_id, started_at, door, cwd, task, task_length, route_requested,
    status, mux_version, owner_pid, owner_started)
VALUES (?, 1.5, 'cli', '/work', ?, 10, 'auto', ?, '0', 1, 1.5)
"""


def plain(path: Path) -> sqlite3.Connection:
    """A ledger's tables, open in sqlite3 itself."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = NORMAL")
    for sql in statements(0, MIGRATIONS):
        connection.execute(sql)
    return connection


def ceiling(path: Path, count: int) -> float:
    """Inserts a second of sqlite3, one commit each."""
    with closing(plain(path)) as connection:
        started = time.perf_counter()
        for number in range(count):
            connection.execute(BEGIN, (f"run-{number}", "Say hello.", "running"))
        return count / (time.perf_counter() - started)


async def ours(path: Path, count: int) -> tuple[float, float]:
    """Beginnings a second, and whole runs a second, through the ledger."""
    async with open_ledger(path, LedgerSettings()) as ledger:
        started = time.perf_counter()
        for _ in range(count):
            await ledger.begin(a_task(), OWNER)
        begun = time.perf_counter()
        for _ in range(count):
            await whole_run(ledger)
        ended = time.perf_counter()
    return count / (begun - started), count / (ended - begun)


async def whole_run(ledger: Ledger) -> None:
    """Record one run from its beginning to its outcome."""
    task = a_task()
    await ledger.begin(task, OWNER)
    await ledger.decided(task.run_id, a_decision())
    await ledger.attempted(task.run_id, an_attempt())
    await ledger.finish(an_outcome(task.run_id))


def fill(path: Path, rows: int) -> None:
    """Put many runs into a ledger at once."""
    with closing(plain(path)) as connection:
        connection.execute("BEGIN")
        for number in range(rows):
            status = "failed" if number % 10 == 0 else "done"
            connection.execute(BEGIN, (f"run-{number:09}", "word " * 20, status))
        connection.execute("COMMIT")


async def reads(path: Path, rows: int, rounds: int) -> dict[str, float]:
    """Milliseconds of each way to read, medians."""
    async with open_ledger(path, LedgerSettings()) as ledger:
        ways: dict[str, Callable[[], Awaitable[object]]] = {
            "first page of 50": lambda: ledger.recent(50),
            "page in the middle": lambda: ledger.recent(50, rows // 2),
            "last page": lambda: ledger.recent(50, 51),
            "page of one status": lambda: ledger.recent(50, rows // 2, status="failed"),
            "one run by id": lambda: ledger.get(f"run-{rows // 2:09}"),
            "summary of 200": lambda: ledger.summary(),
        }
        return {name: await timed(way, rounds) for name, way in ways.items()}


async def timed(call: Callable[[], Awaitable[object]], rounds: int) -> float:
    """The median of `rounds` calls, in milliseconds."""
    seconds: list[float] = []
    for _ in range(rounds):
        started = time.perf_counter()
        await call()
        seconds.append(time.perf_counter() - started)
    return statistics.median(seconds) * 1000


def main() -> int:
    """Measure, print two tables, return 0."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--runs", type=int, default=400, help="recorded in each round")
    parser.add_argument("--rows", type=int, default=100_000, help="in the ledger read")
    options = parser.parse_args()
    rates: list[tuple[float, float, float]] = []
    with tempfile.TemporaryDirectory() as place:
        for number in range(options.rounds):
            base = ceiling(Path(place) / f"plain{number}.db", options.runs)
            path = Path(place) / f"ours{number}.db"
            rates.append((base, *asyncio.run(ours(path, options.runs))))
        large = Path(place) / "large.db"
        fill(large, options.rows)
        pages = asyncio.run(reads(large, options.rows, options.rounds * 10))

    base, begun, whole = (
        statistics.median(column) for column in zip(*rates, strict=True)
    )
    print(f"{'writing':32} {'per second':>10} {'ratio':>7}   (medians)")
    print(f"{'sqlite3, one insert a commit':32} {base:10,.0f} {1:6.2f}x")
    print(f"{'ledger, begin':32} {begun:10,.0f} {begun / base:6.2f}x")
    print(f"{'ledger, whole run of 4 writes':32} {whole:10,.0f} {whole / base:6.3f}x")
    first = pages["first page of 50"]
    print(f"\n{f'reading, {options.rows:,} runs':32} {'ms':>10} {'ratio':>7}")
    for name, milliseconds in pages.items():
        print(f"{name:32} {milliseconds:10.3f} {milliseconds / first:6.2f}x")
    return 0


if __name__ == "__main__":
    sys.exit(main())
