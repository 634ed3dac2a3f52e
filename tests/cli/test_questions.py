"""Questions to a person at a terminal, and ways not to answer them."""

import os
import pty
import select
import signal
import subprocess
import sys
import time
from collections.abc import Generator
from contextlib import contextmanager, suppress

import pytest

from tests.cli.muxing import World
from tests.fake_cli import ANSWER


class Terminal:
    """A `mux` at a terminal of its own."""

    def __init__(self, process: subprocess.Popen[bytes], screen: int) -> None:
        self.process = process
        self._screen = screen
        self.seen = ""

    def until(self, text: str, seconds: float = 60) -> str:
        """Read until `text` is shown, and return all that was."""
        deadline = time.monotonic() + seconds
        while text not in self.seen:
            assert time.monotonic() < deadline, self.seen
            if not self._read(0.1) and self.process.poll() is not None:
                assert text in self.seen, self.seen
        return self.seen

    def type(self, keys: str) -> None:
        """Press keys."""
        os.write(self._screen, keys.encode())

    def ended(self) -> int:
        """Wait for the end; returns the exit status."""
        status = self.process.wait(60)
        while self._read(0):
            pass
        return status

    def _read(self, seconds: float) -> bool:
        if not select.select([self._screen], [], [], seconds)[0]:
            return False
        with suppress(OSError):  # Linux says so when the other side is closed.
            self.seen += os.read(self._screen, 65536).decode().replace("\r\n", "\n")
            return True
        return False


@contextmanager
def terminal(world: World, *arguments: str) -> Generator[Terminal]:
    """Start `mux` at a terminal."""
    screen, side = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "mux_tui", *arguments],
        env=world.environment | {"COLUMNS": "200", "NO_COLOR": "1"},
        cwd=world.home,
        stdin=side,
        stdout=side,
        stderr=side,
        start_new_session=True,
    )
    os.close(side)
    try:
        yield Terminal(process, screen)
    finally:
        process.kill()
        process.wait()
        os.close(screen)


@pytest.fixture
def asked(cloudy: World) -> World:
    """A world in which a task may leave only after a yes."""
    cloudy.variables["MUX_CLOUD_PERMISSION"] = "ask"
    return cloudy


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)]
)
@pytest.mark.parametrize("question", ["setup --starter", "run --route claude hello"])
def test_a_signal_ends_a_question_at_once(
    question: str, number: signal.Signals, code: int, asked: World
) -> None:
    with terminal(asked, *question.split()) as mux:
        mux.until("? [")
        mux.process.send_signal(number)
        assert mux.ended() == code


def test_what_leads_to_a_question_is_told_before_it(asked: World) -> None:
    with terminal(asked, "run", "--route", "claude", "hello") as mux:
        seen = mux.until("[y/N]")
        assert "● claude" in seen
        mux.type("y\n")
        assert mux.ended() == 0
    assert mux.seen.count(ANSWER) == 1


@pytest.mark.parametrize("keys", ["n\n", "\n", "\x04"])
def test_anything_but_a_yes_keeps_a_task_here(keys: str, asked: World) -> None:
    with terminal(asked, "run", "--route", "claude", "hello") as mux:
        mux.until("[y/N]")
        mux.type(keys)
        assert mux.ended() == 5
    assert not [call for call in asked.clis.calls if call["stdin"]]  # pyright: ignore[reportOptionalMemberAccess]


@pytest.mark.parametrize("keys", ["n\n", "no\n", "\x04", "what?\n"])
def test_anything_but_a_yes_installs_nothing(keys: str, world: World) -> None:
    with terminal(world, "setup", "--starter") as mux:
        mux.until("[Y/n]")
        mux.type(keys)
        assert mux.ended() == 5
    assert "nothing was installed" in mux.seen
