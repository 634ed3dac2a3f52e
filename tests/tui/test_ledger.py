"""What the ledger's screen shows: told by its list, its query and its run."""

import asyncio
import tomllib
from pathlib import Path

import pytest
from textual.binding import Binding
from textual.widgets import Input

from mux_tui.core.errors import LedgerError
from mux_tui.tui.dialogs.label import LabelWindow
from mux_tui.tui.keys_here import everything_of
from mux_tui.tui.screens.ledger import reading
from mux_tui.tui.screens.ledger.replay_windows import ReplaysWindow, Results
from mux_tui.tui.screens.ledger.screen import LedgerScreen
from mux_tui.tui.screens.ledger.windows import FilterWindow
from mux_tui.tui.widgets.ledger.chart_panes import ChartPanes
from mux_tui.tui.widgets.ledger.replay_table import ReplayTable
from mux_tui.tui.widgets.ledger.run_list import RunList
from mux_tui.tui.widgets.ledger.run_pane import RunPane, Text
from tests.tui.ledger_runs import TOLD, fill_ledger
from tests.tui.ledger_stage import (
    asked,
    found,
    opened,
    settled,
    told,
)
from tests.tui.stage import StageDesk, make_desk, on_stage, text_of, until


@pytest.fixture
def desk(tmp_path: Path) -> StageDesk:
    """A cockpit whose ledger holds runs of every kind."""
    return make_desk(tmp_path, fill=fill_ledger)


@pytest.fixture(autouse=True)
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Looks at the ledger often."""
    monkeypatch.setattr(reading, "LOOK_SECONDS", 0.02)


async def test_the_newest_runs_are_there_and_the_first_is_chosen(
    desk: StageDesk,
) -> None:
    async with opened(desk) as (screen, app, _):
        assert screen.runs.count == len(TOLD)
        assert screen.pane.run is not None
        assert screen.pane.run.run_id == TOLD[-1].id
        assert found(screen) == "11 runs"
        assert "Fix flaky test" in text_of(app)


async def test_keys_move_the_cursor_and_the_run_below_follows(desk: StageDesk) -> None:
    async with opened(desk) as (screen, app, pilot):
        for key, number in (
            *(("j", 1), ("down", 2), ("k", 1), ("G", 10), ("g", 0), ("end", 10)),
            *(("pageup", 0), ("pagedown", 10), ("home", 0), ("up", 0)),
        ):
            await pilot.press(key)
            assert screen.runs.cursor == number, key
        await pilot.press("j", "j")
        await settled(app, pilot)
        assert screen.pane.run is not None
        assert screen.pane.run.run_id == TOLD[-3].id
        assert screen.runs.border_subtitle == "3 of 11"


async def test_the_mouse_chooses_and_opens(desk: StageDesk) -> None:
    async with opened(desk) as (screen, _, pilot):
        await pilot.click("#runs", offset=(20, 5))
        assert screen.runs.cursor == 3
        await pilot.click("#runs", offset=(20, 5), times=2)
        assert screen.has_class("-opened")


async def test_a_query_is_looked_for_as_it_is_typed(desk: StageDesk) -> None:
    async with opened(desk) as (screen, app, pilot):
        await pilot.press("slash", *"flaky")
        await until(pilot, lambda: found(screen) == "1 of 11")
        await pilot.press("down")
        assert screen.runs.has_focus
        await pilot.press("escape")
        await until(pilot, lambda: found(screen) == "11 runs")
        await asked(app, pilot, "route:codex,claude")
        assert found(screen) == "2 of 11"


async def test_a_bad_query_says_why_and_keeps_the_last_runs(desk: StageDesk) -> None:
    async with opened(desk) as (screen, app, pilot):
        await asked(app, pilot, "status:failed")
        screen.query_one("#query", Input).value = "status:failed rout:x"
        await until(pilot, lambda: "there is no key rout" in text_of(app))
        assert found(screen) == "1 of 11"
        await pilot.press("slash", "enter")
        assert screen.query_one("#query").has_focus
        await asked(app, pilot, "status:failed")
        assert "there is no key" not in text_of(app)


async def test_a_filter_can_be_clicked(desk: StageDesk) -> None:
    async with opened(desk) as (screen, app, pilot):
        place = text_of(app).splitlines()[2].index("failed")
        await pilot.click("#chips", offset=(place, 0))
        await until(pilot, lambda: found(screen) == "1 of 11")
        assert screen.query_one("#query", Input).value == "status:failed"


async def test_a_query_is_saved_chosen_and_thrown_away(
    desk: StageDesk, tmp_path: Path
) -> None:
    config = desk.environment.paths.config_file

    def kept() -> list[str]:
        text = config.read_text(encoding="utf-8") if config.exists() else ""
        return tomllib.loads(text).get("ledger", {}).get("filters", [])

    async with opened(desk) as (screen, app, pilot):
        await asked(app, pilot, "conf<0.7")
        await pilot.press("s", *"doubts", "enter")
        await until(pilot, lambda: kept() == ["doubts: conf<0.7"])
        await until(pilot, lambda: "doubts" in text_of(app))
        await until(
            pilot, lambda: desk.settings.ledger.filters == ("doubts: conf<0.7",)
        )
        await asked(app, pilot, "")
        await pilot.press("f", "end", "enter")
        await until(pilot, lambda: found(screen) == "2 of 11")
        await pilot.press("f", "end", "d")
        await until(pilot, lambda: kept() == [])
        await pilot.press("f", "home", "d")
        await until(pilot, lambda: "Only saved filters" in told(app))


async def test_a_settings_file_that_cannot_be_written_is_said(
    desk: StageDesk,
) -> None:
    async with opened(desk) as (screen, app, pilot):
        file = desk.environment.paths.config_file
        file.parent.mkdir(parents=True)
        file.write_text("this is no toml", encoding="utf-8")
        await asked(app, pilot, "conf<0.7")
        await pilot.press("s", *"x", "enter")
        await until(pilot, lambda: str(file.name) in told(app))
        assert [one for one in screen.filters if one.saved] == []


async def test_a_run_is_opened_its_tabs_changed_and_closed(desk: StageDesk) -> None:
    async with opened(desk) as (screen, app, pilot):
        await pilot.press("j", "j", "j", "j", "enter")
        await settled(app, pilot)
        assert screen.has_class("-opened")
        shown = {}
        for tab in ("task", "decision", "attempts", "output", "raw", "task"):
            assert screen.pane.tab == tab
            await settled(app, pilot)
            await pilot.pause()
            shown[tab] = text_of(app)
            await pilot.press("right")
        assert "chain      local (stalled) → codex (stop)" in shown["task"]
        assert "0 of 1  local  No hard word." in shown["decision"]
        assert "Nothing came [bold]␛]52" in shown["attempts"]
        assert "The pointer is null when the user is logged out." in shown["output"]
        assert '"run_id": "1n0a0a007-x"' in shown["raw"]
        await pilot.press("left", "escape")
        assert not screen.has_class("-opened")
        assert screen.runs.has_focus


@pytest.mark.parametrize("size", [(80, 24), (120, 20)])
async def test_where_there_is_little_room_an_open_run_has_all_of_it(
    desk: StageDesk, size: tuple[int, int]
) -> None:
    async with opened(desk, size) as (screen, _, pilot):
        assert not screen.pane.is_on_screen
        await pilot.press("enter")
        await until(pilot, lambda: screen.pane.size.height > size[1] - 8)
        assert not screen.runs.is_on_screen
        await pilot.press("escape")
        await until(pilot, lambda: screen.runs.is_on_screen)


async def test_foreign_words_reach_the_screen_only_as_words(desk: StageDesk) -> None:
    async with opened(desk) as (screen, app, pilot):
        await pilot.press("j", "enter")
        for _ in range(5):
            await settled(app, pilot)
            await pilot.press("right")
            text = text_of(app)
            assert "\x1b" not in text
            assert "\u202e" not in text
        assert app.is_running
        await asked(app, pilot, '"usr bin"')
        assert screen.runs.count == 1


async def test_a_run_can_be_asked_for_by_its_id(desk: StageDesk) -> None:
    async with opened(desk) as (screen, app, pilot):
        screen.show_run("1n0a0a006")
        await until(pilot, lambda: screen.has_class("-opened"))
        await settled(app, pilot)
        assert screen.pane.run is not None
        assert screen.pane.run.run_id == "1n0a0a006-x"


async def test_a_ledger_that_cannot_be_read_says_why_and_what_to_do(
    desk: StageDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def damaged(*_: object) -> None:
        raise LedgerError("the ledger is damaged", "malformed", "Move it away")

    async with opened(desk) as (screen, app, pilot):
        ledger = (await desk.engine()).ledger
        assert ledger is not None
        monkeypatch.setattr(ledger.search, "listing", damaged)
        screen.query_one("#query", Input).value = "flaky"
        await until(pilot, lambda: "See the doctor: f8" in text_of(app))
        assert "the ledger is damaged: malformed. Move it away" in told(app)


async def test_without_a_ledger_that_is_said(
    desk: StageDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def none(_: object) -> None:
        return None

    monkeypatch.setattr(reading, "ledger_of", none)
    async with asyncio.timeout(60), on_stage(desk, mode="ledger") as (app, pilot):
        await until(pilot, lambda: "Nothing is recorded." in text_of(app))
        await pilot.press("j", "enter", "r", "x", "escape")
        assert app.is_running


def test_every_key_has_an_id_a_word_and_a_sentence() -> None:
    panes = (LedgerScreen, RunList, RunPane, ReplayTable, ChartPanes, Text)
    for kind in (*panes, FilterWindow, LabelWindow, Results, ReplaysWindow):
        for binding in kind.BINDINGS:
            assert isinstance(binding, Binding)
            assert binding.id
            assert binding.tooltip
            assert binding.description


async def test_the_palette_offers_what_the_keys_do(desk: StageDesk) -> None:
    async with opened(desk) as (screen, app, pilot):
        offered = {key.id for key in everything_of(screen, app)}
        wanted = ("label", "replay", "replays", "try", "elsewhere", "charts")
        assert {f"ledger.{name}" for name in wanted} <= offered
        await pilot.press("c")
        await until(pilot, lambda: screen.charts.found is not None)
        offered = {key.id for key in everything_of(screen, app)}
        assert "charts.savings" in offered
        assert "ledger.label" not in offered
