"""Clients that leave, wait, crowd or stop reading."""

import asyncio
from contextlib import aclosing
from dataclasses import replace

import pytest

from mux_tui.core.config.settings import Server, Settings
from mux_tui.core.proxy.closing_body import ClosingBody
from mux_tui.core.proxy.delivery import Pace
from tests.core.proxy.asking import hear, service_at
from tests.upstream import Upstream, upstream

FAULT = " [[fault:cut-between-events]]"


async def asked(server: Upstream) -> None:
    """Wait until the model has been asked."""
    await server.until(lambda: any(r.method == "POST" and r.mode for r in server.log))


async def test_a_stream_that_is_left_is_closed_behind() -> None:
    async with upstream("endless") as server:
        async with service_at(server.base_url) as served:
            reply = await served.begin(stream=True)
            assert isinstance(reply.body, ClosingBody)
            async with aclosing(reply.body) as pieces:
                await anext(pieces)
                await anext(pieces)
            await server.ended(len(server.log))
            exchange = await served.ended()

    assert server.last.ended == "client_gone"
    assert exchange.status == "cancelled"
    assert exchange.error == ""


@pytest.mark.parametrize("mode", ["endless", "hang-before-headers", "hang-comments"])
@pytest.mark.parametrize("stream", [True, False])
async def test_a_request_that_is_left_before_its_answer_is_closed_behind(
    mode: str, stream: bool
) -> None:
    """While the status is held back, and while a whole answer gathers."""
    async with upstream(mode) as server:
        async with service_at(server.base_url, pace=Pace(grace=30)) as served:
            asking = asyncio.create_task(served.begin(stream=stream))
            await asked(server)
            if asking.done():
                await close(asking.result().body)
            asking.cancel()
            await asyncio.wait({asking})
            await server.ended(len(server.log))
            exchange = await served.ended()

    assert server.last.ended == "client_gone"
    assert exchange.status == "cancelled"


async def close(body: object) -> None:
    """Leave a stream of which nothing was read."""
    assert isinstance(body, ClosingBody)
    await body.aclose()


async def test_a_reply_that_nobody_reads_is_closed_behind() -> None:
    """Closing a generator that was not started runs nothing of it."""
    async with upstream("endless") as server:
        async with service_at(server.base_url) as served:
            reply = await served.begin(stream=True)
            await close(reply.body)
            await server.ended(len(server.log))
            exchange = await served.ended()

    assert server.last.ended == "client_gone"
    assert exchange.status == "cancelled"


async def test_a_reader_that_stops_holds_the_server_back() -> None:
    """What waits for it is bounded."""
    async with upstream("many-events", events=200_000) as server:
        async with service_at(server.base_url) as served:
            reply = await served.begin(stream=True)
            assert isinstance(reply.body, ClosingBody)
            async with aclosing(reply.body) as pieces:
                await anext(pieces)
                sent = -1
                while server.last.events_sent != sent:
                    sent = server.last.events_sent
                    await asyncio.sleep(0.3)
                assert sent < 200_000


async def test_a_whole_answer_that_takes_long_begins_with_blanks() -> None:
    async with upstream("slow-drip", drip=0.1) as server:
        pace = Pace(beat=0.02, whole=0.05)
        async with service_at(server.base_url, pace=pace) as served:
            heard = await served.ask()
            exchange = await served.ended()

    assert heard.data.startswith(b"  ")
    assert heard.document["content"][0]["text"].startswith("The quick")
    assert exchange.status == "done"


async def test_a_long_whole_answer_that_fails_is_cut_and_not_completed() -> None:
    async with upstream("hang-mid") as server:
        pace = Pace(beat=0.1, whole=0.05)
        async with service_at(server.base_url, pace=pace, stall_timeout=1.5) as served:
            reply = await served.begin()
            with pytest.raises(Exception, match="fell silent"):
                await hear(reply)
            exchange = await served.ended()

    assert exchange.status == "failed"


async def test_one_answer_at_a_time_and_the_others_wait_with_heartbeats() -> None:
    one = Settings(server=Server(decode_concurrency=1))
    async with upstream("slow-drip", drip=0.1) as server:
        pace = Pace(grace=0.05, beat=0.1)
        async with service_at(server.base_url, one, pace=pace) as served:
            both = await asyncio.gather(
                served.ask("first", stream=True), served.ask("second", stream=True)
            )
        posts = [r for r in server.log if r.method == "POST"]

    # Each answer takes eight drips.
    assert posts[1].started - posts[0].started > 0.7
    assert [heard.seen.stop_reason for heard in both] == ["end_turn"] * 2
    assert b'"stop_reason":null,"stop_sequence":null},"usage"' in both[1].data


async def test_a_hundred_streams_of_which_ten_are_faulty() -> None:
    """The good ones are whole, and nobody gets a word of another's answer."""
    many = Settings(server=Server(decode_concurrency=64))
    async with upstream("text-echo-prompt") as server:
        async with service_at(server.base_url, many) as served:
            asked = [
                f"nonce-{n} [[fault:cut-between-events]]"
                if n % 10 == 0
                else f"nonce-{n}"
                for n in range(100)
            ]
            heard = await asyncio.gather(
                *[served.ask(text, stream=True) for text in asked]
            )

    for n, one in enumerate(heard):
        if n % 10 == 0:
            assert one.seen.failure
            assert "nonce" not in one.seen.text
        else:
            assert one.seen.failure is None
            assert one.seen.text == f"nonce-{n}"


async def test_after_five_failures_the_model_is_left_alone() -> None:
    async with upstream("http-500") as server:
        async with service_at(server.base_url) as served:
            statuses = [(await served.ask()).status for _ in range(5)]
            refused = await served.ask(stream=True)
            health = await served.service.health()
        posts = [r for r in server.log if r.method == "POST"]

    assert statuses == [502] * 5
    assert len(posts) == 5
    assert refused.status == 503
    assert refused.error["type"] == "overloaded_error"
    assert 0 < int(refused.reply.headers["retry-after"]) <= 30
    assert "x-should-retry" not in refused.reply.headers
    assert health["circuit"] == "open"


async def test_a_prompt_that_cannot_fit_is_refused_before_the_model_is_asked() -> None:
    """In the wording that makes the client compact, and never as a gateway's fault."""
    async with upstream() as server:
        async with service_at(server.base_url, context_window=512) as served:
            heard = await served.ask("words of mine " * 1000, stream=True)
        assert [r for r in server.log if r.method == "POST"] == []

    assert heard.status == 400
    assert heard.error["type"] == "invalid_request_error"
    told = heard.error["message"].split()
    assert told[:4] == ["prompt", "is", "too", "long:"]
    assert int(told[4]) > 512 == int(told[7])
    assert told[8] == "maximum"


async def test_an_answer_is_shortened_to_what_is_left_of_the_window() -> None:
    async with upstream() as server:
        async with service_at(server.base_url, context_window=1000) as served:
            heard = await served.ask("words of mine " * 150, max_tokens=32_000)
            sent = server.last.body

    assert heard.status == 200
    assert sent["max_tokens"] < 600


async def test_a_loading_model_is_waited_for_once_the_answer_has_begun() -> None:
    """A status would make the client come back; a stream that has begun must wait."""
    one = replace(Settings(), server=Server(decode_concurrency=1))
    async with upstream("slow-drip", drip=0.1, load_seconds=0) as server:
        pace = Pace(grace=0.05, beat=0.1)
        async with service_at(
            server.base_url, one, pace=pace, first_token_timeout=10
        ) as served:
            first = asyncio.create_task(served.ask("first", stream=True))
            await server.until(
                lambda: bool(server.log) and server.last.method == "POST"
            )
            second = asyncio.create_task(
                served.ask("[[fault:http-503-loading]]", stream=True)
            )
            await first
            await server.until(lambda: server.last.mode == "http-503-loading")
            await server.until(
                lambda: [r.mode for r in server.log].count("http-503-loading") >= 2
            )
            second.cancel()
            await asyncio.wait({second})
