"""Where a task is typed: the entry, its completion, and what was pasted into it."""

from mux_tui.tui.widgets.task.completion import Completion
from mux_tui.tui.widgets.task.entry import TaskEntry

__all__ = ["Completion", "TaskEntry"]
