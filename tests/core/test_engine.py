"""The engine: what it accepts, what it records, and how it ends."""

import asyncio
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from mux_tui.core.config.environment import Environment
from mux_tui.core.config.settings import CliProvider, LocalProvider, Providers, Settings
from mux_tui.core.engine import Engine, open_engine
from mux_tui.core.errors import UsageError
from mux_tui.core.events import Finished, Notice, RunEvent, TextDelta
from mux_tui.core.ledger.store import open_ledger
from mux_tui.core.task import Outcome
from tests.fake_cli import ANSWER, FakeClis
from tests.upstream import upstream

QUESTION = "What is a context manager?"


@pytest.fixture
def environment(tmp_path: Path) -> Environment:
    """A home of its own, with fakes of the cloud CLIs."""
    clis = FakeClis(tmp_path / "clis")
    home = tmp_path / "mux"
    return Environment({"MUX_HOME": str(home), "PATH": f"{clis.folder}:/usr/bin:/bin"})


def served_at(url: str) -> Settings:
    """Settings that name a server as the local model's."""
    return Settings(providers=Providers(local=LocalProvider(base_url=url)))


def opened(environment: Environment, tmp_path: Path, **more: Any) -> Any:
    """An engine to be entered."""
    settings = more.pop("settings", Settings())
    return open_engine(settings, environment, tmp_path, **more)


async def told(engine: Engine, text: str, cwd: Path, **more: Any) -> list[RunEvent]:
    """All events of one task."""
    run = engine.start(engine.accept(text, cwd, cwd, **more))
    return [event async for event in run.events()]


async def rows(environment: Environment) -> list[tuple[str, str | None]]:
    """Status and route of every recorded run, newest first."""
    async with open_ledger(environment.paths.ledger, Settings().ledger) as ledger:
        return [(row.status, row.route) for row in await ledger.recent(10)]


async def test_a_task_is_answered_here_and_recorded(
    environment: Environment, tmp_path: Path
) -> None:
    async with (
        upstream() as server,
        opened(environment, tmp_path, settings=served_at(server.base_url)) as engine,
    ):
        events = await told(engine, QUESTION, tmp_path)
    assert isinstance(events[-1], Finished)
    assert await rows(environment) == [("done", "local")]


async def test_without_a_model_the_cloud_is_asked(
    environment: Environment, tmp_path: Path
) -> None:
    async with opened(environment, tmp_path) as engine:
        end = (await told(engine, QUESTION, tmp_path))[-1]
    assert isinstance(end, Finished)
    assert (end.outcome.route, end.outcome.output) == ("claude", ANSWER)
    assert end.outcome.reason == "local_unavailable"


async def test_a_decision_alone_leaves_nothing_behind(
    environment: Environment, tmp_path: Path
) -> None:
    async with opened(environment, tmp_path, record=False) as engine:
        decision = await engine.decide(engine.accept(QUESTION, tmp_path, tmp_path))
    assert decision.route == "claude"
    assert not environment.paths.data_dir.exists()


async def test_what_is_no_task_is_refused_before_anything_is_recorded(
    environment: Environment, tmp_path: Path
) -> None:
    async with opened(environment, tmp_path) as engine:
        with pytest.raises(UsageError, match="the task is empty"):
            engine.accept("  ", tmp_path, tmp_path)
        with pytest.raises(UsageError, match="no work directory"):
            engine.accept("x", Path("missing"), tmp_path)
    assert await rows(environment) == []


async def test_a_ledger_that_cannot_be_opened_is_said_once(
    environment: Environment, tmp_path: Path
) -> None:
    environment.paths.ledger.mkdir(parents=True)
    async with opened(environment, tmp_path) as engine:
        first = await told(engine, QUESTION, tmp_path)
        second = await told(engine, QUESTION, tmp_path)
    (notice,) = [event for event in first if isinstance(event, Notice)]
    assert notice.text.endswith("Tasks are not recorded")
    assert not [event for event in second if isinstance(event, Notice)]
    assert isinstance(second[-1], Finished)


async def test_a_ledger_of_a_newer_mux_is_left_alone(
    environment: Environment, tmp_path: Path
) -> None:
    async with opened(environment, tmp_path):
        pass
    with sqlite3.connect(environment.paths.ledger) as connection:
        connection.execute("PRAGMA user_version = 999999")
    connection.close()
    with pytest.raises(UsageError, match="written by a newer mux"):
        async with opened(environment, tmp_path):
            pass


async def test_leaving_the_engine_ends_its_runs_and_records_them(
    environment: Environment, tmp_path: Path
) -> None:
    outcome: Outcome | None = None
    async with upstream("endless") as server:
        async with opened(
            environment, tmp_path, settings=served_at(server.base_url)
        ) as engine:
            run = engine.start(engine.accept(QUESTION, tmp_path, tmp_path))
            async for event in run.events():
                if isinstance(event, TextDelta):
                    break
        outcome = run.outcome
    assert outcome
    assert outcome.status == "cancelled"
    assert await rows(environment) == [("cancelled", None)]


async def test_a_cockpit_that_is_left_interrupts_its_runs(
    environment: Environment, tmp_path: Path
) -> None:
    """Nobody wished that the task ended: mux did."""
    async with upstream("endless") as server:
        settings = served_at(server.base_url)
        async with opened(
            environment, tmp_path, settings=settings, door="tui"
        ) as engine:
            run = engine.start(engine.accept(QUESTION, tmp_path, tmp_path))
            async for event in run.events():
                if isinstance(event, TextDelta):
                    break
    assert await rows(environment) == [("interrupted", None)]


async def test_new_settings_hold_for_the_next_task(
    environment: Environment, tmp_path: Path
) -> None:
    async with upstream() as one, upstream() as two:
        settings = served_at(one.base_url)
        async with opened(environment, tmp_path, settings=settings) as engine:
            await told(engine, QUESTION, tmp_path)
            await engine.renew(served_at(two.base_url))
            await told(engine, QUESTION, tmp_path)
            assert engine.settings.providers.local.base_url == two.base_url
        asked = [len(server.log) for server in (one, two)]
    assert all(asked)


async def test_a_model_that_was_installed_meanwhile_counts_with_the_settings(
    environment: Environment, tmp_path: Path
) -> None:
    """A setup may install one without a setting that says so, or that differs."""
    settings = Settings(providers=Providers(local=LocalProvider(model="a-model")))
    async with opened(environment, tmp_path, settings=settings) as engine:
        assert (await engine.local_state()).status == "not_configured"
        directory = environment.paths.models / "a-model"
        directory.mkdir(parents=True)
        (directory / "config.json").write_text("{}")
        await engine.renew(settings)
        assert (await engine.local_state()).status == "startable"


async def test_an_engine_that_is_cancelled_still_records_its_runs(
    environment: Environment, tmp_path: Path
) -> None:
    begun = asyncio.Event()

    async def shell(url: str) -> None:
        async with opened(environment, tmp_path, settings=served_at(url)) as engine:
            run = engine.start(engine.accept(QUESTION, tmp_path, tmp_path))
            async for event in run.events():
                if isinstance(event, TextDelta):
                    begun.set()

    async with upstream("endless") as server:
        task = asyncio.create_task(shell(server.base_url))
        await begun.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    assert await rows(environment) == [("cancelled", None)]


async def test_rows_whose_process_is_gone_are_marked_when_it_opens(
    environment: Environment, tmp_path: Path
) -> None:
    async with opened(environment, tmp_path) as engine:
        await told(engine, QUESTION, tmp_path)
    with sqlite3.connect(environment.paths.ledger) as connection:
        connection.execute("UPDATE runs SET status = 'running', owner_pid = 999999999")
    connection.close()
    async with opened(environment, tmp_path):
        pass
    assert await rows(environment) == [("interrupted", "claude")]


async def test_a_cli_that_the_settings_name_is_the_one_that_runs(
    environment: Environment, tmp_path: Path
) -> None:
    missing = CliProvider(command=str(tmp_path / "nowhere"))
    settings = Settings(providers=Providers(claude=missing))
    async with opened(environment, tmp_path, settings=settings) as engine:
        end = (await told(engine, QUESTION, tmp_path))[-1]
    assert isinstance(end, Finished)
    assert end.outcome.route == "codex"
