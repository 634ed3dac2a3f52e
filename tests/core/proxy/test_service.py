"""One request through the whole service, before a server that answers rightly."""

import asyncio
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from mux_tui.core.config.environment import Environment
from mux_tui.core.config.settings import LocalProvider, Providers, Proxy, Settings
from mux_tui.core.events import ExchangeStarted
from mux_tui.core.ledger.store import open_ledger
from mux_tui.core.proxy.compose import open_service
from mux_tui.core.proxy.http import Incoming
from mux_tui.core.proxy.service import ProxyService
from tests.core.proxy.asking import BASH, body_of, hear, incoming_of, service_at
from tests.upstream import Options, upstream

TEXT = Options().text


async def test_a_stream_is_headers_blocks_and_an_end() -> None:
    async with upstream() as server:
        async with service_at(server.base_url) as served:
            heard = await served.ask(stream=True)

    assert heard.status == 200
    assert heard.reply.headers["content-type"].startswith("text/event-stream")
    assert heard.seen.text == TEXT
    assert heard.seen.counts.input == 11


async def test_a_whole_answer_is_the_same_answer() -> None:
    async with upstream() as server:
        async with service_at(server.base_url) as served:
            heard = await served.ask()

    message = heard.document
    assert message["content"] == [{"type": "text", "text": TEXT}]
    assert (message["role"], message["stop_reason"]) == ("assistant", "end_turn")
    assert message["usage"]["output_tokens"] > 0


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "JSON"),
        (b"[1]", "JSON object"),
        (b"[" * 100_000, "JSON"),
        (b'{"model":"m","max_tokens":1,"messages":[]}', "messages"),
        (b'{"model":"m","messages":[{"role":"user","content":"x"}]}', "max_tokens"),
        (b'{"model":1,"max_tokens":1,"messages":[{"role":"user"}]}', "model"),
    ],
)
async def test_what_is_no_request_is_refused_in_one_line(
    body: bytes, words: str
) -> None:
    """The model is not asked, and the refusal is on record."""
    async with upstream() as server:
        async with service_at(server.base_url) as served:
            heard = await hear(await served.service.messages(incoming_of(body)))
            exchange = await served.ended()
        assert server.log == []

    assert heard.status == 400
    assert heard.error["type"] == "invalid_request_error"
    assert words in heard.error["message"]
    assert heard.reply.headers["x-should-retry"] == "false"
    assert (exchange.status, exchange.http_status) == ("failed", 400)


async def test_only_what_the_settings_say_goes_to_the_server() -> None:
    """Neither a model of the client's choosing, nor files to load, nor any key."""
    body = body_of(
        "hello",
        model="../../etc/passwd",
        adapters="/tmp/evil",
        draft_model="evil/repo",
        chat_template_kwargs={"x": 1},
        metadata={"user_id": "u"},
    )
    incoming = incoming_of(
        body, authorization="Bearer secret-token", x_api_key="sk-ant-secret"
    )
    async with upstream(api_key="server-key") as server:
        local = LocalProvider(base_url=server.base_url, api_key_env="SERVER_KEY")
        settings = replace(Settings(), providers=Providers(local=local))
        variables = dict(Environment().variables) | {"SERVER_KEY": "server-key"}
        async with open_service(settings, Environment(variables), Path.cwd()) as it:
            heard = await hear(await it.messages(incoming))
        record = server.last

    assert heard.status == 200
    assert record.body["model"] == "upstream-model"
    unwanted = {"adapters", "draft_model", "chat_template_kwargs", "metadata"}
    assert not unwanted & set(record.body)
    assert record.headers["authorization"] == "Bearer server-key"
    everything = json.dumps([record.body, record.headers])
    assert "secret" not in everything
    assert "passwd" not in everything
    assert record.body["stream"] is True
    assert record.body["stream_options"] == {"include_usage": True}


async def test_a_server_that_is_not_there_is_told_at_once() -> None:
    async with upstream() as server:
        gone = server.base_url
    async with service_at(gone) as served:
        async with asyncio.timeout(30):
            heard = await served.ask(stream=True)
        exchange = await served.ended()

    assert heard.status == 502
    assert heard.error["type"] == "api_error"
    assert heard.error["message"].startswith(f"mux: no answer from {gone}")
    assert heard.reply.headers["x-should-retry"] == "false"
    assert exchange.http_status == 502


async def test_a_server_that_went_away_in_between_is_told_and_found_again() -> None:
    async with upstream() as server:
        port = server.port
        async with service_at(server.base_url) as served:
            assert (await served.ask()).status == 200
            await server.__aexit__(None, None, None)
            assert (await served.ask()).status == 502
            async with type(server)(Options(), port):
                assert (await served.ask()).status == 200


async def test_the_record_of_a_request_is_complete() -> None:
    """Sizes, tokens, times and the decision, told as it begins and as it ends."""
    async with upstream("ok-tool") as server:
        async with service_at(server.base_url) as served:
            body = body_of("list the files", stream=True, tools=[BASH])
            incoming = incoming_of(
                body, x_claude_code_session_id="s-1", x_claude_code_agent_id="a-1"
            )
            await hear(await served.service.messages(incoming))
            started = await anext(served.events)
            exchange = await served.ended()

    assert isinstance(started, ExchangeStarted)
    assert (started.exchange.status, exchange.status) == ("running", "done")
    assert started.exchange.id == exchange.id
    assert (exchange.kind, exchange.route) == ("turn", "local")
    assert exchange.reason == "local_preferred"
    assert (exchange.session_id, exchange.agent_id) == ("s-1", "a-1")
    assert (exchange.model_asked, exchange.model) == ("claude-local", "upstream-model")
    assert exchange.bytes_in == len(incoming.body)
    assert started.exchange.bytes_sent == exchange.bytes_sent > 100
    assert exchange.tokens_sent
    assert (exchange.tokens_counted, exchange.tool_calls) == (11, 1)
    assert exchange.first_token_seconds is not None
    assert exchange.seconds >= exchange.first_token_seconds
    assert exchange.stop_reason == "tool_use"


async def test_every_request_is_a_row_in_the_ledger() -> None:
    async with upstream() as server:
        async with service_at(server.base_url) as served:
            await served.ask(stream=True)
            await served.ask("again")
    path = Environment().paths.ledger
    async with open_ledger(path, Settings().ledger) as ledger:
        rows = await ledger.exchanges(10)

    assert [row.status for row in rows] == ["done", "done"]
    assert {row.streamed for row in rows} == {True, False}


async def test_the_last_request_is_kept_without_secrets() -> None:
    async with upstream() as server:
        async with service_at(server.base_url) as served:
            incoming = incoming_of(
                body_of("keep this"), authorization="Bearer abc123", user_agent="it"
            )
            await hear(await served.service.messages(incoming))
    paths = Environment().paths
    raw, sent = paths.last_request.read_text(), paths.last_translated.read_text()

    assert "keep this" in raw
    assert "keep this" in sent
    assert "user-agent" in raw
    assert "abc123" not in raw + sent


async def test_nothing_is_kept_when_the_settings_say_so() -> None:
    settings = Settings(proxy=Proxy(keep_last=False))
    async with upstream() as server:
        async with service_at(server.base_url, settings) as served:
            await served.ask()

    assert not Environment().paths.last_request.exists()


async def test_tokens_are_counted_with_system_and_tools() -> None:
    async with upstream() as server:
        async with service_at(server.base_url) as served:
            counts = [
                await counted(served.service, body)
                for body in (
                    {"model": "m", "messages": body_of("hello")["messages"]},
                    body_of("hello", system="You are kind. " * 50),
                    body_of("hello", system="You are kind. " * 50, tools=[BASH]),
                )
            ]
            exchange = await served.ended()

    assert 0 < counts[0] < counts[1] < counts[2]
    assert (exchange.kind, exchange.route) == ("count", "none")
    assert [record for record in server.log if record.method == "POST"] == []


async def test_counting_what_is_no_request_is_refused() -> None:
    async with upstream() as server:
        async with service_at(server.base_url) as served:
            reply = await served.service.count_tokens(incoming_of(b"{}"))

    assert reply.status == 400


async def counted(service: ProxyService, body: dict[str, Any]) -> int:
    """What a request is counted as."""
    reply = await service.count_tokens(incoming_of(body))
    return (await hear(reply)).document["input_tokens"]


async def test_the_local_model_is_listed_under_an_id_that_clients_show() -> None:
    async with upstream(model="Qwen/Qwen3-4B") as server:
        async with service_at(server.base_url) as served:
            incoming = Incoming("GET", "/v1/models", "limit=1000", {})
            page = (await hear(await served.service.models(incoming))).document
            one = replace(incoming, path="/v1/models/claude-x")
            entry = (await hear(await served.service.models(one))).document

    (model,) = page["data"]
    assert model["id"] == "claude-mux-qwen-qwen3-4b" == page["first_id"]
    assert model["display_name"] == "Qwen/Qwen3-4B" == entry["display_name"]
    assert (model["type"], page["has_more"]) == ("model", False)
    assert entry["id"] == "claude-x"


async def test_health_tells_the_model_and_starts_nothing() -> None:
    async with upstream() as server:
        async with service_at(server.base_url) as served:
            health = await served.service.health()

    assert health["model"] == "upstream-model"
    assert (health["model_status"], health["circuit"]) == ("ready", "closed")
    json.dumps(health)


async def test_health_of_no_model_is_an_answer_too() -> None:
    async with open_service(Settings(), Environment(), Path.cwd()) as service:
        health = await service.health()

    assert health["model"] is None
    assert health["model_status"] == "not_configured"


async def test_without_a_model_a_request_says_what_to_do() -> None:
    async with open_service(Settings(), Environment(), Path.cwd()) as service:
        heard = await hear(await service.messages(incoming_of(body_of(stream=True))))

    assert heard.status == 502
    assert "mux setup" in heard.error["message"]


async def test_a_conversation_whose_beginning_changes_says_what_did() -> None:
    headers = {"x_claude_code_session_id": "s-1"}
    async with upstream() as server:
        async with service_at(server.base_url) as served:
            for day in ("Monday", "Tuesday"):
                body = body_of("hello", system=f"Be kind.\nToday is {day}.")
                await hear(await served.service.messages(incoming_of(body, **headers)))
            first, second = await served.ended(), await served.ended()

    assert first.prefix_break == ""
    assert "Today is Tuesday." in second.prefix_break


async def test_a_server_that_cut_the_prompt_is_called_out() -> None:
    async with upstream() as server:
        async with service_at(server.base_url) as served:
            await served.ask("many words here " * 500)
            exchange = await served.ended()

    assert "it cut the prompt" in " ".join(exchange.notes)
