"""When Python looks for garbage: not while starting, seldom and little afterwards.

A full collection looks at every object there is, and holds up keys for so long. What
was loaded at the start stays until the end, so it is never looked at again.
"""

import asyncio
import gc
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

_THRESHOLDS = (2_000, 10, 100)
"""Objects, young collections, middle ones until the next of each.

A middle one looks at 20,000 objects at the most, which is a few milliseconds.
"""

_LATEST = 10.0
"""Seconds after which nothing more is waited for."""


def pause() -> None:
    """Look for no garbage for now: what is being loaded is none."""
    gc.disable()


@asynccontextmanager
async def collected_seldom(loaded: asyncio.Event) -> AsyncGenerator[None]:
    """Look for garbage again once everything is loaded; as before when left.

    Args:
        loaded: Set when nothing more is loaded for now.
    """
    before = gc.get_threshold()
    waiting = asyncio.create_task(_resume(loaded))
    try:
        yield
    finally:
        waiting.cancel()
        gc.set_threshold(*before)
        gc.enable()


async def _resume(loaded: asyncio.Event) -> None:
    try:
        async with asyncio.timeout(_LATEST):
            await loaded.wait()
    except TimeoutError:
        pass
    # Without a collection first, which would be the pause that this avoids.
    gc.freeze()
    gc.set_threshold(*_THRESHOLDS)
    gc.enable()
