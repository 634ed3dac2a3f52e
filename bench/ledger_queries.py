"""What looking into a large ledger costs, beside plain sqlite3 reading a page by key.

    python -m bench.ledger_queries [--rows N] [--rounds N] [--file FILE]

Milliseconds are medians through the ledger as the cockpit uses it: threads, rows made
into facts, two statements a page. `--file` keeps the database for the next time.
"""

import argparse
import asyncio
import random
import resource
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import closing
from itertools import accumulate
from pathlib import Path

from mux_tui.core.config.settings import Ledger as LedgerSettings
from mux_tui.core.ledger.listing import Listing
from mux_tui.core.ledger.migrations import MIGRATIONS, statements
from mux_tui.core.ledger.query_parse import parse
from mux_tui.core.ledger.rows import RunRow, select
from mux_tui.core.ledger.search import Search
from mux_tui.core.ledger.store import open_ledger

INSERT = """
INSERT INTO runs (run_id, started_at, duration, door, cwd, repository, task,
    task_length, kind, route_requested, decided_route, status, reason, route,
    gen_ai_response_model, confidence, verdict, retries, gen_ai_usage_input_tokens,
    gen_ai_usage_output_tokens, cost_usd, output, mux_version, owner_pid,
    owner_started)
VALUES (?, ?, ?, 'cli', ?, ?, ?, 80, 'advisory', 'auto', 'local', ?, 'local_preferred',
    ?, ?, ?, ?, 0, ?, ?, ?, ?, '0', 1, 1.5)
"""
PAGE = f"SELECT {select(RunRow)} FROM runs WHERE id < ? ORDER BY id DESC LIMIT 50"
NOW = 1_800_000_000.0
MINUTES = 5
"""Between two runs."""

QUERIES = (
    ("status:failed", "one word, one in ten"),
    ("route:codex", "one word, rare"),
    ("since:7d", "the last days"),
    ("route:claude since:30d conf<0.6", "words, days and a number"),
    ("conf<0.6", "a number, common"),
    ("null pointer", "two common words"),
    ("kwyjibo", "a rare word"),
    ('"null pointer"', "a phrase"),
    ("c*", "a prefix of one letter"),
    ("con*", "a common prefix"),
    ("conca*", "a longer prefix"),
    ("kwy*", "a rare prefix"),
    ("null route:codex", "a common word and a rare route"),
)


def fill(path: Path, rows: int) -> float:
    """Make a ledger of so many runs; seconds of its last migration."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        for sql in statements(0, MIGRATIONS[:2]):
            connection.execute(sql)
        connection.execute("BEGIN")
        connection.executemany(INSERT, _runs(rows))
        connection.execute("COMMIT")
        started = time.perf_counter()
        for sql in statements(2, MIGRATIONS):
            connection.execute(sql)
        return time.perf_counter() - started


def _runs(rows: int) -> Iterator[tuple[object, ...]]:
    chance = random.Random(1)
    words, weights = _vocabulary(chance)
    for number in range(rows):
        task = " ".join(chance.choices(words, cum_weights=weights, k=10))
        task += " null pointer" * (number % 20 == 0)
        task += " kwyjibo" * (number % 99_991 == 0)
        route = "codex" if number % 5000 == 0 else chance.choice(("local", "claude"))
        yield (
            *(f"run-{number:09}", NOW - (rows - number) * MINUTES * 60),
            *(chance.random() * 60, "/code/shop", "/code/shop", task),
            *("failed" if number % 10 == 0 else "done", route, "qwen3-coder-30b"),
            *(chance.random(), chance.choice(("pass", "fail", None))),
            *(1200, 300, 0.01 * (route != "local")),
            " ".join(chance.choices(words, cum_weights=weights, k=20)),
        )


def _vocabulary(chance: random.Random) -> tuple[list[str], list[float]]:
    """Words, frequent ones first, and the sums of their frequencies."""
    first = ("b", "c", "d", "f", "g", "l", "m", "n", "p", "r", "s", "t", "con", "re")
    parts = [start + end for start in first for end in ("a", "e", "i", "o", "er", "un")]
    drawn = (
        "".join(chance.choices(parts, k=chance.randint(1, 4))) for _ in range(30_000)
    )
    words = sorted(set(drawn), key=lambda word: (len(word) + chance.random() * 9, word))
    return words, list(accumulate(1 / (rank + 3) for rank in range(len(words))))


async def timed(call: Callable[[], Awaitable[object]], rounds: int) -> float:
    """The median of `rounds` calls, in milliseconds."""
    seconds: list[float] = []
    for _ in range(rounds):
        started = time.perf_counter()
        await call()
        seconds.append(time.perf_counter() - started)
    return statistics.median(seconds) * 1000


def floor(path: Path, rows: int, rounds: int) -> float:
    """Milliseconds of a page by key in sqlite3 itself."""
    with closing(sqlite3.connect(path)) as connection:
        seconds: list[float] = []
        for _ in range(rounds):
            started = time.perf_counter()
            connection.execute(PAGE, (rows // 2,)).fetchall()
            seconds.append(time.perf_counter() - started)
    return statistics.median(seconds) * 1000


async def grown(search: Search, text: str) -> tuple[Listing, float]:
    """A list that knows all of its rows, and the milliseconds that took."""
    started = time.perf_counter()
    listing = await search.listing(parse(text), NOW)
    while await listing.grow():
        pass
    return listing, (time.perf_counter() - started) * 1000


async def measured(path: Path, rows: int, rounds: int) -> Iterator[tuple[str, float]]:
    """Each way to look, and its milliseconds."""
    found: list[tuple[str, float]] = []
    async with open_ledger(path, LedgerSettings()) as ledger:
        search = ledger.search
        everything = await search.listing(now=NOW)
        ways: list[tuple[str, Callable[[], Awaitable[object]]]] = [
            ("first page of 50", lambda: search.page()),
            ("page in the middle, down", lambda: search.page(before_id=rows // 2)),
            ("page in the middle, up", lambda: search.page(after_id=rows // 2)),
            ("rows by number, in the middle", lambda: everything.rows(rows // 2, 50)),
            ("has it changed?", lambda: search.version()),
            ("take in what changed", lambda: everything.refresh()),
        ]
        found.extend([(name, await timed(way, rounds)) for name, way in ways])
        for text, what in QUERIES:
            query = parse(text)
            found.append((f"\n{text}   ({what})", -1))
            for name, before in (("first page", None), ("in the middle", rows // 2)):
                way = lambda q=query, b=before: search.page(q, before_id=b, now=NOW)  # noqa: E731
                found.append((f"  {name}", await timed(way, rounds)))
            way = lambda q=query: search.listing(q, NOW)  # noqa: E731
            found.append(("  numbered list, first rows", await timed(way, rounds)))
            listing, took = await grown(search, text)
            found.append((f"  all of its {len(listing):,} rows, in steps", took))
            way = lambda one=listing: one.rows(len(one) // 2, 50)  # noqa: E731
            found.append(("  rows by number", await timed(way, rounds)))
        started = time.perf_counter()
        await search.statistics(now=NOW)
        took = (time.perf_counter() - started) * 1000
        found.append(("\nstatistics of the newest 20,000", took))
    return iter(found)


def main() -> int:
    """Measure, print a table, return 0."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=21)
    parser.add_argument("--file", type=Path, help="where the ledger is, or will be")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        path = options.file or Path(place) / "large.db"
        if not path.exists():
            took = fill(path, options.rows)
            print(f"search index of {options.rows:,} runs made in {took:.1f} s")
        print(f"{path.stat().st_size / 1e6:,.0f} MB")
        base = floor(path, options.rows, options.rounds)
        print(f"{'':58} {'ms':>9} {'ratio':>8}")
        print(f"{'sqlite3, page of 50 by key':58} {base:9.3f} {1:7.2f}x")
        for name, took in asyncio.run(measured(path, options.rows, options.rounds)):
            tail = f"{took:9.3f} {took / base:7.2f}x" if took >= 0 else ""
            print(f"{name:58} {tail}")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"\npeak memory {peak:.0f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
