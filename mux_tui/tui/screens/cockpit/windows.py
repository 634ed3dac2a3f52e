"""The cockpit's small windows: a whole decision, and the name of a file."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Input, Static

from mux_tui.tui.dialogs.window import Window
from mux_tui.tui.keys import key
from mux_tui.tui.story import Story
from mux_tui.tui.widgets.decision_text import (
    decision_lines,
    score_lines,
    summary_line,
)
from mux_tui.tui.widgets.stages import stage_lines

_WIDTH = 84


class DecisionWindow(Window[None]):
    """Everything about one decision, to scroll through."""

    HELP = """
Why the task went where it went: every input, the sum, and what would have changed it.
"""
    DEFAULT_CSS = """
    DecisionWindow > .window { width: 92; }
    DecisionWindow VerticalScroll {
        height: auto; max-height: 70vh; scrollbar-size-vertical: 1;
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        key(
            "question_mark,enter",
            "close",
            "close",
            "Close this window",
            id="decision.close",
            show=False,
        ),
    ]

    def __init__(self, story: Story) -> None:
        """Show a run's decision as it is now."""
        super().__init__("Decision")
        self.story = story

    def compose_content(self) -> ComposeResult:
        """All of it."""
        glyphs, story = self.app.glyphs, self.story
        width = max(30, min(_WIDTH, self.app.size.width * 9 // 10 - 8))
        now = self.app.desk.tick()
        lines = [summary_line(story, glyphs)]
        lines += decision_lines(story, glyphs, width)
        lines += score_lines(story, glyphs, width)
        lines += [Content(""), Content.styled("steps", "$text-soft bold")]
        lines += stage_lines(story.stages, glyphs, width, len(story.stages), now)
        with VerticalScroll():
            yield Static(Content("\n").join(lines))


class SaveWindow(Window[str | None]):
    """Asks under which name something is saved."""

    HELP = """
The name to save under; a name without a directory goes into the work directory.
"""
    # Not DEFAULT_CSS, which the app's stylesheet overrules.
    CSS = """
    SaveWindow > .window { width: 64; }
    SaveWindow Input { margin-top: 1; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        key("enter", "take", "save", "Save under this name", id="save.take"),
    ]

    def __init__(self, name: str) -> None:
        """Offer a name."""
        super().__init__("Save the answer")
        self.offered = name

    def compose_content(self) -> ComposeResult:
        """The name."""
        told = "A file in the work directory; enter saves"
        yield Static(Content.styled(told, "$text-soft"))
        yield Input(self.offered)

    def on_input_submitted(self, message: Input.Submitted) -> None:
        """Give the name."""
        message.stop()
        self.dismiss(message.value)

    def action_take(self) -> None:
        """Give the name."""
        self.dismiss(self.query_one(Input).value)
