"""The watchdog beside a child is ended whatever happens while it starts."""

import asyncio

import psutil
import pytest

from mux_tui.core.process.guard import start_guard
from tests.core.process.waiting import running


async def test_cancelled_again_and_again_while_it_starts_it_leaves_nothing() -> None:
    before = {child.pid for child in psutil.Process().children()}
    starting = asyncio.create_task(start_guard())
    await asyncio.sleep(0)
    while not starting.done():
        starting.cancel()
        await asyncio.sleep(0)
    with pytest.raises(asyncio.CancelledError):
        await starting
    left = {child.pid for child in psutil.Process().children()} - before
    assert not [pid for pid in left if running(pid)]
    waiting = (task for task in asyncio.all_tasks() if "release" in str(task))
    assert not [*waiting]
