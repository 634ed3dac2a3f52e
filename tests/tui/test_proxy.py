"""The proxy's screen in use, before a real proxy and a scripted model server."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncGenerator, Callable, Generator
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from mux_tui.core.config.environment import Environment
from mux_tui.core.events import ServerChanged
from mux_tui.core.local_model.base import Report
from mux_tui.core.proxy.claude_code import ClientCommand
from mux_tui.core.proxy.last_request import Kept, write
from mux_tui.core.proxy.process.lifecycle import ProxyProcess
from mux_tui.core.proxy.watch.facts import ProxySeen
from mux_tui.tui.app import MuxApp
from mux_tui.tui.dialogs.confirm import Confirm
from mux_tui.tui.screens.proxy.log_window import LogWindow
from mux_tui.tui.screens.proxy.screen import ProxyScreen
from mux_tui.tui.widgets.proxy.panes import CutPane, StoryPane
from tests.core.proxy.watch.worlds import Script, asked, asking
from tests.tui.proxy_stage import (
    STOPPED,
    ended,
    live,
    past,
    proxy_desk,
    running,
    turn,
)
from tests.tui.stage import SMALL, StageDesk, make_desk, on_stage, text_of, until
from tests.upstream import Upstream, upstream

Stage = tuple[MuxApp, Pilot[int], ProxyScreen]


def screen_of(app: MuxApp) -> ProxyScreen:
    """The proxy's screen, which must be the one that is shown."""
    assert isinstance(app.screen, ProxyScreen)
    return app.screen


def told_by(app: MuxApp) -> str:
    """What was said in passing."""
    told = app._notifications  # pyright: ignore[reportPrivateUsage]
    return "\n".join(one.message for one in told)


@asynccontextmanager
async def real_stage(
    folder: Path, server: Upstream, **settings: Any
) -> AsyncGenerator[Stage, None]:
    """The screen, with everything behind it real; its proxy ends with it."""
    wanted = {
        "proxy.port": "0",
        "proxy.prewarm": "false",
        "providers.local.base_url": server.base_url,
    } | settings
    desk = make_desk(folder, settings=wanted)
    own = dict(os.environ) | dict(desk.environment.variables)
    desk.environment = Environment(own)
    # What is started gets the same settings.
    desk.overrides = {name: str(value) for name, value in wanted.items()}
    try:
        async with on_stage(desk, mode="proxy") as (app, pilot):
            yield app, pilot, screen_of(app)
    finally:
        await _ended(desk)


async def _ended(desk: StageDesk) -> None:
    process = await desk.proxy()
    status = await process.status()
    if status.pid is not None:
        with suppress(ProcessLookupError):
            os.kill(status.pid, signal.SIGCONT)
    await process.stop()


async def test_started_asked_and_stopped_from_the_screen(tmp_path: Path) -> None:
    """A request is a live row with its tokens, and then one that is over."""
    script = Script()
    async with (
        upstream(play=script.play) as server,
        real_stage(tmp_path, server) as (app, pilot, screen),
    ):
        await until(pilot, lambda: "No proxy is running" in text_of(app))
        await pilot.press("s")
        await until(pilot, lambda: screen.view.state == "running", "not started")
        assert not screen.view.board.adopted
        process: ProxyProcess = await app.desk.proxy()
        proxy = await process.adopt()
        assert proxy is not None
        async with asking(proxy):
            await until(pilot, lambda: "reading" in text_of(app))
            script.may_answer.set()
            await until(pilot, lambda: "answering" in text_of(app))
            await pilot.press("k")
            await until(pilot, lambda: isinstance(app.screen, Confirm), "not asked")
            assert "1 request is open; stopping cuts it." in text_of(app)
            await pilot.press("n")
            await until(pilot, lambda: isinstance(app.screen, ProxyScreen))
            script.may_end.set()
            await until(pilot, lambda: "end_turn" in text_of(app))
        await until(pilot, lambda: not screen.view.question("stop"))
        await pilot.press("k")
        await until(pilot, lambda: screen.view.state == "stopped", "not stopped")
        assert (await process.status()).state == "stopped"


async def test_a_proxy_from_elsewhere_is_adopted_and_outlives_the_screen(
    tmp_path: Path,
) -> None:
    async with (
        upstream() as server,
        real_stage(tmp_path, server) as (app, pilot, screen),
    ):
        elsewhere = await app.desk.proxy()
        proxy = await elsewhere.start()
        await until(pilot, lambda: "started elsewhere" in text_of(app))
        assert screen.view.url == proxy.url
        await asked(proxy)
        await until(pilot, lambda: "end_turn" in text_of(app))
        await pilot.press("f12")
        await until(pilot, lambda: app.current_mode == "cockpit")
        again = await elsewhere.adopt()
        assert again is not None
        assert again.instance == proxy.instance
        await asked(proxy)
        await pilot.press("f3")
        await until(pilot, lambda: len(screen.view.board.rows) == 2, "not recalled")


async def test_a_restart_brings_another_one_with_the_settings_of_now(
    tmp_path: Path,
) -> None:
    async with (
        upstream() as server,
        real_stage(tmp_path, server) as (app, pilot, screen),
    ):
        assert isinstance(app.desk, StageDesk)
        before = await (await app.desk.proxy()).start()
        await until(pilot, lambda: screen.view.state == "running")
        await pilot.press("R")
        await until(
            pilot,
            lambda: bool(screen.view.url) and screen.view.url != before.url,
            "not restarted",
        )
        await until(pilot, lambda: screen.view.state == "running")
        assert not screen.view.board.adopted


async def test_a_port_that_is_taken_is_said_with_its_owner(tmp_path: Path) -> None:
    async with upstream() as server:
        taken = {"proxy.port": str(server.port)}
        async with real_stage(tmp_path, server, **taken) as (app, pilot, screen):
            await until(pilot, lambda: screen.view.state == "stopped")
            await pilot.press("s")
            said = f"port {server.port} is in use by "
            await until(pilot, lambda: said in text_of(app))
            assert f"(pid {os.getpid()})" in text_of(app)
            assert "mux config set proxy.port" in text_of(app)


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
        assert drawn <= 3


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


@contextmanager
def _lent(app: MuxApp, seen: list[bool]) -> Generator[None]:
    seen.append(app.lent)
    yield
    seen.append(app.lent)


async def test_claude_code_gets_the_terminal_and_gives_it_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Meanwhile facts are still taken, and nothing is painted."""
    desk = proxy_desk(tmp_path, running())
    out = tmp_path / "seen"
    program = 'import os, sys; open(sys.argv[1], "w").write(os.environ["ASKED"])'
    command = ClientCommand(
        (sys.executable, "-c", program, str(out)), {"ASKED": "the proxy"}
    )
    lent: list[bool] = []

    async def ready(report: Report, tell: Callable[[str], None]) -> ClientCommand:
        report(ServerChanged("loading"))
        tell("profile core")
        return command

    monkeypatch.setattr(desk, "claude_code", ready)
    async with on_stage(desk, mode="proxy") as (app, pilot):
        screen = screen_of(app)
        await until(pilot, lambda: screen.view.state == "running")
        monkeypatch.setattr(app, "suspend", lambda: _lent(app, lent))
        await pilot.press("C")
        await until(pilot, lambda: len(lent) == 2)
        assert out.read_text() == "the proxy"
        assert lent == [True, True]
        await until(pilot, lambda: not app.lent and not screen.view.doing)


async def test_where_the_terminal_cannot_be_lent_it_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = proxy_desk(tmp_path, running())

    async def ready(report: Report, tell: Callable[[str], None]) -> ClientCommand:
        return ClientCommand(("never",), {})

    monkeypatch.setattr(desk, "claude_code", ready)
    async with on_stage(desk, mode="proxy") as (app, pilot):
        await until(pilot, lambda: desk.played.runs == 1)
        await pilot.press("C")
        await until(pilot, lambda: "run `mux claude` in another" in told_by(app))
        assert not app.lent


async def test_without_claude_code_it_says_how_to_get_it(tmp_path: Path) -> None:
    desk = proxy_desk(tmp_path, running(), variables={"PATH": str(tmp_path)})
    async with on_stage(desk, mode="proxy") as (app, pilot):
        await until(pilot, lambda: desk.played.runs == 1)
        await pilot.press("C")
        await until(pilot, lambda: "Claude Code is not there" in told_by(app))
        assert "npm install" in told_by(app)


async def test_esc_gives_up_waiting_for_claude_code(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = proxy_desk(tmp_path, running())

    async def never(report: Report, tell: Callable[[str], None]) -> ClientCommand:
        await asyncio.Event().wait()
        raise AssertionError

    monkeypatch.setattr(desk, "claude_code", never)
    async with on_stage(desk, mode="proxy") as (app, pilot):
        screen = screen_of(app)
        await until(pilot, lambda: desk.played.runs == 1)
        await pilot.press("C")
        await until(pilot, lambda: "getting ready; esc gives up" in text_of(app))
        await pilot.press("escape")
        await until(pilot, lambda: not screen.view.doing)
