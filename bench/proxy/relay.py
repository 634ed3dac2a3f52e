"""A relay that only moves bytes: the least that any proxy can cost.

python -m bench.proxy.relay --port PORT --to PORT
"""

import argparse
import asyncio
import sys
from collections.abc import Callable
from typing import cast

import uvloop


class Relay(asyncio.Protocol):
    """One side of a connection; what it reads, the other side writes."""

    def __init__(self, opened: Callable[["Relay"], None] | None = None) -> None:
        self.other: Relay | None = None
        self._transport: asyncio.Transport | None = None
        self._early = b""
        self._opened = opened

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        if self._opened is not None:
            self._opened(self)

    def data_received(self, data: bytes) -> None:
        if self.other is None:
            self._early += data
        else:
            self.other.write(data)

    def connection_lost(self, exc: Exception | None) -> None:
        if self.other is not None:
            self.other.close()

    def join(self, other: "Relay") -> None:
        """Relay to `other` from now on, beginning with what came before."""
        self.other, other.other = other, self
        other.write(self._early)

    def write(self, data: bytes) -> None:
        """Send to this side's peer."""
        if self._transport is not None and data:
            self._transport.write(data)

    def close(self) -> None:
        """End this side."""
        if self._transport is not None:
            self._transport.close()


async def serve(port: int, to: int) -> None:
    """Listen until ended."""
    loop = asyncio.get_running_loop()
    joining: set[asyncio.Task[None]] = set()

    async def join(near: Relay) -> None:
        _, far = await loop.create_connection(Relay, "127.0.0.1", to)
        near.join(far)

    def opened(near: Relay) -> None:
        task = asyncio.ensure_future(join(near))
        joining.add(task)
        task.add_done_callback(joining.discard)

    server = await loop.create_server(
        lambda: Relay(opened), "127.0.0.1", port, backlog=4096
    )
    await server.serve_forever()


def main() -> int:
    """Listen until ended."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--to", type=int, required=True)
    options = parser.parse_args()
    uvloop.run(serve(options.port, options.to))
    return 0


if __name__ == "__main__":
    sys.exit(main())
