"""Asking the proxy's service, without HTTP before it, and reading what it answers."""

import json
from collections.abc import AsyncGenerator
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from mux_tui.core.config.environment import Environment
from mux_tui.core.config.settings import LocalProvider, Providers, Settings
from mux_tui.core.events import ExchangeEnded, ExchangesOpen, ProxyEvent
from mux_tui.core.exchange import Exchange
from mux_tui.core.proxy.compose import open_service
from mux_tui.core.proxy.delivery import Pace
from mux_tui.core.proxy.http import Incoming, Reply
from mux_tui.core.proxy.service import ProxyService
from mux_tui.core.wire.anthropic_events import (
    AnswerEvent,
    BlockDelta,
    BlockStart,
    BlockStop,
    Counts,
    Failure,
    Heartbeat,
    MessageDelta,
    MessageStart,
    MessageStop,
)
from mux_tui.core.wire.sse import SseDecoder, SseEvent
from tests.core.proxy.grammar import Seen, check

BASH = {
    "name": "bash",
    "description": "Run a command.",
    "input_schema": {
        "type": "object",
        "properties": {"command": {"type": "string"}},
        "required": ["command"],
    },
}
PATIENT = LocalProvider(connect_timeout=60, first_token_timeout=60, stall_timeout=60)


def body_of(text: str = "hello there", **more: Any) -> dict[str, Any]:
    """A request; `more` are its other fields."""
    messages = [{"role": "user", "content": text}]
    return {"model": "claude-local", "max_tokens": 64, "messages": messages} | more


def incoming_of(body: dict[str, Any] | bytes, **headers: str) -> Incoming:
    """A request as the face hands it on."""
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Incoming("POST", "/v1/messages", "beta=true", named, data, "req_test")


@dataclass
class Heard:
    """An answer, read to its end."""

    reply: Reply
    data: bytes

    @property
    def events(self) -> list[AnswerEvent]:
        """The frames of a stream of ours."""
        return events_in(self.data)

    @property
    def status(self) -> int:
        """The HTTP status."""
        return self.reply.status

    @property
    def document(self) -> dict[str, Any]:
        """A whole answer."""
        return json.loads(self.data)

    @property
    def error(self) -> dict[str, Any]:
        """The error that a status came with."""
        assert self.document["type"] == "error"
        assert self.document["request_id"] == "req_test"
        return self.document["error"]

    @property
    def seen(self) -> Seen:
        """What a client sees of a stream; it must follow the grammar."""
        return check(self.events)


async def hear(reply: Reply) -> Heard:
    """Read an answer to its end."""
    if isinstance(reply.body, bytes):
        data = reply.body
    else:
        async with aclosing(reply.body) as pieces:
            data = b"".join([piece async for piece in pieces])
    return Heard(reply, data)


def events_in(data: bytes) -> list[AnswerEvent]:
    """The frames of a stream, as the events they were."""
    decoder = SseDecoder()
    found = decoder.feed(data)
    assert not decoder.flush(), "the last frame is not complete"
    return [_event(item) for item in found if isinstance(item, SseEvent)]


def _event(item: SseEvent) -> AnswerEvent:
    data = json.loads(item.data, parse_constant=_never)
    assert data["type"] == item.event
    match item.event:
        case "message_start":
            message = data["message"]
            return MessageStart(
                message["id"], message["model"], _counts(message["usage"])
            )
        case "content_block_start":
            block = data["content_block"]
            return BlockStart(
                data["index"], block["type"], block.get("id", ""), block.get("name", "")
            )
        case "content_block_delta":
            kind, text = _delta(data["delta"])
            return BlockDelta(data["index"], kind, text)
        case "content_block_stop":
            return BlockStop(data["index"])
        case "message_delta" if data["delta"]["stop_reason"] is None:
            return Heartbeat()
        case "message_delta":
            delta = data["delta"]
            return MessageDelta(
                delta["stop_reason"],
                _counts(data["usage"]),
                delta["stop_sequence"] or "",
            )
        case "message_stop":
            return MessageStop()
        case "error":
            return Failure(data["error"]["type"], data["error"]["message"])
        case other:
            raise AssertionError(f"an unknown event: {other}")


def _delta(delta: dict[str, Any]) -> tuple[Any, str]:
    match delta["type"]:
        case "text_delta":
            return "text", delta["text"]
        case "thinking_delta":
            return "thinking", delta["thinking"]
        case "input_json_delta":
            return "tool_use", delta["partial_json"]
        case other:
            raise AssertionError(f"an unknown delta: {other}")


def _counts(usage: dict[str, int]) -> Counts:
    return Counts(
        usage["input_tokens"], usage["cache_read_input_tokens"], usage["output_tokens"]
    )


def _never(name: str) -> object:
    raise AssertionError(f"no JSON: {name}")


@dataclass
class Served:
    """The service, and what it tells of its requests."""

    service: ProxyService
    events: AsyncGenerator[ProxyEvent, None]

    async def ask(self, text: str = "hello there", **more: Any) -> Heard:
        """Ask one question, and read the answer."""
        return await hear(await self.begin(text, **more))

    async def begin(self, text: str = "hello there", **more: Any) -> Reply:
        """Ask one question."""
        return await self.service.messages(incoming_of(body_of(text, **more)))

    async def ended(self) -> Exchange:
        """The next request that is over."""
        while True:
            event = await anext(self.events)
            if isinstance(event, ExchangeEnded):
                return event.exchange


@asynccontextmanager
async def service_at(
    base_url: str,
    settings: Settings | None = None,
    pace: Pace | None = None,
    **local: Any,
) -> AsyncGenerator[Served, None]:
    """The real service before this server; `local` changes `providers.local`."""
    provider = replace(PATIENT, base_url=base_url, **local)
    whole = replace(settings or Settings(), providers=Providers(local=provider))
    async with open_service(whole, Environment(), Path.cwd(), pace) as service:
        async with aclosing(service.subscribe()) as events:
            assert await anext(events) == ExchangesOpen(())
            yield Served(service, events)
