"""The text field that tasks are typed into."""

import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import ClassVar

from textual import events, getters
from textual.binding import BindingType
from textual.content import Content
from textual.geometry import Offset
from textual.message import Message
from textual.reactive import reactive
from textual.widgets import TextArea

from mux_tui.core.choices import CLOUD_ROUTES, RouteChoice
from mux_tui.core.text import one_line
from mux_tui.tui.host import Host
from mux_tui.tui.keys import key
from mux_tui.tui.widgets.task.completion import Completion
from mux_tui.tui.widgets.task.pastes import Pastes

Find = Callable[[str], Awaitable[Sequence[str]]]
"""File names that fit what was typed behind an `@`, best first."""

_NAME = re.compile(r"(?:^|\s)@(\S*)$")
_BLINKS = 10
"""How often the cursor comes or goes, twice a second, before it stays."""

_NEEDS_QUOTES = re.compile(r"\s")


class TaskEntry(TextArea):
    """Takes a task; what is typed survives until it was accepted."""

    HELP = """\
    Say what you want done, and press `enter`.

    * `@` and a part of a name completes a file of the work directory
    * `@claude`, `@codex`, `@gemini` or `@local` as the first word say who does it;
      so does `^t`
    * `up` on the first line, or `^r`, searches earlier tasks
    * `^g` opens the text in your editor, `^j` begins a new line
    * long pasted text is kept beside the task, and a mark stands for it; line ends in
      pasted text send nothing
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        key("enter", "send", "send", "Send the task", id="task.send"),
        key(
            "ctrl+j",
            "newline",
            "newline",
            "Begin a new line",
            id="task.newline",
        ),
        key(
            "shift+enter",
            "newline",
            "newline",
            "Begin a new line",
            id="task.newline_too",
            show=False,
        ),
        key(
            "ctrl+t", "route", "route", "Choose who does the next task", id="task.route"
        ),
        key("ctrl+r", "history", "history", "Search earlier tasks", id="task.history"),
        key(
            "ctrl+g",
            "editor",
            "$EDITOR",
            "Write the task in your editor",
            id="task.editor",
        ),
        key(
            "tab",
            "complete",
            "complete",
            "Take the file name that is offered",
            id="task.complete",
            show=False,
        ),
        key(
            "escape",
            "close_list",
            "close",
            "Close the list of files",
            id="task.close",
            show=False,
        ),
    ]

    app = getters.app(Host)
    jump_letter = "t"

    route: reactive[RouteChoice] = reactive[RouteChoice]("auto")
    place: reactive[str] = reactive("")
    """The work directory and its branch, as the frame shows them."""

    sent = ""
    """The task that was sent and has not been accepted yet; empty: there is none."""

    @dataclass
    class Sent(Message):
        """A task is to be done."""

        text: str
        route: RouteChoice

    @dataclass
    class HistoryWanted(Message):
        """Earlier tasks are to be searched."""

    @dataclass
    class EditorWanted(Message):
        """The text is to be edited elsewhere."""

        text: str

    @dataclass
    class Found(Message):
        """File names were found for what was typed."""

        typed: str
        names: Sequence[str]

    def __init__(self, completion: Completion, find: Find) -> None:
        """Make an empty one.

        Args:
            completion: The list it works with.
            find: Looks for file names.
        """
        super().__init__(
            id="task",
            classes="pane",
            soft_wrap=True,
            tab_behavior="focus",
            highlight_cursor_line=False,
        )
        self.completion = completion
        self.pastes = Pastes()
        self._find = find
        self._blinks = 0
        self._own = {
            "send": self.action_send,
            "newline": self.action_newline,
            "complete": self.action_complete,
        }
        self.border_title = "Task"

    @property
    def whole_text(self) -> str:
        """The task, with what was pasted into it."""
        return self.pastes.expanded(self.text)

    def put(self, text: str) -> None:
        """Replace what is there."""
        self.pastes.clear()
        self.load_text(self.pastes.keep(text))
        self.move_cursor(self.document.end)

    def accepted(self) -> None:
        """What was sent is being done."""
        self.sent = ""

    def refused(self) -> None:
        """What was sent is not being done: here it is again, and what came since."""
        if self.sent:
            self.put(self.sent + self.whole_text)
        self.sent = ""

    def action_send(self) -> None:
        """Send the task, or take the file name that is offered."""
        if self.completion.open:
            self.action_complete()
        elif not self.sent and self.text.strip():
            self.sent = self.whole_text
            self.put("")
            self.post_message(self.Sent(self.sent, self.route))

    def action_newline(self) -> None:
        """Begin a new line."""
        start, end = self.selection
        self.replace("\n", start, end, maintain_selection_offset=False)

    def action_history(self) -> None:
        """Search earlier tasks."""
        self.post_message(self.HistoryWanted())

    def action_editor(self) -> None:
        """Edit the text elsewhere."""
        self.post_message(self.EditorWanted(self.whole_text))

    def action_route(self) -> None:
        """The next one that is there does the next task."""
        choices: list[RouteChoice] = ["auto", "local"]
        choices.extend(route for route in CLOUD_ROUTES if route in self.app.pulse.cloud)
        at = choices.index(self.route) if self.route in choices else -1
        self.route = choices[(at + 1) % len(choices)]

    def action_cursor_up(self, select: bool = False) -> None:
        """Up in the list, or a line up; on the first line, to earlier tasks."""
        if self.completion.open:
            self.completion.move(-1)
        elif not select and self.cursor_at_first_line:
            self.action_history()
        else:
            super().action_cursor_up(select)

    def action_cursor_down(self, select: bool = False) -> None:
        """Down in the list, or a line down."""
        if self.completion.open:
            self.completion.move(1)
        else:
            super().action_cursor_down(select)

    def action_complete(self) -> None:
        """Put the name that is offered behind the `@`."""
        typed, name = self._typed(), self.completion.chosen
        self.completion.close()
        if typed is None or not name:
            return
        row, column = self.cursor_location
        quoted = f'"{name}" ' if _NEEDS_QUOTES.search(name) else f"{name} "
        self.replace(quoted, (row, column - len(typed)), (row, column))

    def action_close_list(self) -> None:
        """Close the list of files."""
        self.completion.close()
        self.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Some keys are for the list alone."""
        if action in ("complete", "close_list"):
            return self.completion.open
        return super().check_action(action, parameters)

    async def _on_key(self, event: events.Key) -> None:
        """Obey our own keys here, in turn with the text that is typed.

        Bindings are the app's to run, which would do so before the letters typed just
        before arrive here, or after those typed behind.
        """
        if event.is_printable:
            return
        active = self.screen.active_bindings.get(event.key)
        if active is None or active.node is not self:
            return
        if own := self._own.get(active.binding.action):
            event.stop()
            event.prevent_default()
            own()

    async def _on_paste(self, event: events.Paste) -> None:
        """Keep what is long beside the text; refuse what is too long for a task."""
        event.prevent_default()
        event.stop()
        size = len(event.text.encode("utf-8", "replace"))
        most = self.app.desk.settings.limits.task_bytes
        if size > most:
            self.app.tell(
                f"the pasted text is too long: it has {size:,} bytes, and "
                f"limits.task_bytes is {most:,}. Put it into a file and name the file",
                "error",
                10.0,
            )
            return
        start, end = self.selection
        self.replace(
            self.pastes.keep(event.text), start, end, maintain_selection_offset=False
        )
        self.focus()

    def on_mount(self) -> None:
        """Say what can be typed."""
        self.cursor_blink = not self.app.desk.settings.ui.reduced_motion
        up = "up" if self.app.glyphs.ascii else "↑"
        self.placeholder = Content(f"Describe the outcome.  @ file  {up} earlier")

    def _restart_blink(self) -> None:
        self._blinks = 0
        super()._restart_blink()

    def _toggle_cursor_blink_visible(self) -> None:
        """Rest, visible, when nobody has typed for a while: a blink is work too."""
        super()._toggle_cursor_blink_visible()
        self._blinks += 1
        if self._blinks >= _BLINKS:
            self._pause_blink()

    def on_text_area_changed(self) -> None:
        """Look for the file name that is being typed."""
        self._look_for_names()

    def on_text_area_selection_changed(self) -> None:
        """The cursor moved, perhaps away from the name."""
        if self.completion.open and self._typed() is None:
            self.action_close_list()

    def on_blur(self) -> None:
        """Nobody types here any more."""
        self.completion.close()

    def on_completion_picked(self, message: Completion.Picked) -> None:
        """A name was clicked."""
        message.stop()
        self.action_complete()

    def on_task_entry_found(self, message: Found) -> None:
        """Offer what was found, if it is still wanted."""
        message.stop()
        typed = self._typed()
        if typed is None or typed != message.typed or not self.has_focus:
            return
        if not self.completion.is_attached:
            return
        at = self.cursor_screen_offset - Offset(len(typed) + 1, -1)
        self.completion.offer(message.names, at)
        self.refresh_bindings()

    def _look_for_names(self) -> None:
        typed = self._typed()
        if typed is None or not self.has_focus:
            if self.completion.open:
                self.action_close_list()
            return
        self.run_worker(
            partial(self._search, typed),
            group="files",
            exclusive=True,
            exit_on_error=False,
        )

    async def _search(self, typed: str) -> None:
        self.post_message(self.Found(typed, await self._find(typed)))

    def _typed(self) -> str | None:
        """What stands between an `@` and the cursor; None: there is no `@`."""
        row, column = self.cursor_location
        found = _NAME.search(self.document[row][:column][-200:])
        return found[1] if found else None

    def watch_route(self) -> None:
        """Show who does it."""
        self._frame()

    def watch_place(self) -> None:
        """Show where it is done."""
        self._frame()

    def on_resize(self) -> None:
        """Show as much as fits."""
        self._frame()

    def _frame(self) -> None:
        dot = f" {self.app.glyphs.dot} "
        route = f"route {self.route}"
        room = max(0, self.size.width - len(route) - 8)
        place = one_line(self.place, 200)
        if len(place) > room:
            place = f"{self.app.glyphs.cut}{place[-room + 1 :]}" if room > 8 else ""
        told = Content(f"{place}{dot}" if place else "")
        colour = (
            "bold $primary" if self.route == "auto" else f"bold $route-{self.route}"
        )
        self.border_subtitle = told + Content.styled(route, colour)  # pyright: ignore[reportAttributeAccessIssue]
