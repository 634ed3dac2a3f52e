"""The vendor's own client library, through HTTP, service and a scripted server."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import anthropic
import pytest
from anthropic.types import MessageParam, ToolParam

from mux_tui.core.proxy.gate import Gate
from mux_tui.core.proxy.health import ProxySelf
from mux_tui.core.proxy.limits import HttpLimits
from mux_tui.core.proxy.listener import listener
from mux_tui.core.proxy.process.port import listening
from mux_tui.core.proxy.server import Face
from tests.core.proxy.asking import service_at
from tests.core.proxy.raw import TOKEN
from tests.upstream import Options, Upstream, upstream

HELLO: list[MessageParam] = [{"role": "user", "content": "hello"}]
TOOLS: list[ToolParam] = [
    {
        "name": "bash",
        "input_schema": {
            "type": "object",
            "properties": {"command": {"type": "string"}},
        },
    }
]


@asynccontextmanager
async def client_of(server: Upstream) -> AsyncGenerator[anthropic.AsyncAnthropic, None]:
    """The library, before the whole proxy on a real socket."""
    sock = listening(0)
    port: int = sock.getsockname()[1]
    limits = HttpLimits()
    async with service_at(server.base_url) as served:
        me = ProxySelf("it", 1, 1.0)
        face = Face(served.service, Gate(port, TOKEN), me, lambda: None, limits)
        async with listener(sock, face, limits):
            async with anthropic.AsyncAnthropic(
                base_url=f"http://127.0.0.1:{port}", auth_token=TOKEN, max_retries=0
            ) as client:
                yield client


@pytest.mark.parametrize("mode", ["ok", "ok-reasoning", "ok-unicode", "sse-dribble"])
async def test_the_library_accumulates_a_stream(mode: str) -> None:
    async with upstream(mode) as server, client_of(server) as client:
        async with client.messages.stream(
            model="claude-local", max_tokens=50, messages=HELLO
        ) as stream:
            text = "".join([piece async for piece in stream.text_stream])
            message = await stream.get_final_message()

    assert text == message.content[-1].model_dump()["text"]
    assert message.stop_reason == "end_turn"
    assert message.usage.input_tokens > 0


@pytest.mark.parametrize("mode", ["ok-tool", "tool-interleaved", "xml-split"])
async def test_the_library_sees_calls(mode: str) -> None:
    async with upstream(mode) as server, client_of(server) as client:
        async with client.messages.stream(
            model="claude-local", max_tokens=50, messages=HELLO, tools=TOOLS
        ) as stream:
            message = await stream.get_final_message()

    calls = [block for block in message.content if block.type == "tool_use"]
    assert calls
    assert all(call.input == {"command": "echo hi"} for call in calls)
    assert message.stop_reason == "tool_use"


async def test_the_library_reads_a_whole_answer_and_counts() -> None:
    async with upstream() as server, client_of(server) as client:
        message = await client.messages.create(
            model="claude-local", max_tokens=50, messages=HELLO
        )
        counted = await client.messages.count_tokens(
            model="claude-local", messages=HELLO
        )
        models = await client.models.list()

    assert message.content[0].model_dump()["text"] == Options().text
    assert counted.input_tokens > 0
    assert [model.display_name for model in models.data] == ["upstream-model"]


async def test_the_library_raises_what_breaks_off() -> None:
    """A stream that was cut is an error, and never a message."""
    async with upstream("cut-between-events") as server, client_of(server) as client:
        with pytest.raises(anthropic.APIStatusError, match="closed the stream"):
            await final_of(client)


@pytest.mark.parametrize(
    ("mode", "error"),
    [
        ("http-400-ctx", anthropic.BadRequestError),
        ("http-429", anthropic.RateLimitError),
        ("http-500", anthropic.InternalServerError),
    ],
)
async def test_the_library_raises_statuses(mode: str, error: type[Exception]) -> None:
    async with upstream(mode) as server, client_of(server) as client:
        with pytest.raises(error):
            await final_of(client)


async def final_of(client: anthropic.AsyncAnthropic) -> anthropic.types.Message:
    """One streamed answer, whole."""
    async with client.messages.stream(
        model="claude-local", max_tokens=50, messages=HELLO
    ) as stream:
        return await stream.get_final_message()
