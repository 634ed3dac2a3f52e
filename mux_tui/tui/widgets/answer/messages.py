"""What an answer view tells the screen around it."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.message import Message

if TYPE_CHECKING:
    from mux_tui.tui.widgets.answer.view import AnswerView


@dataclass
class FollowChanged(Message):
    """The view began or ceased to follow its end, or more lines came unseen."""

    view: "AnswerView"
    following: bool
    new_lines: int
    """Lines that came since it ceased to follow."""

    @property
    def control(self) -> "AnswerView":
        """The view that tells."""
        return self.view


@dataclass
class Copied(Message):
    """Text was handed to the terminal's clipboard."""

    view: "AnswerView"
    characters: int

    @property
    def control(self) -> "AnswerView":
        """The view that tells."""
        return self.view
