"""How soon a key is answered while an answer streams, and what that costs.

    python -m bench.tui.stream [--widgets answer,log] [--rates 50,200,1000]

Each widget streams into a real terminal of 120x40, below nothing and below an answer of
100 kB. Rate 0 is a burst of 20,000 lines.
"""

import argparse
import itertools
import os
import statistics
import sys
import time
from dataclasses import dataclass

from bench.tui.terminal import Terminal

_LOST = 5_000.0
"""Milliseconds that count for a key which was not answered."""


@dataclass(frozen=True)
class Measure:
    """What was measured in one run."""

    keys: list[float]
    """Milliseconds from each key to its echo on the screen."""

    cpu: float
    """Share of one processor while it streamed."""

    fed: float
    """Share of the tokens that could be written in time."""

    took: float
    """Seconds from the first token until everything was shown."""

    load: float
    """Seconds to show what stands above."""

    idle: float
    """Share of one processor when nothing comes."""

    memory: float
    output: float
    """Kilobytes to the terminal a second."""


def measure(widget: str, rate: int, above: int, seconds: float) -> Measure | None:
    """One run; None: it did not start."""
    module = [sys.executable, "-m", "bench.tui.stream_app"]
    terminal = Terminal([*module, widget, str(rate), str(above), str(seconds)])
    try:
        started = terminal.wait(r"S=stream LOAD=([0-9.]+);", 60)
        if not started:
            return None

        before, began = terminal.received, time.monotonic()
        keys = _keys(terminal, seconds)
        passed = time.monotonic() - began
        end = terminal.wait(r"S=end CPU=([0-9.]+); FED=([0-9.]+); TOOK=([0-9.]+);", 90)
        output = (terminal.received - before) / 1000 / passed
        memory = terminal.memory()
        idle = terminal.wait(r"IDLE=([0-9.]+);", 20)
        if not (end and idle):
            return None

        return Measure(
            keys,
            float(end[1]),
            float(end[2]),
            float(end[3]),
            float(started[1]),
            float(idle[1]),
            memory,
            output,
        )
    finally:
        terminal.close()


def _keys(terminal: Terminal, seconds: float) -> list[float]:
    """Press a key every now and then; how long each took."""
    taken: list[float] = []
    until = time.monotonic() + seconds - 0.3
    while time.monotonic() < until:
        echo = f"K={len(taken) + 1:05d};"
        took = terminal.press("x", echo)
        taken.append(_LOST if took is None else took)
        time.sleep(0.1 + 0.01 * (len(taken) % 5))
    return taken


def _row(widget: str, rate: int, above: int, runs: list[Measure]) -> str:
    keys = sorted(key for run in runs for key in run.keys)
    p95 = keys[int(0.95 * len(keys))]

    def median(name: str) -> float:
        return statistics.median(getattr(run, name) for run in runs)

    return (
        f"{widget:9} {above // 1000:4} kB {rate or 'burst':>5}  "
        f"key p50 {statistics.median(keys):6.1f} p95 {p95:6.1f} max {keys[-1]:6.1f} "
        f"ms  "
        f"CPU {median('cpu') * 100:5.1f} %  fed {median('fed') * 100:5.1f} %  "
        f"took {median('took'):5.2f} s  load {median('load'):5.2f} s  "
        f"idle {median('idle') * 100:4.2f} %  {median('memory'):5.1f} MB  "
        f"{median('output'):6.1f} kB/s"
    )


def main() -> int:
    """Measure in interleaved rounds, print a table, return 0."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--widgets", default="answer,log,markdown")
    parser.add_argument("--rates", default="50,200,1000,0")
    parser.add_argument("--above", default="0,100000")
    parser.add_argument("--seconds", type=float, default=6)
    parser.add_argument("--rounds", type=int, default=1)
    given = parser.parse_args()
    rates = [int(rate) for rate in given.rates.split(",")]
    above = [int(size) for size in given.above.split(",")]
    for size, rate in itertools.product(above, rates):
        runs: dict[str, list[Measure]] = {each: [] for each in given.widgets.split(",")}
        for _, widget in itertools.product(range(given.rounds), runs):
            if measured := measure(widget, rate, size, given.seconds):
                runs[widget].append(measured)
        for widget, measures in runs.items():
            row = (
                _row(widget, rate, size, measures) if measures else f"{widget}: failed"
            )
            print(row, flush=True)

    print("load average", *(f"{value:.2f}" for value in os.getloadavg()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
