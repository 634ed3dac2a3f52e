"""One request to the model: what is sent, and what becomes of the connection."""

import json
from contextlib import aclosing

import pytest

from mux_tui.core.backends.chat_endpoint import Endpoint, make_client
from mux_tui.core.config.settings import Settings
from mux_tui.core.errors import BackendError
from mux_tui.core.events import Prefilled
from mux_tui.core.proxy.upstream import Limits, Refused, Sign, ask, chat_body, for_model
from mux_tui.core.wire.openai import Piece
from tests.upstream import Options, upstream

LIMITS = Limits(connect=1, first_token=2, stall=2, answer_bytes=1_000_000)
BODY = {"messages": [{"role": "user", "content": "hi"}], "max_tokens": 5}


async def signs_of(
    base_url: str, limits: Limits = LIMITS, notes: list[str] | None = None
) -> list[Sign]:
    """Everything one request brings."""
    endpoint = Endpoint(base_url, "m")
    async with make_client(base_url) as client:
        body = for_model(chat_body(BODY), endpoint.model)
        asked = ask(client, endpoint, body, limits, notes)
        async with aclosing(asked) as batches:
            return [sign async for batch in batches for sign in batch]


def test_a_body_asks_for_a_stream_with_counts_and_for_this_model_alone() -> None:
    sent = for_model(
        chat_body(BODY | {"model": "evil", "adapters": "x", "draft_model": "y"}), "m"
    )

    assert json.loads(sent) == {
        "model": "m",
        **BODY,
        "stream": True,
        "stream_options": {"include_usage": True},
    }


def test_without_a_model_the_server_chooses() -> None:
    assert "model" not in json.loads(for_model(chat_body(BODY), ""))


@pytest.mark.parametrize("odd", ["half \ud83d of one", 2**70])
def test_what_the_quick_encoder_refuses_is_sent_all_the_same(odd: object) -> None:
    sent = json.loads(for_model(chat_body(BODY | {"odd": odd}), "m"))

    assert sent["odd"] == (odd if isinstance(odd, int) else "half ? of one")


async def test_pieces_come_as_the_server_sent_them() -> None:
    async with upstream() as server:
        signs = await signs_of(server.base_url)

    pieces = [sign for sign in signs if isinstance(sign, Piece)]
    assert "".join(piece.text for piece in pieces) == Options().text
    assert [piece.usage for piece in pieces if piece.usage]


async def test_reading_of_the_prompt_is_told() -> None:
    async with upstream("sse-comments") as server:
        signs = await signs_of(server.base_url)

    assert any(isinstance(sign, Prefilled) for sign in signs)


async def test_odd_events_are_noted() -> None:
    notes: list[str] = []
    async with upstream("json-garbage") as server:
        await signs_of(server.base_url, notes=notes)

    assert notes == ["skipped 1 unreadable stream events: not JSON"]


async def test_a_refusal_keeps_what_the_server_said() -> None:
    async with upstream("http-429", retry_after=7) as server:
        with pytest.raises(Refused) as caught:
            await signs_of(server.base_url)

    assert (caught.value.status, caught.value.retry_after) == (429, "7")
    assert caught.value.fault == "rate_limit"


async def test_an_answer_without_end_is_a_fault() -> None:
    small = Limits(connect=1, first_token=2, stall=2, answer_bytes=1000)
    async with upstream("many-events", events=5000) as server:
        with pytest.raises(BackendError, match="grew past 1000 characters"):
            await signs_of(server.base_url, small)


async def test_redirects_are_not_followed() -> None:
    """A prompt goes where the settings say, and nowhere else."""
    async with upstream() as elsewhere:
        async with upstream("http-302", redirect_to=elsewhere.base_url) as server:
            with pytest.raises(BackendError):
                await signs_of(server.base_url)
        assert elsewhere.log == []


async def test_http_proxies_of_the_environment_are_not_used(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with upstream() as listener, upstream() as server:
        for name in ("HTTP_PROXY", "ALL_PROXY", "http_proxy", "all_proxy"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{listener.port}")
        await signs_of(server.base_url)
        assert listener.log == []
        assert len(server.log) == 1


async def test_closing_closes_the_connection() -> None:
    endpoint_model = "m"
    async with upstream("endless") as server:
        endpoint = Endpoint(server.base_url, endpoint_model)
        async with make_client(server.base_url) as client:
            body = for_model(chat_body(BODY), endpoint_model)
            async with aclosing(ask(client, endpoint, body, LIMITS)) as batches:
                await anext(batches)
            record = await server.ended()

    assert record.ended == "client_gone"


def test_the_limits_are_those_of_the_settings() -> None:
    limits = Limits.from_settings(Settings())

    assert (limits.connect, limits.first_token, limits.stall) == (5.0, 300.0, 120.0)
