"""Whatever answers at a URL is named, and nothing it does is a traceback."""

import asyncio
import json
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest

from mux_tui.core.errors import ServerError, UsageError
from mux_tui.core.model_server.address import base_url_of
from mux_tui.core.model_server.examine import Endpoint, examine
from mux_tui.core.model_server.probe import ask, first_token, loopback_client
from mux_tui.core.model_server.speed import measure

CHAT = "/v1/chat/completions"
TOKEN = {"choices": [{"message": {"content": "Hi"}}]}


def http(
    body: object,
    status: str = "200 OK",
    server: str = "",
    kind: str = "application/json",
) -> bytes:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    head = f"HTTP/1.0 {status}\r\nContent-Type: {kind}\r\n"
    return (head + (f"Server: {server}\r\n" if server else "") + "\r\n").encode() + data


def models(*entries: dict[str, Any]) -> bytes:
    return http({"object": "list", "data": list(entries)})


@asynccontextmanager
async def serving(
    answers: dict[str, bytes], seen: Callable[[bytes], None] = lambda _: None
) -> AsyncGenerator[str]:
    """A server that answers each path with the given bytes; others with 404."""

    async def answer(
        reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        seen(head)
        path = head.split()[1].decode()
        if path == "/hang/models":
            await reader.read()
        writer.write(answers.get(path, http({"error": "Not Found"}, "404 Not Found")))
        writer.close()

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        yield f"http://127.0.0.1:{port}"


async def examined(answers: dict[str, bytes], **wanted: Any) -> Endpoint:
    async with serving(answers) as root:
        return await examine(f"{root}/v1", timeout=30.0, token_timeout=30.0, **wanted)


async def test_a_server_that_gives_a_token_has_no_problem() -> None:
    found = await examined(
        {
            "/v1/models": models(
                {"id": "a", "owned_by": "vllm", "max_model_len": 4096}
            ),
            CHAT: http(TOKEN),
        }
    )
    assert (found.problem, found.kind, found.model) == ("", "vllm", "a")
    assert found.models[0].context_window == 4096
    assert found.first_token_seconds is not None


@pytest.mark.parametrize(
    ("answer", "word"),
    [
        (http(b"<html>hello", kind="text/html"), "web page"),
        (http(b"  <!doctype html>", "502 Bad Gateway"), "HTTP 502 and a web page"),
        (http(b"hello"), "not JSON"),
        (http(b"\xff\xfe{"), "not UTF-8"),
        (http(b"[" * 90_000), "nested"),
        (http([1]), "no list of models"),
        (http({"models": []}), "no list of models"),
        (http({"data": {}}), "no list of models"),
        (http({"data": []}), "no model"),
        (http({"data": [1, {}, {"id": 5}]}), "no model"),
        (http({}, "401 Unauthorized"), "key"),
        (http({}, "302 Found\r\nLocation: http://x/\x1b[31m"), "model server"),
        (http({}, "307 Moved\r\nLocation: http://x/"), "points to http://x/"),
        (http({}, "500 Oops"), "HTTP 500"),
        (http(b""), "empty"),
        (http(b" " * 2_000_000), "no end"),
        (b"SSH-2.0-OpenSSH_9.2\r\n", "No model server answers"),
        (b"", "No model server answers"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{", "No model server answers"),
    ],
)
async def test_what_is_no_model_server_is_named(answer: bytes, word: str) -> None:
    found = await examined({"/v1/models": answer})
    assert word in found.problem
    assert "\x1b" not in found.problem
    assert "\n" not in found.problem
    assert len(found.problem) < 300


async def test_a_silent_server_is_given_up() -> None:
    async with serving({}) as root:
        found = await examine(f"{root}/hang", timeout=0.1)
    assert "has not answered within 0.1 s" in found.problem


async def test_nobody_at_all_is_told_apart_from_somebody_silent() -> None:
    async with serving({}) as root:
        pass
    found = await examine(f"{root}/v1", timeout=30.0)
    assert "nothing listens there" in found.problem


@pytest.mark.parametrize(
    ("answer", "word"),
    [
        (http({"error": "model \x1b[1mnot found"}, "404 Not Found"), "HTTP 404"),
        (http({"choices": []}), "empty"),
        (http({"choices": [{"message": {"content": None}}]}), "empty"),
        (http({"error": {"message": "overloaded"}}), "overloaded"),
        (http(b"<html>"), "not JSON"),
    ],
)
async def test_a_server_without_a_token_is_no_model_server(
    answer: bytes, word: str
) -> None:
    found = await examined({"/v1/models": models({"id": "a"}), CHAT: answer})
    assert "a gives no token" in found.problem
    assert word in found.problem
    assert "\x1b" not in found.problem
    assert [model.id for model in found.models] == ["a"]


async def test_mlx_lm_is_asked_for_the_model_it_has_whatever_it_lists() -> None:
    for listed in (b"", json.dumps({"data": [{"id": "/other"}]}).encode()):
        found = await examined(
            {
                "/v1/models": http(listed, server="BaseHTTP/0.6 Python/3.11.7"),
                CHAT: http(TOKEN),
            }
        )
        assert (found.kind, found.model) == ("mlx_lm.server", "default_model")
        assert found.problem == ""


async def test_context_windows_are_found_where_each_server_tells_them() -> None:
    asked = {
        "llama-server": (
            {"id": "a", "owned_by": "llamacpp"},
            {"/props": http({"default_generation_settings": {"n_ctx": 8192}})},
            8192,
        ),
        "ollama": (
            {"id": "a", "owned_by": "library"},
            {"/api/show": http({"parameters": "stop x\nnum_ctx   2048"})},
            2048,
        ),
        "lm-studio": (
            {"id": "a", "owned_by": "organization_owner"},
            {"/api/v0/models": http({"data": [{"id": "a", "max_context_length": 99}]})},
            99,
        ),
    }
    for kind, (entry, more, window) in asked.items():
        found = await examined({"/v1/models": models(entry), CHAT: http(TOKEN)} | more)
        assert (found.kind, found.models[0].context_window) == (kind, window)
        without = await examined({"/v1/models": models(entry), CHAT: http(TOKEN)})
        assert without.models[0].context_window is None


async def test_ollamas_trained_window_counts_where_none_is_set() -> None:
    shown = {"model_info": {"llama.context_length": 4096, "x": 1}}
    found = await examined(
        {
            "/v1/models": models({"id": "a", "owned_by": "library"}),
            "/api/show": http(shown),
            CHAT: http(TOKEN),
        }
    )
    assert found.models[0].context_window == 4096


async def test_the_key_goes_along_and_nothing_else_of_ours() -> None:
    heads: list[bytes] = []
    answers = {"/v1/models": models({"id": "a"}), CHAT: http(TOKEN)}
    async with serving(answers, heads.append) as root:
        await examine(f"{root}/v1", key="k-1", timeout=30.0)
    assert len(heads) == 2
    assert all(b"Bearer k-1" in head for head in heads)
    assert not any(b"Cookie" in head for head in heads)


async def test_speed_is_measured_on_a_stream() -> None:
    chunk = b'data: {"choices":[{"delta":{"content":"a"}}]}\n\n'
    last = (
        b'data: {"choices":[],"usage":{"prompt_tokens":90,"completion_tokens":3}}\n\n'
    )
    stream = http(chunk * 3 + last + b"data: [DONE]\n\n")
    token = {"choices": [{"delta": {"content": "a"}}]}
    found = await examined(
        {"/v1/models": models({"id": "a"}), CHAT: http(token)}, with_speed=True
    )
    assert found.speed is None
    answers = {"/v1/models": models({"id": "a"}), CHAT: stream}
    async with serving(answers) as root, loopback_client() as client:
        speed = await measure(client, f"{root}/v1", "a", 30.0)
    assert speed is not None
    assert (speed.reading or 0) > 0


async def test_another_instance_is_not_ours() -> None:
    other = http(TOKEN, "200 OK\r\nX-Mux-Instance: theirs")
    async with serving({CHAT: other}) as root, loopback_client() as client:
        base_url = f"{root}/v1"
        assert (await first_token(client, base_url, instance="theirs")).seconds > 0
        with pytest.raises(ServerError, match="not the server that mux started"):
            await first_token(client, base_url, instance="ours")


@pytest.mark.parametrize("url", ["ftp://x", "http://", "http://a b/", "http://x\x00/"])
async def test_what_is_no_address_is_no_answer(url: str) -> None:
    async with loopback_client() as client:
        with pytest.raises(ServerError):
            await ask(client, url, 1.0)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("localhost:11434", "http://localhost:11434/v1"),
        (" http://127.0.0.1:1234/ ", "http://127.0.0.1:1234/v1"),
        ("https://box.local/v1/", "https://box.local/v1"),
        ("http://x:1/v1/chat/completions", "http://x:1/v1"),
        ("http://x:1/v1/models", "http://x:1/v1"),
        ("http://x:1/proxy/openai", "http://x:1/proxy/openai"),
        ("[::1]:8080", "http://[::1]:8080/v1"),
    ],
)
def test_what_a_user_types_becomes_a_base_url(typed: str, meant: str) -> None:
    assert base_url_of(typed) == meant


@pytest.mark.parametrize(
    "typed",
    ["", "ftp://x", "http://", "http://x:99999", "a b", "http://[x", "file:///etc"],
)
def test_what_is_no_address_is_refused(typed: str) -> None:
    with pytest.raises(UsageError):
        base_url_of(typed)


def test_an_address_with_a_password_is_refused_without_repeating_it() -> None:
    with pytest.raises(UsageError) as caught:
        base_url_of("http://me:hunter2@host:80/v1")
    assert "hunter2" not in str(caught.value)
