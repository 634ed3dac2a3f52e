"""A program on a pseudo-terminal of its own: typed at, signalled, resized, watched."""

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import termios
import time
import uuid
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.tui.pty.screen import Screen

_MARK = "MUX_TEST_MARK"
_PROC = Path("/proc")


class Terminal:
    """A terminal and the program that runs on it."""

    def __init__(
        self,
        argv: Sequence[str],
        environment: Mapping[str, str],
        cwd: Path,
        size: tuple[int, int] = (120, 36),
        modern: bool = False,
    ) -> None:
        """Start the program.

        Args:
            argv: Program and arguments.
            environment: Its variables.
            cwd: Where it runs.
            size: Columns and rows.
            modern: Whether the terminal knows the modes that it is asked about.
        """
        self.screen = Screen(size[1], size[0])
        self.raw = b""
        """Everything that the program wrote."""

        self._modern = modern
        self._mark = uuid.uuid4().hex
        self._ours, self._side = pty.openpty()
        self.resize(*size)
        self._attributes = termios.tcgetattr(self._side)
        self.process = subprocess.Popen(
            argv,
            env={"TERM": "xterm-256color", **environment, _MARK: self._mark},
            cwd=cwd,
            stdin=self._side,
            stdout=self._side,
            stderr=self._side,
            start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
        )

    def until(
        self, wanted: str | Callable[[], bool], seconds: float = 60, what: str = ""
    ) -> None:
        """Read until a text is shown, or a condition holds.

        Args:
            wanted: The text, or the condition.
            seconds: How long it may take.
            what: In words, for the failure.
        """
        holds = wanted if callable(wanted) else lambda: wanted in self.screen.text
        deadline = time.monotonic() + seconds
        while not holds():
            told = f"not seen: {what or wanted}\n{self.screen.text}"
            assert time.monotonic() < deadline, told
            if not self.read(0.05) and self.process.poll() is not None:
                while self.read(0):
                    pass
                assert holds(), f"{told}\nit has ended: {self.process.returncode}"

    def type(self, keys: str) -> None:
        """Press keys."""
        os.write(self._ours, keys.encode())

    def send(self, number: signal.Signals) -> None:
        """Send the program a signal."""
        self.process.send_signal(number)

    def resize(self, columns: int, rows: int) -> None:
        """Have another size."""
        size = struct.pack("HHHH", rows, columns, 0, 0)
        fcntl.ioctl(self._ours, termios.TIOCSWINSZ, size)
        self.screen.resize(rows, columns)

    def hang_up(self) -> None:
        """Go away, as a window does that is closed."""
        os.close(self._ours)
        os.close(self._side)
        self._ours = self._side = -1

    def ended(self, seconds: float = 60) -> int:
        """Wait for the end; returns the exit status."""
        deadline = time.monotonic() + seconds
        while self.process.poll() is None:
            assert time.monotonic() < deadline, f"it goes on\n{self.screen.text}"
            self.read(0.02)
        while self.read(0):
            pass
        return self.process.returncode

    @property
    def restored(self) -> bool:
        """Whether the terminal is as it was: its attributes and its modes."""
        same = termios.tcgetattr(self._side) == self._attributes
        return same and not self.screen.modes_left_on

    @property
    def stopped(self) -> bool:
        """Whether the program is stopped, as a job is by ctrl-z."""
        stat = (_PROC / str(self.process.pid) / "stat").read_text()
        return stat.rpartition(")")[2].split()[0] == "T"

    @property
    def after(self) -> str:
        """The text that was written once the screen was given back."""
        rest = self.raw.rpartition(b"\x1b[?1049l")[2].decode("utf-8", "replace")
        return re.sub(r"\x1b\[[?\d;]*[a-z]", "", rest).replace("\r", "")

    def processes(self) -> list[int]:
        """Every living process that was started from here, ours among them."""
        numbers = [entry for entry in _PROC.iterdir() if entry.name.isdigit()]
        return [int(entry.name) for entry in numbers if self._is_marked(entry)]

    def _is_marked(self, process: Path) -> bool:
        with suppress(OSError):
            stat = (process / "stat").read_text(errors="replace")
            alive = stat.rpartition(")")[2].split()[0] != "Z"
            return alive and self._mark.encode() in (process / "environ").read_bytes()
        return False

    def read(self, seconds: float) -> bool:
        """Take what the program writes within some time; whether there was any."""
        if self._ours < 0:
            time.sleep(seconds)
            return False
        if not select.select([self._ours], [], [], seconds)[0]:
            return False
        try:
            data = os.read(self._ours, 65_536)
        except OSError:  # Linux says so when the other side is closed.
            return False
        self.raw += data
        for mode in self.screen.feed(data):
            if self._modern:
                os.write(self._ours, f"\x1b[?{mode};2$y".encode())
        return bool(data)

    def close(self) -> None:
        """End what is left, and let go of the terminal."""
        for pid in self.processes():
            with suppress(OSError):
                os.kill(pid, signal.SIGKILL)
        self.process.kill()
        self.process.wait()
        for number in (self._ours, self._side):
            if number >= 0:
                os.close(number)


@contextmanager
def terminal(
    argv: Sequence[str],
    environment: Mapping[str, str],
    cwd: Path,
    size: tuple[int, int] = (120, 36),
    modern: bool = False,
) -> Generator[Terminal]:
    """A terminal that is closed at the end; see `Terminal`."""
    opened = Terminal(argv, environment, cwd, size, modern)
    try:
        yield opened
    finally:
        opened.close()
