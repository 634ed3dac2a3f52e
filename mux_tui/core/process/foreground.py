"""Handing the terminal to a child until it ends: an editor, another CLI.

The child shares our process group, so that it owns the keyboard. What the keyboard
sends to the group, Ctrl-C above all, is the child's to answer and not ours.
"""

import signal
import subprocess
import threading
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from mux_tui.core.errors import EnvironmentProblem
from mux_tui.core.text import one_line

_FROM_KEYBOARD = (signal.SIGINT, signal.SIGQUIT)
_BY_SIGNAL = 128

_running: set[subprocess.Popen[bytes]] = set()
"""The programs that have the terminal now."""


def run_foreground(argv: Sequence[str], cwd: Path, env: Mapping[str, str]) -> int:
    """Run a program with our standard input, output and error; wait for its end.

    Args:
        argv: Program and arguments; no shell reads them.
        cwd: Where it runs.
        env: Its whole environment.

    Returns:
        Its exit status; 128 and the signal's number when a signal ended it.

    Raises:
        EnvironmentProblem: It cannot be started.
    """
    with _keyboard_signals_left_to_child():
        try:
            status = _run(argv, cwd, env)
        except (OSError, ValueError) as error:
            raise EnvironmentProblem(
                f"cannot start {one_line(argv[0], 100)}",
                (getattr(error, "strerror", None) or str(error)).lower(),
                "Name a program that is installed",
            ) from error

    return status if status >= 0 else _BY_SIGNAL - status


def end_foreground(kill: bool = False) -> None:
    """Ask every program that has the terminal to end; `kill`: do not ask.

    For who was told to end while another thread waits for such a program.
    """
    for process in tuple(_running):
        process.send_signal(signal.SIGKILL if kill else signal.SIGTERM)


def _run(argv: Sequence[str], cwd: Path, env: Mapping[str, str]) -> int:
    with subprocess.Popen(argv, cwd=cwd, env=dict(env)) as process:
        _running.add(process)
        try:
            return process.wait()
        except BaseException:
            process.kill()
            raise
        finally:
            _running.discard(process)


@contextmanager
def _keyboard_signals_left_to_child() -> Generator[None]:
    if threading.current_thread() is not threading.main_thread():
        # Only the main thread gets signals, and only it may say what they do.
        yield
        return

    # A handler, and not SIG_IGN, which the child would inherit.
    before = {number: signal.signal(number, _nothing) for number in _FROM_KEYBOARD}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _nothing(_number: int, _frame: FrameType | None) -> None:
    pass
