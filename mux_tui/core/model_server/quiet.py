"""Waiting until a server has no request under way, before it is ended for another.

Nobody's answer is cut for somebody else's wish, unless that was said.
"""

import asyncio
import time

from mux_tui.core.errors import ServerError
from mux_tui.core.events import ServerChanged
from mux_tui.core.model_server.probe import ClientFactory, health
from mux_tui.core.model_server.record import ServerRecord
from mux_tui.core.model_server.startup import Pace, Report

_MOMENT = 1.0
"""Seconds. A model writes on for a token or two after its reader has gone."""


async def open_requests(
    clients: ClientFactory, record: ServerRecord, seconds: float
) -> int:
    """How many requests a server has under way; 0 when it does not tell.

    Args:
        clients: Makes the client that asks it.
        record: Which server.
        seconds: How long it may take to answer.
    """
    async with clients() as client:
        answer = await health(client, record.root, seconds)
    if answer is None or answer.instance != record.instance:
        return 0

    return answer.open_requests or 0


async def stays_busy(clients: ClientFactory, record: ServerRecord, pace: Pace) -> bool:
    """Whether somebody is answered for longer than a moment.

    A server notices only after a moment that a client has gone, such as the one that
    wants to end it now.
    """
    deadline = time.monotonic() + _MOMENT
    while await open_requests(clients, record, pace.answer):
        if time.monotonic() >= deadline:
            return True
        await asyncio.sleep(pace.poll)
    return False


async def until_quiet(
    clients: ClientFactory,
    record: ServerRecord,
    pace: Pace,
    limit: float,
    report: Report,
) -> None:
    """Wait until a server has nothing to do; said once, if it takes any time.

    Raises:
        ServerError: It was busy for all of `limit` seconds.
    """
    deadline = time.monotonic() + limit
    told = False
    while count := await open_requests(clients, record, pace.answer):
        what = "1 request" if count == 1 else f"{count} requests"
        if time.monotonic() >= deadline:
            raise ServerError(
                f"the model server is answering {what}",
                f"it was not done within {limit:.0f} s",
                "Wait for it, or end it at once: mux server stop",
            )
        if not told:
            report(ServerChanged("stopping", f"waiting for {what} to end"))
            told = True
        await asyncio.sleep(pace.poll)
