"""What is too much for one request or one connection, and reading within it."""

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from typing import Any

from mux_tui.core.proxy.gate import Headers
from mux_tui.core.proxy.http import Refused

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]

_CLOSE = {"connection": "close"}


@dataclass(frozen=True)
class HttpLimits:
    """Sizes in bytes, times in seconds."""

    body: int = 32 * 1024 * 1024
    """The API's own limit."""

    head: int = 64 * 1024
    """Request line and headers."""

    head_seconds: float = 25.0
    """From a connection's, or a request's, first moment to the end of its headers."""

    body_seconds: float = 50.0
    """For a whole body: it comes from this machine."""

    idle_seconds: float = 75.0
    """A connection without a request; longer than clients keep theirs for reuse."""

    write_seconds: float = 60.0
    """How long a client may read nothing of what is written to it."""

    linger_seconds: float = 2.0
    """How long what a refused client still sends is read and thrown away: closing at
    once would take the answer away from it."""

    connections: int = 1000
    """Open at a time; beyond it the one that is idle for longest is closed."""


class ClientGone(Exception):
    """The client left before its request was complete."""


def check_head(target: bytes, headers: Headers, limits: HttpLimits) -> None:
    """Refuse a request line and headers that are too large together.

    Raises:
        Refused: They are.
    """
    size = len(target) + sum(len(name) + len(value) + 4 for name, value in headers)
    if size > limits.head:
        raise Refused(431, "request_too_large", "the headers are too large")


async def read_body(receive: Receive, headers: Headers, limits: HttpLimits) -> bytes:
    """The whole body of a request.

    Raises:
        Refused: It is too large, or will be, or did not end in time.
        ClientGone: It never will.
    """
    announced = dict(headers).get(b"content-length", b"0")
    if not announced.isdigit() or len(announced) > 18 or int(announced) > limits.body:
        raise _too_large(limits.body)
    try:
        async with asyncio.timeout(limits.body_seconds):
            return await _read(receive, limits.body)
    except TimeoutError as error:
        why = "the body did not arrive in time"
        raise Refused(408, "timeout_error", why, _CLOSE) from error


async def _read(receive: Receive, limit: int) -> bytes:
    parts: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientGone
        part: bytes = message.get("body", b"")
        size += len(part)
        if size > limit:
            raise _too_large(limit)
        parts.append(part)
        if not message.get("more_body", False):
            return parts[0] if len(parts) == 1 else b"".join(parts)


def _too_large(limit: int) -> Refused:
    why = f"the request is larger than {limit // 2**20} MiB"
    return Refused(413, "request_too_large", why)
