"""The cockpit as a program of the tests: the real way in and out, on a stage.

Run as `python -m tests.tui.pty.rehearsal`; the variable `REHEARSAL` holds what is
played as JSON: see `Play`.
"""

import asyncio
import json
import os
import signal
import subprocess
import sys
import threading
import webbrowser
from dataclasses import dataclass
from typing import Any

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.widgets import Static

from mux_tui.cli.app import run
from mux_tui.cli.bare import Call
from mux_tui.core.backends.scripted import Script
from mux_tui.core.errors import EnvironmentProblem
from mux_tui.tui.app import MuxApp
from mux_tui.tui.keys import key
from mux_tui.tui.launch import check_terminal, run_app
from mux_tui.tui.lending import lend_terminal
from mux_tui.tui.screens.base import MuxScreen
from mux_tui.tui.screens.registry import SCREENS
from tests.tui.stage import StageDesk

SECRET = "sk-ant-rehearsed-0123456789abcdef"


@dataclass(frozen=True)
class Play:
    """What is played."""

    text: str = ""
    """Foreign text for the stage's widgets."""

    answer: str = "word " * 2000
    pause: float = 0.05
    """Seconds between two words of an answer."""

    engine: str = ""
    """How opening the engine fails: `bug`, `error` or `slow`."""

    browser: str = ""
    """The program that opens web pages."""

    hangups: bool = True
    """Whether it may be hung up; False: as under `nohup`."""

    stubborn: bool = False
    """Closing the engine takes for ever."""


class Rehearsal(MuxScreen):
    """A screen with a key for everything that may go wrong."""

    MODE = "cockpit"
    BINDINGS: list[BindingType] = [
        key("1", "handler", "handler", "Fail in a handler", id="stage.1"),
        key("2", "worker", "worker", "Fail in a worker", id="stage.2"),
        key("3", "thread", "thread", "Fail in a thread", id="stage.3"),
        key("4", "timer", "timer", "Fail in a timer", id="stage.4"),
        key("5", "quiet", "quiet", "Fail in a worker that may fail", id="stage.5"),
        key("6", "forgotten", "forgotten", "Fail where nobody waits", id="stage.6"),
        key("7", "noise", "noise", "Write past the screen", id="stage.7"),
        key("8", "task", "task", "Start a task", id="stage.8"),
        key("9", "busy", "busy", "Block the event loop", id="stage.9"),
        key("l", "lend", "lend", "Lend the terminal", id="stage.l"),
        key("c", "copy", "copy", "Copy foreign text", id="stage.c"),
        key("u", "link", "link", "Open a link", id="stage.u"),
    ]

    def compose_body(self) -> ComposeResult:
        """A line that tells what happened, and how a task goes."""
        yield Static("rehearsal", id="told")
        yield Static(id="answer")

    def on_mount(self) -> None:
        """Tell when everything is there."""
        self.run_worker(self._engine_is_open(), exit_on_error=False)

    async def _engine_is_open(self) -> None:
        try:
            await self.app.desk.engine()
        except EnvironmentProblem:
            return
        self.query_one("#told", Static).update("engine open")

    def _fail(self) -> None:
        password = SECRET
        raise ZeroDivisionError(f"the password is {password}")

    def action_handler(self) -> None:
        """Fail in a handler."""
        self._fail()

    def action_worker(self) -> None:
        """Fail in a worker."""

        async def work() -> None:
            self._fail()

        self.run_worker(work())

    def action_thread(self) -> None:
        """Fail in a thread."""
        threading.Thread(target=self._fail).start()

    def action_timer(self) -> None:
        """Fail in a timer."""
        self.set_timer(0.01, self._fail)

    def action_quiet(self) -> None:
        """Fail in a worker that does not end the app."""

        async def work() -> None:
            self._fail()

        self.run_worker(work(), exit_on_error=False)

    def action_forgotten(self) -> None:
        """Fail in a task that nobody waits for."""

        async def work() -> None:
            self._fail()

        asyncio.ensure_future(work())

    def action_noise(self) -> None:
        """Write where a C library or a child would."""
        for number in (1, 2):
            os.write(number, b"\x1b[2J\x1b]0;PWNED\x07NOISE")
        subprocess.run(["sh", "-c", "printf 'NOISE\\033[3J'; printf NOISE >&2"])
        sys.stderr.write("NOISE")
        self.query_one("#told", Static).update("noise was made")

    async def action_task(self) -> None:
        """Start a task on the local model."""
        engine = await self.app.desk.engine()
        cwd = self.app.desk.cwd
        run = engine.start(engine.accept("Tell me a long story.", cwd, cwd))

        async def follow() -> None:
            words = 0
            async for _ in run.events():
                words += 1
                answer = self.query_one("#answer", Static)
                line = f"event {words} " + chr(97 + words % 26) * 250
                answer.update(Content("\n".join([line] * 80)))

        self.run_worker(follow(), exit_on_error=False)
        self.query_one("#told", Static).update("task started")

    def action_busy(self) -> None:
        """Keep everybody waiting."""
        self.query_one("#told", Static).update("busy")
        while True:
            pass

    def action_lend(self) -> None:
        """Lend the terminal to a program that waits for a line."""
        program = ("sh", "-c", "stty -a | tr ';' '\\n'; echo lent; read line")
        work = lend_terminal(self.app, program, self.app.desk.cwd, os.environ)

        async def lend() -> None:
            await work
            self.query_one("#told", Static).update("taken back")

        self.run_worker(lend(), exit_on_error=False)

    def action_copy(self) -> None:
        """Copy foreign text."""
        self.app.copy_to_clipboard(_play().text)
        self.query_one("#told", Static).update("copied")

    def action_link(self) -> None:
        """Open a link that a model wrote."""
        webbrowser.register("stage", None, webbrowser.GenericBrowser(_play().browser))
        os.environ["BROWSER"] = "stage"
        self.app.open_url(_play().text)


class RehearsalDesk(StageDesk):
    """A desk whose engine may fail to open, or to close."""

    def open(self) -> Any:
        """The stage's engine, or what goes wrong."""
        play = _play()
        if play.engine == "bug":
            raise KeyError(SECRET)
        if play.engine == "error":
            raise EnvironmentProblem("the engine cannot be opened", "it rehearses")
        return super().open()

    async def keep(self, closing: asyncio.Event) -> None:
        """As ever, and then not at all."""
        await super().keep(closing)
        if _play().stubborn:
            await asyncio.Event().wait()


def _play() -> Play:
    return Play(**json.loads(os.environ.get("REHEARSAL", "{}")))


def cockpit(call: Call) -> int:
    """Open the rehearsal as the real cockpit is opened."""
    check_terminal(call.environment)
    play = _play()
    if not play.hangups:
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
    SCREENS["cockpit"] = Rehearsal
    script = Script(play.answer, pause=play.pause)
    desk = RehearsalDesk(
        call.environment, call.cwd, call.loaded, call.overrides, local=(script,)
    )
    return run_app(MuxApp(desk))


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:], cockpit))
