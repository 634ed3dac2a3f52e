"""Seeing work to its end although whoever waits for it is cancelled."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any


async def finished(
    task: "asyncio.Task[Any]", on_cancel: Callable[[], None] = lambda: None
) -> None:
    """Wait for a task even while we are cancelled; then be cancelled.

    What came of the task is left to the caller, its exception too.

    Args:
        task: Goes on to its end, or is ended by somebody else.
        on_cancel: Called each time that we are cancelled meanwhile.
    """
    cancelled: asyncio.CancelledError | None = None
    while not task.done():
        try:
            # Unlike awaiting the task, waiting for it does not pass a cancel on to it.
            await asyncio.wait((task,))
        except asyncio.CancelledError as error:
            cancelled = error
            on_cancel()
    if cancelled is not None:
        raise cancelled


async def seen_through(work: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Do some work even while we are cancelled; then be cancelled.

    Args:
        work: May be begun again, and is when it was cancelled itself: the end of an
            event loop cancels every task.
    """
    cancelled: asyncio.CancelledError | None = None
    while True:
        task = asyncio.create_task(work())
        try:
            await finished(task)
        except asyncio.CancelledError as error:
            cancelled = error
        if not task.cancelled():
            break
    task.result()
    if cancelled is not None:
        raise cancelled
