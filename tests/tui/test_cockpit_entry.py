"""Typing a task: keys, completion, pasting, earlier tasks, the user's own editor."""

import stat
import subprocess
from pathlib import Path

import pytest
from textual import events
from textual.pilot import Pilot

from mux_tui.core.process.editor import named_editor
from mux_tui.tui.app import MuxApp
from mux_tui.tui.screens.cockpit import writing
from mux_tui.tui.screens.cockpit.history import HistoryWindow
from mux_tui.tui.widgets.decision import DecisionPane
from mux_tui.tui.widgets.task import Completion, TaskEntry
from tests.tui.cockpit_stage import cockpit, current, files_in, over, send, toasts
from tests.tui.stage import SMALL, make_desk, on_stage, text_of, until


def entry(app: MuxApp) -> TaskEntry:
    """The text field."""
    return cockpit(app).entry


def offered(app: MuxApp) -> list[str]:
    """The file names on offer, from the best."""
    completion = app.screen.query_one(Completion)
    prompts = [str(option.prompt) for option in completion.options]
    return prompts if completion.open else []


def paste(app: MuxApp, text: str) -> None:
    """Paste a text, as a terminal does."""
    entry(app).post_message(events.Paste(text))


async def test_enter_sends_and_ctrl_j_begins_a_line(tmp_path: Path) -> None:
    async with on_stage(make_desk(tmp_path)) as (app, pilot):
        await pilot.press("a", "ctrl+j", "b", "enter")
        await until(pilot, lambda: cockpit(app).current is not None)
        assert current(app).run.task.text == "a\nb"


async def test_keys_that_come_all_at_once_keep_their_order(tmp_path: Path) -> None:
    """As from a fast typist, or from a terminal without bracketed paste."""
    async with on_stage(make_desk(tmp_path)) as (app, pilot):
        for letter in "first":
            app.post_message(events.Key(letter, letter))
        app.post_message(events.Key("enter", "\r"))
        for letter in "second":
            app.post_message(events.Key(letter, letter))
        await until(pilot, lambda: cockpit(app).current is not None)
        assert current(app).run.task.text == "first"


async def test_the_setting_swaps_the_two(tmp_path: Path) -> None:
    desk = make_desk(tmp_path, settings={"ui.enter": "newline"})
    async with on_stage(desk) as (app, pilot):
        await pilot.press("a", "enter", "b")
        assert entry(app).text == "a\nb"
        assert "^j send" in text_of(app)
        await pilot.press("ctrl+j")
        await until(pilot, lambda: cockpit(app).current is not None)
        assert current(app).run.task.text == "a\nb"


async def test_the_route_goes_around_those_that_are_there(tmp_path: Path) -> None:
    desk = make_desk(tmp_path, cloud={"claude": [], "gemini": []})
    async with on_stage(desk) as (app, pilot):
        await until(pilot, lambda: app.pulse.cloud != ())
        seen = [entry(app).route]
        for _ in range(4):
            await pilot.press("ctrl+t")
            seen.append(entry(app).route)
        assert seen == ["auto", "local", "claude", "gemini", "auto"]
        await pilot.press("ctrl+t")
        await until(pilot, lambda: "route local" in text_of(app))
        await pilot.press("x", "enter")
        await until(pilot, lambda: cockpit(app).current is not None)
        assert current(app).run.task.route == "local"


async def test_a_file_is_completed_behind_an_at(tmp_path: Path) -> None:
    desk = make_desk(tmp_path)
    names = ("src/user_service.py", "src/cart.py", "README.md", "with space.md")
    files_in(desk.cwd, *names)
    async with on_stage(desk) as (app, pilot):
        await pilot.press(*"fix @user")
        await until(pilot, lambda: offered(app) == ["src/user_service.py"])
        await pilot.press("enter")
        assert entry(app).text == "fix @src/user_service.py "
        assert offered(app) == []
        await pilot.press("@", "s")
        await until(pilot, lambda: len(offered(app)) == 3)
        await pilot.press("down", "up", "down")
        chosen = offered(app)[1]
        await pilot.press("tab")
        quoted = f'"{chosen}"' if " " in chosen else chosen
        assert entry(app).text == f"fix @src/user_service.py @{quoted} "


async def test_esc_closes_the_list_and_enter_sends_again(tmp_path: Path) -> None:
    desk = make_desk(tmp_path)
    files_in(desk.cwd, "cart.py")
    async with on_stage(desk) as (app, pilot):
        await pilot.press(*"see @cart")
        await until(pilot, lambda: offered(app) == ["cart.py"])
        await pilot.press("escape")
        assert offered(app) == []
        await pilot.press("enter")
        await until(pilot, lambda: cockpit(app).current is not None)
        assert current(app).run.task.text == "see @cart"


async def test_an_at_inside_a_word_is_no_file(tmp_path: Path) -> None:
    desk = make_desk(tmp_path)
    files_in(desk.cwd, "example.com")
    async with on_stage(desk) as (app, pilot):
        await pilot.press(*"me@example")
        await pilot.pause(0.1)
        assert offered(app) == []


async def test_hostile_file_names_are_not_offered(tmp_path: Path) -> None:
    desk = make_desk(tmp_path)
    files_in(desk.cwd, "a\x1b[31m.py", "a\u202egp.py", "a\nb.py", "[/a].py")
    async with on_stage(desk) as (app, pilot):
        await pilot.press("@", "a")
        await until(pilot, lambda: offered(app) == ["[/a].py"])


async def test_a_long_paste_is_a_mark_until_it_is_sent(tmp_path: Path) -> None:
    desk = make_desk(tmp_path)
    text = "word " * 190_000
    async with on_stage(desk) as (app, pilot):
        await pilot.press(*"See: ")
        paste(app, text)
        await until(pilot, lambda: "950,000 characters]" in entry(app).text)
        await pilot.press(*" ok", "enter")
        await until(pilot, lambda: cockpit(app).current is not None)
        assert current(app).run.task.text == f"See: {text} ok"
        await over(app, pilot)


async def test_a_paste_beyond_the_limit_changes_nothing(tmp_path: Path) -> None:
    async with on_stage(make_desk(tmp_path)) as (app, pilot):
        await pilot.press(*"keep me")
        paste(app, "x" * 1_000_001)
        await until(pilot, lambda: "the pasted text is too long" in toasts(app))
        assert entry(app).text == "keep me"


async def test_a_short_paste_is_text(tmp_path: Path) -> None:
    async with on_stage(make_desk(tmp_path)) as (app, pilot):
        paste(app, "two\nlines [red]")
        await until(pilot, lambda: entry(app).text == "two\nlines [red]")
        await until(pilot, lambda: "lines [red]" in text_of(app))


async def ran(app: MuxApp, pilot: Pilot[int], *texts: str) -> None:
    """Run these tasks to their ends."""
    for text in texts:
        await send(app, pilot, text)
        await over(app, pilot)
    entry(app).focus()


async def test_earlier_tasks_are_found_and_put_into_the_entry(tmp_path: Path) -> None:
    desk = make_desk(tmp_path)
    async with on_stage(desk) as (app, pilot):
        tasks = ("Explain sessions", "Explain carts", "Explain sessions")
        await ran(app, pilot, *tasks)
        await pilot.press("ctrl+r")
        await until(pilot, lambda: isinstance(app.screen, HistoryWindow))
        await until(pilot, lambda: "2 tasks" in text_of(app))
        await pilot.press(*"CART")
        await until(pilot, lambda: "1 task" in text_of(app))
        await pilot.press("enter")
        await until(pilot, lambda: entry(app).text == "Explain carts")


async def test_up_on_the_first_line_searches_and_esc_changes_nothing(
    tmp_path: Path,
) -> None:
    desk = make_desk(tmp_path)
    async with on_stage(desk) as (app, pilot):
        await ran(app, pilot, "Explain sessions")
        await pilot.press(*"draft", "up")
        await until(pilot, lambda: isinstance(app.screen, HistoryWindow))
        await pilot.press("escape")
        await until(pilot, lambda: app.screen is cockpit(app))
        assert entry(app).text == "draft"
        assert entry(app).has_focus


async def test_without_texts_the_history_says_why_it_is_empty(tmp_path: Path) -> None:
    desk = make_desk(tmp_path, settings={"ledger.store_prompts": False})
    async with on_stage(desk) as (app, pilot):
        await ran(app, pilot, "Explain sessions")
        await pilot.press("ctrl+r")
        await until(pilot, lambda: "Texts are not kept" in text_of(app))


async def test_the_editor_writes_the_task(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = make_desk(tmp_path, variables={"EDITOR": str(editor(tmp_path))})
    monkeypatch.setattr(writing, "edit_file", edit_without_terminal)
    async with on_stage(desk) as (app, pilot):
        entry(app).put("Fix it")
        await pilot.press("ctrl+g")
        await until(pilot, lambda: entry(app).text == "Fix it\nand test it")
        state = desk.environment.paths.state_dir
        assert not (state / "task.md").exists()


async def test_an_editor_that_fails_loses_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = make_desk(tmp_path, variables={"EDITOR": "'unclosed"})
    monkeypatch.setattr(writing, "edit_file", edit_without_terminal)
    async with on_stage(desk) as (app, pilot):
        entry(app).put("Fix it")
        await pilot.press("ctrl+g")
        await until(pilot, lambda: "cannot read $VISUAL or $EDITOR" in toasts(app))
        assert entry(app).text == "Fix it"


async def edit_without_terminal(app: MuxApp, file: Path) -> None:
    """What the real one does, but for the terminal, of which a test has none."""
    words = named_editor(app.desk.environment.variables)
    subprocess.run([*words, str(file)], check=True)


def editor(folder: Path) -> Path:
    """An editor that adds a line."""
    program = folder / "editor"
    program.write_text("#!/bin/sh\nprintf '\\nand test it\\n' >> \"$1\"\n")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    return program


async def test_the_frame_says_where_and_on_which_branch(tmp_path: Path) -> None:
    desk = make_desk(tmp_path)
    files_in(desk.cwd, ".git/config")
    (desk.cwd / ".git" / "HEAD").write_text("ref: refs/heads/fix/[cart]\n")
    async with on_stage(desk) as (app, pilot):
        await until(pilot, lambda: "~/shop · fix/[cart] · route auto" in text_of(app))


async def test_a_cockpit_without_a_ledger_still_runs_tasks(tmp_path: Path) -> None:
    desk = make_desk(tmp_path)
    async with on_stage(desk) as (app, pilot):
        (await desk.engine()).ledger = None
        await send(app, pilot, "Say something short")
        await over(app, pilot)
        assert current(app).story.outcome is not None
        entry(app).focus()
        await pilot.press("ctrl+r")
        await until(pilot, lambda: "There is no ledger" in text_of(app))


@pytest.mark.parametrize("glyphs", ["ascii", "unicode"])
@pytest.mark.parametrize("focused", [False, True])
async def test_the_brief_decision_has_its_two_rows(
    tmp_path: Path, glyphs: str, focused: bool
) -> None:
    """A frame would leave nothing of it, whatever draws one elsewhere."""
    desk = make_desk(tmp_path, settings={"ui.glyphs": glyphs})
    async with on_stage(desk, SMALL) as (app, pilot):
        pane = app.screen.query_one(DecisionPane)
        if focused:
            pane.focus()
        await pilot.pause()
        assert pane.content_size.height == 2
        assert "nothing to decide" in text_of(app)


async def test_the_cursor_rests_when_nobody_types(tmp_path: Path) -> None:
    """A blink is a repaint, and nobody looks at it for long."""
    desk = make_desk(tmp_path, settings={"ui.reduced_motion": False})
    async with on_stage(desk) as (app, pilot):
        entry = cockpit(app).entry
        await until(pilot, lambda: entry.has_focus)
        blinks = 0
        while entry.blink_timer._active.is_set():  # pyright: ignore[reportPrivateUsage, reportUnknownMemberType]
            entry._toggle_cursor_blink_visible()  # pyright: ignore[reportPrivateUsage]
            blinks += 1
            assert blinks < 100
        assert entry._cursor_visible  # pyright: ignore[reportPrivateUsage]
        await pilot.press("a")
        await until(pilot, entry.blink_timer._active.is_set)  # pyright: ignore[reportPrivateUsage, reportUnknownMemberType, reportUnknownArgumentType]
