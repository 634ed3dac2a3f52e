"""The event loop of a process that serves."""

import asyncio
from collections.abc import Callable


def loops() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """What makes the quick event loop; None where there is none: Python's own."""
    try:
        import uvloop
    except ImportError:
        return None

    return uvloop.new_event_loop
