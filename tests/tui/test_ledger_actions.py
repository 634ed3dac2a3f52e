"""What the ledger's screen does: told by files and messages."""

import json
from pathlib import Path

import pytest
from textual.widgets import Input

from mux_tui.tui.screens.ledger import reading
from tests.core.ledger.many import Stored
from tests.tui.ledger_runs import TOLD, fill_ledger
from tests.tui.ledger_stage import asked, listened, opened, settled, store_in, told
from tests.tui.stage import StageDesk, make_desk, text_of, until


@pytest.fixture
def desk(tmp_path: Path) -> StageDesk:
    """A cockpit whose ledger holds runs of every kind."""
    return make_desk(tmp_path, fill=fill_ledger)


@pytest.fixture(autouse=True)
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Looks at the ledger often."""
    monkeypatch.setattr(reading, "LOOK_SECONDS", 0.02)


async def test_replaying_asks_for_the_task_on_the_same_route(desk: StageDesk) -> None:
    async with opened(desk) as (_, app, pilot):
        wanted = listened(app)
        await asked(app, pilot, "flaky")
        await pilot.press("r", "enter")
        await until(pilot, lambda: bool(wanted))
        assert wanted == [("Fix flaky test", "codex")]
        await pilot.press("t")
        await pilot.press("down", "down", "enter")
        await until(pilot, lambda: len(wanted) == 2)
        assert wanted[1] == ("Fix flaky test", "claude")


async def test_a_task_whose_words_were_not_kept_cannot_be_run_again(
    tmp_path: Path,
) -> None:
    desk = make_desk(tmp_path)
    store_in(desk.environment.paths.ledger, [Stored(task=None, output=None)])
    async with opened(desk) as (_, app, pilot):
        assert "(6 characters, not kept)" in text_of(app)
        wanted = listened(app)
        await pilot.press("r", "enter")
        await until(pilot, lambda: "were not kept" in told(app))
        assert wanted == []


async def test_the_id_is_copied(desk: StageDesk) -> None:
    async with opened(desk) as (_, app, pilot):
        await pilot.press("j", "j")
        await settled(app, pilot)
        await pilot.press("y")
        assert app.clipboard == TOLD[-3].id


async def test_the_runs_of_the_query_are_written_to_a_file(
    desk: StageDesk, tmp_path: Path
) -> None:
    async with opened(desk) as (_, app, pilot):
        await asked(app, pilot, "route:local")
        await pilot.press("x", "enter", "enter")
        file = desk.cwd / "runs-2026-11-18.jsonl"
        await until(pilot, file.exists)
        await until(pilot, lambda: "7 runs written to" in told(app))
        lines = file.read_text(encoding="utf-8").splitlines()
        assert {json.loads(line)["route"] for line in lines} == {"local"}

        # Once more, as a table, into the same name: asked first.
        (desk.cwd / "runs-2026-11-18.csv").write_text("mine")
        await pilot.press("x", "down", "enter", "enter")
        await until(pilot, lambda: "Replace the file?" in text_of(app))
        await pilot.press("n")
        await pilot.pause()
        assert (desk.cwd / "runs-2026-11-18.csv").read_text() == "mine"


async def test_a_file_that_cannot_be_written_is_said(desk: StageDesk) -> None:
    async with opened(desk) as (_, app, pilot):
        await pilot.press("x", "enter")
        app.screen.query_one(Input).value = "no/such/place/runs.csv"
        await pilot.press("enter")
        await until(pilot, lambda: "cannot write" in told(app))


async def test_charts_follow_the_query_and_the_range(desk: StageDesk) -> None:
    async with opened(desk) as (screen, app, pilot):
        await pilot.press("c")
        await until(pilot, lambda: screen.charts.found is not None)
        assert screen.charts.found is not None
        assert screen.charts.found.runs == 11
        await asked(app, pilot, "route:codex")
        await until(
            pilot,
            lambda: screen.charts.found is not None and screen.charts.found.runs == 1,
        )
        await pilot.press("right", "b")
        await until(pilot, lambda: "[30d]" in text_of(app))
        await until(pilot, lambda: "[week]" in text_of(app))
        await pilot.press("escape")
        assert screen.runs.has_focus


async def test_savings_stand_beside_what_they_are_compared_with(
    desk: StageDesk,
) -> None:
    async with opened(desk) as (screen, app, pilot):
        await pilot.press("c")
        await until(pilot, lambda: screen.charts.found is not None)
        await pilot.press("v")
        await until(pilot, lambda: "Done here, spent, saved" in text_of(app))
        assert "6 of 8 runs that are done" in text_of(app)
        assert "at the prices of claude-sonnet-5: $2 read" in text_of(app)
        assert "if each local run had cost $0.1150" in text_of(app)
        assert "qwen2.5-coder-7b" in text_of(app)
        assert "/code/shop" in text_of(app)
        assert "[day]" not in text_of(app)
        await asked(app, pilot, "route:codex")
        await until(pilot, lambda: "no local run has counted tokens" in text_of(app))
        await pilot.press("v")
        await until(pilot, lambda: "Seconds to the answer" in text_of(app))


async def test_the_baseline_is_the_one_of_the_settings(tmp_path: Path) -> None:
    settings = {
        "ledger.baseline_model": "[b]dear-1",
        "ledger.baseline_input_price": 5000,
        "ledger.baseline_cached_price": 0,
        "ledger.baseline_output_price": 0,
    }
    desk = make_desk(tmp_path, settings=settings, fill=fill_ledger)
    async with opened(desk) as (screen, app, pilot):
        await pilot.press("c", "v")
        await until(pilot, lambda: "[b]dear-1: $5000 read" in text_of(app))
        # Six runs of 200 fresh tokens each.
        assert round(screen.charts.saved.saved_usd, 6) == 6.0
        assert "$6.00" in text_of(app)
