"""What is under way when the cockpit is left, and what leaving does to it."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from mux_tui.core.errors import MuxError

if TYPE_CHECKING:
    from mux_tui.core.model_server.inspection import ServerStatus
    from mux_tui.core.proxy.process.status import ProxyStatus
    from mux_tui.tui.desk import Desk

Policy = Literal["ask", "stop", "keep"]
Answer = Literal["keep", "stop"]
"""To leave and let the rest go on, or to leave and stop it."""

_LOOK_SECONDS = 2.0


@dataclass(frozen=True)
class UnderWay:
    """What would be left behind, and what the settings say about it."""

    tasks: int = 0
    proxy: "ProxyStatus | None" = None
    """None: none runs."""

    server: "ServerStatus | None" = None
    """Of the model server that mux started; None: none runs."""

    proxy_policy: Policy = "keep"
    server_policy: Policy = "keep"

    @property
    def requests(self) -> int:
        """Requests that the proxy is answering."""
        return (self.proxy.open_requests or 0) if self.proxy else 0

    @property
    def proxy_asked(self) -> bool:
        """Whether the user is asked about the proxy."""
        cut = self.proxy_policy == "stop" and self.requests > 0
        return self.proxy is not None and (self.proxy_policy == "ask" or cut)

    @property
    def server_asked(self) -> bool:
        """Whether the user is asked about the model server."""
        return self.server is not None and self.server_policy == "ask"

    @property
    def asked(self) -> bool:
        """Whether the user is asked anything."""
        return bool(self.tasks) or self.proxy_asked or self.server_asked

    def stops_proxy(self, answer: Answer) -> bool:
        """Whether leaving with that answer stops the proxy."""
        if self.proxy is None:
            return False

        return (answer if self.proxy_asked else self.proxy_policy) == "stop"

    def stops_server(self, answer: Answer) -> bool:
        """Whether leaving with that answer stops the model server.

        A proxy that goes on needs it.
        """
        if self.server is None or (self.proxy and not self.stops_proxy(answer)):
            return False

        return (answer if self.server_asked else self.server_policy) == "stop"


async def look_around(desk: "Desk") -> UnderWay:
    """What is under way now; what cannot be found out within moments is left out."""
    settings = desk.settings
    proxy, server = None, None
    with suppress(MuxError, TimeoutError):
        async with asyncio.timeout(_LOOK_SECONDS):
            proxy = await (await desk.proxy()).status()
            # Somebody else's server is not ours to stop.
            if not settings.providers.local.base_url:
                server = await (await desk.model_server()).status()
    return UnderWay(
        tasks=desk.tasks_under_way,
        proxy=proxy if proxy and proxy.pid is not None else None,
        server=server if server and server.pid is not None else None,
        proxy_policy=settings.proxy.on_exit,
        server_policy=settings.server.on_exit,
    )


async def stop_services(desk: "Desk", under_way: UnderWay, answer: Answer) -> None:
    """Stop what is to be stopped with that answer.

    Raises:
        MuxError: Something does not end.
    """
    if under_way.stops_proxy(answer):
        await (await desk.proxy()).stop()
    if under_way.stops_server(answer):
        await (await desk.model_server()).stop(spare_busy=True)
