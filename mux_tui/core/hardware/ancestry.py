"""Whether this process was started by something that works for mux.

A cloud CLI that does a task for mux may know mux as a tool, and would hand the task
back. It carries a mark in its environment; what it starts may not, since some CLIs
start their tools with little of theirs. So its own is looked at, and its parents'.
"""

import os

import psutil

from mux_tui.core.config.environment import AT_WORK


def works_for_mux(pid: int | None = None) -> bool:
    """Whether the process, or one that led to it, carries the mark.

    Args:
        pid: Which process; None: this one.
    """
    try:
        process = psutil.Process(pid or os.getpid())
        family = [process, *process.parents()]
    except psutil.Error:
        return False

    return any(_is_marked(member) for member in family)


def _is_marked(process: psutil.Process) -> bool:
    try:
        return AT_WORK in process.environ()
    except (psutil.Error, OSError):
        # Another user's: none of ours.
        return False
