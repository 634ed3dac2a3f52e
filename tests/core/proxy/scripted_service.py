"""A service that does what its request's body names, and remembers how that ended."""

import asyncio
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing

from mux_tui.core.events import ProxyEvent
from mux_tui.core.proxy.feed import Feed
from mux_tui.core.proxy.http import Incoming, Refused, Reply


class Scripted:
    """What answers in the tests."""

    def __init__(self) -> None:
        """Make one that has not been asked."""
        self.feed = Feed()
        self.seen: list[Incoming] = []
        self.ends: list[str] = []
        self.begun = asyncio.Event()
        self.over = asyncio.Event()
        self.waiting = 0
        self.closed = False
        self.warmed = 0

    async def messages(self, incoming: Incoming) -> Reply:
        """Do what the body says."""
        self.seen.append(incoming)
        match incoming.body.rstrip():
            case b"fail":
                raise ValueError("a secret place\nand more")
            case b"refuse":
                raise Refused(400, "invalid_request_error", "no good")
            case b"wait":
                await self._wait()
            case b"headers":
                return Reply(200, _FOREIGN, b"{}")
            case _:
                pass

        stream = self._streams(incoming.body.rstrip())
        if stream is None:
            return Reply(200, {"content-type": "application/json"}, b'{"ok":true}')
        kind = "text/plain" if incoming.body == b"break plain" else "text/event-stream"
        return Reply(200, {"content-type": kind}, stream)

    def _streams(self, body: bytes) -> AsyncGenerator[bytes, None] | None:
        match body:
            case b"stream":
                return self._stream(b"data: 1\n\n", 3)
            case b"hang":
                return self._stream(b"data: 1\n\n", 1, hang=True)
            case b"silent":
                return self._stream(b"", 0, hang=True)
            case b"flood":
                return self._stream(b"x" * 65536, 10**9)
            case b"break" | b"break plain":
                return self._breaks()
            case _:
                return None

    async def count_tokens(self, incoming: Incoming) -> Reply:
        """Count the body's bytes."""
        return Reply(200, {}, b'{"input_tokens":%d}' % len(incoming.body))

    async def models(self, incoming: Incoming) -> Reply:
        """Repeat what was asked for."""
        return Reply(200, {}, incoming.path.encode())

    async def health(self) -> Mapping[str, object]:
        """A model that is known."""
        traits = {"id": "default_model", "name": "tiny", "context_window": 2048}
        notices = [f"warmed {self.warmed}"] if self.warmed else []
        return {"model": "tiny", "traits": traits, "notices": notices}

    def warm(self) -> None:
        """Count how often."""
        self.warmed += 1

    def subscribe(self) -> AsyncGenerator[ProxyEvent, None]:
        """The feed's events."""
        return self.feed.subscribe()

    async def aclose(self) -> None:
        """Note it."""
        self.closed = True

    async def _wait(self) -> None:
        self.begun.set()
        self.waiting += 1
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            self._ended("cancelled")
            raise

    async def _stream(
        self, piece: bytes, count: int, hang: bool = False
    ) -> AsyncGenerator[bytes, None]:
        try:
            for _ in range(count):
                yield piece
            if hang:
                await self._wait()
        finally:
            self._ended("closed")

    async def _breaks(self) -> AsyncGenerator[bytes, None]:
        async with aclosing(self._stream(b"data: 1\n\n", 1)) as pieces:
            async for piece in pieces:
                yield piece
        raise OSError("the upstream is gone")

    def _ended(self, how: str) -> None:
        self.ends.append(how)
        self.over.set()


_FOREIGN = {
    "content-type": "application/json",
    "content-length": "999",
    "transfer-encoding": "chunked",
    "access-control-allow-origin": "*",
    "request-id": "req_of_the_api",
    "x-odd": "a\r\nx-injected: yes\u2028",
}
