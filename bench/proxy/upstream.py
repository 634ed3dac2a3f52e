"""A model server that answers at once, to measure what stands before it.

    python -m bench.proxy.upstream --port PORT

Speaks Chat Completions and, as the direct call to compare with, Anthropic Messages.
`POST /speech` with `{"pieces": 50, "gap_ms": 20}` changes how it answers.
"""

import argparse
import asyncio
import json
import re
import sys
from collections.abc import Iterator
from dataclasses import asdict, replace
from typing import Any, cast

import uvloop

from bench.proxy.speech import (
    LAST,
    Speech,
    chat,
    chat_whole,
    messages,
    messages_whole,
)

_LENGTH = re.compile(rb"\r\ncontent-length:\s*(\d+)", re.IGNORECASE)
_CHUNKED = re.compile(rb"\r\ntransfer-encoding:\s*chunked", re.IGNORECASE)
_STREAM = re.compile(rb'"stream"\s*:\s*true')
_STREAM_HEAD = (
    b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n"
    b"cache-control: no-cache\r\ntransfer-encoding: chunked\r\n\r\n"
)
MODEL = "bench-70B"
_BYTES_A_TOKEN = 4
_LATE_SECONDS = 0.5


class Upstream(asyncio.Protocol):
    """One connection. Bytes in, bytes out: nothing here may be slow."""

    speech = Speech()

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None
        self._buffer = bytearray()
        self._task: asyncio.Task[None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    def connection_lost(self, exc: Exception | None) -> None:
        if self._task is not None:
            self._task.cancel()

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while (end := self._buffer.find(b"\r\n\r\n")) >= 0:
            head = bytes(self._buffer[: end + 2])
            found = _body_at(self._buffer, head, end + 4)
            if found is None:
                return
            body, taken = found
            del self._buffer[:taken]
            self._answer(head.split(b" ", 2)[1].partition(b"?")[0], body)

    def _answer(self, path: bytes, body: bytes) -> None:
        if path.endswith((b"/chat/completions", b"/messages")):
            tokens = len(body) // _BYTES_A_TOKEN
            speech = replace(Upstream.speech, prompt_tokens=tokens)
            self._speak(path.endswith(b"/messages"), body, speech)
        elif path == b"/speech":
            Upstream.speech = Speech(**json.loads(body))
            self._document(asdict(Upstream.speech))
        elif path.endswith(b"/models"):
            model = {"id": MODEL, "object": "model"}
            self._document({"object": "list", "data": [model]})
        else:
            self._document({"status": "ok"})

    def _speak(self, anthropic: bool, body: bytes, speech: Speech) -> None:
        if not _STREAM.search(body):
            self._document(messages_whole(speech) if anthropic else chat_whole(speech))
            return

        pieces = messages(speech) if anthropic else chat(speech)
        if speech.gap_ms:
            self._task = asyncio.ensure_future(self._paced(pieces, speech.gap_ms))
        else:
            self._write(_STREAM_HEAD + b"".join(pieces))

    async def _paced(self, pieces: Iterator[bytes], gap_ms: float) -> None:
        clock = asyncio.get_running_loop()
        self._write(_STREAM_HEAD)
        due = clock.time()
        for piece in pieces:
            self._write(piece)
            due += gap_ms / 1000
            wait = due - clock.time()
            if wait > 0 or wait < -_LATE_SECONDS:
                await asyncio.sleep(max(wait, 0))

    def _document(self, document: dict[str, Any]) -> None:
        body = json.dumps(document).encode()
        self._write(
            b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n"
            b"content-length: %d\r\n\r\n%b" % (len(body), body)
        )

    def _write(self, data: bytes) -> None:
        if self._transport is not None:
            self._transport.write(data)


def _body_at(buffer: bytearray, head: bytes, start: int) -> tuple[bytes, int] | None:
    """The body that begins there, and where it ends; None: it is not all there."""
    if not _CHUNKED.search(head):
        length = _LENGTH.search(head)
        end = start + (int(length[1]) if length else 0)
        return (bytes(buffer[start:end]), end) if len(buffer) >= end else None

    if not buffer.endswith(LAST):
        return None
    body = b""
    while (line := buffer.find(b"\r\n", start)) >= 0:
        size = int(bytes(buffer[start:line]), 16)
        body += buffer[line + 2 : line + 2 + size]
        start = line + 4 + size
        if not size:
            break
    return body, start


async def serve(port: int) -> None:
    """Listen until ended."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(Upstream, "127.0.0.1", port, backlog=4096)
    await server.serve_forever()


def main() -> int:
    """Listen until ended."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    uvloop.run(serve(parser.parse_args().port))
    return 0


if __name__ == "__main__":
    sys.exit(main())
