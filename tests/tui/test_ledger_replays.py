"""Replays in the ledger's screen: marked, compared with the original, opened."""

from pathlib import Path

import pytest

from mux_tui.core.task import Task
from mux_tui.tui.screens.cockpit.earlier import recent_runs
from mux_tui.tui.screens.ledger import reading
from mux_tui.tui.widgets.ledger.replay_table import ReplayTable
from tests.tui.ledger_runs import (
    OWNER,
    REPLAYS,
    TOLD,
    Told,
    fill_ledger,
    fill_with_replays,
    record,
)
from tests.tui.ledger_stage import asked, found, opened, settled
from tests.tui.stage import StageDesk, make_desk, text_of, until

_ORIGINAL = TOLD[5].id


@pytest.fixture
def desk(tmp_path: Path) -> StageDesk:
    """A cockpit in which some of the runs were repeated."""
    return make_desk(tmp_path, fill=fill_with_replays)


@pytest.fixture(autouse=True)
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Looks at the ledger often."""
    monkeypatch.setattr(reading, "LOOK_SECONDS", 0.02)


async def test_a_replay_says_in_the_list_of_which_run(desk: StageDesk) -> None:
    async with opened(desk, (200, 36)) as (screen, app, pilot):
        assert "replay of 1n0a0a006: Refactor the cache" in text_of(app)
        assert "[note] replay of 1m0a0a001: A task of long ago" in text_of(app)
        await asked(app, pilot, "replay:1n0a0a006")
        assert found(screen) == "3 of 15"
        await asked(app, pilot, "replay:no")
        assert found(screen) == "11 of 15"


async def test_a_run_shows_its_replays_beside_it(desk: StageDesk) -> None:
    async with opened(desk) as (screen, app, pilot):
        await asked(app, pilot, "id:1n0a0a006")
        assert "repeated 3 times" in text_of(app)
        await pilot.press("down", "enter")
        screen.pane.go_to("replays")
        await until(pilot, lambda: "compared" in text_of(app))
        await until(pilot, lambda: "unknown" in text_of(app))
        lines = text_of(app).splitlines()
        table = [line for line in lines if "original " in line or "replay " in line]
        shown = [" ".join(line.strip("┃│ ").split()) for line in table]
        assert shown[0].startswith("▸ original 1n0a0a006 ✗ failed")
        assert shown[1].startswith("replay 1n0a0a012 ▲ claude")
        assert shown[1].endswith("✓ pass 21.0 6.2k/248 0.11 better")
        assert shown[2].endswith("✗ fail 8.1 6.2k/248 – same")
        assert shown[3].endswith("unknown")


async def test_either_is_opened_from_there(desk: StageDesk) -> None:
    async with opened(desk) as (screen, app, pilot):
        await asked(app, pilot, "id:1n0a0a013")
        await pilot.press("down", "enter")
        assert "repeats 1n0a0a006" in text_of(app)
        screen.pane.go_to("replays")
        table = screen.pane.query_one(ReplayTable)
        await until(pilot, lambda: len(table.members) == 4)
        assert [member.shown for member in table.members] == [False, False, True, False]
        # Of the run that is looked at, up to the original.
        await pilot.press("k", "k", "enter")
        await until(
            pilot, lambda: bool(screen.pane.run and screen.pane.run.run_id == _ORIGINAL)
        )
        await settled(app, pilot)
        assert screen.pane.tab == "task"
        assert screen.has_class("-opened")


async def test_a_replay_whose_original_is_gone_is_shown_alone(
    desk: StageDesk,
) -> None:
    async with opened(desk) as (screen, app, pilot):
        assert screen.pane.run is not None
        assert screen.pane.run.run_id == REPLAYS[-1].id
        screen.pane.go_to("replays")
        await until(pilot, lambda: "no original" in text_of(app))
        assert len(screen.pane.family) == 1


async def test_a_run_without_replays_has_no_such_page(tmp_path: Path) -> None:
    async with opened(make_desk(tmp_path, fill=fill_ledger)) as (screen, app, pilot):
        assert "Replays" not in text_of(app)
        await pilot.press("j", "j")
        await settled(app, pilot)
        ledger = (await screen.app.desk.engine()).ledger
        assert ledger is not None
        assert screen.pane.run is not None
        again = Told("1n0a0a020-x", 0, "Again", replay_of=screen.pane.run.run_id)
        await record(ledger, again)
        await until(pilot, lambda: "Replays" in text_of(app), "it did not appear")


async def test_the_last_runs_of_a_project_are_without_replays(desk: StageDesk) -> None:
    async with opened(desk) as (_, _, _):
        ledger = await desk.ledger()
        for id, of in (("02a-x", ""), ("02b-x", "02a-x")):
            task = Task("Explain", desk.cwd, id, replay_of=of)
            await ledger.begin(task, OWNER, str(desk.cwd))
        rows = await recent_runs(desk)
        assert [row.run_id for row in rows or ()] == ["02a-x"]
