"""Showing a model's answer while it streams."""

from mux_tui.tui.widgets.answer.messages import Copied, FollowChanged
from mux_tui.tui.widgets.answer.view import AnswerView

__all__ = ["AnswerView", "Copied", "FollowChanged"]
