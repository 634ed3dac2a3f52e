"""Having the model read a project's prompt before the first turn needs it."""

import asyncio
import json
import stat
from dataclasses import replace
from pathlib import Path
from typing import Any

from mux_tui.core.config.environment import Environment
from mux_tui.core.config.settings import Proxy, Settings
from mux_tui.core.events import ExchangeStarted
from mux_tui.core.proxy.beginnings import Beginnings, beginning_of, key_of, warming_body
from tests.core.proxy.asking import Served, body_of, hear, incoming_of, service_at
from tests.upstream import Upstream, upstream

SYSTEM = "You are a careful coder. " * 20
OFF = Settings(proxy=Proxy(prewarm=False))


def questions(server: Upstream) -> list[dict[str, Any]]:
    """What the model was asked, in order."""
    return [record.body for record in server.log if record.method == "POST"]


async def turn(served: Served, text: str = "hello", **headers: str) -> None:
    """One turn of a conversation with this project's system prompt."""
    body = body_of(text, system=SYSTEM, stream=True)
    await hear(await served.service.messages(incoming_of(body, **headers)))


async def test_the_first_turn_finds_its_beginning_already_read() -> None:
    """The same system prompt to the byte, one token, and none of the user's words."""
    async with upstream() as server:
        async with service_at(server.base_url) as served:
            await turn(served, "my secret words")
        async with service_at(server.base_url) as served:
            await server.until(lambda: len(questions(server)) == 2)
            warm = await served.ended()
            await turn(served)
        first, warming, second = questions(server)

    assert warming["messages"][0] == first["messages"][0] == second["messages"][0]
    assert warming["max_tokens"] == 1
    assert "my secret words" not in json.dumps(warming)
    assert (warm.kind, warm.status) == ("warm", "done")
    assert warm.tokens_counted == 11


async def test_nothing_is_read_beforehand_when_nothing_is_remembered() -> None:
    async with upstream() as server:
        async with service_at(server.base_url):
            pass

    assert questions(server) == []


async def test_it_can_be_switched_off() -> None:
    """Then nothing is remembered either."""
    async with upstream() as server:
        async with service_at(server.base_url, OFF) as served:
            await turn(served)
        async with service_at(server.base_url) as served:
            await turn(served)

    assert len(questions(server)) == 2


async def test_a_real_request_ends_the_warming() -> None:
    async with upstream() as server:
        async with service_at(server.base_url) as served:
            await turn(served)
        server.options = replace(
            server.options, sequence=("hang-before-headers", "ok"), mode="ok"
        )
        async with service_at(server.base_url) as served:
            started = await anext(served.events)
            assert isinstance(started, ExchangeStarted)
            await server.until(lambda: len(questions(server)) == 2)
            async with asyncio.timeout(30):
                await turn(served)
            warm = await served.ended()
        ends = [record.ended for record in server.log if record.method == "POST"]

    assert (warm.kind, warm.status) == ("warm", "cancelled")
    assert ends == ["complete", "client_gone", "complete"]


async def test_a_warming_that_fails_is_nobodys_loss() -> None:
    async with upstream() as server:
        async with service_at(server.base_url) as served:
            await turn(served)
        server.options = replace(server.options, sequence=("http-500", "ok"))
        async with service_at(server.base_url) as served:
            warm = await served.ended()
            heard = await served.ask()

    assert (warm.kind, warm.status) == ("warm", "failed")
    assert heard.status == 200


async def test_the_beginning_of_a_sub_agent_is_not_remembered() -> None:
    async with upstream() as server:
        async with service_at(server.base_url) as served:
            await turn(served, x_claude_code_agent_id="a-1")
        async with service_at(server.base_url) as served:
            await turn(served)

    assert len(questions(server)) == 2


async def test_what_is_remembered_is_for_the_owner_alone() -> None:
    async with upstream() as server:
        async with service_at(server.base_url) as served:
            await turn(served)
    path = Environment().paths.state_dir / "beginnings.json"

    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_beginning_is_the_system_prompt_and_the_tools() -> None:
    system = {"role": "system", "content": "be kind"}
    user = {"role": "user", "content": "words"}
    body = {"messages": [system, user], "tools": [{"x": 1}], "max_tokens": 9}

    assert beginning_of(body) == {"messages": [system], "tools": [{"x": 1}]}
    assert beginning_of({"messages": [user]}) is None
    assert beginning_of({"messages": []}) is None
    warming = warming_body({"messages": [system]})
    assert [m["role"] for m in warming["messages"]] == ["system", "user"]


def test_beginnings_are_kept_by_model_and_place(tmp_path: Path) -> None:
    path = tmp_path / "state" / "beginnings.json"
    one = {"messages": [{"role": "system", "content": "one"}]}
    two = {"messages": [{"role": "system", "content": "two"}]}
    a, b = key_of("m", Path("/a")), key_of("m", Path("/b"))
    assert a != b != key_of("n", Path("/b"))
    Beginnings(path).remember(a, one)
    Beginnings(path).remember(b, two)

    assert Beginnings(path).recall(a) == one
    assert Beginnings(path).recall(b) == two
    assert Beginnings(path).recall(key_of("n", Path("/a"))) is None


def test_only_the_newest_beginnings_are_kept(tmp_path: Path) -> None:
    beginnings = Beginnings(tmp_path / "beginnings.json")
    for number in range(12):
        one = {"messages": [{"role": "system", "content": str(number)}]}
        beginnings.remember(str(number), one)

    assert beginnings.recall("3") is None
    assert beginnings.recall("4") is not None


def test_a_file_that_is_no_use_is_nothing_remembered(tmp_path: Path) -> None:
    path = tmp_path / "beginnings.json"
    for content in (b"", b"[]", b'{"k": 1}', b'{"k": {"messages": [1]}}', b"\xff"):
        path.write_bytes(content)
        assert Beginnings(path).recall("k") is None


def test_what_cannot_be_written_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    beginnings = Beginnings(tmp_path / "file" / "beginnings.json")
    beginnings.remember("k", {"messages": [{"role": "system", "content": "x"}]})

    assert beginnings.recall("k") is None
