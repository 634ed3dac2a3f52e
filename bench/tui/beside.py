"""What the cockpit costs the answers that go through the proxy, and they the cockpit.

    python -m bench.tui.beside [--rounds N] [--cases nobody,watching,...]

Twenty answers of 50 tokens a second go through a real proxy, each time beside another
cockpit:

    nobody     there is none
    watching   it shows the proxy's screen, where the requests are followed
    answering  it shows an answer of its own, 30 kB and 50 tokens a second on top
    apart      the same, but it has never heard of this proxy: what is left of the
               difference is that two programs share the processors
    idle       as watching, and nothing goes through the proxy
    alone      as answering, and nothing goes through the proxy

Reads how long each piece of text is on its way, and how soon a key in the cockpit is
seen. `+` is against `nobody` of the same round. Target: p95 of the pieces at most 5 ms
beside a busy cockpit.
"""

import argparse
import itertools
import os
import re
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path

from bench.proxy.load import median, percentile
from bench.proxy.shapes import MODEL
from bench.tui.flow import Lags
from bench.tui.neighbours import (
    CASES,
    SETTLED_SECONDS,
    Case,
    Place,
    expect,
    running,
)
from bench.tui.terminal import Terminal

_SETTLE_SECONDS = 4.0
_KEY_SECONDS = 0.15
"""Between two keys, at least."""

_LOST_MS = 5_000.0
"""What counts for a key that was not answered."""

_SEEN = 7
"""Letters that must stand there until the next one can be told from other paint."""

_CLEAR = "\x15"


@dataclass(frozen=True)
class Round:
    """One case, once."""

    lags: Lags
    proxy: float
    """Share of one processor."""

    keys: tuple[float, ...] = ()
    """Milliseconds each."""

    cockpit: float = float("nan")
    """Share of one processor."""

    painted: float = float("nan")
    """Kilobytes a second."""


def measure(place: Place, case: Case) -> Round:
    """One case, once; the cockpit is closed after it."""
    if case.drive is None:
        proxy, began = place.work(), time.monotonic()
        lags = place.flow(case.streams).result()
        passed = time.monotonic() - began
        return Round(lags, (place.work() - proxy) / passed)

    terminal = place.cockpit(case.known)
    try:
        expect(terminal, "Nothing running")
        time.sleep(1)
        case.drive(terminal)
        time.sleep(_SETTLE_SECONDS)
        return _beside(place, terminal, case.streams)
    finally:
        terminal.close()


def _beside(place: Place, terminal: Terminal, streams: bool) -> Round:
    proxy, began = place.work(), time.monotonic()
    worked, painted = terminal.cpu(), terminal.received
    answers = place.flow(streams)
    keys = tuple(_keys(terminal, answers))
    lags, passed = answers.result(), time.monotonic() - began
    return Round(
        lags,
        (place.work() - proxy) / passed,
        keys,
        (terminal.cpu() - worked) / passed,
        (terminal.received - painted) / passed / 1000,
    )


def _keys(terminal: Terminal, answers: "Future[Lags]") -> Iterator[float]:
    """Type the same word over and over; how long until each letter is seen."""
    for number in itertools.count():
        at = _SEEN + number % (len(MODEL) - _SEEN)
        if at == _SEEN:
            # Together, the letters overtake the key that clears.
            for keys in (_CLEAR, MODEL[:at]):
                terminal.type(keys)
                time.sleep(SETTLED_SECONDS)
        if answers.done():
            return

        # What follows the cursor's letter tells it from the word in the requests.
        echo = re.escape(MODEL[: at + 1]) + r"\x1b"
        took = terminal.press(MODEL[at], echo)
        yield _LOST_MS if took is None else took
        time.sleep(_KEY_SECONDS + 0.01 * (number % 5))


def show(rounds: Mapping[str, list[Round]]) -> None:
    """Print a line a case."""
    base = rounds.get("nobody", [])
    for name, ones in rounds.items():
        line = f"{name:10}{_pieces(ones, base)}{_seen(ones)}"
        print(f"{line}CPU proxy {median(one.proxy for one in ones):4.0%}{_own(ones)}")


def _pieces(ones: list[Round], base: list[Round]) -> str:
    if not ones[0].lags.pieces:
        return " " * 52
    pairs = list(zip(ones, base, strict=False))
    return (
        f"piece p50 {median(one.lags.p50 for one in ones):6.2f} "
        f"({median(one.lags.p50 - bare.lags.p50 for one, bare in pairs):+6.2f})  "
        f"p95 {median(one.lags.p95 for one in ones):6.2f} "
        f"({median(one.lags.p95 - bare.lags.p95 for one, bare in pairs):+6.2f}) ms   "
    )


def _seen(ones: list[Round]) -> str:
    keys = [key for one in ones for key in one.keys]
    if not keys:
        return " " * 41
    return (
        f"key p50 {median(keys):6.1f} p95 {percentile(keys, 95):6.1f} ms  "
        f"of {len(keys):4}    "
    )


def _own(ones: list[Round]) -> str:
    if not ones[0].keys:
        return ""
    cpu, painted = (one.cockpit for one in ones), (one.painted for one in ones)
    return f"  cockpit {median(cpu):4.0%}  {median(painted):5.1f} kB/s"


def _cases(text: str) -> list[str]:
    names = text.split(",")
    if unknown := set(names) - set(CASES):
        raise argparse.ArgumentTypeError(f"unknown: {', '.join(sorted(unknown))}")

    return names


def main() -> int:
    """Measure in interleaved rounds, print a table; exit code 1: a request failed."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--cases", type=_cases, default=list(CASES))
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=8)
    given = parser.parse_args()
    rounds: dict[str, list[Round]] = {name: [] for name in given.cases}
    failed = False
    with tempfile.TemporaryDirectory(prefix="mux-bench-") as folder:
        with running(Path(folder), given.seconds) as place:
            for number in range(given.rounds):
                names = given.cases if number % 2 == 0 else given.cases[::-1]
                for name in names:
                    one = measure(place, CASES[name])
                    rounds[name].append(one)
                    if one.lags.error:
                        failed = True
                        print(f"  ! {name}: {one.lags.error}", flush=True)
    show(rounds)
    print("load average", *(f"{value:.2f}" for value in os.getloadavg()))
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
