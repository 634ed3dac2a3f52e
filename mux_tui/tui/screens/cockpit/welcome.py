"""What the output shows before anything was run."""

from dataclasses import dataclass
from typing import ClassVar

from textual import events, getters
from textual.binding import BindingType
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from mux_tui.tui.host import Host
from mux_tui.tui.keys import key

EXAMPLES = (
    "What does the walrus operator do in Python?",
    "Write a function that groups words by their length",
    "Explain what a race condition is, with a short example",
)


class Welcome(Static, can_focus=True):
    """Three tasks that can be run with a key, and where things are."""

    BINDINGS: ClassVar[list[BindingType]] = [
        key(
            str(number),
            f"example({number})",
            f"example {number}",
            f"Run the example: {text}",
            id=f"welcome.example{number}",
        )
        for number, text in enumerate(EXAMPLES, 1)
    ]

    app = getters.app(Host)

    @dataclass
    class Chosen(Message):
        """An example is to be run."""

        text: str

    def __init__(self) -> None:
        """Make it."""
        super().__init__(id="welcome")

    def on_mount(self) -> None:
        """Say what can be done."""
        self.update(welcome(self.app.glyphs.rule))

    def on_click(self, event: events.Click) -> None:
        """A click on an example runs it."""
        number = event.get_content_offset(self)
        row = number.y - _FIRST_ROW if number else -1
        if 0 <= row < len(EXAMPLES):
            self.action_example(row + 1)

    def action_example(self, number: int) -> None:
        """Run an example."""
        self.post_message(self.Chosen(EXAMPLES[number - 1]))


_FIRST_ROW = 4


def welcome(rule: str) -> Content:
    """The text."""
    lines = [
        Content.styled("Nothing running.", "bold"),
        Content(""),
        Content("Type a task and press ⏎" if rule == "─" else "Type a task: enter")
        + Content.styled("   or press tab, then a number:", "$text-soft"),
        Content(""),
        *(
            Content.styled(f"  {number}  ", "bold $text-key") + Content(text)
            for number, text in enumerate(EXAMPLES, 1)
        ),
        Content(""),
        Content.styled(
            "Where a task runs is decided before a token is written, and shown with "
            "its reasons. What leaves this machine is said, and asked if you like.",
            "$text-soft",
        ),
        Content(""),
        Content.styled("^o", "bold $text-key")
        + Content(" jump anywhere   ")
        + Content.styled("f1", "bold $text-key")
        + Content(" keys   ")
        + Content.styled("^p", "bold $text-key")
        + Content(" everything"),
    ]
    return Content("\n").join(lines)
