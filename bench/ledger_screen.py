"""What the ledger's screen costs on a large ledger, beside a minimal Textual app.

    python -m bench.ledger_screen [--rows N] [--file FILE]

Measured inside one process, without a terminal: from the app's start to the first rows,
from a key to rows that are all known, and the memory afterwards. `--file` is a ledger
that `bench.ledger_queries --file` has made.
"""

import argparse
import asyncio
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from textual.app import App, ComposeResult
from textual.widgets import Static

from bench.ledger_queries import NOW, fill
from mux_tui.tui.app import MuxApp
from mux_tui.tui.screens.ledger.screen import LedgerScreen
from mux_tui.tui.widgets.ledger.run_list import RunList
from tests.tui.stage import make_desk

SIZE = (120, 40)
KEYS = (("pagedown", 60), ("end", 1), ("home", 1), ("j", 40))


class Minimal(App[None]):
    """The least there is to show."""

    def compose(self) -> ComposeResult:
        """One word."""
        yield Static("x")


async def minimal() -> float:
    """Seconds to the first frame of a minimal app."""
    started = time.perf_counter()
    async with Minimal().run_test(size=SIZE):
        return time.perf_counter() - started


async def met(holds: Callable[[], bool]) -> float:
    """Seconds until it holds."""
    started = time.perf_counter()
    while not holds():  # noqa: ASYNC110
        await asyncio.sleep(0.0005)
    return time.perf_counter() - started


def known(runs: RunList) -> bool:
    """Whether every row that is seen shows its run."""
    return bool(runs.seen) and not any(runs.is_missing(number) for number in runs.seen)


async def measured(path: Path, home: Path) -> None:
    """Open the screen on a ledger, press keys, print what it took."""
    desk = make_desk(home, settings={"ledger.path": str(path)})
    desk.now = lambda: NOW
    base = await minimal()
    started = time.perf_counter()
    app = MuxApp(desk, "ledger")
    async with app.run_test(size=SIZE):
        screen = app.screen
        assert isinstance(screen, LedgerScreen)
        await met(lambda: known(screen.runs))
        first = time.perf_counter() - started
        print(f"{'minimal app, first frame':34} {base * 1000:9.1f} ms")
        print(f"{'ledger, first rows':34} {first * 1000:9.1f} ms")
        await asyncio.sleep(1)
        for key, times in KEYS:
            seconds = [await pressed(app, screen.runs, key) for _ in range(times)]
            seconds.sort()
            p50 = statistics.median(seconds) * 1000
            p95 = seconds[int(len(seconds) * 0.95)] * 1000
            print(f"{key:34} {p50:9.1f} ms p50 {p95:9.1f} ms p95")
    print(f"{'memory':34} {memory():9.1f} MB")


async def pressed(app: MuxApp, runs: RunList, key: str) -> float:
    """Seconds from a key to a list that shows what it leads to."""
    before = runs.cursor
    app.simulate_key(key)
    return await met(lambda: runs.cursor != before and known(runs))


def memory() -> float:
    """Megabytes of this process that are in memory."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line[:6] == "VmRSS:") / 1024


def main() -> int:
    """Measure, print, return 0."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--file", type=Path, help="a ledger that is there already")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        path = options.file or Path(place) / "large.db"
        if not path.exists():
            fill(path, options.rows)
        asyncio.run(measured(path, Path(place)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
