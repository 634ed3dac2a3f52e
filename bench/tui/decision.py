"""How soon the decision is on the screen after Enter, in the real cockpit.

    python -m bench.tui.decision [--rounds N] [--tasks N]

A server of the tests plays the local model. The time is from the byte of the key to the
first paint of the decided route, and from there to the first word of the answer; keys
are pressed while an answer streams, too. Target: 50 ms for half of the decisions.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from bench.tui.terminal import Terminal

PROJECT = Path(__file__).resolve().parents[2]
_ROUTE = "LOCAL"
_ANSWER = "Answer"
_TASK = "Explain what a race condition is, with a short example"
_LOST = 5_000.0


@contextmanager
def model(pieces: int, delay: float) -> Generator[str]:
    """A local model that streams slowly; gives its address."""
    command = [sys.executable, "-m", "tests.upstream", "--text", f"{_ANSWER} " * pieces]
    command += ["--pieces", str(pieces), "--delay", str(delay)]
    server = subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.PIPE, text=True)
    try:
        assert server.stdout
        yield json.loads(server.stdout.readline())["base_url"]
    finally:
        server.terminate()
        server.wait()


def settled(terminal: Terminal, seconds: float = 0.5) -> None:
    """Wait until nothing has been painted for a while."""
    until = time.monotonic() + 20
    while terminal.quiet < seconds and time.monotonic() < until:
        time.sleep(0.02)


def measure(command: list[str], home: Path, tasks: int) -> tuple[list[float], ...]:
    """One start of the cockpit: decisions, and keys while an answer comes."""
    variables = {"HOME": str(home), "MUX_HOME": str(home / "mux")}
    terminal = Terminal(command, variables | {"PYTHONPATH": str(PROJECT)}, home)
    decided: list[float] = []
    keys: list[float] = []
    try:
        terminal.wait("ready", 20)
        settled(terminal)
        for number in range(tasks):
            terminal.type(_TASK)
            settled(terminal)
            took = terminal.press("\r", _ROUTE, 5)
            decided.append(_LOST if took is None else took)
            terminal.wait(_ANSWER, 5)
            # Back to the entry, and letters into it while the answer comes.
            terminal.type("i")
            time.sleep(0.2)
            for letter in "qzjxvQZJXV":
                took = terminal.press(letter, letter, 5)
                keys.append(_LOST if took is None else took)
                time.sleep(0.05)
            settled(terminal)
            terminal.type("\x15")
            if number + 1 < tasks:
                settled(terminal)
    finally:
        terminal.close()
    return decided, keys


def _row(name: str, times: list[float]) -> str:
    ordered = sorted(times)
    p95 = ordered[int(0.95 * (len(ordered) - 1))]
    return (
        f"{name:32} p50 {statistics.median(ordered):6.1f}  p95 {p95:6.1f}  "
        f"max {ordered[-1]:6.1f} ms  ({len(ordered)})"
    )


def main() -> int:
    """Measure, print a table, return 0."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--tasks", type=int, default=4)
    given = parser.parse_args()
    firsts: list[float] = []
    later: list[float] = []
    keys: list[float] = []
    with tempfile.TemporaryDirectory() as folder, model(150, 0.02) as address:
        command = [sys.executable, "-m", "mux_tui"]
        command += ["--set", f"providers.local.base_url={address}"]
        for _ in range(given.rounds):
            decided, pressed = measure(command, Path(folder), given.tasks)
            firsts += decided[:1]
            later += decided[1:]
            keys += pressed
    print(_row("decision, the first task", firsts))
    if later:
        print(_row("decision, later tasks", later))
    print(_row("key while an answer streams", keys))
    print("load average", *(f"{value:.2f}" for value in os.getloadavg()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
