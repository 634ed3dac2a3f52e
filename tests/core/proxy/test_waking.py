"""A proxy that was there already reads the prompt anew, once somebody comes back."""

import asyncio
from typing import Any

from mux_tui.core.config.settings import Proxy, Settings
from tests.core.proxy.asking import Served, body_of, hear, incoming_of, service_at
from tests.core.proxy.conftest import Served as Face
from tests.core.proxy.raw import ask, head
from tests.upstream import Upstream, upstream

SYSTEM = "You are a careful coder. " * 20
OFF = Settings(proxy=Proxy(prewarm=False))


def _questions(server: Upstream) -> list[dict[str, Any]]:
    return [record.body for record in server.log if record.method == "POST"]


async def _turn(served: Served) -> None:
    body = body_of("hello", system=SYSTEM, stream=True)
    await hear(await served.service.messages(incoming_of(body)))


async def test_the_prompt_is_read_again_for_a_model_that_was_unloaded() -> None:
    async with upstream() as server:
        async with service_at(server.base_url) as served:
            await _turn(served)
            assert (await served.ended()).kind != "warm"
        async with service_at(server.base_url) as served:
            assert (await served.ended()).kind == "warm"
            served.service.warm()
            warm = await served.ended()
        first, *warmings = _questions(server)

    assert (warm.kind, warm.status) == ("warm", "done")
    assert len(warmings) == 2
    assert all(one["messages"][0] == first["messages"][0] for one in warmings)
    assert all(one["max_tokens"] == 1 for one in warmings)


async def test_nothing_is_read_beforehand_while_somebody_is_answered() -> None:
    async with upstream(mode="hang-after-headers") as server:
        async with service_at(server.base_url) as served:
            asking = asyncio.create_task(_turn(served))
            await server.until(lambda: len(_questions(server)) == 1)
            served.service.warm()
            await asyncio.sleep(0)
            asking.cancel()
            await asyncio.wait((asking,))

        assert len(_questions(server)) == 1


async def test_what_is_not_wanted_is_not_read() -> None:
    async with upstream() as server:
        async with service_at(server.base_url, OFF) as served:
            await _turn(served)
            served.service.warm()

        assert len(_questions(server)) == 1


async def test_who_may_ask_may_have_it_warmed(served: Face) -> None:
    port, target = served.port, "POST /v1/mux/warm"
    assert (await ask(port, head(port, target, "Content-Length: 0"))).status == 200
    refused = await ask(port, head(port, target, "Content-Length: 0", token=None))
    assert (refused.status, served.service.warmed) == (401, 1)
