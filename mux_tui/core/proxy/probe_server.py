"""A server on loopback that lets a client talk, and remembers what it said.

It answers by a script and keeps the requests in memory; nothing reaches the disk.
"""

import asyncio
import json
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any

from mux_tui.core.proxy.client_shapes import Asked
from mux_tui.core.wire.anthropic_events import AnswerEvent
from mux_tui.core.wire.anthropic_frames import assemble, frame
from mux_tui.core.wire.documents import as_object

Script = Callable[[dict[str, Any]], Sequence[AnswerEvent]]
"""What to answer to the body of a request."""

_MOST_REQUESTS = 100
_MOST_BODY = 8 * 1024 * 1024
_MOST_HEAD = 256 * 1024


class ProbeServer:
    """Listens, answers by a script, remembers."""

    def __init__(self, script: Script) -> None:
        """Make one; `listening` gives it a port."""
        self.asked: list[Asked] = []
        self.address = ""
        self._script = script
        self._clients: set[asyncio.Task[None]] = set()

    @asynccontextmanager
    async def listening(self) -> AsyncGenerator["ProbeServer", None]:
        """Answer on a free port of 127.0.0.1 while the body runs."""
        server = await asyncio.start_server(
            self._serve, "127.0.0.1", 0, limit=_MOST_HEAD
        )
        self.address = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        try:
            yield self
        finally:
            server.close()
            for task in self._clients:
                task.cancel()
            await asyncio.gather(*self._clients, return_exceptions=True)

    async def _serve(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        task = asyncio.current_task()
        if task is not None:
            self._clients.add(task)
            task.add_done_callback(self._clients.discard)
        # A client that leaves, or talks no HTTP, only loses its connection.
        with suppress(OSError, EOFError, ValueError, asyncio.CancelledError):
            while len(self.asked) < _MOST_REQUESTS:
                asked = await _read(reader)
                self.asked.append(asked)
                writer.write(self._answer(asked))
                await writer.drain()
                if asked.method in ("CONNECT", "POST"):
                    break
        writer.close()

    def _answer(self, asked: Asked) -> bytes:
        if asked.method == "CONNECT":
            return _response("403 Forbidden", b"")
        if asked.method == "HEAD":
            return _response("200 OK", b"")
        if asked.path.endswith("/count_tokens"):
            return _response("200 OK", b'{"input_tokens":100}')
        if asked.path != "/v1/messages":
            error = {"type": "not_found_error", "message": "not here"}
            body = json.dumps({"type": "error", "error": error}).encode()
            return _response("404 Not Found", body)

        body = as_object(json.loads(asked.body))
        events = self._script(body)
        if body.get("stream") is True:
            return _head("200 OK", "text/event-stream") + b"".join(map(frame, events))

        return _response("200 OK", json.dumps(assemble(events)).encode())


def _head(status: str, kind: str, more: str = "connection: close\r\n") -> bytes:
    return f"HTTP/1.1 {status}\r\ncontent-type: {kind}\r\n{more}\r\n".encode()


def _response(status: str, body: bytes) -> bytes:
    length = f"content-length: {len(body)}\r\n"
    return _head(status, "application/json", length) + body


async def _read(reader: asyncio.StreamReader) -> Asked:
    try:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    except asyncio.LimitOverrunError as error:
        raise ValueError("headers without an end") from error

    first, *lines = head.strip().split("\r\n")
    method, target, _version = first.split(" ", 2)
    pairs = (line.partition(":") for line in lines)
    headers = {name.strip().lower(): value.strip() for name, _, value in pairs}
    body = await _body(reader, headers)
    return Asked(method, target.partition("?")[0], headers, body)


async def _body(reader: asyncio.StreamReader, headers: dict[str, str]) -> bytes:
    if "chunked" not in headers.get("transfer-encoding", ""):
        return await reader.readexactly(_size(headers.get("content-length", "0"), 10))

    body = b""
    while size := _size((await reader.readline()).decode("latin-1").strip(), 16):
        body += await reader.readexactly(size)
        _size(str(len(body)), 10)
        await reader.readline()
    await reader.readline()
    return body


def _size(text: str, base: int) -> int:
    size = int(text.partition(";")[0], base)
    if not 0 <= size <= _MOST_BODY:
        raise ValueError("a body that is too long")

    return size
