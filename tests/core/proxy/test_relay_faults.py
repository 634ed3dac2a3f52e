"""Errors pass as they are; what breaks is said, and nobody is worked for in vain."""

import asyncio
import json
from collections.abc import AsyncGenerator
from contextlib import aclosing

import httpx
import pytest

from mux_tui.core.errors import BackendError, ConfigError
from mux_tui.core.proxy.answer_tap import AnswerTap
from mux_tui.core.proxy.relay import Relay, RelayLimits, relay_client
from tests.cloud import Answer, Failure, Silence, cloud
from tests.core.proxy.relays import (
    incoming,
    listening,
    question,
    relaying,
    send,
    whole,
)

QUICK = RelayLimits(connect=2, first_byte=0.2, silence=0.2)


@pytest.mark.parametrize("status", [400, 401, 403, 429, 500, 529])
async def test_errors_pass_with_their_headers(status: int) -> None:
    told = {
        "retry-after": "7",
        "request-id": "req_theirs",
        "x-should-retry": "true",
        "anthropic-ratelimit-requests-remaining": "0",
    }
    refusal = Failure(status, "No.", told)
    async with relaying(refusal) as (relay, made):
        tap = AnswerTap()
        reply = await send(relay, incoming(question()), tap=tap)
        body = await whole(reply)
        async with httpx.AsyncClient(trust_env=False) as client:
            url = f"{made.base_url}/v1/messages"
            direct = await client.post(url, content=question())
    assert (reply.status, body) == (status, direct.content)
    assert told.items() <= dict(reply.headers).items()
    assert tap.passed.error.endswith(": No.")


@pytest.mark.parametrize("status", [301, 302, 307, 308])
async def test_a_redirect_is_refused_and_not_followed(status: int) -> None:
    async with cloud() as elsewhere:
        away = {"location": f"{elsewhere.base_url}/v1/messages"}
        async with relaying(Failure(status, headers=away)) as (relay, _):
            reply = await send(relay, incoming(question()))
            body = await whole(reply)
    assert reply.status == 502
    assert "location" not in reply.headers
    assert b"elsewhere" in body
    assert not elsewhere.requests


@pytest.mark.parametrize("stream", [True, False])
async def test_a_client_that_leaves_before_the_answer_is_not_worked_for(
    stream: bool,
) -> None:
    async with relaying(Silence()) as (relay, made):
        client = asyncio.create_task(send(relay, incoming(question(stream))))
        await made.wait_for(lambda: bool(made.requests))
        client.cancel()
        await made.wait_for(lambda: made.open_connections == 0)
        await asyncio.wait({client})
        assert client.cancelled()


async def test_a_client_that_leaves_in_the_middle_is_not_worked_for() -> None:
    async with relaying(Answer("One two.", ending="hang")) as (relay, made):
        reply = await send(relay, incoming(question()))
        assert not isinstance(reply.body, bytes)
        reading = asyncio.Event()

        async def read(pieces: AsyncGenerator[bytes, None]) -> None:
            async with aclosing(pieces):
                async for _ in pieces:
                    reading.set()

        client = asyncio.create_task(read(reply.body))
        await reading.wait()
        client.cancel()
        await made.wait_for(lambda: made.open_connections == 0)


async def test_an_answer_that_nobody_reads_is_let_go() -> None:
    async with relaying(Answer(ending="hang")) as (relay, made):
        reply = await send(relay, incoming(question()))
        assert not isinstance(reply.body, bytes)
        await reply.body.aclose()
        await made.wait_for(lambda: made.open_connections == 0)


async def test_a_stream_that_breaks_off_ends_with_an_error() -> None:
    """Its client must never take it for whole."""
    async with relaying(Answer("One two.", ending="cut")) as (relay, _):
        tap = AnswerTap()
        body = await whole(await send(relay, incoming(question()), tap=tap))
    *_, last, rest = body.split(b"\n\n")
    name, _, data = last.partition(b"\ndata: ")
    assert (name.strip(), rest) == (b"event: error", b"")
    error = json.loads(data)["error"]
    assert error["type"] == "api_error"
    assert "broke its answer off" in error["message"]
    assert not tap.passed.complete
    assert tap.passed.error == f"api_error: {error['message']}"


async def test_a_stream_that_falls_silent_ends_with_an_error() -> None:
    async with relaying(Answer("One two.", ending="hang"), QUICK) as (relay, made):
        body = await whole(await send(relay, incoming(question())))
        await made.wait_for(lambda: made.open_connections == 0)
    assert b"nothing came for too long" in body.split(b"\n\n")[-2]


async def test_a_document_that_breaks_off_is_cut() -> None:
    head = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n"
    async with (
        listening(head + b'content-length: 99\r\n\r\n{"type":') as url,
        relay_client(url) as client,
    ):
        reply = await send(Relay(client, url), incoming(question(False)))
        with pytest.raises(BackendError, match="broke its answer off"):
            await whole(reply)


async def test_nothing_is_said_after_an_answer_that_is_complete() -> None:
    """Connections may break once all has been said."""
    stop = b'event: message_stop\ndata: {"type":"message_stop"}\n\n'
    head = (
        b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n"
        b"transfer-encoding: chunked\r\n\r\n"
    )
    async with (
        listening(head + b"%x\r\n%b\r\n" % (len(stop), stop)) as url,
        relay_client(url) as client,
    ):
        reply = await send(Relay(client, url), incoming(question()))
        assert await whole(reply) == stop


async def test_nobody_there_is_told_at_once() -> None:
    async with cloud() as made:
        url = made.base_url
    async with relay_client(url) as client:
        reply = await send(Relay(client, url), incoming(question()))
    assert reply.status == 502
    assert reply.headers["x-should-retry"] == "false"
    document = json.loads(await whole(reply))
    assert document["error"]["message"] == f"mux: no answer from {url}: no connection"
    assert document["request_id"] == "req_ours"


@pytest.mark.parametrize(
    "answer", [b"", b"HTTP/1.1 2x0 OK\r\n\r\n", b"junk\r\n\r\n", b"HTTP/1.1 204"]
)
async def test_what_is_no_http_is_told(answer: bytes) -> None:
    async with listening(answer) as url, relay_client(url) as client:
        reply = await send(Relay(client, url), incoming(question()))
    assert reply.status == 502


async def test_no_answer_in_time_is_told() -> None:
    async with relaying(Silence(), QUICK) as (relay, made):
        reply = await send(relay, incoming(question()))
        await made.wait_for(lambda: made.open_connections == 0)
    assert (reply.status, reply.headers["x-should-retry"]) == (504, "false")
    assert b"timeout_error" in await whole(reply)


@pytest.mark.parametrize(
    "url",
    [
        "http://api.example.com",
        "https://user:private@api.example.com",
        "ftp://api.example.com",
        "",
        "https://",
    ],
)
async def test_a_login_is_not_sent_in_the_clear(url: str) -> None:
    async with httpx.AsyncClient(trust_env=False) as client:
        with pytest.raises(ConfigError) as caught:
            Relay(client, url)
    assert "private" not in str(caught.value)
