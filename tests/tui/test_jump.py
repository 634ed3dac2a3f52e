"""Jumping: letters on what is shown, and each leads where it stands."""

from pathlib import Path

import pytest
from textual.pilot import Pilot

from mux_tui.tui.app import MuxApp
from mux_tui.tui.dialogs.help import HelpWindow
from mux_tui.tui.dialogs.jump import JumpWindow
from mux_tui.tui.host import ALL_MODES, Mode
from mux_tui.tui.screens.doctor.screen import DoctorScreen
from tests.tui.conftest import Look, Snap
from tests.tui.doctor_stage import BAD, doctor_desk
from tests.tui.stage import SMALL, WIDE, make_desk, on_stage, text_of, until


async def letters(app: MuxApp, pilot: Pilot[int]) -> JumpWindow:
    """Open the letters."""
    await pilot.press("ctrl+o")
    await until(pilot, lambda: isinstance(app.screen, JumpWindow))
    window = app.screen
    assert isinstance(window, JumpWindow)
    await pilot.pause()
    return window


@pytest.mark.parametrize("mode", ALL_MODES, ids=lambda mode: mode.name)
async def test_the_letter_of_a_screen_leads_to_it(mode: Mode, tmp_path: Path) -> None:
    start = "cockpit" if mode.name == "doctor" else "doctor"
    async with on_stage(doctor_desk(tmp_path), WIDE, start) as (app, pilot):
        await letters(app, pilot)
        await pilot.press(mode.letter)
        await until(pilot, lambda: app.current_mode == mode.name)


async def test_the_letter_of_a_pane_gives_it_the_focus(tmp_path: Path) -> None:
    async with on_stage(doctor_desk(tmp_path, BAD), WIDE, "doctor") as (app, pilot):
        screen = app.screen
        assert isinstance(screen, DoctorScreen)
        window = await letters(app, pilot)
        assert set(window.spots) == {"f", "d"}
        assert "[f]" in text_of(app)
        await pilot.press("d")
        await until(pilot, lambda: app.screen is screen and screen.detail.has_focus)


async def test_a_pane_that_is_not_shown_has_no_letter(tmp_path: Path) -> None:
    async with on_stage(doctor_desk(tmp_path, BAD), SMALL, "doctor") as (app, pilot):
        window = await letters(app, pilot)
        assert set(window.spots) == {"f"}
        await pilot.press("d")
        assert app.screen is window, "a letter that is not there leads nowhere"


async def test_escape_stays_and_the_same_key_closes(tmp_path: Path) -> None:
    async with on_stage(doctor_desk(tmp_path), WIDE, "doctor") as (app, pilot):
        screen = app.screen
        for closing in ("escape", "ctrl+o"):
            await letters(app, pilot)
            await pilot.press(closing)
            await until(pilot, lambda: app.screen is screen)
        assert app.current_mode == "doctor"


async def test_a_question_mark_leads_to_the_help(tmp_path: Path) -> None:
    async with on_stage(doctor_desk(tmp_path), WIDE, "doctor") as (app, pilot):
        await letters(app, pilot)
        await pilot.press("question_mark")
        await until(pilot, lambda: isinstance(app.screen, HelpWindow))
        await until(pilot, lambda: "Findings" in text_of(app))


async def test_letters_follow_when_the_terminal_changes_its_size(
    tmp_path: Path,
) -> None:
    async with on_stage(doctor_desk(tmp_path, BAD), WIDE, "doctor") as (app, pilot):
        window = await letters(app, pilot)
        await pilot.resize_terminal(*SMALL)
        await until(pilot, lambda: set(window.spots) == {"f"})


@pytest.mark.parametrize("size", [(20, 5), (59, 14), (60, 15), (500, 100)], ids=str)
async def test_it_works_at_any_size(size: tuple[int, int], tmp_path: Path) -> None:
    async with on_stage(make_desk(tmp_path), size, "doctor") as (app, pilot):
        await letters(app, pilot)
        await pilot.press("c")
        await until(pilot, lambda: app.current_mode == "cockpit")


@pytest.mark.parametrize("mode", ["cockpit", "doctor"])
def test_the_letters(mode: str, snap: Snap, look: Look, tmp_path: Path) -> None:
    desk = doctor_desk(tmp_path, BAD) if mode == "doctor" else make_desk(tmp_path)

    async def steps(app: MuxApp, pilot: Pilot[int]) -> None:
        await until(pilot, lambda: "looking" not in text_of(app))
        await letters(app, pilot)

    snap(desk, look, mode, steps)
