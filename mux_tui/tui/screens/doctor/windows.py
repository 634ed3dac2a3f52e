"""The small windows of the doctor: the report as JSON, and a fix at work."""

import json
from collections import deque
from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import dataclass
from typing import ClassVar

from textual import getters, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from mux_tui.core.doctor.check import Fix, Report
from mux_tui.core.doctor.telling import document
from mux_tui.core.errors import MuxError
from mux_tui.core.process.lines import Line
from mux_tui.tui.dialogs.scroll import WindowScroll
from mux_tui.tui.dialogs.window import Window
from mux_tui.tui.keys import key
from mux_tui.tui.later import later
from mux_tui.tui.safe import block, plain

_MOST_LINES = 500
_DRAW_SECONDS = 0.05


class JsonWindow(Window[None]):
    """The report as scripts get it."""

    HELP = "The report as `mux doctor --json` prints it, without credentials."
    BINDINGS: ClassVar[list[BindingType]] = [
        key("y", "copy", "copy", "Copy the JSON", id="doctor.copy_json"),
    ]

    def __init__(self, report: Report) -> None:
        """Show a report."""
        found = document(report)
        super().__init__(f"Report as JSON, {found['schema']}")
        self.json = json.dumps(found, indent=2, ensure_ascii=False)

    def compose_content(self) -> ComposeResult:
        """The text."""
        with WindowScroll():
            yield Static(block(self.json))

    def action_copy(self) -> None:
        """Copy it."""
        self.app.copy_to_clipboard(self.json)
        self.app.tell("Copied: the report as JSON, without credentials")


@dataclass
class _Wrote(Message):
    """A command of the fix has written a line, or was started."""

    text: str
    style: str = ""


@dataclass
class _Ended(Message):
    """The fix is over."""

    failure: str
    """One line; empty: it went well."""


class FixWindow(Window[bool]):
    """Runs a fix and shows what it says; answers whether it went well."""

    HELP = """
mux calls itself with the command shown, and this window shows what it says. `esc`
closes the window; while the command is at work that stops it, and all that it started.
"""
    DEFAULT_CSS = "FixWindow #fix-state { margin-top: 1; }"
    BINDINGS: ClassVar[list[BindingType]] = [
        key("enter", "close", "close", "Close this window", id="doctor.fix_close"),
    ]
    output = getters.query_one("#fix-output", Static)
    state = getters.query_one("#fix-state", Static)

    def __init__(self, fix: Fix) -> None:
        """Make the window for a fix that mux can apply."""
        super().__init__(fix.does)
        self.fix = fix
        self.succeeded: bool | None = None
        """None: it is at work."""

        self._lines: deque[Content] = deque(maxlen=_MOST_LINES)
        self._redraw_due = False

    def compose_content(self) -> ComposeResult:
        """What it says, and how it is."""
        with WindowScroll():
            yield Static(id="fix-output")
        yield Static(id="fix-state")

    def on_mount(self) -> None:
        """Begin."""
        self.query_one(WindowScroll).anchor()
        half = self.app.glyphs.half
        self.state.update(Content.styled(f"{half} at work; esc stops it", "$mark-busy"))
        self.run_worker(self._work, group="fix", exit_on_error=False)

    async def _work(self) -> None:
        try:
            failure = ""
            for step in self.fix.steps:
                if failure := await self._step(step):
                    break
        except MuxError as error:
            failure = str(error)
        self.post_message(_Ended(failure))

    async def _step(self, step: Sequence[str]) -> str:
        """Take one step; returns what went wrong."""
        self.post_message(_Wrote(f"$ mux {' '.join(step)}", "bold"))
        failure = "it gave no answer"
        async with aclosing(await self.app.desk.call_mux(step)) as events:
            async for event in events:
                if isinstance(event, Line):
                    self.post_message(_Wrote(event.text))
                elif event.code is None:
                    failure = f"signal {event.signal} ended it"
                else:
                    failure = f"it ended with exit code {event.code}"
                    failure = failure if event.code else ""
        return failure

    @on(_Wrote)
    def _wrote(self, message: _Wrote) -> None:
        self._lines.append(plain(message.text, 1000).stylize(message.style))
        if not self._redraw_due:
            self._redraw_due = True
            later(self, _DRAW_SECONDS, self._redraw)

    @on(_Ended)
    def _ended(self, message: _Ended) -> None:
        glyphs = self.app.glyphs
        self.succeeded = not message.failure
        self._redraw()
        if self.succeeded:
            told = Content.styled(f"{glyphs.good} done", "$mark-pass")
        else:
            told = Content.styled(f"{glyphs.bad} not done: ", "$mark-fail")
            told += plain(message.failure)
        self.state.update(told + Content(f" {glyphs.dot} esc closes this"))

    def _redraw(self) -> None:
        self._redraw_due = False
        self.output.update(Content("\n").join(self._lines))

    def action_close(self) -> None:
        """Close it; what is at work is stopped."""
        self.dismiss(bool(self.succeeded))
