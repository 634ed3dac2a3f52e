"""How the cockpit ends on a real terminal: by key, signal, bug, or closed window."""

import json
import os
import re
import signal
import sqlite3
import sys
import time
from collections.abc import Callable, Generator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.cli.muxing import PROJECT
from tests.tui.pty.rehearsal import SECRET
from tests.tui.pty.terminal import Terminal, terminal

pytestmark = pytest.mark.timeout(200)

SIGNALS = [
    (signal.SIGTERM, 143),
    (signal.SIGHUP, 129),
    (signal.SIGQUIT, 131),
    (signal.SIGINT, 130),
]
READY = "engine open"
ROOMY = (300, 36)
"""Wide enough for a message on one line."""

Rehearse = Callable[..., Any]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Where the rehearsal lives."""
    return tmp_path


@pytest.fixture
def rehearse(home: Path) -> Rehearse:
    """Opens the cockpit on a terminal."""

    @contextmanager
    def opened(
        *options: str,
        size: tuple[int, int] = (120, 36),
        modern: bool = False,
        variables: dict[str, str] | None = None,
        **play: Any,
    ) -> Generator[Terminal]:
        environment = {
            "HOME": str(home),
            "MUX_HOME": str(home / "mux"),
            "PATH": os.defpath,
            "PYTHONPATH": str(PROJECT),
            "LANG": "C.UTF-8",
            "COLORTERM": "truecolor",
            "REHEARSAL": json.dumps(play),
        } | (variables or {})
        argv = [sys.executable, "-m", "tests.tui.pty.rehearsal", *options]
        with terminal(argv, environment, home, size, modern) as opened:
            yield opened

    return opened


def rows(home: Path) -> list[tuple[str, str]]:
    """Status and reason of every run in the ledger."""
    with closing(sqlite3.connect(home / "mux" / "data" / "ledger.db")) as ledger:
        return list(ledger.execute("SELECT status, reason FROM runs"))


@pytest.mark.parametrize(("number", "code"), SIGNALS)
def test_a_signal_gives_the_terminal_back_and_completes_the_ledger(
    number: signal.Signals, code: int, rehearse: Rehearse, home: Path
) -> None:
    with rehearse() as mux:
        mux.until(READY)
        mux.type("8")
        mux.until("event 9")
        mux.send(number)
        assert mux.ended() == code
        assert mux.restored
        assert mux.processes() == []
    assert [status for status, _ in rows(home)] == ["interrupted"]


def test_every_mode_of_a_modern_terminal_is_switched_off_again(
    rehearse: Rehearse,
) -> None:
    with rehearse(modern=True) as mux:
        mux.until(READY)
        mux.until(lambda: bool(mux.screen.modes.get("2048")), what="in-band resize")
        mux.send(signal.SIGTERM)
        assert mux.ended() == 143
        assert mux.screen.modes_left_on == []


def test_a_terminal_that_goes_away_ends_mux(rehearse: Rehearse, home: Path) -> None:
    with rehearse() as mux:
        mux.until(READY)
        mux.type("8")
        mux.until("event 9")
        mux.hang_up()
        assert mux.ended() == 129
        assert mux.processes() == []
    assert [status for status, _ in rows(home)] == ["interrupted"]


def test_it_ends_without_a_hangup_signal_too(rehearse: Rehearse, home: Path) -> None:
    """Under `nohup` nobody tells that the terminal is gone."""
    with rehearse(hangups=False) as mux:
        mux.until(READY)
        mux.hang_up()
        assert mux.ended() == 129


@pytest.mark.parametrize(
    ("key", "where"),
    [("1", "action_handler"), ("2", "work"), ("3", "_fail"), ("4", "_fail")],
)
def test_a_bug_gives_the_terminal_back_and_is_told_in_one_line(
    key: str, where: str, rehearse: Rehearse, home: Path
) -> None:
    with rehearse(size=ROOMY) as mux:
        mux.until(READY)
        mux.type(key)
        assert mux.ended() == 1
        assert mux.restored
        [line] = mux.after.splitlines()
        log = home / "mux" / "state" / "crash.log"
        assert line.startswith("mux: the cockpit failed (ZeroDivisionError): ")
        assert str(log) in line
        assert SECRET.encode() not in mux.raw
    story = log.read_text()
    assert where in story
    assert "ZeroDivisionError" in story
    assert SECRET not in story
    assert log.stat().st_mode & 0o777 == 0o600


def test_a_bug_in_the_engine_ends_the_cockpit_too(rehearse: Rehearse) -> None:
    with rehearse(engine="bug", size=ROOMY) as mux:
        assert mux.ended() == 1
        assert mux.restored
        [line] = mux.after.splitlines()
        assert "KeyError" in line
        assert SECRET.encode() not in mux.raw


def test_an_engine_that_cannot_be_opened_is_told_and_mux_stays(
    rehearse: Rehearse,
) -> None:
    with rehearse(engine="error") as mux:
        mux.until("the engine cannot be opened")
        mux.type("\x11")
        assert mux.ended() == 0


@pytest.mark.parametrize("key", ["5", "6"])
def test_a_bug_that_harms_nothing_is_told_and_put_on_file(
    key: str, rehearse: Rehearse, home: Path
) -> None:
    with rehearse() as mux:
        mux.until(READY)
        mux.type(key)
        mux.until("something failed inside mux")
        mux.type("\x11")
        assert mux.ended() == 0
        assert SECRET.encode() not in mux.raw
    assert "ZeroDivisionError" in (home / "mux" / "state" / "crash.log").read_text()


def test_quitting_with_nothing_under_way_is_immediate(rehearse: Rehearse) -> None:
    with rehearse() as mux:
        mux.until(READY)
        mux.type("\x11")
        assert mux.ended() == 0
        assert mux.restored
        assert mux.after.strip() == ""


def test_quitting_asks_when_a_task_is_under_way(rehearse: Rehearse, home: Path) -> None:
    with rehearse() as mux:
        mux.until(READY)
        mux.type("8")
        mux.until("event 9")
        mux.type("\x11")
        mux.until("1 task under way")
        mux.type("\x1b")
        mux.until(lambda: "1 task under way" not in mux.screen.text)
        mux.type("\x11")
        mux.until("1 task under way")
        mux.type("q")
        assert mux.ended() == 0
    assert [status for status, _ in rows(home)] == ["interrupted"]


def test_a_second_signal_ends_a_close_that_takes_too_long(rehearse: Rehearse) -> None:
    with rehearse(stubborn=True) as mux:
        mux.until(READY)
        mux.send(signal.SIGTERM)
        mux.until(lambda: b"\x1b[?1049l" in mux.raw)
        begun = time.monotonic()
        while mux.process.poll() is None and time.monotonic() < begun + 60:
            mux.read(0.3)
            mux.send(signal.SIGTERM)
        assert mux.ended() == 143
        assert mux.restored


def test_two_signals_end_even_a_loop_that_does_not_turn(rehearse: Rehearse) -> None:
    with rehearse() as mux:
        mux.until(READY)
        mux.type("9")
        begun = time.monotonic()
        while mux.process.poll() is None and time.monotonic() < begun + 60:
            mux.read(0.3)
            mux.send(signal.SIGTERM)
        assert mux.ended() == 143
        assert mux.restored


def test_a_stopped_job_leaves_the_terminal_usable_and_comes_back(
    rehearse: Rehearse,
) -> None:
    with rehearse() as mux:
        mux.until(READY)
        mux.send(signal.SIGTSTP)
        mux.until(lambda: mux.stopped, what="the job stopped")
        mux.until(lambda: mux.restored, what="the terminal given back")
        mux.send(signal.SIGCONT)
        mux.until(READY)
        mux.type("\x11")
        assert mux.ended() == 0
        assert mux.restored


def test_a_killed_cockpit_is_no_trouble_for_the_next(
    rehearse: Rehearse, home: Path
) -> None:
    with rehearse() as mux:
        mux.until(READY)
        mux.type("8")
        mux.until("event 9")
        mux.send(signal.SIGKILL)
        mux.ended()
    with rehearse() as mux:
        mux.until(READY)
        mux.type("\x11")
        assert mux.ended() == 0


def test_a_terminal_that_stands_still_keeps_no_task_waiting(
    rehearse: Rehearse, home: Path
) -> None:
    """What it missed is painted anew when it reads again."""
    play = {"answer": "word " * 150, "pause": 0.02}
    with rehearse(size=(270, 90), **play) as mux:
        mux.until(READY)
        mux.type("8")
        deadline = time.monotonic() + 60
        while [status for status, _ in rows(home)] != ["done"]:
            assert time.monotonic() < deadline
            time.sleep(0.1)  # Nobody reads what mux writes.
        mux.until(lambda: painted_whole(mux, 150), what="the end of the answer")
        assert "^p palette" in mux.screen.text
        mux.type("\x11")
        assert mux.ended() == 0
        assert mux.restored


def painted_whole(mux: Terminal, least: int) -> bool:
    """Whether every line shows one and the same event, of that number or later."""
    shown = {int(number) for number in re.findall(r"event (\d+)", mux.screen.text)}
    return len(shown) == 1 and shown.pop() >= least


def test_a_terminal_that_was_lent_is_usable_and_taken_back(rehearse: Rehearse) -> None:
    with rehearse() as mux:
        mux.until(READY)
        mux.type("l")
        mux.until(lambda: b"\nlent" in mux.raw, what="the other program")
        assert b" echo " in mux.raw
        mux.type("\x03")  # The other program's to answer, which ends by it.
        mux.until("taken back")
        mux.type("\x11")
        assert mux.ended() == 0
        assert mux.restored


@pytest.mark.parametrize(("number", "code"), [SIGNALS[0], SIGNALS[1]])
def test_a_signal_while_the_terminal_is_lent_ends_both(
    number: signal.Signals, code: int, rehearse: Rehearse
) -> None:
    with rehearse() as mux:
        mux.until(READY)
        mux.type("l")
        mux.until(lambda: b"\nlent" in mux.raw, what="the other program")
        mux.send(number)
        assert mux.ended() == code
        assert mux.restored
        assert mux.processes() == []
