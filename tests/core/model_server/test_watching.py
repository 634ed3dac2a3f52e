"""What can be seen of a server while it starts, and while it waits."""

import asyncio
import dataclasses
import time
from pathlib import Path

import pytest

from mux_tui.core.events import ServerChanged, ServerEvent
from mux_tui.core.paths import Paths
from tests.core.model_server.conftest import PACE, Make
from tests.core.model_server.held_request import held_request


async def test_a_start_that_takes_long_says_so_with_the_end_of_its_log(
    make: Make, model: Path
) -> None:
    events, told = list[ServerEvent](), list[float]()
    said = asyncio.Event()

    def report(event: ServerEvent) -> None:
        events.append(event)
        if (text := _texts(events)[-1]).startswith("still starting after "):
            told.append(time.monotonic())
            if len(told) > 2 and text.endswith("fetching␛[2J the weights"):
                said.set()

    pace = dataclasses.replace(PACE, stale=0.2)
    starting = asyncio.create_task(make("silent", pace=pace).start(model, report))
    async with asyncio.timeout(30):
        await said.wait()
    starting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await starting
    assert "its log ends: fetching" in _texts(events)[-1]
    # Not at each of its looks, but once in a while.
    assert told[-1] - told[0] > 0.15 * (len(told) - 1)


async def test_when_an_idle_server_stops_is_told(make: Make, model: Path) -> None:
    await make("counting-down").start(model)
    status = await make("counting-down").status()
    assert (status.open_requests, status.idle_seconds_left) == (0, 90.5)
    assert status.idle_stops_at is not None


async def test_no_countdown_is_told_while_a_request_is_open(
    make: Make, model: Path, pids: Path
) -> None:
    running = await make("counting-down").start(model)
    async with held_request(running, pids):
        status = await make("counting-down").status()
        assert (status.open_requests, status.idle_seconds_left) == (1, None)
        assert status.idle_stops_at is None


async def test_a_log_that_was_flooded_is_kept_small_from_one_start_to_the_next(
    make: Make, model: Path, paths: Paths
) -> None:
    await make("loud").start(model)
    assert paths.server_log.stat().st_size > 16 << 20
    assert await make().stop()
    await make().start(model)
    kept = paths.server_log.with_name("server.log.prev").stat().st_size
    assert 0 < kept <= 512 << 10
    assert paths.server_log.stat().st_size < 1 << 10


def _texts(events: list[ServerEvent]) -> list[str]:
    return [event.text for event in events if isinstance(event, ServerChanged)]
