"""Looking for garbage: not while things are loaded, seldom afterwards."""

import asyncio
import gc
import subprocess
import sys

import pytest

from mux_tui.tui import garbage

PAUSED = """
import asyncio, gc
from mux_tui.tui import garbage

async def main():
    loaded = asyncio.Event()
    garbage.pause()
    before = gc.get_threshold()
    async with garbage.collected_seldom(loaded):
        await asyncio.sleep(0)
        assert not gc.isenabled()
        loaded.set()
        while not gc.isenabled():
            await asyncio.sleep(0)
        assert gc.get_freeze_count() > 1000
        assert gc.get_threshold()[0] > before[0]
    assert gc.isenabled() and gc.get_threshold() == before

asyncio.run(main())
"""


def test_it_begins_once_everything_is_loaded_and_spares_that() -> None:
    """In a process of its own: what is frozen stays so."""
    subprocess.run([sys.executable, "-c", PAUSED], check=True, timeout=60)


async def test_it_begins_also_if_nothing_is_ever_loaded(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(garbage, "_LATEST", 0.01)
    monkeypatch.setattr(gc, "freeze", lambda: None)
    garbage.pause()
    async with asyncio.timeout(30), garbage.collected_seldom(asyncio.Event()):
        while not gc.isenabled():
            await asyncio.sleep(0.001)
    assert gc.isenabled()
