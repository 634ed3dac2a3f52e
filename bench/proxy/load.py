"""A client of Anthropic Messages that measures; raw sockets, so it costs little."""

import asyncio
import json
import math
import statistics
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, cast

import orjson

_CLIENT = (
    "accept: application/json\r\nanthropic-version: 2023-06-01\r\n"
    "user-agent: claude-cli/2.1.197 (external, cli)\r\n"
    "content-type: application/json\r\n"
)
_MILLION = 1e6


@dataclass
class Measured:
    """One request; times in milliseconds."""

    first: float = math.nan
    """Until the first text."""

    total: float = math.nan
    lags: list[float] = field(default_factory=list[float])
    """How long each piece of text was on its way."""

    pieces: int = 0
    error: str = ""
    """Empty: it was answered, whole."""


def median(values: Iterable[float]) -> float:
    """The median of what is a number; NaN when nothing is."""
    known = [value for value in values if not math.isnan(value)]
    return statistics.median(known) if known else math.nan


def percentile(values: Iterable[float], percent: float) -> float:
    """A percentile of what is a number; NaN when nothing is."""
    known = sorted(value for value in values if not math.isnan(value))
    return (
        known[min(len(known) - 1, int(percent / 100 * len(known)))]
        if known
        else math.nan
    )


class _Answer:
    """Reads the body of one answer."""

    def __init__(self, began: int) -> None:
        self.measured = Measured()
        self.stopped = False
        self._began = began
        self._lines = bytearray()
        self._text = ""

    def stream(self, data: bytes) -> None:
        now = time.monotonic_ns()
        self._lines += data
        end = self._lines.rfind(b"\n") + 1
        block = bytes(self._lines[:end])
        del self._lines[:end]
        for line in block.split(b"\n"):
            if line.startswith(b"data:"):
                self._event(orjson.loads(line[5:]), now)

    def _event(self, event: dict[str, Any], now: int) -> None:
        match event.get("type"):
            case "content_block_delta":
                self._grow(event["delta"].get("text", ""), now)
            case "error":
                self.measured.error = json.dumps(event)[:200]
            case "message_stop":
                self.stopped = True
            case _:
                pass

    def _grow(self, text: str, now: int) -> None:
        if text and math.isnan(self.measured.first):
            self.measured.first = (now - self._began) / _MILLION
        *whole, self._text = (self._text + text).split(";")
        for piece in whole:
            _, mark, stamp = piece.rpartition("@")
            if mark and stamp.isdigit():
                self.measured.lags.append((now - int(stamp)) / _MILLION)
        self.measured.pieces = len(self.measured.lags)

    def whole(self, data: bytes) -> None:
        content = orjson.loads(data).get("content", [])
        self.measured.pieces = sum(
            block.get("text", "").count("@") for block in content
        )
        self.stopped = True

    def end(self, status: int) -> Measured:
        now = time.monotonic_ns()
        self.measured.total = (now - self._began) / _MILLION
        if math.isnan(self.measured.first):
            self.measured.first = self.measured.total
        if not self.stopped and not self.measured.error:
            self.measured.error = f"status {status}, and no end"
        return self.measured


class _Connection(asyncio.Protocol):
    """Sends a request at a time, and reads its answer."""

    def __init__(self) -> None:
        self.open = True
        self._transport: asyncio.Transport | None = None
        self._done: asyncio.Future[Measured] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    def connection_lost(self, exc: Exception | None) -> None:
        self.open = False
        if self._done is not None and not self._done.done():
            if self._status and self._left is None and not self._chunked:
                self._finish()
            else:
                self._done.set_exception(ConnectionError(f"connection lost: {exc}"))

    def close(self) -> None:
        self.open = False
        if self._transport is not None:
            self._transport.abort()

    def send(self, request: bytes) -> asyncio.Future[Measured]:
        assert self._transport is not None
        self._buffer = bytearray()
        self._status = 0
        self._left: int | None = None
        self._chunked = self._streamed = self._closes = False
        self._whole = bytearray()
        self._answer = _Answer(time.monotonic_ns())
        self._done = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        return self._done

    def data_received(self, data: bytes) -> None:
        if self._done is None or self._done.done():
            return
        self._buffer += data
        if not self._status and not self._head():
            return
        if self._chunked:
            self._chunks()
            return
        self._body(bytes(self._buffer))
        if self._left is not None:
            self._left -= len(self._buffer)
        self._buffer.clear()
        if self._left is not None and self._left <= 0:
            self._finish()

    def _head(self) -> bool:
        end = self._buffer.find(b"\r\n\r\n")
        if end < 0:
            return False
        head = bytes(self._buffer[:end]).lower()
        del self._buffer[: end + 4]
        self._status = int(head[9:12])
        self._streamed = b"text/event-stream" in head
        self._chunked = b"transfer-encoding: chunked" in head
        self._closes = b"connection: close" in head
        if not self._chunked and b"content-length:" in head:
            self._left = int(head.split(b"content-length:")[1].split(b"\r\n")[0])
        return True

    def _chunks(self) -> None:
        start, parts, last = 0, bytearray(), False
        while (line := self._buffer.find(b"\r\n", start)) >= 0:
            size = int(bytes(self._buffer[start:line]), 16)
            end = line + 2 + size
            if len(self._buffer) < end + 2:
                break
            parts += self._buffer[line + 2 : end]
            start, last = end + 2, not size
            if last:
                break
        del self._buffer[:start]
        self._body(bytes(parts))
        if last:
            self._finish()

    def _body(self, data: bytes) -> None:
        if self._streamed:
            self._answer.stream(data)
        else:
            self._whole += data

    def _finish(self) -> None:
        assert self._done is not None
        if self._status != 200:
            self._answer.measured.error = (
                f"status {self._status}: {self._whole[:200]!r}"
            )
        elif not self._streamed:
            self._answer.whole(bytes(self._whole))
        if self._closes:
            self.close()
        self._done.set_result(self._answer.end(self._status))


class Target:
    """Something that answers `/v1/messages`, with connections kept open."""

    def __init__(self, port: int, headers: Mapping[str, str]) -> None:
        """Aim at a port of this machine."""
        self.port = port
        self.headers = headers
        self._idle: list[_Connection] = []

    def request(self, body: bytes) -> bytes:
        """The bytes of a whole request."""
        more = "".join(f"{name}: {value}\r\n" for name, value in self.headers.items())
        head = (
            f"POST /v1/messages HTTP/1.1\r\nhost: 127.0.0.1:{self.port}\r\n"
            f"{_CLIENT}{more}content-length: {len(body)}\r\n\r\n"
        )
        return head.encode() + body

    async def send(self, request: bytes, timeout: float = 60) -> Measured:
        """Send a request; a connection that was closed meanwhile is replaced once."""
        for last in (False, True):
            connection = await self._connection()
            try:
                async with asyncio.timeout(timeout):
                    measured = await connection.send(request)
            except ConnectionError as error:
                if last:
                    return Measured(error=str(error))
                continue
            except TimeoutError:
                connection.close()
                return Measured(error=f"no answer within {timeout:g} s")
            if connection.open:
                self._idle.append(connection)
            return measured

        raise AssertionError("unreachable")

    def forget(self) -> None:
        """Close the connections that are kept."""
        for connection in self._idle:
            connection.close()
        self._idle.clear()

    async def _connection(self) -> _Connection:
        while self._idle:
            connection = self._idle.pop()
            if connection.open:
                return connection

        loop = asyncio.get_running_loop()
        _, connection = await loop.create_connection(
            _Connection, "127.0.0.1", self.port
        )
        return connection


async def command(port: int, path: str, document: Mapping[str, Any]) -> None:
    """POST a document to a port of this machine, and wait for the answer's head."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    body = json.dumps(document).encode()
    head = f"POST {path} HTTP/1.1\r\nhost: x\r\ncontent-length: {len(body)}\r\n\r\n"
    writer.write(head.encode() + body)
    await reader.readuntil(b"\r\n\r\n")
    writer.close()
    await writer.wait_closed()
