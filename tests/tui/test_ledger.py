"""What the ledger's screen does: told by the ledger's rows, by files and messages."""

import asyncio
import json
import sqlite3
import tomllib
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, closing
from dataclasses import replace
from pathlib import Path

import pytest
from textual.binding import Binding
from textual.pilot import Pilot
from textual.widgets import Input, Static

from mux_tui.core.errors import LedgerError
from mux_tui.core.task import RouteChoice
from mux_tui.tui.app import MuxApp
from mux_tui.tui.messages import TaskWanted
from mux_tui.tui.screens.ledger import reading
from mux_tui.tui.screens.ledger.screen import LedgerScreen
from mux_tui.tui.screens.ledger.windows import FilterWindow
from mux_tui.tui.widgets.ledger.chart_panes import ChartPanes
from mux_tui.tui.widgets.ledger.run_list import RunList
from mux_tui.tui.widgets.ledger.run_pane import RunPane, Text
from tests.core.ledger.many import NOW as MANY_NOW
from tests.core.ledger.many import Stored, store
from tests.tui.ledger_runs import TOLD, Told, fill_ledger, record
from tests.tui.stage import NOW, StageDesk, make_desk, on_stage, text_of, until
from tests.tui.test_ledger_looks import screen_of, settled


@pytest.fixture
def desk(tmp_path: Path) -> StageDesk:
    """A cockpit whose ledger holds runs of every kind."""
    return make_desk(tmp_path, fill=fill_ledger)


@pytest.fixture(autouse=True)
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Looks at the ledger often."""
    monkeypatch.setattr(reading, "LOOK_SECONDS", 0.02)


@asynccontextmanager
async def opened(
    desk: StageDesk, size: tuple[int, int] = (120, 36)
) -> AsyncGenerator[tuple[LedgerScreen, MuxApp, Pilot[int]], None]:
    """The ledger's screen, with everything read."""
    async with asyncio.timeout(60), on_stage(desk, size, "ledger") as (app, pilot):
        await settled(app, pilot)
        yield screen_of(app), app, pilot


async def asked(app: MuxApp, pilot: Pilot[int], query: str) -> None:
    """Type a query and wait for its runs."""
    screen = screen_of(app)
    screen.query_one("#query", Input).value = query
    await pilot.pause()
    await settled(app, pilot)


def found(screen: LedgerScreen) -> str:
    """What stands beside the query."""
    return str(screen.query_one("#found", Static).content)


def told(app: MuxApp) -> str:
    """Everything the app has said."""
    return " | ".join(str(one.message) for one in app._notifications)  # pyright: ignore[reportPrivateUsage]


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


async def test_replaying_asks_for_the_task_on_the_same_route(desk: StageDesk) -> None:
    async with opened(desk) as (_, app, pilot):
        wanted = listened(app)
        await asked(app, pilot, "flaky")
        await pilot.press("r")
        await until(pilot, lambda: bool(wanted))
        assert wanted == [("Fix flaky test", "codex")]
        await pilot.press("t")
        await pilot.press("down", "down", "enter")
        await until(pilot, lambda: len(wanted) == 2)
        assert wanted[1] == ("Fix flaky test", "claude")


def listened(app: MuxApp) -> list[tuple[str, RouteChoice]]:
    """The tasks that are asked for from now on."""
    wanted: list[tuple[str, RouteChoice]] = []
    screen = screen_of(app)
    post = screen.post_message

    def heard(message: object) -> bool:
        if isinstance(message, TaskWanted):
            wanted.append((message.text, message.route))
            return True
        return post(message)  # pyright: ignore[reportArgumentType]

    screen.post_message = heard  # pyright: ignore[reportAttributeAccessIssue]
    return wanted


async def test_a_task_whose_words_were_not_kept_cannot_be_run_again(
    tmp_path: Path,
) -> None:
    desk = make_desk(tmp_path)
    store_in(desk.environment.paths.ledger, [Stored(task=None, output=None)])
    async with opened(desk) as (_, app, pilot):
        assert "(6 characters, not kept)" in text_of(app)
        wanted = listened(app)
        await pilot.press("r")
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
    for kind in (LedgerScreen, RunList, RunPane, ChartPanes, Text, FilterWindow):
        for binding in kind.BINDINGS:
            assert isinstance(binding, Binding)
            assert binding.id
            assert binding.tooltip
            assert binding.description


def store_in(path: Path, runs: list[Stored]) -> None:
    """Make a ledger there, at the stage's time."""
    path.parent.mkdir(parents=True, exist_ok=True)
    store(path, [moved(run) for run in runs])


def moved(run: Stored) -> Stored:
    """The run at the same distance from the stage's now."""
    return replace(run, started_at=run.started_at - MANY_NOW + NOW)
