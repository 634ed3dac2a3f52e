"""How everything is at the moment, in one look: the head of every screen."""

import asyncio
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Literal

from mux_tui.core.choices import Route
from mux_tui.core.errors import MuxError

if TYPE_CHECKING:
    from mux_tui.core.ledger.rows import Summary
    from mux_tui.core.routing.situation import LocalState
    from mux_tui.tui.desk import Desk

ProxyWord = Literal["stopped", "running", "unresponsive", "crashed", "unknown"]


@dataclass(frozen=True)
class Pulse:
    """One look; None and empty: not known yet."""

    local: "LocalState | None" = None
    proxy: ProxyWord = "unknown"
    proxy_port: int | None = None
    cloud: tuple[Route, ...] = ()
    """Cloud routes whose CLI was found, in the order they are asked."""

    permission: str = ""
    summary: "Summary | None" = None
    """Of the last runs; None: no ledger."""


async def feel(desk: "Desk") -> Pulse:
    """Take one look; changes nothing."""
    engine = await desk.engine()
    await asyncio.to_thread(import_module, "mux_tui.core.proxy.process.status")
    from mux_tui.core.backends.registry import present_routes
    from mux_tui.core.proxy.process.status import look

    proxy = await look(desk.environment.paths, _PATIENCE)
    return Pulse(
        local=await engine.local_state(),
        proxy=proxy.state,
        proxy_port=proxy.port,
        cloud=present_routes(engine.settings, desk.environment.variables),
        permission=engine.settings.cloud.permission,
        summary=await _summary(desk),
    )


_PATIENCE = 1.0
"""Seconds the proxy may take to say how it is."""


async def _summary(desk: "Desk") -> "Summary | None":
    ledger = (await desk.engine()).ledger
    try:
        return await ledger.summary() if ledger else None
    except MuxError:
        return None
