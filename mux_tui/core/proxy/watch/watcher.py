"""Finding a proxy, staying with it, and finding the next one.

One loop looks for a proxy that answers. While there is one, its events are read and it
is looked at now and then; when its events end, the loop looks again. Nothing is held
open but that one connection, and nothing at all once the watching has been cancelled.
"""

import asyncio
import dataclasses
from collections.abc import Callable
from contextlib import aclosing, suppress

from mux_tui.core.events import ExchangesOpen
from mux_tui.core.proxy.process.lifecycle import ProxyProcess, RunningProxy
from mux_tui.core.proxy.process.status import ProxyStatus
from mux_tui.core.proxy.watch.event_source import events_of
from mux_tui.core.proxy.watch.facts import ProxySeen, ProxyStarting, WatchFact
from mux_tui.core.proxy.watch.pace import WatchPace
from mux_tui.core.proxy.watch.past import Past, no_past
from mux_tui.core.proxy.watch.story import Story

Tell = Callable[[WatchFact], None]

_SURE = 2
"""Times in a row that a proxy must be silent to be told as such."""


class ProxyWatch:
    """Watches the one proxy, whoever starts, stops and restarts it."""

    def __init__(
        self,
        process: ProxyProcess,
        past: Past = no_past,
        pace: WatchPace | None = None,
    ) -> None:
        """Make one that watches nothing yet.

        Args:
            process: Finds the proxy.
            past: What the ledger remembers of its requests.
            pace: How often to look.
        """
        self._process = process
        self._past = past
        self._pace = pace or WatchPace()
        self._hurry = asyncio.Event()
        self._seen: ProxyStatus | None = None
        self._answered = ""
        """The last one that answered, by its instance."""

        self._silent = 0
        """How often in a row it has not answered."""

    def look_now(self) -> None:
        """Something was done to the proxy: look at it without waiting."""
        self._hurry.set()

    async def run(self, tell: Tell) -> None:
        """Tell what happens until cancelled.

        Args:
            tell: Called in the event loop, and not waited for.
        """
        story = Story(self._past, self._pace, tell)
        retry = self._pace.retry
        remembered = False
        while True:
            status = await self._look(tell)
            running = None
            if status.state == "running":
                running = await self._process.adopt()
            if running is not None:
                heard = await self._follow(running, story, tell)
                remembered = False
                retry = self._pace.retry if heard else retry * 2
                await self._pause(min(retry, self._pace.longest_retry))
                continue
            if not remembered:
                await story.recall(settled=status.pid is None)
                remembered = True
            await self._pause(self._pace.absent)

    async def _follow(self, running: RunningProxy, story: Story, tell: Tell) -> bool:
        """Read one proxy's events to their end; whether there were any."""
        try:
            async with asyncio.TaskGroup() as group:
                tasks = [group.create_task(self._keep_looking(tell))]
                heard = False
                pace = self._pace
                source = events_of(running, pace.answer, pace.silence)
                async with aclosing(source) as events:
                    async for event in events:
                        story.take(event)
                        if isinstance(event, ExchangesOpen):
                            tasks.append(group.create_task(story.recall()))
                        heard = True
                for task in tasks:
                    task.cancel()
        except BaseExceptionGroup as errors:
            raise errors.exceptions[0] from None
        finally:
            story.lose()
        return heard

    async def _keep_looking(self, tell: Tell) -> None:
        while True:
            await self._pause(self._pace.running)
            await self._look(tell)

    async def _look(self, tell: Tell) -> ProxyStatus:
        """Look at the proxy, and tell of it unless there is nothing new to tell."""
        status = await self._process.status()
        # What changes by itself makes no news of a proxy that does not answer.
        bare = dataclasses.replace(status, uptime_seconds=None, resident_bytes=None)
        if status.state != "unresponsive":
            self._silent = 0
            self._answered = status.instance or self._answered
            if status.state == "running" or bare != self._seen:
                tell(ProxySeen(status))
            self._seen = bare
            return status

        self._silent += 1
        if _is_young(status, self._pace) and self._answered != status.instance:
            if self._silent == 1:
                tell(ProxyStarting(status.sentence, here=False))
        elif self._silent >= _SURE and bare != self._seen:
            # One that is ending does not answer for a moment, either.
            tell(ProxySeen(status))
            self._seen = bare
        return status

    async def _pause(self, seconds: float) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._hurry.wait()
        self._hurry.clear()


def _is_young(status: ProxyStatus, pace: WatchPace) -> bool:
    age = status.uptime_seconds
    return age is not None and age < pace.young
