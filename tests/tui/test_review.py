"""Changes that wait for a yes: shown, kept whole or in part, rejected, put off."""

import asyncio
from pathlib import Path

import pytest

from mux_tui.core.change import ChangeSet
from mux_tui.core.workspace.diff import selected
from mux_tui.tui.dialogs import armed
from mux_tui.tui.dialogs.review import ReviewWindow
from tests.tui.changes_stage import (
    MENDED,
    SERVICE,
    TWO_FILES,
    Approval,
    proposed,
    reviewing,
)
from tests.tui.cockpit_stage import cockpit, toasts
from tests.tui.stage import make_desk, on_stage, text_of, until


@pytest.mark.parametrize("key", ["a", "enter"])
async def test_a_yes_to_everything_gives_back_what_was_proposed(
    key: str, tmp_path: Path
) -> None:
    desk = make_desk(tmp_path)
    async with on_stage(desk) as (app, pilot):
        proposal = proposed(desk.cwd)
        asked = Approval(app, proposal)
        await reviewing(app, pilot)
        await pilot.press(key)
        assert await asked.given(pilot) is proposal.changes
        await until(pilot, lambda: app.screen is cockpit(app))


@pytest.mark.parametrize("key", ["x", "escape"])
async def test_a_no_gives_nothing_and_asks_nothing_more(
    key: str, tmp_path: Path
) -> None:
    desk = make_desk(tmp_path)
    async with on_stage(desk) as (app, pilot):
        asked = Approval(app, proposed(desk.cwd))
        await reviewing(app, pilot)
        await pilot.press(key)
        assert await asked.given(pilot) is None
        await until(pilot, lambda: app.screen is cockpit(app))


async def test_a_part_that_is_skipped_is_not_in_the_answer(tmp_path: Path) -> None:
    desk = make_desk(tmp_path)
    async with on_stage(desk) as (app, pilot):
        asked = Approval(app, proposed(desk.cwd))
        window = await reviewing(app, pilot)
        await pilot.press("space")
        await pilot.pause()
        assert "kept part not proved on its own" in text_of(app)
        assert "[ ] 1/2" in text_of(app)
        await pilot.press("n", "n")
        await until(pilot, lambda: window.file == 1)
        await pilot.press("enter")
        kept = await asked.given(pilot)
    assert kept == ChangeSet((selected(TWO_FILES[0], {1}), TWO_FILES[1]))
    assert kept is not None
    assert kept.changes[0].after not in (SERVICE.encode(), MENDED.encode())


async def test_a_file_that_is_skipped_is_not_in_the_answer(tmp_path: Path) -> None:
    desk = make_desk(tmp_path)
    async with on_stage(desk) as (app, pilot):
        asked = Approval(app, proposed(desk.cwd))
        window = await reviewing(app, pilot)
        await pilot.press("shift+tab")
        await until(pilot, lambda: window.list_.has_focus)
        await pilot.press("space")
        await pilot.pause()
        assert "[ ] M src/user_service.py" in text_of(app)
        await pilot.press("enter")
        kept = await asked.given(pilot)
    assert kept == ChangeSet((TWO_FILES[1],))


async def test_skipped_parts_can_be_kept_again(tmp_path: Path) -> None:
    desk = make_desk(tmp_path)
    async with on_stage(desk) as (app, pilot):
        proposal = proposed(desk.cwd)
        asked = Approval(app, proposal)
        await reviewing(app, pilot)
        await pilot.press("space", "n", "space", "f")
        await pilot.press("enter")
        assert await asked.given(pilot) is proposal.changes


async def test_with_nothing_kept_enter_does_nothing(tmp_path: Path) -> None:
    desk = make_desk(tmp_path)
    async with on_stage(desk) as (app, pilot):
        asked = Approval(app, proposed(desk.cwd))
        window = await reviewing(app, pilot)
        await pilot.press("f", "right_square_bracket", "f", "enter")
        await until(pilot, lambda: "Nothing is kept" in toasts(app))
        assert app.screen is window
        assert not asked.answer.done()
        await pilot.press("x")
        assert await asked.given(pilot) is None


async def test_it_takes_no_key_for_a_yes_that_was_typed_before_it_came(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = make_desk(tmp_path)
    monkeypatch.setattr(armed, "_QUIET", 60.0)
    async with on_stage(desk) as (app, pilot):
        asked = Approval(app, proposed(desk.cwd))
        await until(pilot, lambda: isinstance(app.screen, ReviewWindow))
        await pilot.press("a", "enter", "x", "escape")
        assert isinstance(app.screen, ReviewWindow)
        monkeypatch.setattr(armed, "_QUIET", 0.01)
        await pilot.press("escape")
        await reviewing(app, pilot)
        await pilot.press("x")
        assert await asked.given(pilot) is None


async def test_a_review_waits_while_its_user_writes_a_task(tmp_path: Path) -> None:
    desk = make_desk(tmp_path)
    async with on_stage(desk) as (app, pilot):
        screen = cockpit(app)
        screen.entry.put("Half a thou")
        screen.entry.focus()
        await pilot.pause()
        asked = Approval(app, proposed(desk.cwd))
        await until(pilot, lambda: "Changes wait for your yes" in toasts(app))
        await pilot.press("g", "h", "t")
        assert app.screen is screen
        assert screen.entry.text == "Half a thought"
        screen.output.take_focus()
        await reviewing(app, pilot)
        await pilot.press("x")
        assert await asked.given(pilot) is None


async def test_on_another_screen_it_is_told_and_shown_later(tmp_path: Path) -> None:
    desk = make_desk(tmp_path)
    async with on_stage(desk) as (app, pilot):
        await pilot.press("f2")
        await until(pilot, lambda: app.current_mode == "ledger")
        asked = Approval(app, proposed(desk.cwd))
        await until(pilot, lambda: "A task has changes" in toasts(app))
        await pilot.press("f12")
        await reviewing(app, pilot)
        await pilot.press("x")
        assert await asked.given(pilot) is None


async def test_a_question_that_is_taken_back_closes_its_window(tmp_path: Path) -> None:
    desk = make_desk(tmp_path)
    async with on_stage(desk) as (app, pilot):
        asked = Approval(app, proposed(desk.cwd))
        await reviewing(app, pilot)
        asked.answer.cancel()
        await until(pilot, lambda: app.screen is cockpit(app), "it is still asked")
        assert cockpit(app).reviews.waiting == []


async def test_leaving_mux_is_a_no_and_nobody_waits_for_ever(tmp_path: Path) -> None:
    desk = make_desk(tmp_path)
    async with on_stage(desk) as (app, pilot):
        asked = Approval(app, proposed(desk.cwd))
        await reviewing(app, pilot)
        app.exit()
    async with asyncio.timeout(30):
        assert await asked.answer is None


async def test_with_no_cockpit_the_answer_is_no(tmp_path: Path) -> None:
    desk = make_desk(tmp_path)
    proposal = proposed(desk.cwd)
    async with on_stage(desk) as (app, _):
        desk.questions.answered_by(None)
        assert await Approval(app, proposal).answer is None


async def test_one_question_after_the_other(tmp_path: Path) -> None:
    desk = make_desk(tmp_path)
    async with on_stage(desk) as (app, pilot):
        first = Approval(app, proposed(desk.cwd))
        second = Approval(app, proposed(desk.cwd, TWO_FILES[1:], run_id="other"))
        window = await reviewing(app, pilot)
        await pilot.press("a")
        kept = await first.given(pilot)
        assert kept is not None
        assert len(kept.changes) == 2
        await until(pilot, lambda: app.screen not in (window, cockpit(app)))
        await reviewing(app, pilot)
        assert "Write 1 file?" in text_of(app)
        await pilot.press("x")
        assert await second.given(pilot) is None
