"""Nothing foreign reaches the terminal as anything but text, on any screen."""

import base64
import json
import os
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from mux_tui.tui.host import ALL_MODES
from tests.cli.muxing import PROJECT
from tests.tui.pty.terminal import Terminal, terminal

pytestmark = [pytest.mark.timeout(120), pytest.mark.slow]

QUIT = "\x11"
F = {
    "f1": "\x1bOP",
    "f2": "\x1bOQ",
    "f3": "\x1bOR",
    "f4": "\x1bOS",
    "f5": "\x1b[15~",
    "f8": "\x1b[19~",
    "f10": "\x1b[21~",
    "f12": "\x1b[24~",
}
"""What the keys of a terminal send."""


@contextmanager
def played(
    folder: Path, *command: str, size: tuple[int, int] = (120, 36), **play: Any
) -> Generator[Terminal]:
    """A program of the tests on a terminal."""
    environment = {
        "HOME": str(folder),
        "MUX_HOME": str(folder / "mux"),
        "PATH": os.defpath,
        "PYTHONPATH": str(PROJECT),
        "LANG": "C.UTF-8",
        "COLORTERM": "truecolor",
        "REHEARSAL": json.dumps(play),
    }
    argv = [sys.executable, "-m", *command]
    with terminal(argv, environment, folder, size) as opened:
        yield opened


def quiet(mux: Terminal, seconds: float = 0.4) -> None:
    """Read until nothing more is painted."""
    while mux.read(seconds):
        pass


def assert_clean(mux: Terminal) -> None:
    """It is still there, and nothing but painting has reached the terminal."""
    assert mux.process.poll() is None, mux.after
    assert mux.screen.strange == []
    assert mux.screen.clipboard == []
    assert mux.screen.links == []


def left_in_order(mux: Terminal) -> None:
    """It is still there, and can be left."""
    assert mux.process.poll() is None, mux.after
    for _ in range(20):
        if mux.process.poll() is not None:
            break
        mux.type(QUIT)
        mux.read(0.3)
    assert mux.ended() == 0, mux.after
    assert mux.restored


@pytest.mark.parametrize("screen", [mode.name for mode in ALL_MODES])
def test_hostile_text_is_painted_and_obeyed_by_nobody(
    screen: str, tmp_path: Path
) -> None:
    with played(tmp_path, "tests.tui.pty.hostile", screen) as mux:
        mux.until("^p palette")
        quiet(mux)
        for keys in ("\t", "\r", "\x1b", "\t", "j", "\r", "\x1b", "\x0f", "\x1b"):
            mux.type(keys)
            quiet(mux, 0.1)
        mux.resize(80, 24)
        quiet(mux)
        mux.type(F["f1"])
        quiet(mux)
        mux.type("\x1b")
        quiet(mux)
        assert_clean(mux)
        left_in_order(mux)


def test_a_hostile_answer_streams_as_text(tmp_path: Path) -> None:
    with played(tmp_path, "tests.tui.pty.hostile", "cockpit") as mux:
        mux.until("^p palette")
        quiet(mux)
        mux.type("Say something.\r")
        mux.until("clears the screen:␛[2J", what="the answer")
        quiet(mux)
        assert_clean(mux)


def test_the_last_defence_holds_for_every_widget(tmp_path: Path) -> None:
    """Even for text that nobody made safe on its way."""
    with played(tmp_path, "tests.tui.pty.hostile", "zoo", size=(160, 200)) as mux:
        mux.until("^p palette")
        mux.type(F["f10"])
        mux.until("asks for the cursor")
        quiet(mux)
        for _ in range(16):
            mux.type("\t")
            quiet(mux, 0.1)
        assert_clean(mux)
        mux.type("\x1b")
        left_in_order(mux)


def test_what_is_written_past_the_screen_reaches_nobody(tmp_path: Path) -> None:
    with played(tmp_path, "tests.tui.pty.rehearsal") as mux:
        mux.until("engine open")
        mux.type("7")
        mux.until("noise was made")
        quiet(mux)
        assert b"NOISE" not in mux.raw
        assert_clean(mux)
        left_in_order(mux)


def test_only_what_can_be_seen_is_copied(tmp_path: Path) -> None:
    text = "rm -rf ~\x1b[201~\x03 \u202e\x1b]52;c;QQ==\x07"
    with played(tmp_path, "tests.tui.pty.rehearsal", text=text) as mux:
        mux.until("engine open")
        mux.type("c")
        mux.until(lambda: bool(mux.screen.clipboard), what="a copy")
        [copied] = [base64.b64decode(one).decode() for one in mux.screen.clipboard]
        assert copied == "rm -rf ~␛[201~␃ <U+202E>␛]52;c;QQ==␇"
        assert mux.screen.strange == []


@pytest.mark.parametrize(
    "url", ["file:///etc/passwd", "javascript:alert(1)", "http://a b", "https:///x"]
)
def test_what_is_no_web_page_is_not_opened(url: str, tmp_path: Path) -> None:
    with played(tmp_path, "tests.tui.pty.rehearsal", text=url) as mux:
        mux.until("engine open")
        mux.type("u")
        mux.until("Not opened")
        left_in_order(mux)


def test_a_web_page_is_opened_only_after_its_target_was_shown(tmp_path: Path) -> None:
    browser = tmp_path / "browser"
    browser.write_text('#!/bin/sh\necho "$1" > "$HOME/opened"\n')
    browser.chmod(0o755)
    url = "https://example.invalid/a?b=c"
    opened = tmp_path / "opened"
    with played(
        tmp_path, "tests.tui.pty.rehearsal", text=url, browser=str(browser)
    ) as mux:
        mux.until("engine open")
        mux.type("u")
        mux.until(url)
        mux.type("n")
        mux.until(lambda: url not in mux.screen.text)
        assert not opened.exists()
        mux.type("u")
        mux.until(url)
        mux.type("y")
        mux.until(lambda: opened.exists() and opened.read_text().strip() == url)
        left_in_order(mux)


@pytest.mark.parametrize("size", [(1, 1), (20, 5), (500, 200)])
def test_any_size_is_survived(size: tuple[int, int], tmp_path: Path) -> None:
    with played(tmp_path, "tests.tui.pty.hostile", "cockpit") as mux:
        mux.until("^p palette")
        mux.resize(*size)
        quiet(mux)
        mux.resize(120, 36)
        mux.until("^p palette")
        assert_clean(mux)
        left_in_order(mux)


def test_a_storm_of_sizes_while_an_answer_streams_is_survived(tmp_path: Path) -> None:
    with played(tmp_path, "tests.tui.pty.rehearsal", pause=0.005) as mux:
        mux.until("engine open")
        mux.type("8")
        mux.until("event 9")
        for number in range(100):
            mux.resize(1 + number * 37 % 200, 1 + number * 17 % 60)
            mux.read(0.02)
        mux.resize(120, 36)
        mux.until("task started")
        before = mux.screen.text
        mux.until(lambda: mux.screen.text != before, what="the answer going on")
        assert_clean(mux)
