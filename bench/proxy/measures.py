"""The measurements. Peers take turns inside each round, so a busy moment hits all."""

import asyncio
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

from bench.proxy import usage
from bench.proxy.load import Measured, command, median, percentile
from bench.proxy.peers import Peer
from bench.proxy.shapes import Size, body

_SETTLE = 0.05
"""Seconds until what a request leaves to do afterwards is done."""


@dataclass
class Table:
    """What was measured: a row a peer, a column a figure."""

    title: str
    columns: tuple[str, ...]
    rows: dict[str, list[float]] = field(default_factory=dict[str, list[float]])
    errors: dict[str, str] = field(default_factory=dict[str, str])


@dataclass
class _Round:
    """What one peer did in one round."""

    requests: list[Measured]
    cpu: float
    """Seconds."""

    seconds: float

    @property
    def first(self) -> float:
        return median(one.first for one in self.requests)

    @property
    def total(self) -> float:
        return median(one.total for one in self.requests)

    @property
    def lags(self) -> list[float]:
        return [lag for one in self.requests for lag in one.lags]


async def speak(peers: Sequence[Peer], pieces: int, gap_ms: float = 0) -> None:
    """Tell the upstream, which is the first peer, how to answer."""
    speech = {"pieces": pieces, "gap_ms": gap_ms}
    await command(peers[0].target.port, "/speech", speech)


Work = Callable[[Peer], Awaitable[list[Measured]]]


async def _interleaved(
    peers: Sequence[Peer], rounds: int, work: Work, table: Table
) -> dict[str, list[_Round]]:
    done: dict[str, list[_Round]] = defaultdict(list)
    for number in range(rounds):
        for peer in peers if number % 2 == 0 else reversed(peers):
            cpu, began = usage.cpu_seconds(peer.pid), time.perf_counter()
            requests = await work(peer)
            seconds = time.perf_counter() - began
            await asyncio.sleep(_SETTLE)
            spent = usage.cpu_seconds(peer.pid) - cpu
            done[peer.name].append(_Round(requests, spent, seconds))
            for one in requests:
                if one.error:
                    table.errors[peer.name] = one.error
    return done


def _added(mine: Sequence[float], direct: Sequence[float]) -> float:
    return median(a - b for a, b in zip(mine, direct, strict=True))


async def latency(
    peers: Sequence[Peer], size: Size, stream: bool, rounds: int, requests: int
) -> Table:
    """What is added to the first text and to the whole answer; CPU a request."""
    data = body(size, stream)
    how = "streamed" if stream else "whole"
    title = f"one request at a time: {size} ({len(data):,} bytes), {how}"
    columns = ("first ms", "+first", "total ms", "+total", "x direct", "cpu ms")
    table = Table(title, columns)

    async def work(peer: Peer) -> list[Measured]:
        request = peer.target.request(data)
        return [await peer.target.send(request) for _ in range(requests)]

    await speak(peers, pieces=20)
    await _interleaved(peers, 1, work, table)
    done = await _interleaved(peers, rounds, work, table)
    direct = done[peers[0].name]
    firsts, totals = [r.first for r in direct], [r.total for r in direct]
    for name, all_rounds in done.items():
        total = median(r.total for r in all_rounds)
        table.rows[name] = [
            median(r.first for r in all_rounds),
            _added([r.first for r in all_rounds], firsts),
            total,
            _added([r.total for r in all_rounds], totals),
            total / median(totals),
            median(r.cpu for r in all_rounds) * 1000 / requests,
        ]
    return table


async def chunks(peers: Sequence[Peer], rounds: int) -> Table:
    """How long a piece of text is on its way, and its CPU, alone and in a burst."""
    table = Table(
        "pieces of text",
        ("lag p50 ms", "+p50", "lag p95 ms", "cpu us paced", "cpu us burst"),
    )
    data = body("small")
    paced, burst, streams = 100, 5000, 10

    async def many(peer: Peer) -> list[Measured]:
        return await _staggered(peer, data, streams, over=0.4)

    async def one(peer: Peer) -> list[Measured]:
        return [await peer.target.send(peer.target.request(data))]

    await speak(peers, pieces=60, gap_ms=10)
    alone = await _interleaved(peers, rounds, one, table)
    await speak(peers, pieces=paced, gap_ms=20)
    together = await _interleaved(peers, max(1, rounds // 2), many, table)
    await speak(peers, pieces=burst)
    bursts = await _interleaved(peers, rounds, one, table)
    direct = [median(r.lags) for r in alone[peers[0].name]]
    for name in alone:
        lags = [median(r.lags) for r in alone[name]]
        table.rows[name] = [
            median(lags),
            _added(lags, direct),
            median(percentile(r.lags, 95) for r in alone[name]),
            median(r.cpu for r in together[name]) * 1e6 / (paced * streams),
            median(r.cpu for r in bursts[name]) * 1e6 / burst,
        ]
    return table


async def throughput(
    peers: Sequence[Peer],
    size: Size,
    stream: bool,
    rounds: int,
    requests: int,
    concurrency: int,
) -> Table:
    """Requests a second with several at a time; CPU a thousand; memory after it."""
    how = "streamed" if stream else "whole"
    title = f"{concurrency} at a time: {size}, {how}"
    columns = ("req/s", "x direct", "cpu s/1000", "RSS MB")
    table = Table(title, columns)
    data = body(size, stream)

    async def work(peer: Peer) -> list[Measured]:
        request = peer.target.request(data)
        left = iter(range(requests))

        async def worker() -> list[Measured]:
            return [await peer.target.send(request) for _ in left]

        parts = await asyncio.gather(*(worker() for _ in range(concurrency)))
        return [one for part in parts for one in part]

    await speak(peers, pieces=20)
    done = await _interleaved(peers, rounds, work, table)
    direct = median(requests / r.seconds for r in done[peers[0].name])
    for peer in peers:
        rate = median(requests / r.seconds for r in done[peer.name])
        table.rows[peer.name] = [
            rate,
            rate / direct,
            median(r.cpu for r in done[peer.name]) * 1000 / requests,
            usage.resident_megabytes(peer.pid),
        ]
    return table


async def streams(peers: Sequence[Peer], count: int, rounds: int) -> Table:
    """So many answers at 50 tokens a second at the same time."""
    title = f"{count} streams at 50 tokens/s (good: all whole, lag p95 < 50 ms)"
    table = Table(title, ("whole", "lag p50 ms", "lag p95 ms", "cpu us/piece"))
    data, pieces = body("small"), 100

    async def work(peer: Peer) -> list[Measured]:
        return await _staggered(peer, data, count, over=1.0)

    await speak(peers, pieces=pieces, gap_ms=20)
    done = await _interleaved(peers, rounds, work, table)
    for name, all_rounds in done.items():
        table.rows[name] = [
            min(sum(one.pieces == pieces for one in r.requests) for r in all_rounds),
            median(median(r.lags) for r in all_rounds),
            median(percentile(r.lags, 95) for r in all_rounds),
            median(r.cpu for r in all_rounds) * 1e6 / (pieces * count),
        ]
    return table


async def _staggered(
    peer: Peer, data: bytes, count: int, over: float
) -> list[Measured]:
    request = peer.target.request(data)

    async def one(number: int) -> Measured:
        await asyncio.sleep(over * number / count)
        return await peer.target.send(request)

    return list(await asyncio.gather(*map(one, range(count))))


async def cold(peers: Sequence[Peer], rounds: int) -> Table:
    """From starting the process to its first answer. The peers must not run yet."""
    table = Table("cold start", ("seconds", "cpu s", "RSS idle MB"))
    await speak(peers, pieces=5)
    figures: dict[str, list[tuple[float, float, float]]] = defaultdict(list)
    for _ in range(rounds):
        for peer in peers[1:]:
            try:
                figures[peer.name].append(await _started(peer))
            finally:
                peer.stop()
    for name, rows in figures.items():
        table.rows[name] = [median(column) for column in zip(*rows, strict=True)]
    return table


async def _started(peer: Peer) -> tuple[float, float, float]:
    """Start a peer; seconds to its first answer, their CPU, and memory after it."""
    began = time.monotonic()
    peer.start()
    seconds = await peer.ready() - began
    await asyncio.sleep(0.3)
    return seconds, usage.cpu_seconds(peer.pid), usage.resident_megabytes(peer.pid)
