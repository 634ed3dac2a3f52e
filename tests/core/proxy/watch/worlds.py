"""A real proxy in front of a scripted model server, and somebody who watches it."""

import asyncio
import json
import os
import signal
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from mux_tui.core.config.environment import Environment
from mux_tui.core.config.load import load
from mux_tui.core.proxy.process.lifecycle import ProxyPace, ProxyProcess, RunningProxy
from mux_tui.core.proxy.watch.facts import ProxySeen, WatchFact
from mux_tui.core.proxy.watch.pace import WatchPace
from mux_tui.core.proxy.watch.past import past_in
from mux_tui.core.proxy.watch.watcher import ProxyWatch
from tests.core.proxy.raw import Got, Raw, ask, head
from tests.upstream import Upstream, upstream
from tests.upstream.exchange import Exchange as Asked

PACE = WatchPace(absent=0.02, running=0.05, retry=0.02, answer=30.0, lag=0.3)
PROXY_PACE = ProxyPace(start=60, answer=30, end=30, grace=0.5, poll=0.01)

_T = TypeVar("_T")


@dataclass
class Watched:
    """What somebody who watches has been told."""

    watch: ProxyWatch
    facts: list[WatchFact] = field(default_factory=list[WatchFact])

    @property
    def states(self) -> list[str]:
        """The proxy's states, each as often as it came anew."""
        states = [one.status.state for one in self.facts if isinstance(one, ProxySeen)]
        return [s for n, s in enumerate(states) if n == 0 or states[n - 1] != s]

    def of(self, kind: type[_T]) -> list[_T]:
        """The facts of this kind."""
        return [fact for fact in self.facts if isinstance(fact, kind)]

    async def until(self, condition: Callable[[], Any], seconds: float = 30.0) -> None:
        """Wait for something to become true."""
        async with asyncio.timeout(seconds):
            while not condition():
                await asyncio.sleep(0.01)


@dataclass
class ProxyWorld:
    """Where the proxies of one test live."""

    server: Upstream
    home: Path
    pace: ProxyPace = PROXY_PACE

    def process(self, **sets: str) -> ProxyProcess:
        """What finds, starts and stops the proxy, as each `mux` has its own."""
        overrides = {
            "proxy.port": "0",
            "proxy.prewarm": "false",
            "providers.local.base_url": self.server.base_url,
        } | {name.replace("__", "."): value for name, value in sets.items()}
        environment = Environment()
        return ProxyProcess(
            load(environment, None, overrides).settings,
            environment,
            self.home,
            overrides=overrides,
            pace=self.pace,
        )

    @asynccontextmanager
    async def watching(self, pace: WatchPace = PACE) -> AsyncGenerator[Watched, None]:
        """Watch, inside the context."""
        environment = Environment()
        ledger = load(environment, None, {}).settings.ledger
        watch = ProxyWatch(self.process(), past_in(ledger, environment.paths), pace)
        watched = Watched(watch)
        task = asyncio.create_task(watch.run(watched.facts.append))
        try:
            yield watched
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task


@dataclass
class Script:
    """A model that reads, and answers, as far as the test lets it."""

    may_answer: asyncio.Event = field(default_factory=asyncio.Event)
    may_end: asyncio.Event = field(default_factory=asyncio.Event)

    async def play(self, asked: Asked) -> None:
        """Answer one request."""
        await asked.head()
        read = 0
        while not self.may_answer.is_set():
            read = min(read + 100, 900)
            await asked.data(b": keepalive %d/1000\n\n" % read)
            await asyncio.sleep(0.02)
        while not self.may_end.is_set():
            await asked.sse(asked.chunk({"content": "word "}))
            await asyncio.sleep(0.01)
        await asked.good_end()


def turn(text: str = "hello there", stream: bool = True) -> bytes:
    """The body of a request."""
    message = {"role": "user", "content": text}
    body = {"model": "claude-local", "max_tokens": 64, "messages": [message]}
    return json.dumps(body | {"stream": stream}).encode()


def request(running: RunningProxy, text: str = "hello there") -> bytes:
    """A whole request, as it is sent."""
    body = turn(text)
    length = f"Content-Length: {len(body)}"
    return head(running.port, "POST /v1/messages", length, token=running.token) + body


async def asked(running: RunningProxy, text: str = "hello there") -> Got:
    """The answer to one request."""
    return await ask(running.port, request(running, text))


@asynccontextmanager
async def asking(running: RunningProxy) -> AsyncGenerator[Raw, None]:
    """One request that is under way inside the context, and then left."""
    async with Raw.to(running.port) as client:
        await client.send(request(running))
        yield client


@asynccontextmanager
async def proxy_world(home: Path, **options: Any) -> AsyncGenerator[ProxyWorld, None]:
    """A world; whatever proxy runs in it is ended with it."""
    async with upstream(**options) as server:
        world = ProxyWorld(server, home)
        try:
            yield world
        finally:
            status = await world.process().status()
            if status.pid is not None:
                with suppress(ProcessLookupError):
                    os.kill(status.pid, signal.SIGCONT)
            await world.process().stop()
