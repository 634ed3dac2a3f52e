"""A thread that sends what has gathered; nobody waits for it.

The queue is bounded: with a collector that is down the oldest are lost, and never a
task. What goes wrong is said once.
"""

import asyncio
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from typing import Protocol

from mux_tui.core.telemetry.facts import Told
from mux_tui.core.telemetry.undelivered import Undelivered, not_installed

MOST_WAITING = 1000
_BATCH = 200
_GATHERING_SECONDS = 1.0
_REST_SECONDS = 30.0
"""After a failure, before the next try."""

LEAVING_SECONDS = 2.0


class Delivers(Protocol):
    """Sends what is told; used by one thread."""

    def deliver(self, told: Sequence[Told]) -> None:
        """Send them; raises `Undelivered`."""
        ...

    def close(self) -> None:
        """Let go of what it holds."""
        ...


class Sender:
    """Sends to one collector, in a thread of its own."""

    def __init__(
        self, make: Callable[[], Delivers], tell: Callable[[str], None]
    ) -> None:
        """Begin; nothing is sent before something is put.

        Args:
            make: Makes what delivers; called in the thread, for it may take long.
            tell: Given the one sentence on why nothing arrives; any thread may call.
        """
        self._make = make
        self._tell = tell
        self._told = False
        self._waiting: deque[Told] = deque(maxlen=MOST_WAITING)
        self._changed = threading.Condition()
        self._closing = False
        self._over = False
        self._when_over: Callable[[], object] | None = None
        # A daemon: a collector that hangs must not keep the process.
        thread = threading.Thread(target=self._run, name="telemetry", daemon=True)
        thread.start()

    def put(self, told: Told) -> None:
        """Have it sent; returns at once, and raises nothing."""
        with self._changed:
            if not self._over:
                self._waiting.append(told)
                self._changed.notify_all()

    def close(self) -> None:
        """Send what waits, and end; returns at once."""
        with self._changed:
            self._closing = True
            self._changed.notify_all()

    async def aclose(self) -> None:
        """The same, and wait for it, for two seconds at the most."""
        loop, over = asyncio.get_running_loop(), asyncio.Event()
        with self._changed:
            if not self._over:
                self._when_over = lambda: loop.call_soon_threadsafe(over.set)
            else:
                over.set()
        self.close()
        try:
            async with asyncio.timeout(LEAVING_SECONDS):
                await over.wait()
        except TimeoutError:
            self._say(Undelivered("the collector did not take it before mux ended"))
        finally:
            with self._changed:
                self._when_over = None

    def _run(self) -> None:
        try:
            self._work(self._make())
        except ImportError:
            self._say(not_installed())
        except Undelivered as failure:
            self._say(failure)
        except Exception as error:  # Telemetry must never be what breaks.
            self._say(Undelivered(f"mux itself failed ({type(error).__name__})"))
        finally:
            with self._changed:
                self._over = True
                self._waiting.clear()
                if self._when_over:
                    self._when_over()

    def _work(self, delivers: Delivers) -> None:
        try:
            while batch := self._next_batch():
                failure = self._deliver(delivers, batch)
                if failure is not None and not self._rest():
                    return
        finally:
            delivers.close()

    def _next_batch(self) -> list[Told]:
        """What has gathered; empty: it is over."""
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._closing)
            self._changed.wait_for(self._is_enough, _GATHERING_SECONDS)
            count = min(len(self._waiting), _BATCH)
            return [self._waiting.popleft() for _ in range(count)]

    def _is_enough(self) -> bool:
        return self._closing or len(self._waiting) >= _BATCH

    def _deliver(self, delivers: Delivers, batch: list[Told]) -> Undelivered | None:
        try:
            delivers.deliver(batch)
        except Undelivered as failure:
            self._say(failure)
            if failure.again:
                self._put_back(batch)
            return failure
        return None

    def _put_back(self, batch: list[Told]) -> None:
        """Let a batch wait again, as far as what is newer has left room."""
        with self._changed:
            room = MOST_WAITING - len(self._waiting)
            self._waiting.extendleft(reversed(batch[-room:] if room else []))

    def _rest(self) -> bool:
        """Wait a while after a failure; False: mux ends, and it has been tried."""
        until = time.monotonic() + _REST_SECONDS
        with self._changed:
            if self._closing:
                return False
            self._changed.wait_for(
                lambda: self._closing, max(until - time.monotonic(), 0)
            )
        return True

    def _say(self, failure: Undelivered) -> None:
        with self._changed:
            first, self._told = not self._told, True
        if first:
            self._tell(str(failure))
