"""A program in tmux: a real terminal, with a server of its own."""

import shlex
import shutil
import subprocess
import time
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest


@dataclass(frozen=True)
class Tmux:
    """One pane."""

    socket: Path

    def until(self, wanted: str | Callable[[str], bool], seconds: float = 60) -> str:
        """Wait until a text is shown, or the screen is as wanted; the screen then."""
        deadline = time.monotonic() + seconds
        while True:
            shown = self.shown
            if wanted(shown) if callable(wanted) else wanted in shown:
                return shown
            assert time.monotonic() < deadline, f"not seen: {wanted}\n{shown}"
            time.sleep(0.1)

    @property
    def shown(self) -> str:
        """What the pane shows, as text."""
        return self.call("capture-pane", "-p", "-t", "cockpit")

    @property
    def modes(self) -> str:
        """Alternate screen, mouse and cursor, as tmux tells; `0 0 1`: a shell's."""
        flags = "#{alternate_on} #{mouse_any_flag} #{cursor_flag}"
        return self.call("display-message", "-p", "-t", "cockpit", flags).strip()

    @property
    def buffers(self) -> str:
        """What was put into the clipboard."""
        return self.call("list-buffers")

    def press(self, *keys: str) -> None:
        """Press keys by tmux's names for them."""
        self.call("send-keys", "-t", "cockpit", *keys)

    def type(self, text: str) -> None:
        """Type a text to the letter."""
        self.call("send-keys", "-t", "cockpit", "-l", text)

    def call(self, *arguments: str) -> str:
        """Run one of tmux's own commands; what it says."""
        command = ["tmux", "-S", str(self.socket), "-f", "/dev/null", *arguments]
        return subprocess.run(
            command, check=True, capture_output=True, text=True, timeout=60
        ).stdout


@contextmanager
def tmux(
    command: Sequence[str],
    environment: Mapping[str, str],
    cwd: Path,
    socket: Path,
    size: tuple[int, int] = (120, 36),
) -> Generator[Tmux]:
    """Run a command in tmux; its exit code is shown as `code N` when it ends.

    Args:
        command: Program and arguments.
        environment: All of its variables.
        cwd: Where it runs.
        socket: Where tmux's own server listens; its path must be short.
        size: Columns and rows.
    """
    if shutil.which("tmux") is None:
        pytest.fail("tmux is not installed: run `apt-get install tmux`", pytrace=False)
    pane = Tmux(socket)
    variables = [f"{name}={value}" for name, value in environment.items()]
    program = shlex.join(["env", "-i", *variables, *command])
    # TERM is what tmux says it is.
    script = f'{program.replace("env -i", "env -i TERM=$TERM", 1)}; echo "code $?"; cat'
    columns, rows = map(str, size)
    start = ("new-session", "-d", "-s", "cockpit", "-x", columns, "-y", rows)
    pane.call(*start, "-c", str(cwd), script)
    try:
        yield pane
    finally:
        subprocess.run(
            ["tmux", "-S", str(socket), "kill-server"], check=False, capture_output=True
        )
