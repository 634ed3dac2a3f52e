"""Labels in the cockpit: given, shown, found and taken away; told by ledger rows."""

from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from mux_tui.core.backends.scripted import Script
from mux_tui.core.ledger.rows import RunDetail
from mux_tui.tui.app import MuxApp
from mux_tui.tui.dialogs.label import LabelWindow
from mux_tui.tui.screens.ledger import reading
from mux_tui.tui.widgets.answer.view import AnswerView
from tests.core.ledger.many import Stored
from tests.tui.cockpit_stage import over, row_of, send
from tests.tui.ledger_runs import HOSTILE, TOLD, fill_ledger
from tests.tui.ledger_stage import asked, found, opened, settled, store_in, told
from tests.tui.stage import StageDesk, make_desk, on_stage, text_of, until


@pytest.fixture
def desk(tmp_path: Path) -> StageDesk:
    """A cockpit whose ledger holds runs of every kind."""
    return make_desk(tmp_path, fill=fill_ledger)


@pytest.fixture(autouse=True)
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Looks at the ledger often."""
    monkeypatch.setattr(reading, "LOOK_SECONDS", 0.02)


async def kept(desk: StageDesk, run_id: str) -> RunDetail:
    """The run's row."""
    ledger = (await desk.engine()).ledger
    assert ledger is not None
    row = await ledger.get(run_id)
    assert row is not None
    return row


async def window(app: MuxApp, pilot: Pilot[int]) -> LabelWindow:
    """The window that asks for a label, once it is there."""
    await until(pilot, lambda: isinstance(app.screen, LabelWindow), "no window")
    assert isinstance(app.screen, LabelWindow)
    return app.screen


async def test_a_run_is_labelled_with_words_and_the_list_and_the_run_say_so(
    desk: StageDesk,
) -> None:
    async with opened(desk) as (screen, app, pilot):
        await pilot.press("j", "j")
        await settled(app, pilot)
        await pilot.press("L")
        await window(app, pilot)
        await pilot.press("b", *"too slow", "enter")
        await until(pilot, lambda: "labelled bad" in told(app))
        await until(pilot, lambda: "[bad] Send the logs" in text_of(app))
        await until(pilot, lambda: "✗ bad  too slow" in text_of(app))
        row = await kept(desk, TOLD[-3].id)
        assert (row.label, row.label_text) == ("bad", "too slow")
        assert row.labelled_at is not None
        assert screen.runs.cursor == 2


async def test_a_label_is_chosen_from_the_list_and_changed_later(
    desk: StageDesk,
) -> None:
    run_id = TOLD[-4].id
    async with opened(desk) as (_, app, pilot):
        await asked(app, pilot, "null pointer UserService")
        await pilot.press("L")
        assert (await window(app, pilot)).before.label == "good"
        await pilot.press("down", "enter", "enter")
        await until(pilot, lambda: "labelled bad" in told(app))
        await settled(app, pilot)
        await pilot.press("L")
        await window(app, pilot)
        await pilot.press("n", "enter")
        await until(pilot, lambda: "A note needs words" in told(app))
        await pilot.press(*"see 007", "enter")
        await until(pilot, lambda: "labelled note" in told(app))
        row = await kept(desk, run_id)
        assert (row.label, row.label_text) == ("note", "see 007")


async def test_a_label_is_taken_away_with_its_words(desk: StageDesk) -> None:
    run_id = TOLD[5].id
    async with opened(desk) as (_, app, pilot):
        await asked(app, pilot, "Refactor the cache")
        await until(pilot, lambda: "✗ bad  it forgot the tests" in text_of(app))
        await pilot.press("L")
        assert (await window(app, pilot)).query_one(Input).value == TOLD[5].said
        await pilot.press("d")
        await until(pilot, lambda: "its label is taken away" in told(app))
        await until(pilot, lambda: "[bad]" not in text_of(app))
        row = await kept(desk, run_id)
        assert (row.label, row.label_text, row.labelled_at) == (None, None, None)


async def test_closing_the_window_leaves_everything_as_it_was(desk: StageDesk) -> None:
    before: RunDetail | None = None
    async with opened(desk) as (_, app, pilot):
        await asked(app, pilot, "label:bad")
        before = await kept(desk, TOLD[5].id)
        for keys in (("escape",), ("enter", "enter")):
            await pilot.press("L")
            await window(app, pilot)
            await pilot.press(*keys)
            await until(pilot, lambda: not isinstance(app.screen, LabelWindow))
        assert await kept(desk, TOLD[5].id) == before
        assert told(app) == ""


async def test_runs_are_found_by_their_label_and_leave_with_it(
    desk: StageDesk,
) -> None:
    async with opened(desk) as (screen, app, pilot):
        await asked(app, pilot, "label:good,bad")
        assert found(screen) == "2 of 11"
        await pilot.press("j")
        await settled(app, pilot)
        await pilot.press("L")
        await window(app, pilot)
        await pilot.press("d")
        await until(pilot, lambda: found(screen) == "1 of 11")
        await settled(app, pilot)
        assert screen.runs.cursor == 0
        assert screen.pane.run is not None
        assert screen.pane.run.label == "good"


async def test_foreign_words_are_shown_as_words(desk: StageDesk) -> None:
    async with opened(desk) as (_, app, pilot):
        ledger = (await desk.engine()).ledger
        assert ledger is not None
        await ledger.label(TOLD[-2].id, "note", HOSTILE)
        await pilot.press("j")
        await until(pilot, lambda: "▸ note  [bold]" in text_of(app))
        await pilot.press("L")
        await window(app, pilot)
        await pilot.pause()
        text = text_of(app)
        assert "\x1b" not in text
        assert "\u202e" not in text
        await pilot.press("escape")


async def test_a_run_whose_words_were_not_kept_can_be_labelled(
    tmp_path: Path,
) -> None:
    desk = make_desk(tmp_path)
    runs = [Stored(run_id="01a-x", task=None, output=None)]
    store_in(desk.environment.paths.ledger, runs)
    async with opened(desk) as (_, app, pilot):
        await pilot.press("L")
        assert "not kept" in (await window(app, pilot)).about
        await pilot.press("g", "enter")
        await until(pilot, lambda: "[good] (6 characters" in text_of(app))


async def test_without_a_run_there_is_no_label(tmp_path: Path) -> None:
    async with opened(make_desk(tmp_path)) as (_, app, pilot):
        await pilot.press("L")
        await pilot.pause()
        assert not isinstance(app.screen, LabelWindow)


async def test_the_run_just_finished_is_labelled_in_the_cockpit(
    tmp_path: Path,
) -> None:
    desk = make_desk(tmp_path, local=[Script("The answer.")])
    async with on_stage(desk) as (app, pilot):
        sitting = await send(app, pilot, "Explain it")
        await over(app, pilot)
        await until(pilot, lambda: isinstance(app.screen.focused, AnswerView))
        await pilot.press("L")
        await window(app, pilot)
        await pilot.press("g", *"to the point", "enter")
        await until(pilot, lambda: "labelled good" in told(app))
        row = await row_of(desk, sitting)
        assert (row.label, row.label_text) == ("good", "to the point")
        await until(pilot, lambda: "labelled good" in text_of(app))
