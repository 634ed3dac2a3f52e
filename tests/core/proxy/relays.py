"""A relay to a scripted API, and requests as Claude Code sends them."""

import asyncio
import json
from collections.abc import AsyncGenerator
from contextlib import aclosing, asynccontextmanager
from typing import Any

from mux_tui.core.proxy.answer_tap import AnswerTap
from mux_tui.core.proxy.credentials import own_credentials
from mux_tui.core.proxy.http import Incoming, Reply
from mux_tui.core.proxy.relay import Relay, RelayLimits, relay_client
from tests.cloud import Cloud, cloud
from tests.cloud.script import Script

OURS = "mux-0123456789abcdef"
KEY = "sk-ant-api03-private"
OAUTH = "Bearer sk-ant-oat01-private"
HEADERS = {
    "host": "127.0.0.1:3456",
    "content-type": "application/json",
    "content-length": "7",
    "accept": "application/json",
    "accept-encoding": "gzip, deflate, br, zstd",
    "connection": "keep-alive, x-hop",
    "x-hop": "1",
    "user-agent": "claude-cli/2.1.197 (external, cli)",
    "anthropic-version": "2023-06-01",
    "anthropic-beta": "claude-code-20250219,oauth-2025-04-20",
    "x-claude-code-session-id": "s1",
    "x-mux-token": OURS,
    "x-mux-other": "1",
    "cookie": "a=b",
}


def question(stream: bool = True, **others: Any) -> bytes:
    """A body, spaced as no serialiser of ours would."""
    asked = {"model": "claude-x", "messages": [{"role": "user", "content": "What?"}]}
    return json.dumps(asked | {"stream": stream} | others, indent=2).encode()


def incoming(body: bytes = b"", login: str = KEY, **others: Any) -> Incoming:
    """A request of Claude Code's."""
    told = {"x-api-key": login} if login == KEY else {"authorization": login}
    plain: dict[str, Any] = {
        "method": "POST",
        "path": "/v1/messages",
        "query": "beta=true",
        "headers": HEADERS | told,
    }
    return Incoming(**plain | others, body=body, request_id="req_ours")


@asynccontextmanager
async def relaying(
    script: Script | None = None, limits: RelayLimits | None = None
) -> AsyncGenerator[tuple[Relay, Cloud], None]:
    """A relay to a scripted API."""
    async with cloud(script) as made, relay_client(made.base_url) as client:
        yield Relay(client, made.base_url, limits), made


async def send(
    relay: Relay,
    asked: Incoming,
    body: bytes | None = None,
    tap: AnswerTap | None = None,
) -> Reply:
    """Pass a request on, with the login that it brings."""
    login = own_credentials(asked.headers, (OURS,))
    return await relay.send(asked, asked.body if body is None else body, login, tap)


async def whole(reply: Reply) -> bytes:
    """All of an answer."""
    if isinstance(reply.body, bytes):
        return reply.body
    async with aclosing(reply.body) as pieces:
        return b"".join([piece async for piece in pieces])


@asynccontextmanager
async def listening(answer: bytes) -> AsyncGenerator[str, None]:
    """A server that says these bytes and closes."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(answer)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
