"""Opening the cockpit on a terminal, and leaving it in order whatever ends it.

The first signal closes it as quitting does: the terminal is given back, then what is
under way is ended and recorded. Should that take strangely long, a second one ends mux
on the spot.
"""

import asyncio
import os
import signal
import sys
import threading
import time
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mux_tui.core.config.environment import Environment
from mux_tui.core.config.load import Loaded
from mux_tui.core.errors import UsageError
from mux_tui.tui.crash import crashed
from mux_tui.tui.desk import Desk
from mux_tui.tui.garbage import collected_seldom, pause

if TYPE_CHECKING:
    from mux_tui.tui.app import MuxApp

_CODES = {
    signal.SIGINT: 130,
    signal.SIGTERM: 143,
    signal.SIGHUP: 129,
    signal.SIGQUIT: 131,
}
"""Signals that end the cockpit, and the exit code that says which it was."""

_FROM_KEYBOARD = (signal.SIGINT, signal.SIGQUIT)
_PATIENCE = 1.0
"""Seconds of closing after which another signal ends mux on the spot."""


def open_cockpit(
    environment: Environment,
    cwd: Path,
    overrides: Mapping[str, str],
    loaded: Loaded,
    broken: bool = False,
) -> int:
    """Run the cockpit until it is left; returns the exit code.

    Args:
        environment: The variables, and with them the directories.
        cwd: The work directory of new tasks.
        overrides: Settings for this call only.
        loaded: The settings, these among them.
        broken: A file of settings is broken; `loaded` is what holds meanwhile.

    Raises:
        UsageError: There is no terminal to draw on.
        MuxError: A bug ended it; the error tells where it is described.
    """
    check_terminal(environment)
    pause()
    # Here, and not above: who has no terminal is told so within milliseconds.
    from mux_tui.tui.app import MuxApp

    mode = MuxApp.DEFAULT_MODE
    if broken:
        # Where it is said what is wrong, and where it can be mended.
        mode = "settings"
    elif wants_setup(environment, overrides):
        mode = "setup"
    return run_app(MuxApp(Desk(environment, cwd, loaded, overrides), mode, broken))


def wants_setup(environment: Environment, overrides: Mapping[str, str]) -> bool:
    """Whether nobody has said yet how mux is to work."""
    if overrides or environment.paths.config_file.exists():
        return False

    # Late: most have a settings file, and this brings more than they need.
    from mux_tui.core.setup.first import is_first_run

    return is_first_run(environment)


def check_terminal(environment: Environment) -> None:
    """See that there is a terminal to draw on.

    Raises:
        UsageError: There is none, or it cannot be drawn on.
    """
    # A program that serves the screen elsewhere brings a driver of its own.
    if environment.variables.get("TEXTUAL_DRIVER"):
        return
    if not (_is_terminal(sys.stdin) and _is_terminal(sys.stdout)):
        raise UsageError(
            "the cockpit needs a terminal",
            "",
            "Without one, use: mux run TASK --json, mux status, mux --help",
        )
    if environment.variables.get("TERM", "dumb") == "dumb":
        raise UsageError(
            "the cockpit cannot draw on this terminal (TERM=dumb)",
            "",
            "Use line mode: mux --line",
        )


def _is_terminal(stream: object) -> bool:
    try:
        return os.isatty(stream.fileno())  # pyright: ignore[reportAttributeAccessIssue, reportUnknownArgumentType, reportUnknownMemberType]
    except (OSError, ValueError, AttributeError):
        return False


def run_app(app: "MuxApp") -> int:
    """Run the app until it is left; returns the exit code.

    Raises:
        MuxError: A bug ended it; the error tells where it is described.
    """
    try:
        asyncio.run(_run(app))
    except Exception as error:  # A bug, also in closing: told in one line.
        app.crash = app.crash or error
    if app.crash is not None:
        raise crashed(app.crash, app.desk.environment.paths) from app.crash

    return app.return_code or 0


async def _run(app: "MuxApp") -> None:
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(lambda _, context: _complain(app, context))
    with _signals(app, loop), _bugs_in_threads(app, loop):
        async with collected_seldom(app.desk.loaded_all):
            await app.run_async()


def _complain(app: "MuxApp", context: dict[str, Any]) -> None:
    """What nobody waits for has failed: no reason to end what is under way."""
    error = context.get("exception")
    if isinstance(error, Exception):
        app.stumble(error)


@contextmanager
def _signals(app: "MuxApp", loop: asyncio.AbstractEventLoop) -> Generator[None]:
    """Have signals end the app; even one that no longer gets to its event loop."""
    first = 0.0

    def end(number: int, _frame: object) -> None:
        nonlocal first
        if app.lent and number in _FROM_KEYBOARD:
            # Sent to every program of the terminal, and meant for another one.
            return
        code = _CODES[signal.Signals(number)]
        if not first:
            first = time.monotonic()
            loop.call_soon_threadsafe(app.leave, code)
        elif time.monotonic() - first > _PATIENCE:
            app.restore_terminal()
            os._exit(code)

    # `nohup mux` means not to be hung up.
    wanted = [n for n in _CODES if signal.getsignal(n) != signal.SIG_IGN]
    before = {number: signal.signal(number, end) for number in wanted}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def _bugs_in_threads(app: "MuxApp", loop: asyncio.AbstractEventLoop) -> Generator[None]:
    """Have a bug in a thread end the app, as one in a handler does."""

    def failed(thread: threading.ExceptHookArgs) -> None:
        if isinstance(thread.exc_value, Exception):
            loop.call_soon_threadsafe(app.fail, thread.exc_value)

    before, threading.excepthook = threading.excepthook, failed
    try:
        yield
    finally:
        threading.excepthook = before
