"""Faults that are mended, waited for, or come in the middle of an answer."""

import asyncio
import json
import sys
from asyncio.subprocess import PIPE

import pytest

from mux_tui.core.proxy.delivery import Pace
from tests.core.proxy.asking import BASH, service_at
from tests.core.proxy.test_faults import ECHO, NO_USE, TEXT
from tests.upstream import MODES, upstream


@pytest.mark.parametrize("stream", [True, False])
@pytest.mark.parametrize("mode", sorted(NO_USE))
async def test_a_call_that_is_no_use_is_asked_for_once_more(
    mode: str, stream: bool
) -> None:
    """At most once; then it is shown as text, and never as a broken call."""
    async with upstream(mode) as server:
        async with service_at(server.base_url) as served:
            heard = await served.ask(stream=stream, tools=[BASH])
            exchange = await served.ended()
        questions = [r for r in server.log if r.method == "POST"]

    assert len(questions) == 2
    assert len(questions[1].body["messages"]) == len(questions[0].body["messages"]) + 2
    assert exchange.repairs == 1
    if stream:
        assert heard.seen.stop_reason == "end_turn"
        assert not heard.seen.calls
    else:
        assert {block["type"] for block in heard.document["content"]} == {"text"}


async def test_asking_once_more_can_bring_the_call() -> None:
    async with upstream(sequence=("tool-notjson", "ok-tool")) as server:
        async with service_at(server.base_url) as served:
            heard = await served.ask(stream=True, tools=[BASH])
            exchange = await served.ended()

    assert heard.seen.calls == [ECHO]
    assert heard.seen.stop_reason == "tool_use"
    assert (exchange.tool_calls, exchange.repairs) == (1, 1)


async def test_an_answer_stays_when_asking_once_more_fails() -> None:
    """What the model said first was a complete answer, and is shown."""
    async with upstream(sequence=("tool-notjson", "cut-mid-tool")) as server:
        async with service_at(server.base_url) as served:
            heard = await served.ask(stream=True, tools=[BASH])
            exchange = await served.ended()

    assert heard.seen.stop_reason == "end_turn"
    assert "ls -la /tmp" in heard.seen.text
    assert "in vain" in " ".join(exchange.notes)


@pytest.mark.parametrize(
    "mode", [mode.name for mode in MODES.values() if mode.group == "text"]
)
async def test_hostile_text_is_one_answer(mode: str) -> None:
    """Whatever the model writes, the client gets it as words, within the grammar."""
    async with upstream(mode) as server:
        async with service_at(server.base_url) as served:
            heard = await served.ask(stream=True)

    assert heard.seen.text
    assert heard.seen.stop_reason == "end_turn"


@pytest.mark.parametrize("mode", ["stall-resume", "slow-drip"])
async def test_a_slow_model_is_waited_for_with_heartbeats(mode: str) -> None:
    async with upstream(mode, hang=0.5, drip=0.2) as server:
        async with service_at(server.base_url, pace=Pace(0.1, 0.1)) as served:
            heard = await served.ask(stream=True)

    assert heard.seen.text.startswith(TEXT)
    assert heard.seen.stop_reason == "end_turn"
    assert b'"stop_reason":null,"stop_sequence":null},"usage"' in heard.data


@pytest.mark.parametrize("mode", ["hang-before-headers", "hang-comments"])
async def test_silence_is_told_as_an_event_once_the_answer_has_begun(mode: str) -> None:
    async with upstream(mode) as server:
        async with service_at(
            server.base_url, pace=Pace(0.05, 0.1), first_token_timeout=0.4
        ) as served:
            heard = await served.ask(stream=True)
        record = await server.ended()

    assert heard.status == 200
    assert heard.seen.failure
    assert heard.seen.failure.type == "timeout_error"
    assert record.ended == "client_gone"


async def test_a_server_that_dies_in_the_middle_is_no_complete_answer() -> None:
    """And the next request says that nobody is there."""
    command = (sys.executable, "-m", "tests.upstream", "--mode", "die")
    process = await asyncio.create_subprocess_exec(*command, stdout=PIPE)
    assert process.stdout
    base_url = json.loads(await process.stdout.readline())["base_url"]
    async with service_at(base_url) as served:
        first = await served.ask(stream=True)
        await process.wait()
        second = await served.ask(stream=True)
        exchange = await served.ended()

    assert first.seen.failure
    assert "closed the stream after" in first.seen.failure.message
    assert exchange.status == "failed"
    assert second.status == 502
    assert "no answer from" in second.error["message"]
