"""A client that sends bytes, and reads what comes back byte for byte."""

import asyncio
import json
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any, Self

TOKEN = "the-token-of-the-tests"


@dataclass(frozen=True)
class Got:
    """One answer, or what there was of it."""

    status: int
    """0: the connection was closed without an answer."""

    headers: dict[str, str]
    body: bytes

    @property
    def document(self) -> Any:
        """Its JSON."""
        return json.loads(self.body)

    @property
    def fault(self) -> str:
        """The API's type of error; empty: it is none."""
        found: dict[str, Any] = json.loads(self.body)
        assert set(found) <= {"type", "error", "request_id"}, found
        return found["error"]["type"]


class Raw:
    """One connection."""

    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        """Take an open one."""
        self.reader = reader
        self.writer = writer

    @classmethod
    @asynccontextmanager
    async def to(cls, port: int) -> AsyncGenerator[Self, None]:
        """Be connected, inside the context."""
        raw = cls(*await asyncio.open_connection("127.0.0.1", port, limit=2**24))
        try:
            yield raw
        finally:
            raw.close()

    async def send(self, data: bytes) -> None:
        """Send, as far as the other side lets us."""
        self.writer.write(data)
        try:
            await self.writer.drain()
        except ConnectionError:
            pass

    async def got(self, seconds: float = 30.0, body: bool = True) -> Got:
        """Read one answer."""
        async with asyncio.timeout(seconds):
            try:
                return await self._got(body)
            except (asyncio.IncompleteReadError, ConnectionError):
                return Got(0, {}, b"")

    async def line(self, seconds: float = 30.0) -> bytes:
        """The next line of whatever comes."""
        async with asyncio.timeout(seconds):
            return await self.reader.readline()

    async def ended(self, seconds: float = 30.0) -> bytes:
        """All that still comes, until the other side closes."""
        async with asyncio.timeout(seconds):
            try:
                return await self.reader.read()
            except ConnectionError:
                return b""

    def close(self) -> None:
        """Go, at once."""
        self.writer.transport.abort()

    async def _got(self, body: bool) -> Got:
        head = (await self.reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        first, *lines = head.rstrip().split("\r\n")
        headers = dict(line.lower().split(": ", 1) for line in lines)
        status = int(first.split()[1])
        if not body:
            return Got(status, headers, b"")
        if headers.get("transfer-encoding") == "chunked":
            return Got(status, headers, await self._chunks())
        length = int(headers["content-length"])
        return Got(status, headers, await self.reader.readexactly(length))

    async def _chunks(self) -> bytes:
        body = b""
        while size := int(await self.reader.readline(), 16):
            body += await self.reader.readexactly(size)
            await self.reader.readexactly(2)
        await self.reader.readexactly(2)
        return body


def head(
    port: int,
    target: str = "POST /v1/messages",
    *extra: str,
    host: str | None = None,
    token: str | None = TOKEN,
) -> bytes:
    """A request's head, complete."""
    lines = [f"{target} HTTP/1.1", f"Host: {host or f'127.0.0.1:{port}'}"]
    if token is not None:
        lines.append(f"Authorization: Bearer {token}")
    return "\r\n".join([*lines, *extra, "", ""]).encode("latin-1")


def post(port: int, body: bytes = b"{}", target: str = "/v1/messages") -> bytes:
    """A whole POST."""
    return head(port, f"POST {target}", f"Content-Length: {len(body)}") + body


async def ask(port: int, data: bytes, body: bool = True) -> Got:
    """Send, and read one answer."""
    async with Raw.to(port) as raw:
        await raw.send(data)
        return await raw.got(body=body)


@asynccontextmanager
async def several(port: int, count: int) -> AsyncGenerator[list[Raw], None]:
    """Many connections at the same time, inside the context."""
    async with AsyncExitStack() as stack:
        to = stack.enter_async_context
        yield [await to(Raw.to(port)) for _ in range(count)]
