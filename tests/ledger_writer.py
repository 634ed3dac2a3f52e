"""A program that records runs as fast as it can, to be tortured from outside.

Prints the id of each run after its outcome is committed. With `--seconds` it ends by
itself and prints the longest time that one call took.
"""

import argparse
import asyncio
import sys
import time
from functools import partial
from pathlib import Path

from mux_tui.core.config.settings import Ledger as LedgerSettings
from mux_tui.core.errors import MuxError
from mux_tui.core.ledger.store import Ledger, open_ledger
from tests.core.ledger.facts import OWNER, a_decision, a_task, an_attempt, an_outcome


async def record_one(ledger: Ledger) -> float:
    """Record one run, tell of it, and return the seconds of the slowest call."""
    task = a_task()
    times = [time.monotonic()]
    for step in (
        partial(ledger.begin, task, OWNER),
        partial(ledger.decided, task.run_id, a_decision()),
        partial(ledger.attempted, task.run_id, an_attempt()),
        partial(ledger.finish, an_outcome(task.run_id, "x" * 700)),
    ):
        await step()
        times.append(time.monotonic())
    sys.stdout.write(f"{task.run_id}\n")
    sys.stdout.flush()
    return max(after - before for before, after in zip(times, times[1:], strict=False))


async def record(path: Path, seconds: float) -> None:
    """Record runs, one after the other, for so many seconds."""
    end = time.monotonic() + seconds
    longest = 0.0
    async with open_ledger(path, LedgerSettings(busy_timeout=30)) as ledger:
        while time.monotonic() < end:
            longest = max(longest, await record_one(ledger))
    sys.stdout.write(f"{longest}\n")


def main() -> int:
    """Record until killed, out of time, or refused."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("ledger", type=Path)
    parser.add_argument("--seconds", type=float, default=float("inf"))
    options = parser.parse_args()
    try:
        asyncio.run(record(options.ledger, options.seconds))
    except MuxError as error:
        sys.stderr.write(f"{error}\n")
        return 3

    return 0


if __name__ == "__main__":
    sys.exit(main())
