"""How long full-screen programs take from their start to the first painted frame.

    python -m bench.tui.cold --app 'mux=mux' [--app NAME=COMMAND ...]

The smallest Textual app runs in every round too; ratios are to it. A round starts each
program once, in turn, with a home directory of its own that stays the same. mux has
been set up there, else its first frame would be the setup's.
"""

import argparse
import os
import shlex
import statistics
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from bench.tui.terminal import Terminal, paints
from mux_tui.core.config.environment import Environment

_FLOOR = "smallest app"
_QUIET = 1.2
"""Seconds without output after which a program has settled."""


@dataclass(frozen=True)
class Start:
    """One start."""

    first: float
    """Seconds until the first frame; nan: there was none."""

    settled: float
    """Seconds until the screen was as it stayed."""

    cpu: float
    """Seconds of work until it was quiet."""

    memory: float


def start(command: list[str], home: Path, seconds: float) -> Start:
    """Start a program, wait until it is quiet, end it.

    Args:
        command: The program and its arguments.
        home: Its home directory, and where it runs.
        seconds: How long at the most.
    """
    terminal = Terminal(command, _variables(home), home)
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        time.sleep(0.02)
        if terminal.received > 1_000 and terminal.quiet > _QUIET:
            break
    cpu, memory = terminal.cpu(), terminal.memory()
    terminal.close()
    first, settled = paints(terminal)
    nan = float("nan")
    return Start(first or nan, settled or nan, cpu, memory)


def _set_up(home: Path) -> None:
    config = Environment(_variables(home)).paths.config_file
    config.parent.mkdir(parents=True)
    config.write_text('[ui]\ntheme = "auto"\n')


def _variables(home: Path) -> dict[str, str]:
    return {"HOME": str(home), "MUX_HOME": str(home / "mux")}


def main() -> int:
    """Measure in interleaved rounds, print a table, return 0."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--app", action="append", default=[], metavar="NAME=COMMAND")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=8)
    given = parser.parse_args()
    floor = str(Path(__file__).with_name("floor_app.py"))
    commands = {_FLOOR: [sys.executable, floor]}
    for app in given.app:
        name, _, command = app.partition("=")
        commands[name] = shlex.split(command or name)
    starts: dict[str, list[Start]] = {name: [] for name in commands}
    with tempfile.TemporaryDirectory() as home:
        _set_up(Path(home))
        for number in range(given.rounds + 1):
            for name, command in commands.items():
                one = start(command, Path(home), given.seconds)
                # The first round fills the caches of the disk.
                if number:
                    starts[name].append(one)

    base = statistics.median(one.first for one in starts[_FLOOR])
    for name, ones in starts.items():
        first = statistics.median(one.first for one in ones)
        print(
            f"{name:20} first frame {first:5.2f} s ({first / base:4.2f}x)  "
            f"settled {statistics.median(one.settled for one in ones):5.2f} s  "
            f"CPU {statistics.median(one.cpu for one in ones):5.2f} s  "
            f"{statistics.median(one.memory for one in ones):6.1f} MB"
        )
    print("load average", *(f"{value:.2f}" for value in os.getloadavg()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
