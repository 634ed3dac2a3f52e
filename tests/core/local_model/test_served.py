"""A local model on a server that mux did not start."""

import asyncio
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from mux_tui.core.backends.chat_completions import make_client
from mux_tui.core.config.settings import (
    LocalProvider,
    LocalRuntime,
    Providers,
    Settings,
)
from mux_tui.core.errors import ServerError
from mux_tui.core.events import ServerChanged
from mux_tui.core.local_model.served import ServedLocalModel
from mux_tui.core.routing.situation import LocalState
from tests.upstream import upstream

RESTART = LocalRuntime(
    restart_command=(sys.executable, "-c", ""),
    health_retries=1,
    health_retry_delay=0.0,
)


@asynccontextmanager
async def served(
    url: str, cwd: Path, runtime: LocalRuntime | None = None, **local: str | int
) -> AsyncGenerator[ServedLocalModel, None]:
    """A model behind `url`."""
    provider = LocalProvider(base_url=url, **local)  # pyright: ignore[reportArgumentType]
    settings = Settings(
        providers=Providers(local=provider), local_runtime=runtime or LocalRuntime()
    )
    async with make_client(url) as client:
        yield ServedLocalModel(client, settings, {"KEY": "s3cret"}, cwd)


async def nowhere() -> str:
    """A URL at which nothing listens any more."""
    async with upstream() as server:
        return server.base_url


def ignored(_: ServerChanged) -> None:
    """For tests that do not look at the phases."""


async def test_a_server_that_lists_a_model_is_ready(tmp_path: Path) -> None:
    async with (
        upstream(model="big") as server,
        served(server.base_url, tmp_path) as local,
    ):
        state = await local.state()
        endpoint = await local.endpoint(ignored)
    assert (state.status, state.model) == ("ready", "big")
    assert (endpoint.base_url, endpoint.model) == (server.base_url, "big")


async def test_the_settings_name_the_model_and_its_window(tmp_path: Path) -> None:
    async with (
        upstream() as server,
        served(server.base_url, tmp_path, model="mine", context_window=99) as local,
    ):
        state = await local.state()
        endpoint = await local.endpoint(ignored)
    assert state == LocalState("ready", "", "mine", 99, "settings")
    assert (endpoint.model, endpoint.context_window) == ("mine", 99)


async def test_the_key_is_read_from_the_variable_and_sent(tmp_path: Path) -> None:
    async with (
        upstream(api_key="s3cret") as server,
        served(server.base_url, tmp_path, api_key_env="KEY") as local,
    ):
        assert (await local.endpoint(ignored)).api_key == "s3cret"
        assert (await local.state()).status == "ready"


async def test_a_server_that_is_gone_is_unreachable_and_says_whose_it_is(
    tmp_path: Path,
) -> None:
    async with served(await nowhere(), tmp_path) as local:
        state = await local.state()
        with pytest.raises(ServerError, match="no answer from") as caught:
            await local.endpoint(ignored)
    assert state.status == "unreachable"
    # `mux server start` starts another one.
    assert "mux server start" not in state.detail + str(caught.value)
    assert "Start that server" in caught.value.next_step


async def test_a_restart_command_makes_it_startable_and_is_run(tmp_path: Path) -> None:
    told: list[ServerChanged] = []
    async with served(await nowhere(), tmp_path, RESTART) as local:
        assert (await local.state()).status == "startable"
        with pytest.raises(ServerError, match="after the restart"):
            await local.endpoint(told.append)
    assert told == [ServerChanged("starting", "running local_runtime.restart_command")]


@asynccontextmanager
async def back_after_restart(
    tmp_path: Path, mode: str
) -> AsyncGenerator[ServedLocalModel, None]:
    """A server that lists its models again once the restart command has run."""
    sign = tmp_path / "restarted"
    runtime = LocalRuntime(
        restart_command=(sys.executable, "-c", f"open({str(sign)!r}, 'w')"),
        health_retries=600,
        health_retry_delay=0.05,
    )
    async with upstream(mode=mode, models_mode="500") as server:

        async def come_back() -> None:
            while not sign.exists():
                await asyncio.sleep(0.01)
            server.options = replace(server.options, models_mode="ok")

        returning = asyncio.create_task(come_back())
        async with served(
            server.base_url,
            tmp_path,
            runtime,
            first_token_timeout=1 if mode == "hang-before-headers" else 60,
        ) as local:
            yield local
        await returning


async def test_a_restarted_server_has_to_give_a_token(tmp_path: Path) -> None:
    """Whatever the token is: it need not say anything that was asked for."""
    async with back_after_restart(tmp_path, "ok") as local:
        assert (await local.endpoint(ignored)).model == "upstream-model"


@pytest.mark.parametrize("mode", ["http-500", "hang-before-headers"])
async def test_a_restarted_server_that_only_lists_its_models_is_not_back(
    mode: str, tmp_path: Path
) -> None:
    async with back_after_restart(tmp_path, mode) as local:
        with pytest.raises(ServerError, match="was restarted and gives no token"):
            await local.endpoint(ignored)


async def test_looking_restarts_nothing(tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    runtime = LocalRuntime(restart_command=("touch", str(mark)))
    async with served(await nowhere(), tmp_path, runtime) as local:
        await local.state()
        local.recover()
        await local.aclose()
    assert not mark.exists()


@pytest.mark.parametrize("mode", ["html", "garbage", "500"])
async def test_what_is_no_model_server_is_not_taken_for_one(
    mode: str, tmp_path: Path
) -> None:
    async with (
        upstream(models_mode=mode) as server,  # pyright: ignore[reportArgumentType]
        served(server.base_url, tmp_path) as local,
    ):
        assert (await local.state()).status == "unreachable"
