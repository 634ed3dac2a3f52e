"""Requests that go on to the real API, seen through the whole service."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from mux_tui.core.config.environment import Environment
from mux_tui.core.config.settings import LocalProvider, Providers, Proxy, Settings
from mux_tui.core.exchange import Exchange
from mux_tui.core.proxy.compose import open_service
from mux_tui.core.proxy.service import ProxyService
from tests.cloud import Answer, Cloud, cloud
from tests.cloud.received import fingerprint
from tests.core.proxy.asking import (
    PATIENT,
    Heard,
    Served,
    body_of,
    hear,
    incoming_of,
    service_at,
)
from tests.upstream import Options, upstream

LOGIN = {"x_api_key": "sk-ant-own-key", "anthropic_version": "2023-06-01"}
HARD = "why is this race condition so hard to reproduce, think hard"


def settings_for(api: Cloud, relay: bool = True) -> Settings:
    """Hard questions go to the scripted API."""
    proxy = Proxy(relay=relay, relay_url=api.base_url, tier_high="claude-opus-4-8")
    return Settings(proxy=proxy)


async def asked(
    served: Served, text: str, stream: bool = True, **more: Any
) -> tuple[Heard, Exchange]:
    """One request with the client's own login."""
    body = body_of(text, stream=stream, model="claude-sonnet-5", **more)
    incoming = incoming_of(body, **LOGIN, x_claude_code_session_id="s-1")
    heard = await hear(await served.service.messages(incoming))
    return heard, await served.ended()


async def test_a_hard_question_goes_on_when_the_settings_say_so() -> None:
    async with cloud(Answer("from the cloud")) as api, upstream() as server:
        async with service_at(server.base_url, settings_for(api)) as served:
            heard, exchange = await asked(served, HARD)
        assert not [r for r in server.log if r.method == "POST"]
        (sent,) = api.asked

    assert b"msg_scripted" in heard.data
    assert (exchange.route, exchange.reason) == ("cloud", "effort_tier")
    assert exchange.status == "done"
    assert exchange.model == "claude-opus-4-8"
    assert exchange.tokens_out == 30
    assert sent.headers["x-api-key"] == fingerprint("sk-ant-own-key")


async def test_an_easy_one_stays_here() -> None:
    async with cloud(Answer("from the cloud")) as api, upstream() as server:
        async with service_at(server.base_url, settings_for(api)) as served:
            heard, exchange = await asked(served, "add a test")
        assert not api.asked

    assert heard.seen.text == Options().text
    assert (exchange.route, exchange.reason) == ("local", "local_preferred")


async def test_without_a_relay_it_stays_here_and_says_why() -> None:
    async with cloud(Answer("from the cloud")) as api, upstream() as server:
        settings = settings_for(api, relay=False)
        async with service_at(server.base_url, settings) as served:
            heard, exchange = await asked(served, HARD)

    assert heard.seen.text == Options().text
    assert exchange.reason == "cloud_not_allowed"
    assert "proxy.relay" in exchange.sentence


async def test_without_a_login_it_stays_here_and_says_why() -> None:
    async with cloud(Answer("from the cloud")) as api, upstream() as server:
        async with service_at(server.base_url, settings_for(api)) as served:
            heard = await served.ask(HARD, stream=True)
            exchange = await served.ended()

    assert heard.seen.text == Options().text
    assert exchange.reason == "no_credentials"


async def test_a_model_that_is_not_there_leaves_it_to_the_api() -> None:
    async with upstream() as server:
        gone = server.base_url
    async with cloud(Answer("from the cloud")) as api:
        async with service_at(gone, settings_for(api)) as served:
            _, exchange = await asked(served, "add a test", stream=False)

    assert (exchange.route, exchange.reason) == ("cloud", "local_unavailable")


async def test_a_prompt_that_cannot_fit_goes_on() -> None:
    async with cloud(Answer("from the cloud")) as api, upstream() as server:
        async with service_at(
            server.base_url, settings_for(api), context_window=512
        ) as served:
            _, exchange = await asked(served, "words " * 3000)

    assert (exchange.route, exchange.reason) == ("cloud", "context_too_large")
    assert exchange.status == "done"


async def test_an_api_that_is_not_there_is_told() -> None:
    async with cloud(Answer()) as api:
        settings = settings_for(api)
    async with upstream() as server:
        async with service_at(server.base_url, settings) as served:
            heard, exchange = await asked(served, HARD)

    assert heard.status == 502
    assert heard.reply.headers["x-should-retry"] == "false"
    assert (exchange.route, exchange.status) == ("cloud", "failed")


async def test_an_address_for_nobodys_login_is_told_and_not_used() -> None:
    async with upstream() as server, opened("http://example.com") as service:
        heard = await hear(await service.messages(incoming_of(body_of("x"), **LOGIN)))
        assert server.log == []

    assert "relay" in " ".join(service.notices)
    assert heard.status == 502


@asynccontextmanager
async def opened(relay_url: str) -> AsyncGenerator[ProxyService, None]:
    """The service with such an address for the API, and no model."""
    settings = Settings(
        proxy=Proxy(relay=True, relay_url=relay_url),
        providers=Providers(local=replace(PATIENT, model="none")),
    )
    assert isinstance(settings.providers.local, LocalProvider)
    async with open_service(settings, Environment(), Path.cwd()) as service:
        yield service
