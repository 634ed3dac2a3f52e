"""The settings screen: what keys do, told by the file on the disk."""

from dataclasses import replace
from pathlib import Path

from textual.events import Key
from textual.widgets import Input

from mux_tui.core.ledger.store import Ledger
from mux_tui.core.task import Confidence, Verdict
from mux_tui.tui.messages import SettingWanted
from mux_tui.tui.screens.settings.changes_window import ChangesWindow
from mux_tui.tui.screens.settings.screen import SettingsScreen
from mux_tui.tui.widgets.settings.editor import Editor
from tests.core.ledger.facts import OWNER, a_decision, a_task, an_attempt
from tests.tui.settings_stage import MINE, playing
from tests.tui.stage import make_desk, on_stage, text_of, until


async def test_tables_to_the_left_settings_to_the_right(tmp_path: Path) -> None:
    async with playing(make_desk(tmp_path)) as play:
        text = text_of(play.app)
        assert "Router 1" in text
        assert "file ~/mux/config/config.toml" in text
        await play.press("j")
        assert "router" not in text_of(play.app)
        assert "Local model" in str(play.screen.query_one("#work").border_title)
        await play.press("enter")
        assert play.screen.setting_list.has_focus


async def test_a_change_is_saved_on_its_line_and_holds_at_once(tmp_path: Path) -> None:
    desk = make_desk(tmp_path)
    async with playing(desk) as play:
        await play.press("tab", "right", "right")
        assert play.text == MINE
        assert len(play.screen.draft) == 1
        await play.press("ctrl+s")
        await play.written(MINE.replace("0.7", "0.8"))
        await until(
            play.pilot,
            lambda: desk.settings.router.min_confidence == 0.8,
            "the engine does not know",
        )
        assert len(play.screen.draft) == 0
        assert play.toasts[0].startswith("Saved router.min_confidence in ~/mux/")


async def test_switches_and_choices_go_on_with_enter(tmp_path: Path) -> None:
    async with playing(make_desk(tmp_path), None) as play:
        await play.go_to("server.autostart")
        await play.press("enter")
        await play.go_to("cloud.permission")
        await play.press("space")
        await play.press("ctrl+s")
        await play.written('permission = "ask"')
        assert "autostart = false" in play.text
        assert play.toasts == ["Saved 2 settings in ~/mux/config/config.toml"]


async def test_a_number_is_checked_while_it_is_typed(tmp_path: Path) -> None:
    async with playing(make_desk(tmp_path)) as play:
        await play.go_to("proxy.port")
        await play.press("enter", *"70000")
        await play.seen("✗ must be a whole number from 0 to 65535")
        await play.press("enter")
        assert play.screen.query(Editor)
        assert len(play.screen.draft) == 0
        await play.press("backspace")
        assert "✗ must be" not in text_of(play.app)
        await play.press("enter")
        assert not play.screen.query(Editor)
        assert play.screen.draft.changes == {"proxy.port": 7000}
        await play.press("ctrl+s")
        await play.written("port = 7000")
        assert "A running proxy takes it when started again (F3)" in play.toasts[-1]


async def test_saving_takes_what_is_being_typed(tmp_path: Path) -> None:
    async with playing(make_desk(tmp_path)) as play:
        await play.go_to("proxy.port")
        await play.press("enter", *"7001", "ctrl+s")
        await play.written("port = 7001")


async def test_escape_leaves_a_setting_as_it_was(tmp_path: Path) -> None:
    async with playing(make_desk(tmp_path)) as play:
        await play.go_to("proxy.port")
        await play.press("enter", *"7001", "escape")
        assert not play.screen.query(Editor)
        assert len(play.screen.draft) == 0
        assert play.screen.setting_list.has_focus


async def test_a_list_has_one_item_on_each_line(tmp_path: Path) -> None:
    async with playing(make_desk(tmp_path), None) as play:
        await play.go_to("verification.commands")
        await play.press("enter", *"pytest", "enter", *"ruff", "tab", "ctrl+s")
        await play.written('commands = ["pytest", "ruff"]')


async def test_an_order_is_chosen_and_moved(tmp_path: Path) -> None:
    async with playing(make_desk(tmp_path), None) as play:
        await play.go_to("cloud.order")
        await play.press("enter", "J", "down", "space", "enter", "ctrl+s")
        await play.written('order = ["codex", "claude"]')


async def test_undo_takes_back_what_is_not_saved(tmp_path: Path) -> None:
    async with playing(make_desk(tmp_path)) as play:
        await play.press("tab", "right", "down", "down", "right")
        assert len(play.screen.draft) == 2
        await play.press("u")
        assert [*play.screen.draft.changes] == ["router.min_confidence"]
        await play.press("u", "u")
        assert len(play.screen.draft) == 0
        assert play.text == MINE


async def test_undo_goes_where_the_change_was(tmp_path: Path) -> None:
    async with playing(make_desk(tmp_path)) as play:
        await play.press("tab", "down", "down", "right", "escape", "j")
        assert "router" not in text_of(play.app)
        await play.press("u")
        at = play.screen.setting_list.at
        assert at
        assert at.name == "router.keyword_threshold"


async def test_a_setting_asked_for_elsewhere_is_shown(tmp_path: Path) -> None:
    """Also when the screen was never shown before."""
    async with on_stage(make_desk(tmp_path)) as (app, pilot):
        app.post_message(SettingWanted("proxy.prefill_seconds"))
        await until(pilot, lambda: "prefill_seconds" in text_of(app), "not shown")
        screen = app.screen
        assert isinstance(screen, SettingsScreen)
        await until(pilot, lambda: screen.setting_list.has_focus, "not gone to")
        shown = screen.setting_list
        await pilot.pause()
        assert shown.at == shown.facts["proxy.prefill_seconds"]


async def test_back_to_the_default_takes_the_line_out(tmp_path: Path) -> None:
    async with playing(make_desk(tmp_path)) as play:
        await play.press("tab", "D")
        await play.seen("unsaved")
        await play.press("ctrl+s")
        await until(
            play.pilot, lambda: play.text == "# mine\n[router]\n", "it is there"
        )
        await play.seen("0.6   0")
        await play.press("D")
        assert play.toasts[-1] == "Your file does not set router.min_confidence"


async def test_a_locked_setting_is_not_changed(tmp_path: Path) -> None:
    desk = make_desk(tmp_path, variables={"MUX_CLOUD_PERMISSION": "ask"})
    async with playing(desk) as play:
        await play.go_to("cloud.permission")
        await play.press("enter", "right")
        assert len(play.screen.draft) == 0
        assert "MUX_CLOUD_PERMISSION (locked)" in text_of(play.app)
        assert "MUX_CLOUD_PERMISSION is set in the environment" in play.toasts[0]


async def test_a_search_looks_through_all_tables(tmp_path: Path) -> None:
    async with playing(make_desk(tmp_path)) as play:
        await play.press("slash", *"127.0.0.1", "enter")
        assert [*play.screen.setting_list.facts] == ["server.port", "proxy.port"]
        assert "server.port" in text_of(play.app)
        await play.press("slash", *"zzz")
        await play.seen("No setting speaks of 'zzz'.")
        await play.press("escape")
        assert play.screen.search.value == ""
        assert play.screen.section_list.has_focus


async def test_letters_are_letters_in_a_text_field(tmp_path: Path) -> None:
    async with playing(make_desk(tmp_path)) as play:
        await play.press("tab", "right", "slash", *"uDdo/")
        assert play.screen.search.value == "uDdo/"
        assert len(play.screen.draft) == 1
        shown = play.screen.active_bindings
        assert not any(key in shown for key in ("u", "D", "d", "o"))


async def test_letters_in_one_burst_with_the_slash_are_no_commands(
    tmp_path: Path,
) -> None:
    """A terminal may send them before the search has the focus."""
    async with playing(make_desk(tmp_path)) as play:
        await play.press("tab", "right", "down")
        for character in "/uDo":
            key = "slash" if character == "/" else character
            play.app.post_message(Key(key, character))
        await until(play.pilot, lambda: play.screen.search.has_focus, "no search")
        await play.pilot.pause()
        assert len(play.screen.draft) == 1
        assert play.toasts == []


async def test_a_theme_is_worn_at_once_and_taken_off_again(tmp_path: Path) -> None:
    async with playing(make_desk(tmp_path), None) as play:
        assert play.app.theme == "mux-dark"
        await play.go_to("ui.theme")
        await play.press("right")
        assert play.app.theme == "mux-ansi"
        await play.press("left", "left", "right")
        assert play.app.theme == "mux-dark"
        await play.press("enter")
        play.screen.query_one("#field", Input).value = "mux-light"
        await play.press("enter")
        assert play.app.theme == "mux-light"
        await play.press("u")
        assert play.app.theme == "mux-dark"
        await play.press("left", "ctrl+s")
        await play.written("theme = ")
        assert play.app.theme != "mux-dark"


async def test_the_threshold_tells_its_effect_on_the_last_answers(
    tmp_path: Path,
) -> None:
    async def fill(ledger: Ledger) -> None:
        for score, verdict in ((0.9, "pass"), (0.75, "fail"), (0.65, "pass")):
            task = a_task()
            await ledger.begin(task, OWNER)
            await ledger.decided(task.run_id, a_decision())
            attempt = replace(
                an_attempt(),
                confidence=Confidence(score, ()),
                verdict=Verdict("fail" if verdict == "fail" else "pass", ""),
            )
            await ledger.attempted(task.run_id, attempt)

    async with playing(make_desk(tmp_path, fill=fill), None) as play:
        await play.seen("last 3 answers from here")
        assert "0.60 keeps 100% (1 failed)" in text_of(play.app)
        await play.press("tab", *["right"] * 4)
        await play.seen("0.80 keeps 33% (0 failed)")


async def test_a_wheel_of_hostile_text_is_shown_to_the_letter(tmp_path: Path) -> None:
    text = (
        '[providers.local]\nmodel = "[@click=app.quit]x[/] [/nope] \u202e"\n'
        '[verification]\ncommands = ["[red]"]\n'
    )
    async with playing(make_desk(tmp_path), text) as play:
        await play.go_to("providers.local.model")
        await play.seen("[@click=app.quit]x[/] [/nope] <U+202E>")
        await play.press("enter")
        assert play.screen.query_one("#field", Input).value.startswith("[@click")


async def test_a_click_goes_to_a_setting_and_a_second_one_changes_it(
    tmp_path: Path,
) -> None:
    async with playing(make_desk(tmp_path)) as play:
        await play.go_to("server.autostart")
        await play.press("escape", "tab")
        row = (4, 9)
        await play.pilot.click("#setting-list", offset=row)
        assert len(play.screen.draft) == 0
        assert not play.screen.query(Editor)
        at = play.screen.setting_list.at
        assert at
        await play.pilot.click("#setting-list", offset=row)
        assert play.screen.query(Editor)
        assert play.screen.query_one(Editor).fact.name == at.name


async def test_every_theme_can_be_tried_on_one_after_the_other(tmp_path: Path) -> None:
    """With a window over the screen, too; a terminal's own colours among them."""
    async with playing(make_desk(tmp_path), None) as play:
        await play.go_to("ui.theme")
        await play.press("right", "d")
        await until(
            play.pilot, lambda: isinstance(play.app.screen, ChangesWindow), "no window"
        )
        for name in play.app.themes.themes.loaded:
            play.app.themes.wear(name)
            await play.pilot.pause()
            assert "theme" in text_of(play.app)
        assert play.app.is_running
