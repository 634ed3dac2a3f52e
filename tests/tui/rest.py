"""Rest: when everything that a cockpit under test has begun is done.

Textual's pilot takes a process for idle that has used little of the processor for some
20 ms. That is late where nothing is left to do, and early on a machine that is busy
with something else. Here the event loop and the threads behind it are asked.
"""

import asyncio
from collections.abc import Callable, Coroutine, Generator
from contextlib import contextmanager
from time import monotonic
from typing import Any, cast
from weakref import WeakSet

import aiosqlite
import pytest
import textual.app
import textual.pilot
from textual._context import active_app
from textual._wait import wait_for_idle
from textual.app import App
from textual.pilot import Pilot

_TURNS = 3
"""As many turns of the loop with nothing to do are rest: one may wait for a socket."""

_SOON = 0.06
"""Seconds: a timer that is due by then belongs to what is under way."""

_TIMERS = 0.25
"""Seconds of waiting for timers: some come again and again."""

_LEAST = 0.01
"""Seconds that count for one of them, if it is due already."""

_LONGEST = 10.0
"""Seconds after which it goes on whatever is under way: a test may hold it up."""

_LOOKS = 3
"""As many looks at a screen in a row have to show the same."""

_BETWEEN = 0.01
"""Seconds between two of them."""

PATIENCE = 60.0
"""Seconds after which what is waited for will not happen any more."""

_in_threads: WeakSet["asyncio.Future[Any]"] = WeakSet()
"""What threads have been asked for."""


async def at_rest(min_sleep: float = 0.0, max_sleep: float = _LONGEST) -> None:
    """Wait until the running loop has nothing to do.

    Args:
        min_sleep: Not needed; in the place of Textual's own `wait_for_idle`.
        max_sleep: Seconds after which it returns in any case.
    """
    loop: Any = asyncio.get_running_loop()
    if not hasattr(loop, "_ready"):
        await wait_for_idle(min_sleep)
        return
    begun = monotonic()
    turns = 0
    # Only what was meant to be waited: on a busy machine it takes longer.
    waited = 0.0
    met: set[asyncio.Task[None]] = set()
    while turns < _TURNS and monotonic() - begun < max_sleep:
        turns = turns + 1 if not loop._ready else 0
        pause = 0.0
        if turns and _threads_work(loop):
            turns, pause = 0, 0.001
        elif turns and waited < _TIMERS and (due := _soon(loop, met)) is not None:
            turns, pause = 0, due
            waited += max(due, _LEAST)
        await asyncio.sleep(pause)


def _threads_work(loop: asyncio.AbstractEventLoop) -> bool:
    return any(
        future.get_loop() is loop and not future.done() for future in _in_threads
    )


def _soon(loop: Any, met: set["asyncio.Task[None]"]) -> float | None:
    """Seconds until the next timer that is worth waiting for.

    Args:
        loop: The running one.
        met: Workers that have slept a little already; those that look for something
            again and again would be waited for without end.
    """
    soonest = loop.time() + _SOON
    due = [
        handle
        for handle in loop._scheduled
        if handle.when() < soonest and not handle.cancelled()
    ]
    if not due:
        return None
    asleep = [task._fut_waiter for task in cast(set[Any], met)]
    idle = [*_stopped(), *(future for future in asleep if future is not None)]
    worth = [
        handle
        for handle in due
        if not any(argument is one for argument in handle._args or () for one in idle)
    ]
    if not worth:
        return None
    met.update(_sleeping([future for handle in worth for future in handle._args or ()]))
    return max(min(handle.when() for handle in worth) - loop.time(), 0.0)


def _sleeping(futures: list[object]) -> list["asyncio.Task[None]"]:
    """The app's workers that wait for one of these."""
    app = active_app.get(None)
    workers: list[Any] = [*app.workers] if app else []
    tasks = [one._task for one in workers if one._task and one._task._fut_waiter]
    return [task for task in tasks if any(task._fut_waiter is one for one in futures)]


def _stopped() -> list[object]:
    """What the app's stopped timers wait for: they will wake, and do nothing."""
    app = active_app.get(None)
    nodes: list[Any] = [app, *app.screen_stack] if app else []
    tasks = [
        timer._task
        for node in nodes
        for timer in node._timers
        if timer._task is not None and not timer._active.is_set()
    ]
    return [task._fut_waiter for task in tasks if task._fut_waiter is not None]


@contextmanager
def resting_pilots() -> Generator[None]:
    """Let pilots wait for rest, and follow what threads are asked for."""
    asked = asyncio.BaseEventLoop.run_in_executor
    executed: Callable[..., Coroutine[Any, Any, Any]]
    executed = vars(aiosqlite.Connection)["_execute"]

    def ask(self: Any, *work: Any) -> "asyncio.Future[Any]":
        future: asyncio.Future[Any] = asked(self, *work)
        _in_threads.add(future)
        return future

    async def execute(self: Any, *work: Any, **named: Any) -> Any:
        done = asyncio.get_running_loop().create_future()
        _in_threads.add(done)
        try:
            return await executed(self, *work, **named)
        finally:
            done.cancel()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(textual.pilot, "wait_for_idle", at_rest)
        patch.setattr(textual.app, "wait_for_idle", at_rest)
        patch.setattr(asyncio.BaseEventLoop, "run_in_executor", ask)
        patch.setattr(aiosqlite.Connection, "_execute", execute)
        yield


async def settled(pilot: Pilot[Any]) -> None:
    """Wait until the screen stays as it is; fails if it never does."""
    late = monotonic() + PATIENCE
    last: object = None
    looks = 0
    while looks < _LOOKS:
        assert monotonic() < late, "the screen never came to rest"
        await pilot.pause()
        now = _look(pilot.app)
        looks, last = (looks + 1, last) if now == last else (1, now)
        await asyncio.sleep(_BETWEEN)


def _look(app: App[Any]) -> object:
    """What is shown, and what is being worked at."""
    compositor = app.screen._compositor  # pyright: ignore[reportPrivateUsage]
    working = {id(worker) for worker in app.workers if not worker.is_finished}
    return app.screen, working, compositor.render_strips()
