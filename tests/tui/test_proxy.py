"""The proxy's screen in use."""

import json
from pathlib import Path
from typing import Any

import pytest
from textual.widgets import Input

from mux_tui.core.proxy.last_request import Kept, write
from mux_tui.core.proxy.watch.facts import ProxySeen
from mux_tui.tui.screens.proxy.log_window import LogWindow
from mux_tui.tui.screens.proxy.screen import ProxyScreen
from mux_tui.tui.widgets.proxy.panes import CutPane, StoryPane
from tests.tui.proxy_stage import (
    STOPPED,
    ended,
    live,
    past,
    proxy_desk,
    running,
    screen_of,
    told_by,
    turn,
)
from tests.tui.stage import SMALL, on_stage, text_of, until


async def test_the_watching_ends_with_the_screen_and_begins_again(
    tmp_path: Path,
) -> None:
    """A window over the screen is no reason to look away."""
    desk = proxy_desk(tmp_path, running(), *past())
    async with on_stage(desk, mode="proxy") as (app, pilot):
        await until(pilot, lambda: desk.played.runs == 1)
        await pilot.press("L")
        await until(pilot, lambda: isinstance(app.screen, LogWindow))
        assert desk.played.runs == 1
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, ProxyScreen))
        await pilot.press("f12")
        await until(pilot, lambda: desk.played.runs == 0, "still watching")
        await pilot.press("f3")
        await until(pilot, lambda: desk.played.runs == 1, "not watching")


async def test_many_facts_are_drawn_together(tmp_path: Path) -> None:
    desk = proxy_desk(tmp_path, running())
    async with on_stage(desk, mode="proxy") as (app, pilot):
        await until(pilot, lambda: desk.played.tell is not None)
        screen = screen_of(app)
        drawn = 0
        draw = screen.draw

        def counted() -> None:
            nonlocal drawn
            drawn += 1
            draw()

        screen.draw = counted  # pyright: ignore[reportAttributeAccessIssue]
        assert desk.played.tell is not None
        for number in range(500):
            desk.played.tell(ended(f"x{number}"))
        await until(pilot, lambda: "Requests 500" in text_of(app))
        assert drawn < 20


async def test_keys_that_make_no_sense_now_do_nothing(tmp_path: Path) -> None:
    desk = proxy_desk(tmp_path, running())
    async with on_stage(desk, mode="proxy") as (app, pilot):
        screen = screen_of(app)
        await until(pilot, lambda: screen.view.state == "running")
        assert not screen.check_action("start", ())
        assert screen.check_action("stop", ())
        assert desk.played.tell is not None
        desk.played.tell(ProxySeen(STOPPED))
        assert screen.check_action("start", ())
        assert not screen.check_action("stop", ())
        assert not screen.check_action("back", ())


async def test_a_request_is_opened_and_closed(tmp_path: Path) -> None:
    desk = proxy_desk(tmp_path, running(), *past())
    async with on_stage(desk, SMALL, "proxy") as (app, pilot):
        screen = screen_of(app)
        await until(pilot, lambda: screen.table.chosen is not None)
        assert not screen.cut_pane.display or not screen.cut_pane.region
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.focused, CutPane))
        await until(pilot, lambda: "system prompt" in text_of(app))
        assert "23.4k → 600" in text_of(app)
        await pilot.press("tab")
        await until(pilot, lambda: isinstance(app.focused, StoryPane))
        await until(pilot, lambda: "nothing calls for more" in text_of(app))
        await pilot.press("escape")
        await until(pilot, lambda: app.focused is screen.table)
        assert "tok in/out" in text_of(app)


async def test_the_filter_keeps_what_contains_all_words(tmp_path: Path) -> None:
    desk = proxy_desk(tmp_path, running(), *past())
    async with on_stage(desk, mode="proxy") as (app, pilot):
        screen = screen_of(app)
        await until(pilot, lambda: len(screen.view.rows()) == 7)
        await pilot.press("slash", *"oom", "backspace", "backspace", "backspace")
        await pilot.press(*"memory", "space", *"local")
        await until(pilot, lambda: "1 match" in text_of(app))
        assert isinstance(app.focused, Input)
        await pilot.press("enter")
        await until(pilot, lambda: app.focused is screen.table)
        assert screen.table.chosen is not None
        assert screen.table.chosen.failed
        await pilot.press("escape")
        await until(pilot, lambda: len(screen.view.rows()) == 7)


async def test_held_still_nothing_moves_and_what_is_new_is_counted(
    tmp_path: Path,
) -> None:
    desk = proxy_desk(tmp_path, running(), *past())
    async with on_stage(desk, mode="proxy") as (app, pilot):
        screen = screen_of(app)
        await until(pilot, lambda: len(screen.view.rows()) == 7)
        await pilot.press("p")
        assert desk.played.tell is not None
        desk.played.tell(ended("new-1"))
        await until(pilot, lambda: "held still, 1 newer" in text_of(app))
        assert len(screen.view.rows()) == 7
        await pilot.press("p")
        await until(pilot, lambda: len(screen.view.rows()) == 8)


async def test_the_cursor_stays_with_its_request_unless_it_follows(
    tmp_path: Path,
) -> None:
    desk = proxy_desk(tmp_path, running(), *past())
    async with on_stage(desk, mode="proxy") as (app, pilot):
        table = screen_of(app).table
        await until(pilot, lambda: table.chosen is not None)
        await pilot.press("down", "down")
        chosen = table.chosen
        assert chosen is not None
        assert desk.played.tell is not None
        desk.played.tell(ended("new-1"))
        await until(pilot, lambda: table.cursor == 3)
        assert table.chosen is not None
        assert table.chosen.id == chosen.id
        await pilot.press("f")
        desk.played.tell(ended("new-2"))
        await until(pilot, lambda: "Requests 9" in text_of(app))
        assert table.cursor == 0
        await pilot.press("end")
        assert table.cursor == 8
        await pilot.press("home")
        assert table.follow


async def test_the_curl_is_copied_without_the_token(tmp_path: Path) -> None:
    desk = proxy_desk(tmp_path, running(), *past())
    body = json.dumps({"model": "m", "messages": []}).encode()
    headers = {"x-mux-token": "very-secret-token"}
    write(desk.environment.paths, Kept("e-7", body, headers=headers))
    async with on_stage(desk, mode="proxy") as (app, pilot):
        screen = screen_of(app)
        await until(pilot, lambda: screen.table.chosen is not None)
        await pilot.press("c")
        await until(pilot, lambda: "curl " in app.clipboard)
        assert "http://127.0.0.1:3456/v1/messages" in app.clipboard
        assert "secret" not in app.clipboard
        await pilot.press("y")
        await until(pilot, lambda: app.clipboard == 'eval "$(mux proxy env)"')


async def test_without_a_last_request_it_says_so(tmp_path: Path) -> None:
    desk = proxy_desk(tmp_path, running())
    async with on_stage(desk, mode="proxy") as (app, pilot):
        await until(pilot, lambda: desk.played.runs == 1)
        await pilot.press("c")
        await until(pilot, lambda: "no last request" in told_by(app))


async def test_the_logs_are_shown_to_the_letter(tmp_path: Path) -> None:
    desk = proxy_desk(tmp_path, running())
    paths = desk.environment.paths
    paths.state_dir.mkdir(parents=True)
    paths.proxy_log.write_text("one [red]line[/red]\n\x1b[2Janother\n")
    async with on_stage(desk, mode="proxy") as (app, pilot):
        await until(pilot, lambda: desk.played.runs == 1)
        await pilot.press("L")
        await until(pilot, lambda: "one [red]line[/red]" in text_of(app))
        assert "␛[2Janother" in text_of(app)
        await pilot.press("tab")
        await until(pilot, lambda: "Log of the model server" in text_of(app))
        assert "Nothing is in" in text_of(app)


@pytest.mark.parametrize(
    "hostile",
    ["[red]x[/]", "\x1b[31mred\x07", "‮reversed", "日本語" * 30, "a\nb\tc", "[/]"],
)
async def test_foreign_text_is_shown_and_not_obeyed(
    tmp_path: Path, hostile: str
) -> None:
    odd = turn(
        "e-1",
        status="failed",
        error=hostile,
        model=hostile,
        model_asked=hostile,
        sentence=hostile,
        stop_reason=hostile,
        notes=(hostile,),
        session_id=hostile,
        prefix_break=hostile,
    )
    desk = proxy_desk(tmp_path, running(model=hostile, notices=(hostile,)))
    async with on_stage(desk, mode="proxy") as (app, pilot):
        await until(pilot, lambda: desk.played.tell is not None)
        assert desk.played.tell is not None
        desk.played.tell(type(ended("x"))(odd))
        await until(pilot, lambda: "Requests 1" in text_of(app))
        await pilot.press("enter")
        await pilot.pause()
        shown = text_of(app)
        assert "\x1b" not in shown
        assert "‮" not in shown
        assert all(len(line) <= 120 for line in shown.splitlines())


async def test_a_watcher_that_fails_is_told_and_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = proxy_desk(tmp_path, running())
    monkeypatch.setattr("mux_tui.tui.screens.proxy.screen._AGAIN_SECONDS", 0.05)
    tell = desk.played.run
    tries = 0

    async def once_broken(told: Any) -> None:
        nonlocal tries
        tries += 1
        if tries == 1:
            raise ValueError("a broken pipe")
        await tell(told)

    desk.played.run = once_broken  # pyright: ignore[reportAttributeAccessIssue]
    async with on_stage(desk, mode="proxy") as (app, pilot):
        await until(pilot, lambda: screen_of(app).view.state == "running")
        assert "a broken pipe" in told_by(app)
        assert tries == 2
        app.stumbles.clear()


async def test_live_requests_and_their_speed_are_in_the_head(tmp_path: Path) -> None:
    desk = proxy_desk(tmp_path, running(), *past(), *live())
    async with on_stage(desk, mode="proxy") as (app, pilot):
        await until(pilot, lambda: "3 active" in text_of(app))
        shown = text_of(app)
        assert "62 tok/s now" in shown
        assert "trimmed −81 %" in shown
        assert "3.1k/8.0k · 4 s left" in shown
