"""Keys that come faster than the screen follows, as a hurried or scared user types."""

from pathlib import Path

import pytest
from textual.command import CommandList
from textual.events import Key, MouseDown
from textual.screen import Screen

from mux_tui.tui.app import MuxApp
from mux_tui.tui.dialogs.confirm import Confirm
from mux_tui.tui.dialogs.jump import JumpWindow
from mux_tui.tui.palette import Palette
from mux_tui.tui.screens.settings.screen import SettingsScreen
from mux_tui.tui.widgets.options import Options
from mux_tui.tui.widgets.settings.editor import Editor
from mux_tui.tui.widgets.settings.setting_list import SettingList
from tests.tui.stage import WIDE, make_desk, on_stage, until


def at_once(screen: Screen[object], *keys: str) -> None:
    """Give a screen keys that it has not yet had the time to look at."""
    for key in keys:
        screen.post_message(Key(key, key if len(key) == 1 else None))


def alive(app: MuxApp) -> bool:
    """Whether no bug has ended the app."""
    return app.is_running and app.crash is None


async def test_two_letters_at_once_jump_once(tmp_path: Path) -> None:
    async with on_stage(make_desk(tmp_path), WIDE, "doctor") as (app, pilot):
        await pilot.press("ctrl+o")
        await until(pilot, lambda: isinstance(app.screen, JumpWindow))
        at_once(app.screen, "l", "p", "c")
        await until(pilot, lambda: app.current_mode == "ledger")
        await pilot.pause()
        assert alive(app)
        assert len(app.screen_stack) == 1


async def test_a_second_answer_is_none_for_the_window_below(tmp_path: Path) -> None:
    """Else that window would go without an answer, and its asker wait for ever."""
    async with on_stage(make_desk(tmp_path), WIDE, "doctor") as (app, pilot):
        answers: list[tuple[str, bool | None]] = []
        below, above = Confirm("Below?", "below"), Confirm("Above?", "above")
        app.push_screen(below, lambda yes: answers.append(("below", yes)))
        app.push_screen(above, lambda yes: answers.append(("above", yes)))
        await until(pilot, lambda: app.screen is above)
        for _ in range(3):
            above.dismiss(True)
        await until(pilot, lambda: app.screen is below)
        await until(pilot, lambda: bool(answers))
        await pilot.pause()
        assert answers == [("above", True)]


async def test_a_window_answered_out_of_view_closes_when_it_is_seen(
    tmp_path: Path,
) -> None:
    """Its answer must not close what is in view instead."""
    async with on_stage(make_desk(tmp_path), WIDE, "doctor") as (app, pilot):
        answers: list[bool | None] = []
        asked = Confirm("Doctor?", "asked on the doctor's screen")
        await app.push_screen(asked, answers.append)
        await app.switch_mode("hardware")
        asked.dismiss(False)
        await pilot.pause()
        assert alive(app)
        assert len(app.screen_stack) == 1
        await app.switch_mode("doctor")
        await until(pilot, lambda: app.screen is not asked)
        await until(pilot, lambda: answers == [False])


async def test_escape_twice_at_once_closes_the_palette(tmp_path: Path) -> None:
    async with on_stage(make_desk(tmp_path), WIDE, "doctor") as (app, pilot):
        await pilot.press("ctrl+p")
        await until(pilot, lambda: isinstance(app.screen, Palette))
        palette = app.screen
        palette.dismiss()
        palette.dismiss()
        await until(pilot, lambda: app.screen is not palette)
        assert alive(app)


@pytest.mark.parametrize("key", ["A", "slash"])
async def test_a_search_before_the_settings_are_read(tmp_path: Path, key: str) -> None:
    desk = make_desk(tmp_path)
    async with on_stage(desk, WIDE, "doctor") as (app, pilot):
        await app.switch_mode("settings")
        screen = app.screen
        assert isinstance(screen, SettingsScreen)
        screen.observed = None
        screen.search.value = key
        await pilot.pause()
        assert alive(app)
        await until(pilot, lambda: screen.observed is not None)


async def test_page_keys_before_a_list_has_room(tmp_path: Path) -> None:
    """It has none in a terminal that is very small just now."""
    async with on_stage(make_desk(tmp_path), WIDE, "settings") as (app, pilot):
        screen = app.screen
        assert isinstance(screen, SettingsScreen)
        for options in screen.query(Options):
            options.styles.width = 0
        await pilot.pause()
        for options in screen.query(Options):
            options.highlighted = 0
            options.action_page_down()
            options.action_page_up()
        await pilot.press("ctrl+p", "pagedown", "w", "pagedown", "pageup")
        await pilot.pause()
        assert alive(app)


async def test_page_keys_in_a_palette_without_room(tmp_path: Path) -> None:
    async with on_stage(make_desk(tmp_path), (12, 3), "doctor") as (app, pilot):
        await pilot.press("ctrl+p")
        await until(pilot, lambda: isinstance(app.screen, Palette))
        commands = app.screen.query_one(CommandList)
        await until(pilot, lambda: commands.option_count > 0)
        commands.styles.display = "none"
        commands.highlighted = 0
        await pilot.pause()
        await app.run_action("command_list('page_down')", app.screen)
        assert alive(app)


async def test_a_click_on_what_is_just_going(tmp_path: Path) -> None:
    async with on_stage(make_desk(tmp_path), WIDE, "settings") as (app, pilot):
        screen = app.screen
        x, y = screen.query_one("#foot").region.offset
        widget, _ = screen.get_widget_at(x, y)
        # As it is between its removal and the next frame.
        parent, widget._parent = widget._parent, None  # pyright: ignore[reportPrivateUsage]
        screen._forward_event(  # pyright: ignore[reportPrivateUsage]
            MouseDown(None, x, y, 0, 0, 1, False, False, False, x, y)
        )
        widget._parent = parent  # pyright: ignore[reportPrivateUsage]
        await pilot.pause()
        assert alive(app)


async def test_a_setting_that_is_chosen_while_the_list_changes(tmp_path: Path) -> None:
    async with on_stage(make_desk(tmp_path), WIDE, "settings") as (app, pilot):
        screen = app.screen
        assert isinstance(screen, SettingsScreen)
        await until(pilot, lambda: bool(screen.setting_list.facts))
        screen.search.value = "reduced_motion"
        await until(
            pilot, lambda: [*screen.setting_list.facts] == ["ui.reduced_motion"]
        )
        screen.setting_list.post_message(SettingList.Chosen("ui.keys"))
        await until(pilot, lambda: bool(screen.query(Editor)))
        screen.setting_list.post_message(SettingList.Stepped("ui.theme", 1))
        await pilot.pause()
        assert alive(app)


@pytest.mark.parametrize("mode", ["ledger", "settings", "hardware"])
async def test_going_to_a_screen_while_mux_is_left_is_no_failure(
    mode: str, tmp_path: Path
) -> None:
    """Its parts are not made any more, and it does not find them."""
    async with on_stage(make_desk(tmp_path), WIDE, "doctor") as (app, _):
        app.exit()
        app.action_go(mode)
    assert app.crash is None
    assert app.return_code == 0


async def test_a_search_that_ends_when_the_palette_has_gone(tmp_path: Path) -> None:
    async with on_stage(make_desk(tmp_path), WIDE, "doctor") as (app, pilot):
        await pilot.press("ctrl+p")
        await until(pilot, lambda: isinstance(app.screen, Palette))
        palette = app.screen
        assert isinstance(palette, Palette)
        commands = palette.query_one(CommandList)
        await commands.remove()
        for found in (True, False):
            # Textual's worker sets these when it has found something.
            palette._list_visible = found  # pyright: ignore[reportPrivateUsage]
            palette._show_busy = found  # pyright: ignore[reportPrivateUsage]
        palette.dismiss()
        await until(pilot, lambda: app.screen is not palette)
        assert alive(app)
