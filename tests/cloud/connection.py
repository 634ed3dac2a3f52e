"""Just enough HTTP/1.1 for a server on loopback: read a request, write an answer."""

import asyncio
import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from tests.cloud.received import Received, received

HEAD_BYTES = 256 * 1024
BODY_BYTES = 64 * 1024 * 1024


class Connection:
    """One client's connection, kept alive between its requests."""

    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self._reader = reader
        self._writer = writer

    async def next_request(self) -> Received | None:
        """The next request; None when the client has gone."""
        try:
            head = await self._reader.readuntil(b"\r\n\r\n")
        except (asyncio.IncompleteReadError, ConnectionError):
            return None

        first, *rest = head.decode("latin-1").split("\r\n")
        method, target, _ = first.split(" ", 2)
        pairs = (line.partition(":") for line in rest if line)
        headers = {name.lower(): value.strip() for name, _, value in pairs}
        return received(method, target, headers, await self._body(headers))

    async def send_json(
        self, status: int, value: Any, headers: Mapping[str, str] | None = None
    ) -> None:
        """Send one JSON document."""
        body = json.dumps(value).encode()
        sent = {"content-type": "application/json", **(headers or {})}
        await self._send(self._head(status, sent | {"content-length": str(len(body))}))
        await self._send(body)

    async def send_empty(self, status: int) -> None:
        """Send a status and nothing else; right for an answer to HEAD, too."""
        await self._send(self._head(status, {"content-length": "0"}))

    async def start_stream(self) -> None:
        """Begin an event stream."""
        headers = {
            "content-type": "text/event-stream",
            "cache-control": "no-cache",
            "transfer-encoding": "chunked",
        }
        await self._send(self._head(200, headers))

    async def send_event(self, event: bytes) -> None:
        """Send a piece of the stream."""
        await self._send(b"%x\r\n%b\r\n" % (len(event), event))

    async def end_stream(self) -> None:
        """End the stream as it should end."""
        await self._send(b"0\r\n\r\n")

    async def until_gone(self) -> None:
        """Wait until the client closes the connection."""
        while await self._reader.read(65536):
            pass

    async def close(self) -> None:
        """Close the connection, in the middle of an answer if need be."""
        self._writer.close()
        try:
            await self._writer.wait_closed()
        except ConnectionError:
            return

    async def _send(self, data: bytes) -> None:
        self._writer.write(data)
        await self._writer.drain()

    async def _body(self, headers: Mapping[str, str]) -> bytes:
        if headers.get("transfer-encoding", "").lower() == "chunked":
            return await self._chunks()
        length = int(headers.get("content-length", "0"))
        if length > BODY_BYTES:
            raise ConnectionError("the request is too large for a test")

        return await self._reader.readexactly(length)

    async def _chunks(self) -> bytes:
        body = bytearray()
        while size := int((await self._reader.readline()).split(b";")[0], 16):
            body += await self._reader.readexactly(size)
            await self._reader.readline()
        await self._reader.readuntil(b"\r\n")
        return bytes(body)

    @staticmethod
    def _head(status: int, headers: Mapping[str, str]) -> bytes:
        lines = [f"HTTP/1.1 {status} {_phrase(status)}"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Unknown"
