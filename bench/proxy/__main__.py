"""What the proxy costs, side by side with what else stands between client and model.

    python -m bench.proxy                         (less than a minute)
    python -m bench.proxy latency --rounds 9 --peers relay,mux,litellm,ccr
    python -m bench.proxy streams --counts 50,100,200,400

`direct` is a call without anything in between, `relay` only moves bytes. Peers that
are not installed are left out. Read the ratios: absolute figures belong to the machine.
"""

import argparse
import asyncio
import json
import math
import os
import sys
import tempfile
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict
from pathlib import Path

import uvloop

from bench.proxy import measures
from bench.proxy.measures import Table
from bench.proxy.peers import PLANNERS, Peer, make
from bench.proxy.shapes import Size

_ALL = ("cold", "latency", "chunks", "throughput", "streams")
_WIDTH = 14
_SHAPES: tuple[tuple[Size, bool], ...] = (
    ("big", True),
    ("small", True),
    ("big", False),
)


def show(table: Table) -> None:
    """Print a table, and what went wrong while it was measured."""
    print(f"\n{table.title}")
    header = "".join(f"{name:>{_WIDTH}}" for name in table.columns)
    print(f"{'':12}{header}")
    for name, row in table.rows.items():
        cells = "".join(f"{_figure(value):>{_WIDTH}}" for value in row)
        print(f"{name:12}{cells}", flush=True)
    for name, error in table.errors.items():
        print(f"  ! {name}: {error}", flush=True)


def _figure(value: float) -> str:
    if math.isnan(value):
        return "-"
    if abs(value) >= 100:
        return f"{value:,.0f}"

    return f"{value:.2f}" if abs(value) >= 1 else f"{value:.3f}"


@asynccontextmanager
async def running(peers: Sequence[Peer]) -> AsyncGenerator[None]:
    """Let the peers run, all of them ready."""
    try:
        for peer in peers:
            peer.start()
            await peer.ready()
        yield
    finally:
        for peer in reversed(peers):
            peer.stop()


async def measure(options: argparse.Namespace, peers: Sequence[Peer]) -> list[Table]:
    """Do all that was asked for, printing each table when it is there."""
    upstream, *others = peers
    rounds: int = options.rounds
    tables: list[Table] = []

    def told(table: Table) -> None:
        show(table)
        tables.append(table)

    async with running([upstream]):
        if "cold" in options.what:
            told(await measures.cold(peers, max(3, rounds // 2)))
        async with running(others):
            if "latency" in options.what:
                for size, stream in _SHAPES:
                    told(await measures.latency(peers, size, stream, rounds, 6))
            if "chunks" in options.what:
                told(await measures.chunks(peers, rounds))
            if "throughput" in options.what:
                few, many = options.requests // 5, options.requests
                told(await measures.throughput(peers, "big", True, rounds, few, 8))
                told(await measures.throughput(peers, "small", False, rounds, many, 8))
            if "streams" in options.what:
                for count in options.counts:
                    told(await measures.streams(peers, count, 1))
    return tables


def _names(text: str) -> list[str]:
    names = text.split(",")
    if unknown := set(names) - set(PLANNERS):
        raise argparse.ArgumentTypeError(f"unknown: {', '.join(sorted(unknown))}")

    return names


def _numbers(text: str) -> list[int]:
    return [int(word) for word in text.split(",")]


def main() -> int:
    """Measure, print tables; exit code 1: a request failed."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("what", nargs="*", help=f"of {', '.join(_ALL)} (default: all)")
    parser.add_argument("--peers", type=_names, default=list(PLANNERS))
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument(
        "--requests", type=int, default=200, help="small ones in a throughput round"
    )
    parser.add_argument(
        "--counts", type=_numbers, default=[50, 200], help="streams at a time"
    )
    parser.add_argument("--json", type=Path, help="also write the figures to a file")
    options = parser.parse_args()
    options.what = options.what or list(_ALL)
    if unknown := set(options.what) - set(_ALL):
        parser.error(f"unknown: {', '.join(sorted(unknown))}")

    with tempfile.TemporaryDirectory(prefix="mux-bench-") as place:
        peers = make(options.peers, Path(place))
        print(
            f"load {os.getloadavg()[0]:.1f}; {', '.join(peer.name for peer in peers)}"
        )
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            tables = runner.run(measure(options, peers))
    if options.json:
        options.json.write_text(json.dumps([asdict(table) for table in tables]))
    return 1 if any(table.errors for table in tables) else 0


if __name__ == "__main__":
    sys.exit(main())
