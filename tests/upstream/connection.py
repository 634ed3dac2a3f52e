"""One connection: requests read off it, and the client's leaving noticed at once."""

import asyncio
import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, cast

_HEAD_END = b"\r\n\r\n"


@dataclass(frozen=True)
class Arrived:
    """A request as it came in."""

    method: str
    path: str
    query: str
    http: str
    headers: dict[str, str]
    body: dict[str, Any]


class Connection:
    """Reads in the background, so that nothing the client does goes unseen."""

    def __init__(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        leaves_body: Callable[[dict[str, str]], bool],
    ) -> None:
        """Take over a connection that has just been made.

        Args:
            reader: What the client sends.
            writer: What it gets.
            leaves_body: Tells by the headers whether the body is never to be read.
        """
        self._leaves_body = leaves_body
        self.writer = writer
        self.gone = asyncio.Event()
        """Set when the client has closed its side."""

        self.closing = False
        """Whether the connection ends with this answer."""

        self._reader = reader
        self._buffer = bytearray()
        self._more = asyncio.Event()
        self._pump = asyncio.create_task(self._read())

    async def close(self) -> None:
        """End the connection from this side."""
        self._pump.cancel()
        with suppress(asyncio.CancelledError):
            await self._pump
        self.writer.close()
        with suppress(OSError):
            await self.writer.wait_closed()

    async def request(self) -> Arrived | None:
        """The next request; None when there is none."""
        if not await self._until(lambda: _HEAD_END in self._buffer):
            return None

        head, _, rest = bytes(self._buffer).partition(_HEAD_END)
        self._buffer[:] = rest
        first, *lines = head.decode("latin-1").split("\r\n")
        method, target, http = first.split(" ", 2)
        pairs = (line.partition(":") for line in lines)
        headers = {name.strip().lower(): value.strip() for name, _, value in pairs}
        path, _, query = target.partition("?")
        if self._leaves_body(headers):
            self._pump.cancel()
            body = {}
        else:
            body = await self._body(headers)
        return Arrived(method, path, query, http, headers, body)

    async def _body(self, headers: dict[str, str]) -> dict[str, Any]:
        size = int(headers.get("content-length") or 0)
        await self._until(lambda: len(self._buffer) >= size)
        data = bytes(self._buffer[:size])
        del self._buffer[:size]
        try:
            body: object = json.loads(data) if data else {}
        except ValueError:
            return {}
        return cast(dict[str, Any], body) if isinstance(body, dict) else {}

    async def _read(self) -> None:
        with suppress(OSError):
            while data := await self._reader.read(65536):
                self._buffer += data
                self._more.set()
        self.gone.set()
        self._more.set()

    async def _until(self, ready: Callable[[], bool]) -> bool:
        while not ready():
            if self.gone.is_set():
                return False
            self._more.clear()
            await self._more.wait()

        return True
