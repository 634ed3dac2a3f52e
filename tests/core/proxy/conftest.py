"""A proxy's HTTP face in front of a scripted service, on a real socket."""

from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass

import pytest

from mux_tui.core.proxy.gate import Gate
from mux_tui.core.proxy.health import ProxySelf
from mux_tui.core.proxy.limits import HttpLimits
from mux_tui.core.proxy.listener import listener
from mux_tui.core.proxy.process.port import listening
from mux_tui.core.proxy.server import Face
from tests.core.proxy.raw import TOKEN
from tests.core.proxy.scripted_service import Scripted


@dataclass
class Served:
    """A face that answers."""

    port: int
    service: Scripted
    face: Face
    stops: list[bool]


Serve = Callable[..., AbstractAsyncContextManager[Served]]


@asynccontextmanager
async def serving(limits: HttpLimits | None = None) -> AsyncGenerator[Served, None]:
    """Serve inside the context."""
    limits = limits or HttpLimits()
    sock = listening(0)
    port: int = sock.getsockname()[1]
    service, stops = Scripted(), list[bool]()
    face = Face(
        service,
        Gate(port, TOKEN),
        ProxySelf("the-instance", 4711, 1.5e9),
        lambda: stops.append(True),
        limits,
    )
    async with listener(sock, face, limits):
        yield Served(port, service, face, stops)


@pytest.fixture
async def served() -> AsyncGenerator[Served, None]:
    """One with the usual limits."""
    async with serving() as one:
        yield one
