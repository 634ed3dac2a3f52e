"""How much work the cockpit does while nothing happens, on each of its screens.

    python -m bench.tui.idle [--seconds N]

Reads the processor's time of all threads; the smallest Textual app is measured too, as
what cannot be helped. Target: below 0.5 % of one processor.
"""

import argparse
import sys
import tempfile
import time
from pathlib import Path

from bench.tui.terminal import Terminal

PROJECT = Path(__file__).resolve().parents[2]
KEYS = {
    "cockpit": "",
    "ledger": "\x1bOQ",
    "proxy": "\x1bOR",
    "hardware": "\x1bOS",
    "settings": "\x1b[15~",
    "doctor": "\x1b[19~",
}
"""What opens each screen."""

_SETTLE_SECONDS = 8.0
_FLOOR = (sys.executable, "-m", "bench.tui.floor_app")


def share(terminal: Terminal, keys: str, seconds: float) -> tuple[float, int]:
    """Per cent of one processor, and the bytes painted meanwhile."""
    terminal.wait(r"\x1b\[\?1049h", 10)
    time.sleep(1.0)
    if keys:
        terminal.type(keys)
    time.sleep(_SETTLE_SECONDS)
    worked, painted = terminal.cpu(), terminal.received
    time.sleep(seconds)
    return (terminal.cpu() - worked) / seconds * 100, terminal.received - painted


def main() -> int:
    """Measure, print a table, return 0."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--screens", nargs="*", default=list(KEYS))
    wanted = parser.parse_args()
    print(f"{'idle':20} {'processor':>10} {'painted':>9}  ({wanted.seconds:g} s each)")
    with tempfile.TemporaryDirectory() as home:
        variables = {
            "HOME": home,
            "MUX_HOME": f"{home}/mux",
            "PYTHONPATH": str(PROJECT),
        }
        mux = (sys.executable, "-m", "mux_tui")
        commands = [("minimal Textual app", _FLOOR, "")]
        commands += [(screen, mux, KEYS[screen]) for screen in wanted.screens]
        for name, command, keys in commands:
            terminal = Terminal(command, variables, Path(home))
            try:
                percent, painted = share(terminal, keys, wanted.seconds)
            finally:
                terminal.close()
            print(f"{name:20} {percent:8.2f} % {painted:9,}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
