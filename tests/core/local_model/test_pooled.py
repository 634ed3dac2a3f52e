"""One model on several servers: who is asked, and what happens when one is silent."""

import asyncio
import json
import sys
from asyncio.subprocess import Process
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, aclosing, asynccontextmanager
from pathlib import Path

import pytest

from mux_tui.core.backends.base import Request
from mux_tui.core.backends.chat_completions import make_client
from mux_tui.core.config.environment import Environment
from mux_tui.core.config.settings import (
    LocalProvider,
    LocalRuntime,
    Providers,
    Settings,
)
from mux_tui.core.errors import BackendError, ServerError
from mux_tui.core.events import ServerChanged, TextDelta
from mux_tui.core.local_model.build import local_model
from mux_tui.core.local_model.pool import FRESH_SECONDS, Pool
from mux_tui.core.local_model.pooled import PooledBackend, PooledLocalModel
from mux_tui.core.local_model.served import ServedLocalModel
from mux_tui.core.task import Completion
from tests.upstream import Upstream, upstream


def ignored(_: ServerChanged) -> None:
    """For tests that do not look at the phases."""


def settings(*urls: str, **local: str) -> Settings:
    provider = LocalProvider(endpoints=urls, **local)  # pyright: ignore[reportArgumentType]
    return Settings(providers=Providers(local=provider))


@asynccontextmanager
async def pooled(
    *urls: str, runtime: LocalRuntime | None = None, **local: str
) -> AsyncGenerator[PooledLocalModel, None]:
    facts = settings(*urls, **local)
    if runtime:
        facts = Settings(providers=facts.providers, local_runtime=runtime)
    async with make_client(*urls) as client:
        yield PooledLocalModel(client, facts, {"KEY": "s3cret"}, Path.cwd())


@asynccontextmanager
async def three(**options: object) -> AsyncGenerator[list[Upstream], None]:
    """Three servers that say their number."""
    async with AsyncExitStack() as stack:
        yield [
            await stack.enter_async_context(
                upstream(text=f"I am server {number}.", **options)  # pyright: ignore[reportArgumentType]
            )
            for number in range(3)
        ]


@asynccontextmanager
async def apart(text: str) -> AsyncGenerator[tuple[Process, str], None]:
    """A slow server in a process of its own, and its address."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.upstream", "--text", text, "--delay", "2"),
        stdout=asyncio.subprocess.PIPE,
        cwd=Path(__file__).parents[3],
    )
    try:
        assert process.stdout
        told = await asyncio.wait_for(process.stdout.readline(), 60)
        yield process, json.loads(told)["base_url"]
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def nowhere() -> str:
    """A URL at which nothing listens any more."""
    async with upstream() as server:
        return server.base_url


async def said(backend: PooledBackend) -> str:
    async with aclosing(backend.run(Request("Who?", Path.cwd()))) as events:
        async for event in events:
            if isinstance(event, Completion):
                return event.text
    return ""


def completions(server: Upstream) -> int:
    return sum(record.path.endswith("completions") for record in server.log)


async def test_requests_at_the_same_time_go_to_different_servers() -> None:
    async with three(delay=0.05) as servers:
        async with pooled(*(s.base_url for s in servers)) as local:
            backend = await local.ready(ignored)
            answers = await asyncio.gather(*(said(backend) for _ in range(6)))
    assert sorted(answers) == [f"I am server {n}." for n in (0, 0, 1, 1, 2, 2)]
    assert [completions(server) for server in servers] == [2, 2, 2]
    assert [member.busy for member in local.pool.members] == [0, 0, 0]


async def test_one_request_after_the_other_goes_to_the_first() -> None:
    async with three() as servers:
        async with pooled(*(s.base_url for s in servers)) as local:
            backend = await local.ready(ignored)
            answers = [await said(backend) for _ in range(3)]
    assert answers == ["I am server 0."] * 3


async def shot(backend: PooledBackend, server: Process) -> tuple[str, str]:
    """An answer whose server is killed at its first text, and the fault."""
    text = ""
    try:
        async with aclosing(backend.run(Request("?", Path.cwd()))) as events:
            async for event in events:
                text += event.text if isinstance(event, TextDelta) else ""
                if text and server.returncode is None:
                    server.kill()
    except BackendError as error:
        return text, error.fault
    return text, ""


async def test_an_answer_whose_server_is_killed_is_never_finished_by_another() -> None:
    """It fails as it would with one server; the next request goes elsewhere."""
    async with apart("I am server 0.") as (process, url), three() as servers:
        async with pooled(url, *(s.base_url for s in servers[1:])) as local:
            backend = await local.ready(ignored)
            text, fault = await shot(backend, process)
            assert fault in ("cut", "connection")
            assert text
            assert text != "I am server 0."
            assert "I am server 0.".startswith(text)
            assert [completions(server) for server in servers] == [0, 0, 0]

            assert await said(backend) == "I am server 1."
            assert await said(backend) == "I am server 1."
            state = await local.state()
    assert state.status == "ready"
    assert state.detail.startswith(f"2 of 3 servers answer; {url}: ")


@pytest.mark.parametrize(
    "mode", ["cut-before-headers", "rst-first", "http-500", "http-429"]
)
async def test_a_server_that_fails_before_its_first_token_is_passed_over(
    mode: str,
) -> None:
    async with (
        upstream(mode) as bad,
        upstream(text="good") as good,
        pooled(bad.base_url, good.base_url) as local,
    ):
        backend = await local.ready(ignored)
        assert await said(backend) == "good"
        assert await said(backend) == "good"
    assert (completions(bad), completions(good)) == (1, 2)


async def test_a_server_that_is_gone_is_passed_over_without_being_asked() -> None:
    gone = await nowhere()
    async with upstream(text="here") as server, pooled(gone, server.base_url) as local:
        backend = await local.ready(ignored)
        assert await said(backend) == "here"
        state = await local.state()
        endpoint = await local.endpoint(ignored)
    assert state.detail == f"1 of 2 servers answer; {gone}: connection refused"
    assert endpoint.base_url == server.base_url


async def test_a_prompt_too_large_is_not_tried_elsewhere() -> None:
    async with (
        upstream("http-400-ctx") as first,
        upstream() as second,
        pooled(first.base_url, second.base_url) as local,
    ):
        backend = await local.ready(ignored)
        with pytest.raises(BackendError) as caught:
            await said(backend)
    assert caught.value.fault == "context_too_large"
    assert completions(second) == 0


async def test_when_all_fail_the_last_ones_fault_is_told() -> None:
    async with upstream("http-500") as a, upstream("http-500") as b:
        async with pooled(a.base_url, b.base_url) as local:
            backend = await local.ready(ignored)
            with pytest.raises(BackendError, match=b.base_url):
                await said(backend)
    assert (completions(a), completions(b)) == (1, 1)


async def test_when_none_answers_all_are_named_and_nothing_is_restarted() -> None:
    urls = await nowhere(), await nowhere()
    async with pooled(*urls) as local:
        assert (await local.state()).status == "unreachable"
        with pytest.raises(ServerError) as caught:
            await local.ready(ignored)
    assert "no answer from any of 2 model servers" in str(caught.value)
    assert all(url in str(caught.value) for url in urls)


async def test_the_restart_command_runs_only_when_none_answers() -> None:
    runtime = LocalRuntime(
        restart_command=("false",), health_retries=1, health_retry_delay=0.0
    )
    phases = list[ServerChanged]()
    async with upstream() as server:
        async with pooled(await nowhere(), server.base_url, runtime=runtime) as local:
            await local.ready(phases.append)
    assert phases == []
    async with pooled(await nowhere(), await nowhere(), runtime=runtime) as local:
        assert (await local.state()).status == "startable"
        with pytest.raises(ServerError, match="the restart command failed"):
            await local.ready(phases.append)
    assert [event.phase for event in phases] == ["starting"]


async def test_each_server_is_asked_for_its_own_model_with_the_key() -> None:
    async with (
        upstream("http-500", model="one", api_key="s3cret") as a,
        upstream(model="two", api_key="s3cret") as b,
        pooled(a.base_url, b.base_url, api_key_env="KEY") as local,
    ):
        backend = await local.ready(ignored)
        assert backend.model == "one"
        await said(backend)
        assert (await local.state()).model == "two"


async def test_what_was_seen_is_believed_for_a_while() -> None:
    async with three() as servers:
        async with pooled(*(s.base_url for s in servers)) as local:
            for _ in range(5):
                await local.state()
            assert [len(server.log) for server in servers] == [1, 1, 1]
            await local.endpoint(ignored)
            assert [len(server.log) for server in servers] == [2, 2, 2]


def test_the_order_is_health_then_work_then_the_settings() -> None:
    now = 0.0
    pool = Pool(("a", "b", "c"), lambda: now)
    a, b, c = pool.members
    assert pool.stale() == (a, b, c)
    pool.failed(a, "gone\x1b[31m")
    with pool.working(b):
        assert pool.order() == (c, b, a)
    assert pool.order() == (b, c, a)
    assert "\x1b" not in pool.sentence()
    assert pool.stale() == (b, c)
    now = FRESH_SECONDS
    assert pool.stale() == (a, b, c)
    pool.answered(a, ())
    assert pool.order() == (a, b, c)


async def test_one_address_needs_no_pool_and_two_do(tmp_path: Path) -> None:
    one, two = "http://127.0.0.1:1/v1", "http://127.0.0.1:2/v1"
    async with make_client(one) as client:

        def made(**local: object) -> object:
            provider = LocalProvider(**local)  # pyright: ignore[reportArgumentType]
            facts = Settings(providers=Providers(local=provider))
            return local_model(client, facts, Environment({}), tmp_path)

        assert isinstance(made(base_url=one), ServedLocalModel)
        assert isinstance(made(endpoints=(one,)), ServedLocalModel)
        assert isinstance(made(base_url=one, endpoints=(one + "/",)), ServedLocalModel)
        both = made(base_url=one, endpoints=(two,))
        assert isinstance(both, PooledLocalModel)
        assert [member.url for member in both.pool.members] == [one, two]
