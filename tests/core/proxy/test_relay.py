"""What the client and the real API say to each other passes the relay unchanged."""

import asyncio
import json
import logging
from contextlib import aclosing

import httpx
import pytest

from mux_tui.core.proxy.answer_tap import AnswerTap, Passed
from mux_tui.core.proxy.credentials import Credentials
from mux_tui.core.proxy.history import cloud_body
from mux_tui.core.proxy.relay import Relay, is_relayable, relay_client
from tests.cloud import Answer, Failure, ToolCall, cloud
from tests.cloud.received import fingerprint
from tests.core.proxy.relays import (
    HEADERS,
    KEY,
    OAUTH,
    OURS,
    incoming,
    question,
    relaying,
    send,
    whole,
)

FULL = Answer("A mutex is a lock.", tool=ToolCall("Read", {"path": "ä.py"}))


@pytest.mark.parametrize("stream", [True, False])
async def test_the_answer_comes_back_byte_for_byte(stream: bool) -> None:
    body = question(stream)
    async with relaying(FULL) as (relay, made):
        tap = AnswerTap()
        reply = await send(relay, incoming(body), tap=tap)
        passed = await whole(reply)
        async with httpx.AsyncClient(trust_env=False) as client:
            url = f"{made.base_url}/v1/messages"
            direct = await client.post(url, content=body)
    assert (reply.status, passed) == (200, direct.content)
    assert reply.headers["content-type"] == direct.headers["content-type"]
    assert tap.passed == Passed(True, "claude-x", 120, 20, 30, "tool_use", 1)


async def test_each_piece_passes_when_it_comes() -> None:
    """An answer that never ends is read as far as it goes."""
    async with relaying(Answer("One two three four.", ending="hang")) as (relay, _):
        reply = await send(relay, incoming(question()))
        assert not isinstance(reply.body, bytes)
        seen = b""
        async with asyncio.timeout(30), aclosing(reply.body) as pieces:
            async for piece in pieces:
                seen += piece
                if b"text_delta" in seen:
                    break
    assert seen.startswith(b"event: message_start\n")


async def test_the_request_arrives_as_it_was_sent() -> None:
    body = question(unknown=[1.0, None])
    async with relaying() as (relay, made):
        await whole(await send(relay, incoming(body)))
    (request,) = made.requests
    assert (request.method, request.path, request.query) == (
        "POST",
        "/v1/messages",
        "beta=true",
    )
    assert request.size == len(body)
    assert request.body == json.loads(body)
    for name in ("anthropic-beta", "anthropic-version", "user-agent", "accept"):
        assert request.headers[name] == HEADERS[name]
    assert request.headers["x-claude-code-session-id"] == "s1"


async def test_headers_of_one_connection_and_of_mux_stay() -> None:
    async with relaying() as (relay, made):
        await whole(await send(relay, incoming(question())))
    (request,) = made.requests
    assert request.headers["host"] == made.base_url.removeprefix("http://")
    assert request.headers["accept-encoding"] == "identity"
    assert not {"x-mux-token", "x-mux-other", "x-hop", "cookie"} & set(request.headers)
    assert request.headers.get("connection") is None


@pytest.mark.parametrize(
    ("login", "header"), [(KEY, "x-api-key"), (OAUTH, "authorization")]
)
async def test_both_kinds_of_login_arrive(login: str, header: str) -> None:
    async with relaying() as (relay, made):
        await whole(await send(relay, incoming(question(), login)))
    (request,) = made.requests
    assert request.headers[header] == fingerprint(login)


async def test_our_token_never_arrives() -> None:
    """Wherever the client puts it, and whatever else it sends."""
    places = {
        "authorization": f"Bearer {OURS}",
        "x-api-key": OURS,
        "x-mux-token": OURS,
        "proxy-authorization": f"Basic {OURS}",
    }
    async with relaying() as (relay, made):
        for name, value in places.items():
            asked = incoming(question(), headers=HEADERS | {name: value})
            await whole(await send(relay, asked))
        both = {"authorization": f"Bearer {OURS}", "x-api-key": KEY}
        await whole(await send(relay, incoming(headers=HEADERS | both)))
    marks = {fingerprint(OURS), fingerprint(f"Bearer {OURS}"), OURS}
    for request in made.requests:
        assert not marks & set(request.headers.values())
        assert not set(places) & set(request.headers) - {"x-api-key"}
    assert made.requests[-1].headers["x-api-key"] == fingerprint(KEY)
    assert all("x-api-key" not in request.headers for request in made.requests[:-1])


async def test_what_a_browser_would_trust_does_not_come_back() -> None:
    told = {
        "access-control-allow-origin": "*",
        "set-cookie": "a=b",
        "alt-svc": "h3",
        "keep-alive": "timeout=5",
    }
    async with relaying(Failure(400, headers=told)) as (relay, _):
        reply = await send(relay, incoming(question()))
        await whole(reply)
    assert not set(told) & set(reply.headers)


async def test_local_thinking_does_not_arrive_and_the_model_is_replaced() -> None:
    thinking = {"type": "thinking", "thinking": "hm", "signature": ""}
    said = {"type": "text", "text": "Done."}
    turns = [
        {"role": "user", "content": "Do it."},
        {"role": "assistant", "content": [thinking, said]},
        {"role": "user", "content": "More."},
    ]
    asked = incoming(question(model="tiny", messages=turns))
    async with relaying() as (relay, made):
        await whole(await send(relay, asked, cloud_body(asked.body, "claude-y")))
    (request,) = made.requests
    assert request.model == "claude-y"
    assert request.body["messages"][1]["content"] == [said]


async def test_other_requests_pass() -> None:
    async with relaying() as (relay, made):
        asked = incoming(method="GET", path="/v1/models", query="limit=1000")
        reply = await send(relay, asked)
        document = json.loads(await whole(reply))
    assert document["data"][0]["type"] == "model"
    (request,) = made.requests
    assert (request.path, request.query) == ("/v1/models", "limit=1000")
    assert "content-length" not in request.headers


@pytest.mark.parametrize(
    ("method", "path", "passes"),
    [
        ("GET", "/v1/models", True),
        ("POST", "/v1/files", True),
        ("GET", "/api/oauth/profile", True),
        ("POST", "/v1/messages/count_tokens", False),
        ("GET", "/health", False),
        ("GET", "/", False),
        ("GET", "/v1/../admin", False),
        ("CONNECT", "/v1/models", False),
        ("TRACE", "/v1/models", False),
    ],
)
def test_which_other_requests_pass(method: str, path: str, passes: bool) -> None:
    assert is_relayable(method, path) is passes


async def test_the_real_api_is_asked_through_the_users_proxy(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The proxy sees the host's name and no login."""
    async with cloud() as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.base_url.replace("//", "//u:private@"))
        url = "https://api.example.com"
        async with relay_client(url) as client:
            reply = await send(Relay(client, url), incoming(question()))
    assert reply.status == 502
    assert b"HTTP proxy of the environment refuses" in await whole(reply)
    assert b"private" not in await whole(reply)
    (request,) = proxy.requests
    assert (request.method, request.path) == ("CONNECT", "api.example.com:443")
    assert not {"x-api-key", "authorization", "x-mux-token"} & set(request.headers)


async def test_an_api_on_this_machine_is_asked_directly(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with cloud() as proxy:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "HTTPS_PROXY"):
            monkeypatch.setenv(name, proxy.base_url)
        async with relaying() as (relay, made):
            reply = await send(relay, incoming(question()))
            await whole(reply)
    assert (reply.status, len(made.requests), proxy.requests) == (200, 1, [])


async def test_no_secret_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    async with relaying((FULL, Failure(401))) as (relay, made):
        for _ in range(2):
            await whole(await send(relay, incoming(question(), OAUTH)))
        await made.stop()
        await whole(await send(relay, incoming(question())))
    for secret in ("private", "sk-ant", OURS):
        assert secret not in caplog.text


async def test_a_request_without_a_login_is_sent_without_one() -> None:
    async with relaying(Failure(401)) as (relay, made):
        asked = incoming(question(), headers=HEADERS)
        reply = await relay.send(asked, asked.body, Credentials())
        await whole(reply)
    assert reply.status == 401
    assert not {"authorization", "x-api-key"} & set(made.requests[0].headers)


async def test_a_path_of_the_gateway_is_kept() -> None:
    async with cloud() as made, relay_client(made.base_url) as client:
        relay = Relay(client, f"{made.base_url}/gateway/")
        await whole(await send(relay, incoming(question())))
    assert made.requests[0].path == "/gateway/v1/messages"
