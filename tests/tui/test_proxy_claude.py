"""Claude Code from the proxy's screen: it gets the terminal, or it is said why not."""

import asyncio
import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path

import pytest

from mux_tui.core.events import ServerChanged
from mux_tui.core.local_model.base import Report
from mux_tui.core.proxy.claude_code import ClientCommand
from mux_tui.tui.app import MuxApp
from tests.tui.proxy_stage import (
    proxy_desk,
    running,
    screen_of,
    told_by,
)
from tests.tui.stage import on_stage, text_of, until


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
