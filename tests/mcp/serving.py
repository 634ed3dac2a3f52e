"""`mux mcp` as a process, with the SDK's own client or with bare lines."""

import json
import subprocess
import sys
import time
from collections.abc import AsyncGenerator, Callable, Generator, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import mcp_types as types
from mcp.client.client import Client
from mcp.client.stdio import StdioServerParameters, stdio_client

from tests.cli.muxing import World

COMMAND = ("-P", "-m", "mux_tui", "mcp")
QUESTION = "What is a context manager?"
SENTENCE = "The quick brown fox jumps over the lazy dog."


@asynccontextmanager
async def client(
    world: World, *arguments: str, cwd: Path | None = None, **options: Any
) -> AsyncGenerator[Client, None]:
    """The SDK's client, connected; what the server says on stderr is kept."""
    with (world.home / "mcp.err").open("w") as errors:
        server = StdioServerParameters(
            command=sys.executable,
            args=[*COMMAND, *arguments],
            env=world.environment,
            cwd=cwd or world.home,
        )
        options.setdefault("mode", "legacy")
        async with Client(stdio_client(server, errors), **options) as connected:
            yield connected


def complaints(world: World) -> str:
    """What the server said on stderr."""
    return (world.home / "mcp.err").read_text()


async def call(client: Client, tool: str, /, **arguments: Any) -> types.CallToolResult:
    """Call a tool."""
    options: dict[str, Any] = arguments.pop("options", {})
    return await client.call_tool(tool, arguments, **options)


def told(result: types.CallToolResult) -> dict[str, Any]:
    """The structured result."""
    assert result.structured_content is not None, text(result)
    return cast("dict[str, Any]", result.structured_content)


def text(result: types.CallToolResult) -> str:
    """What the result says to a client that shows only text."""
    block = result.content[0]
    assert isinstance(block, types.TextContent)
    return block.text


INITIALIZE = {
    "jsonrpc": "2.0",
    "id": 0,
    "method": "initialize",
    "params": {
        "protocolVersion": "2025-06-18",
        "capabilities": {},
        "clientInfo": {"name": "test", "version": "1"},
    },
}
INITIALIZED = {"jsonrpc": "2.0", "method": "notifications/initialized"}


def request(id: int, method: str, **params: Any) -> dict[str, Any]:
    """A request."""
    return {"jsonrpc": "2.0", "id": id, "method": method, "params": params}


@dataclass
class Bare:
    """A server that is spoken to in lines."""

    process: subprocess.Popen[bytes]

    def send(self, *lines: bytes | dict[str, Any]) -> None:
        """Send lines."""
        assert self.process.stdin
        for line in lines:
            data = line if isinstance(line, bytes) else json.dumps(line).encode()
            self.process.stdin.write(data + b"\n")
        self.process.stdin.flush()

    def answer(self) -> dict[str, Any]:
        """The next line that the server writes."""
        assert self.process.stdout
        line = self.process.stdout.readline()
        assert line, "the server ended"
        return json.loads(line)

    def answer_to(self, id: int) -> dict[str, Any]:
        """The answer to a request; everything else meanwhile has to be a message."""
        while True:
            message = self.answer()
            assert message["jsonrpc"] == "2.0"
            if message.get("id") == id:
                return message

    def leave(self) -> int:
        """Close its standard input, and wait for its end."""
        assert self.process.stdin
        self.process.stdin.close()
        return self.process.wait(60)


@contextmanager
def bare(
    world: World, cwd: Path | None = None, before: Sequence[str] = ()
) -> Generator[Bare]:
    """A server and its pipes; it is ended whatever happens.

    Args:
        world: Its home.
        cwd: Where it is started; None: at home.
        before: A command that is given the server's to run.
    """
    with (world.home / "mcp.err").open("wb") as errors:
        process = subprocess.Popen(
            [*before, sys.executable, *COMMAND],
            env=world.environment,
            cwd=cwd or world.home,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
        )
    try:
        yield Bare(process)
    finally:
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            # What could not be sent is still in it.
            with suppress(OSError):
                if pipe:
                    pipe.close()


def greeted(server: Bare) -> Bare:
    """The server after the handshake."""
    server.send(INITIALIZE, INITIALIZED)
    server.answer_to(0)
    return server


def until(true: Callable[[], bool], seconds: float = 60) -> None:
    """Wait until something is so."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not become so"
        time.sleep(0.02)


def rows(world: World) -> Sequence[dict[str, Any]]:
    """The runs in the ledger, newest first."""
    return world.mux("ledger", "list", "--json").document["runs"]
