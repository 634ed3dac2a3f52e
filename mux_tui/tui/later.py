"""Doing something a little later, for certain.

Textual's one-shot timers are not used: when the process is held up between its two
looks at the clock, such a timer counts its only tick as missed, and never fires.
"""

import asyncio
from collections.abc import Callable
from typing import Any

from textual.message_pump import MessagePump


def later(
    node: MessagePump, seconds: float, callback: Callable[[], Any]
) -> asyncio.TimerHandle:
    """Have `node` call something in its own turn, after some seconds.

    Returns:
        What can be cancelled, as long as it has not happened.
    """
    loop = asyncio.get_running_loop()
    return loop.call_later(max(seconds, 0.0), node.call_next, callback)
