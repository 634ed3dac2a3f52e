"""What the proxy says of itself."""

import asyncio
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field

from mux_tui.core.proxy.http import Reply, Service

INSTANCE_HEADER = "x-mux-instance"
_PATIENCE_SECONDS = 2.0


@dataclass(frozen=True)
class ProxySelf:
    """Which proxy this is."""

    instance: str
    """Tells it apart from every other; no secret."""

    pid: int
    started_at: float
    """In seconds from the epoch."""

    idle_seconds: float = 0.0
    """Without a request for so long, it ends; 0: it never does."""


@dataclass
class Counters:
    """What it has to do, and has done."""

    open: int = 0
    """Requests under way."""

    served: int = 0
    quiet_since: float = field(default_factory=time.monotonic)
    """When the last request ended, on the monotonic clock."""

    def begin(self) -> None:
        """A request has come."""
        self.open += 1

    def end(self) -> None:
        """A request is over."""
        self.open -= 1
        self.served += 1
        self.quiet_since = time.monotonic()

    def quiet_seconds(self) -> float:
        """For how long there has been nothing to do."""
        return 0.0 if self.open else time.monotonic() - self.quiet_since


async def health_reply(
    me: ProxySelf, counters: Counters, service: Service | None
) -> Reply:
    """The answer to `GET /health`.

    Args:
        me: This proxy.
        counters: What it does.
        service: Asked for more; None: who asks is not known to us, and told less.
    """
    facts: dict[str, object] = {"status": "ok", "instance": me.instance}
    if service is not None:
        facts |= {
            "pid": me.pid,
            "started_at": me.started_at,
            "open_requests": counters.open,
            "served": counters.served,
            "ends_in": _ends_in(me, counters),
        }
        facts = {**await _told(service), **facts}
    headers = {"content-type": "application/json", INSTANCE_HEADER: me.instance}
    return Reply(200, headers, json.dumps(facts).encode())


def _ends_in(me: ProxySelf, counters: Counters) -> float | None:
    """Seconds until it ends if nobody asks for anything; None: it does not."""
    if me.idle_seconds <= 0 or counters.open:
        return None

    return max(me.idle_seconds - counters.quiet_seconds(), 0.0)


async def _told(service: Service) -> Mapping[str, object]:
    # Whatever is wrong behind it, the proxy itself answers.
    try:
        async with asyncio.timeout(_PATIENCE_SECONDS):
            return await service.health()
    except TimeoutError:
        return {"model": None, "fault": "the service does not answer"}
