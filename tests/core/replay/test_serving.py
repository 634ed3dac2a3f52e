"""Another model for as long as replays last, and the one before again after them."""

import asyncio
import shutil
from pathlib import Path

import pytest

from mux_tui.core.config.environment import Environment
from mux_tui.core.config.settings import LocalProvider, Providers, Settings
from mux_tui.core.errors import ServerError, UsageError
from mux_tui.core.events import ServerChanged, ServerEvent
from mux_tui.core.model_server.lifecycle import ModelServer
from mux_tui.core.paths import Paths
from mux_tui.core.replay.serving import Wanted, alone, served, wanted_model
from mux_tui.core.task import RouteChoice
from tests.core.model_server.conftest import Make, alive
from tests.core.model_server.held_request import held_request

SECONDS = 60


@pytest.fixture
def other(model: Path) -> Path:
    """Another model."""
    return Path(shutil.copytree(model, model.with_name("other")))


def silent(_event: ServerEvent) -> None:
    pass


async def serves(server: ModelServer) -> str:
    """What is served, once the server that was started answers."""
    async with asyncio.timeout(SECONDS):
        while (status := await server.status()).state in ("starting", "unresponsive"):
            await asyncio.sleep(0.02)
    return Path(status.model).name if status.pid else ""


@pytest.mark.slow
async def test_the_model_of_before_is_served_again(
    make: Make, model: Path, other: Path
) -> None:
    await make().start(model)
    async with served(Wanted("other", {}, other), make(), silent):
        assert await serves(make()) == "other"
    assert await serves(make()) == "a-model"


@pytest.mark.slow
async def test_it_is_served_again_after_a_failure_and_after_a_cancel(
    make: Make, model: Path, other: Path
) -> None:
    await make().start(model)
    with pytest.raises(ZeroDivisionError):
        async with served(Wanted("other", {}, other), make(), silent):
            raise ZeroDivisionError
    assert await serves(make()) == "a-model"

    inside = asyncio.Event()

    async def replaying() -> None:
        async with served(Wanted("other", {}, other), make(), silent):
            inside.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(replaying())
    async with asyncio.timeout(SECONDS):
        await inside.wait()
    task.cancel()
    # The second Ctrl-C does not interrupt the way back.
    asyncio.get_running_loop().call_soon(task.cancel)
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await serves(make()) == "a-model"


@pytest.mark.slow
async def test_where_none_was_served_none_is_left(
    make: Make, other: Path, pids: Path
) -> None:
    async with served(Wanted("other", {}, other), make(), silent):
        assert len(alive(pids)) == 1
    assert alive(pids) == []


@pytest.mark.slow
async def test_a_model_that_is_served_already_is_left_alone(
    make: Make, model: Path, pids: Path
) -> None:
    running = await make().start(model)
    async with served(Wanted("a-model", {}, model), make(), silent):
        pass
    assert alive(pids) == [running.pid]


@pytest.mark.slow
async def test_what_somebody_else_has_switched_to_stays(
    make: Make, model: Path, other: Path
) -> None:
    third = Path(shutil.copytree(model, model.with_name("third")))
    await make().start(model)
    async with served(Wanted("other", {}, other), make(), silent):
        await make().start(third)
    assert await serves(make()) == "third"


@pytest.mark.slow
async def test_somebody_elses_request_is_not_cut(
    make: Make, model: Path, other: Path, pids: Path
) -> None:
    """Cancelled there is no time to wait for it, and the model stays."""
    await make().start(model)
    told: list[str] = []

    def report(event: ServerEvent) -> None:
        if isinstance(event, ServerChanged):
            told.append(event.text)

    replaying = served(Wanted("other", {}, other), make(), report)
    await replaying.__aenter__()
    running = await make().adopt()
    assert running is not None
    async with held_request(running, pids) as request:
        failed = ZeroDivisionError()
        assert not await replaying.__aexit__(ZeroDivisionError, failed, None)
        assert told[-1] == (
            "other is answering somebody, and stays; to go back: mux server switch"
            " a-model"
        )
    assert await request == 200
    assert await serves(make()) == "other"


@pytest.mark.slow
async def test_the_end_of_somebody_elses_request_is_waited_for(
    make: Make, model: Path, other: Path, pids: Path
) -> None:
    """And only then, if nobody has switched meanwhile, it is the one of before."""
    await make().start(model)
    waiting = asyncio.Event()

    def report(event: ServerEvent) -> None:
        if isinstance(event, ServerChanged) and "waiting for the end" in event.text:
            waiting.set()

    replaying = served(Wanted("other", {}, other), make(), report)
    await replaying.__aenter__()
    running = await make().adopt()
    assert running is not None
    async with held_request(running, pids) as request:
        leaving = asyncio.create_task(replaying.__aexit__(None, None, None))
        async with asyncio.timeout(SECONDS):
            await waiting.wait()
        assert await serves(make()) == "other"
    assert await request == 200
    async with asyncio.timeout(SECONDS):
        await leaving
    assert await serves(make()) == "a-model"


@pytest.mark.slow
async def test_a_model_that_does_not_come_up_is_an_error_and_the_old_one_stays(
    make: Make, model: Path, other: Path
) -> None:
    (other / "broken").touch()
    await make("picky").start(model)
    with pytest.raises(ServerError, match="cannot switch to other"):
        async with served(Wanted("other", {}, other), make("picky"), silent):
            pytest.fail("nothing is repeated")
    assert await serves(make("picky")) == "a-model"


async def test_only_one_has_another_model_served(paths: Paths, model: Path) -> None:
    """Two would each go back to the other's; without a model nobody waits."""
    async with alone(Wanted("a-model", {}, model), paths):
        async with alone(Wanted("opus"), paths):
            pass
        with pytest.raises(ServerError, match="other replays have another model"):
            async with alone(Wanted("third", {}, model), paths):
                pytest.fail("nothing is served")
    async with alone(Wanted("third", {}, model), paths):
        pass


def of_settings(local: LocalProvider | None = None) -> Settings:
    return Settings(providers=Providers(local=local or LocalProvider()))


def test_what_a_models_name_means(paths: Paths, model: Path, tmp_path: Path) -> None:
    environment = Environment({"MUX_HOME": str(tmp_path / "mux")})

    def found(name: str, route: RouteChoice, own: Settings) -> Wanted:
        return wanted_model(name, route, own, environment, tmp_path)

    served_elsewhere = of_settings(LocalProvider(base_url="http://127.0.0.1:9/v1"))
    assert found("", "local", Settings()) == Wanted()
    opus = found("opus", "claude", Settings())
    assert (opus.overrides, opus.directory) == (
        {"providers.claude.model": "opus"},
        None,
    )
    named = found("llama3", "local", served_elsewhere)
    assert named == Wanted("llama3", {"providers.local.model": "llama3"})
    here = found("a-model", "auto", Settings())
    assert here.directory == model
    assert here.overrides == {"providers.local.model": str(model)}
    same = found("a-model", "local", of_settings(LocalProvider(model=str(model))))
    assert same.directory is None
    with pytest.raises(UsageError, match="there is no model nowhere"):
        found("nowhere", "local", Settings())
