"""Many answers at the pace of a model, read in a process of its own.

What reads must not wait for what drives a terminal, nor the other way round.
"""

import asyncio
import math
import time
from collections.abc import Mapping
from dataclasses import dataclass

import uvloop

from bench.proxy.load import Measured, Target, percentile
from bench.proxy.shapes import body

GAP_MS = 20
"""Between two pieces of an answer."""


@dataclass(frozen=True)
class Lags:
    """How long pieces of text were on their way, in milliseconds."""

    p50: float
    p95: float
    pieces: int
    error: str = ""
    """Of one that was not answered; empty: all were."""


def flow(port: int, headers: Mapping[str, str], count: int) -> Lags:
    """Ask so many times, and read all of it; blocks until the last one has ended."""
    target = Target(port, headers)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        answers = runner.run(_read(target, count))
    lags = [lag for one in answers for lag in one.lags if not math.isnan(lag)]
    errors = [one.error for one in answers if one.error]
    return Lags(
        percentile(lags, 50), percentile(lags, 95), len(lags), "".join(errors[:1])
    )


def rest(seconds: float) -> Lags:
    """Let time pass without any answer."""
    time.sleep(seconds)
    return Lags(math.nan, math.nan, 0)


async def _read(target: Target, count: int) -> list[Measured]:
    request = target.request(body("small"))
    # A little more than a gap apart, or the pieces of all would come at once.
    apart = GAP_MS / 1000 * (1 + 1 / count)

    async def one(number: int) -> Measured:
        await asyncio.sleep(apart * number)
        return await target.send(request)

    try:
        return list(await asyncio.gather(*map(one, range(count))))
    finally:
        target.forget()
