"""What is written to the ledger meanwhile appears in its screen."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from mux_tui.tui.screens.ledger import reading
from tests.core.ledger.many import Stored, store
from tests.tui.ledger_runs import Told, fill_ledger, record
from tests.tui.ledger_stage import found, opened, settled, store_in
from tests.tui.stage import NOW, StageDesk, make_desk, text_of, until


@pytest.fixture
def desk(tmp_path: Path) -> StageDesk:
    """A cockpit whose ledger holds runs of every kind."""
    return make_desk(tmp_path, fill=fill_ledger)


@pytest.fixture(autouse=True)
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Looks at the ledger often."""
    monkeypatch.setattr(reading, "LOOK_SECONDS", 0.02)


async def test_what_another_process_writes_appears(desk: StageDesk) -> None:
    async with opened(desk) as (screen, app, pilot):
        ledger = (await desk.engine()).ledger
        assert ledger is not None
        store(ledger.path, [Stored(run_id="02new-x", started_at=NOW, task="Brand new")])
        await until(pilot, lambda: found(screen) == "12 runs")
        await until(pilot, lambda: "Brand new" in text_of(app))
        assert screen.runs.cursor == 0


async def test_new_runs_do_not_move_what_is_looked_at(tmp_path: Path) -> None:
    desk = make_desk(tmp_path)
    path = desk.environment.paths.ledger
    store_in(path, [Stored(run_id=f"01{n:04}-x", task=f"n{n}") for n in range(200)])
    async with opened(desk) as (screen, app, pilot):
        screen.runs.go_to(100)
        await settled(app, pilot)
        before, row = screen.pane.run, screen.runs.scroll_offset.y
        store(path, [Stored(run_id=f"02{n}-x") for n in range(3)])
        await until(pilot, lambda: found(screen) == "203 runs")
        await settled(app, pilot)
        assert before is not None
        assert screen.pane.run == before
        assert (screen.runs.cursor, screen.runs.scroll_offset.y) == (103, row + 3)


async def test_a_run_that_ends_is_shown_as_ended(desk: StageDesk) -> None:
    async with opened(desk) as (screen, app, pilot):
        assert "◐ running" in text_of(app)
        ledger = (await desk.engine()).ledger
        assert ledger is not None
        with closing(sqlite3.connect(ledger.path)) as connection, connection:
            connection.execute(
                "UPDATE runs SET status = 'done', route = 'gemini'"
                " WHERE status = 'running'"
            )
        await until(pilot, lambda: "▲ gemini" in text_of(app))
        await until(pilot, lambda: "running" not in text_of(app))
        assert screen.pane.run is not None
        assert screen.pane.run.status == "done"


async def test_the_ledger_is_watched_only_while_it_is_shown(
    desk: StageDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened(desk) as (screen, app, pilot):
        ledger = (await desk.engine()).ledger
        assert ledger is not None
        looks: list[int] = []
        version = ledger.search.version

        async def counted() -> int:
            looks.append(1)
            return await version()

        monkeypatch.setattr(ledger.search, "version", counted)
        await until(pilot, lambda: len(looks) > 1)
        app.switch_mode("doctor")
        await until(pilot, lambda: app.current_mode == "doctor")
        await pilot.pause()
        seen = len(looks)
        await record(ledger, Told("1n0a0a099-x", 0, "Written meanwhile"))
        await pilot.pause(0.1)
        assert len(looks) <= seen + 1
        app.switch_mode("ledger")
        await until(pilot, lambda: found(screen) == "12 runs")
