"""While the terminal is lent, its keyboard's signals are another program's."""

import asyncio
import os
import signal
from pathlib import Path

import pytest

from mux_tui.tui.app import MuxApp
from mux_tui.tui.launch import _signals  # pyright: ignore[reportPrivateUsage]
from tests.tui.stage import make_desk


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGQUIT])
async def test_what_the_keyboard_sends_ends_the_cockpit_only_while_it_has_the_terminal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: signal.Signals
) -> None:
    left = asyncio.Queue[int]()
    app = MuxApp(make_desk(tmp_path))
    monkeypatch.setattr(app, "leave", left.put_nowait)
    with _signals(app, asyncio.get_running_loop()):
        app.lent = True
        os.kill(os.getpid(), number)
        # Handlers run between two steps of the interpreter; the loop then has a turn.
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert left.empty()
        app.lent = False
        os.kill(os.getpid(), number)
        async with asyncio.timeout(30):
            assert await left.get() == 128 + number


async def test_a_terminal_that_is_lent_can_still_be_told_to_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    left = asyncio.Queue[int]()
    app = MuxApp(make_desk(tmp_path))
    monkeypatch.setattr(app, "leave", left.put_nowait)
    with _signals(app, asyncio.get_running_loop()):
        app.lent = True
        os.kill(os.getpid(), signal.SIGTERM)
        async with asyncio.timeout(30):
            assert await left.get() == 143
