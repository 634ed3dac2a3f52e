"""Sending a reply: at once, never twice, and no faster than the client reads."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import aclosing
from typing import Any

from mux_tui.core.proxy.connection import Connection
from mux_tui.core.proxy.http import FaultType, Reply, fault_json, fault_reply

Send = Callable[[dict[str, Any]], Awaitable[None]]

EVENT_STREAM = "text/event-stream"
_FAREWELL_SECONDS = 0.5

_NOT_PASSED = frozenset(
    {
        *("keep-alive", "proxy-connection", "te", "trailer", "upgrade"),
        *("transfer-encoding", "content-length", "date", "server", "set-cookie"),
    }
)
"""Headers of somebody else's connection; what the API relays of them is not ours."""


class TooSlow(Exception):
    """The client reads nothing, and was cut off."""


class Answer:
    """The answer to one request, as far as it has been sent."""

    def __init__(
        self, send: Send, connection: Connection, request_id: str, patience: float
    ) -> None:
        """Make an answer of which nothing has been sent.

        Args:
            send: The server's.
            connection: The client's.
            request_id: What the answer carries.
            patience: Seconds that a client may read nothing.
        """
        self._send = send
        self._connection = connection
        self._patience = patience
        self._streams = False
        self.request_id = request_id
        self.begun = False
        """Its status has been sent: no other answer can be given."""

        self.ended = False

    async def give(self, reply: Reply) -> None:
        """Send a reply, and close its generator, however this ends.

        Raises:
            TooSlow: The client reads nothing; its connection has been cut.
        """
        if isinstance(reply.body, bytes):
            await self._begin(reply.status, reply.headers, len(reply.body))
            await self._end(reply.body)
            return

        async with aclosing(reply.body) as pieces:
            await self._begin(reply.status, reply.headers)
            await self._stream(pieces)
        await self._end()

    async def fail(self, status: int, kind: FaultType, message: str) -> None:
        """Say that the request failed, in the way that is left.

        A stream of events gets one more; any other answer that has begun is cut, so
        that it cannot be taken for whole.
        """
        if self.ended or self._connection.lost:
            return
        if not self.begun:
            reply = fault_reply(status, kind, message, self.request_id)
            await self.give(reply)
        elif self._streams:
            data = fault_json(kind, message, self.request_id)
            await self._farewell(b"event: error\ndata: " + data + b"\n\n")
        else:
            self._connection.cut()

    async def _begin(
        self, status: int, headers: Mapping[str, str], length: int | None = None
    ) -> None:
        kept = {name: headers[name] for name in headers if _passes(name)}
        if length is not None:
            kept["content-length"] = str(length)
        kept.setdefault("request-id", self.request_id)
        self.begun = True
        self._streams = kept.get("content-type", "").startswith(EVENT_STREAM)
        pairs = [(_bytes(name), _bytes(value)) for name, value in kept.items()]
        await self._write(
            {"type": "http.response.start", "status": status, "headers": pairs}
        )

    async def _stream(self, pieces: AsyncGenerator[bytes, None]) -> None:
        async for piece in pieces:
            if piece:
                await self._write(
                    {"type": "http.response.body", "body": piece, "more_body": True}
                )

    async def _end(self, rest: bytes = b"") -> None:
        self.ended = True
        await self._write(
            {"type": "http.response.body", "body": rest, "more_body": False}
        )

    async def _write(self, message: dict[str, Any]) -> None:
        if not self._connection.write_paused:
            await self._send(message)
            return
        try:
            async with asyncio.timeout(self._patience):
                await self._send(message)
        except TimeoutError as error:
            self._connection.cut()
            raise TooSlow from error

    async def _farewell(self, event: bytes) -> None:
        try:
            async with asyncio.timeout(_FAREWELL_SECONDS):
                await self._send(
                    {"type": "http.response.body", "body": event, "more_body": True}
                )
                await self._end()
        except TimeoutError:
            self._connection.cut()


def _passes(name: str) -> bool:
    return name not in _NOT_PASSED and not name.startswith("access-control-")


def _bytes(text: str) -> bytes:
    clean = "".join(c for c in text if c == "\t" or " " <= c != "\x7f")
    return clean.encode("latin-1", "replace")
