"""A backend whose failures say what became of its server.

A server that dies takes its connection with it, and all the client sees is a stream
that was cut. Why it died stands in its log, or is known to the kernel.
"""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing

from mux_tui.core.backends.base import Backend, Request
from mux_tui.core.errors import BackendError
from mux_tui.core.events import BackendEvent
from mux_tui.core.model_server.inspection import ServerStatus
from mux_tui.core.model_server.out_of_memory import ADVICE
from mux_tui.core.model_server.server_log import explains_memory
from mux_tui.core.task import Route

_LOOK_SECONDS = 3.0


class Explained:
    """Asks another backend, and explains its failures."""

    def __init__(
        self, backend: Backend, status: Callable[[], Awaitable[ServerStatus]]
    ) -> None:
        """Make one.

        Args:
            backend: Who is asked.
            status: Tells how its server is.
        """
        self._backend = backend
        self._status = status

    @property
    def name(self) -> str:
        """The backend's own."""
        return self._backend.name

    @property
    def route(self) -> Route:
        """The backend's own."""
        return self._backend.route

    @property
    def model(self) -> str:
        """The backend's own."""
        return self._backend.model

    async def run(self, request: Request) -> AsyncGenerator[BackendEvent, None]:
        """Ask; errors say more than they would."""
        try:
            async with aclosing(self._backend.run(request)) as events:
                async for event in events:
                    yield event
        except BackendError as error:
            raise await self._explained(error) from error

    async def _explained(self, error: BackendError) -> BackendError:
        if error.fault in ("cut", "connection"):
            return await self._of_server(error)
        if explains_memory((error.why,)):
            return BackendError(error.fault, error.what, error.why, ADVICE)

        return error

    async def _of_server(self, error: BackendError) -> BackendError:
        try:
            async with asyncio.timeout(_LOOK_SECONDS):
                status = await self._status()
        except TimeoutError:
            return error
        if status.state not in ("crashed", "unresponsive", "stopped"):
            return error

        why = status.sentence.rstrip(".")
        why = why[:1].lower() + why[1:]
        return BackendError(
            error.fault, error.what, why, status.advice or error.next_step
        )
