"""The proxy's panes of text: its state above, and one request below."""

from collections.abc import Sequence
from dataclasses import dataclass

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widgets import Static


class StatePane(Static, can_focus=False):
    """How the proxy is, and what to do with it."""

    HELP = """
## The proxy

It stands between Claude Code and the model of this machine, and is a process of its
own: closing mux, or this screen, stops nothing that goes through it.
"""

    def __init__(self) -> None:
        """Make an empty one."""
        super().__init__(id="proxy-state", classes="pane")
        self._shown: tuple[Content, ...] = ()

    def show(self, title: Content, lines: Sequence[Content]) -> None:
        """Show these lines."""
        wanted = (title, *lines)
        if wanted == self._shown:
            return

        before, self._shown = self._shown, wanted
        if title not in before[:1]:
            self.border_title = title  # pyright: ignore[reportAttributeAccessIssue]
        # Lines do not wrap here: as many of them need no other room.
        self.update(Content("\n").join(lines), layout=len(before) != len(wanted))


class DetailPane(VerticalScroll, can_focus=True):
    """One side of a request in full."""

    @dataclass
    class Resized(Message):
        """There is more room for the text, or less."""

    def __init__(self, name: str) -> None:
        """Make an empty one, with this id."""
        super().__init__(id=name, classes="pane detail")
        self._shown: tuple[Content, ...] = ()

    def compose(self) -> ComposeResult:
        """The text."""
        yield Static()

    def on_resize(self) -> None:
        """Have the text laid out again."""
        self.post_message(self.Resized())

    def show(self, title: Content, lines: Sequence[Content]) -> None:
        """Show these lines."""
        wanted = (title, *lines)
        if wanted == self._shown:
            return

        before, self._shown = self._shown, wanted
        if title not in before[:1]:
            self.border_title = title  # pyright: ignore[reportAttributeAccessIssue]
        self.query_one(Static).update(Content("\n").join(lines))


class CutPane(DetailPane):
    """What was left out of a request."""

    jump_letter = "t"
    HELP = """
## What was trimmed

Each part that was cut, its characters before and after, and why. Below it: the tokens
that were sent and those that the server says it has read. Far fewer mean that it cut
the prompt in silence. The cache tells how much of the prompt it had read before.
"""


class StoryPane(DetailPane):
    """What became of a request."""

    jump_letter = "d"
    HELP = """
## Decision and answer

Where the request went and why, how long it took, how it ended, and what was odd about
it. What was said is not kept here; `c` copies the last request as a curl command.
"""
