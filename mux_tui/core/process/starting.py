"""Waiting for the start of a process, which has to come to an end by itself.

The end of an event loop cancels every task, also the one in which asyncio connects the
pipes of a process. asyncio then kills the process and waits for ever for pipes that
were never connected; cancelled once more it stops waiting.
"""

import asyncio
from typing import Any

from mux_tui.core.finishing import finished

_PATIENCE_SECONDS = 2.0


async def begun(starting: "asyncio.Task[Any]") -> None:
    """Wait for the start of a process even while we are cancelled; then be cancelled.

    Args:
        starting: What asyncio starts it in. What came of it is left to the caller;
            cancelled, it has killed the process.
    """
    loop = asyncio.get_running_loop()

    def insist() -> None:
        loop.call_later(_PATIENCE_SECONDS, starting.cancel)

    await finished(starting, insist)
