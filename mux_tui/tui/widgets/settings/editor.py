"""The field in which a setting is typed, checked while it is typed."""

from contextlib import suppress
from dataclasses import dataclass
from typing import Any, ClassVar

from textual import getters, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Input, OptionList, Static, TextArea

from mux_tui.core.config.check import Refused, allowed
from mux_tui.tui.host import Host
from mux_tui.tui.keys import key
from mux_tui.tui.safe import plain
from mux_tui.tui.widgets.settings.facts import Fact, as_text, from_text
from mux_tui.tui.widgets.settings.order_list import OrderList

_HINTS = {
    "line": "enter takes it, esc leaves it",
    "lines": "one on each line; tab takes them, esc leaves them",
    "order": "space on or off, J K move; enter takes them, esc leaves them",
}


class Editor(Vertical):
    """One setting under work."""

    HELP = """
## Typing a value

What is wrong with it is told below while you type. `enter` (in a list `tab`) takes the
value, `esc` leaves the setting as it was. Nothing is written before `^s`.
"""

    app = getters.app(Host)

    BINDINGS: ClassVar[list[BindingType]] = [
        key("escape", "leave", "leave", "Leave the value as it was", id="editor.leave"),
        key("tab", "take", "take", "Take the value", id="editor.take", show=False),
    ]

    @dataclass
    class Taken(Message):
        """A value was typed, and is right."""

        name: str
        value: Any

    @dataclass
    class Left(Message):
        """The setting stays as it was."""

    def __init__(self, fact: Fact) -> None:
        """Edit this setting."""
        super().__init__(id="editor")
        self.fact = fact
        self._field = self._made()

    def compose(self) -> ComposeResult:
        """Name and what is allowed, the field, what is wrong, and the keys."""
        yield Static(self._title(), id="editor-title")
        yield self._field
        yield Static(id="editor-fault")
        yield Static(Content(_HINTS[self._form]), id="editor-hint", classes="soft")

    def on_mount(self) -> None:
        """Type here."""
        if isinstance(self._field, (Input, TextArea)):
            self._field.cursor_blink = not self.app.desk.settings.ui.reduced_motion
        self._field.focus()

    @property
    def _form(self) -> str:
        key = self.fact.key
        if not key.many:
            return "line"

        return "order" if key.choices else "lines"

    def _made(self) -> Widget:
        fact, text = self.fact, as_text(self.fact)
        match self._form:
            case "line":
                hidden = "hidden; type a new one" if fact.hidden else "empty"
                return Input(text, placeholder=hidden, id="field", compact=True)
            case "lines":
                return TextArea(text, id="field", compact=True)
            case _:
                return OrderList(fact.shown, fact.key.choices)

    def _title(self) -> Content:
        name = Content.styled(self.fact.name, "bold")
        what = "" if self._form == "lines" else allowed(self.fact.key)
        words = Content.styled(f"   {what}", "$text-soft")
        return name + words

    def read(self) -> Any:
        """The value that is typed; None: what was there is to stay.

        Raises:
            Refused: It is not what the setting allows; told below the field as well.
        """
        try:
            return None if self._untouched else self._value()
        except Refused as refused:
            self._tell(str(refused))
            raise

    @property
    def _untouched(self) -> bool:
        """Whether a value that is not shown was left alone."""
        return self.fact.hidden and not self._text

    @property
    def _text(self) -> str:
        match self._field:
            case Input(value=text) | TextArea(text=text):
                return text
            case OrderList(chosen=chosen):
                return "\n".join(chosen)
            case _:
                return ""

    def _value(self) -> Any:
        return from_text(self.fact.key, self._text)

    def action_take(self) -> None:
        """Take the value, if it is right."""
        with suppress(Refused):
            value = self.read()
            done = self.Left() if value is None else self.Taken(self.fact.name, value)
            self.post_message(done)

    def action_leave(self) -> None:
        """Leave the setting as it was."""
        self.post_message(self.Left())

    @on(Input.Submitted)
    @on(OptionList.OptionSelected)
    def _submitted(self, event: Message) -> None:
        event.stop()
        self.action_take()

    @on(Input.Changed)
    @on(TextArea.Changed)
    def _changed(self, event: Message) -> None:
        event.stop()
        try:
            self._value()
        except Refused as refused:
            self._tell(str(refused))
        else:
            self._tell("")

    def _tell(self, fault: str) -> None:
        told = self.query_one("#editor-fault", Static)
        mark = Content.styled(f"{self.app.glyphs.bad} ", "bold $mark-fail")
        told.update(mark + plain(fault) if fault else "")
        told.display = bool(fault)
