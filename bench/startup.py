"""How long `mux` takes to start, as ratios to an interpreter with three imports.

    python -m bench.startup [--rounds N]

Every round runs each command once, in turn, so that a busy moment hits all of them.
"""

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping

COMMANDS = {
    "python -c 'import argparse, json, asyncio'": (
        "-c",
        "import argparse, json, asyncio",
    ),
    "python -c pass": ("-c", "pass"),
    "mux --version": ("-m", "mux_tui", "--version"),
    "mux --help": ("-m", "mux_tui", "--help"),
    "mux config path": ("-m", "mux_tui", "config", "path"),
    "mux route TASK": ("-m", "mux_tui", "route", "Say hello.", "--json"),
}
BASE = next(iter(COMMANDS))


def measure(rounds: int, environment: Mapping[str, str]) -> dict[str, list[float]]:
    """Seconds of each command, `rounds` times, in turn."""
    seconds: dict[str, list[float]] = {name: [] for name in COMMANDS}
    for _ in range(rounds):
        for name, arguments in COMMANDS.items():
            started = time.perf_counter()
            subprocess.run(
                [sys.executable, *arguments],
                check=True,
                env=environment,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            seconds[name].append(time.perf_counter() - started)

    return seconds


def main() -> int:
    """Measure, print a table, return 0."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=15)
    rounds = parser.parse_args().rounds
    with tempfile.TemporaryDirectory() as home:
        measured = measure(rounds, {"HOME": home, "MUX_HOME": home, "PATH": ""})

    base = statistics.median(measured[BASE])
    print(f"{'command':44} {'median':>9} {'ratio':>7}   (medians of {rounds} runs)")
    for name, values in measured.items():
        median = statistics.median(values)
        print(f"{name:44} {median * 1000:6.1f} ms {median / base:6.2f}x")

    return 0


if __name__ == "__main__":
    sys.exit(main())
