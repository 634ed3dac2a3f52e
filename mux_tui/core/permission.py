"""May a task leave this machine?

The settings say `allow`, `ask` or `never`. When they say `ask`, the door that the task
came through is asked; a door that nobody sits behind says no.
"""

from collections.abc import Awaitable, Callable
from typing import Literal

from mux_tui.core.change import ChangeSet
from mux_tui.core.proposal import Proposal
from mux_tui.core.task import Route, Task

Permission = Literal["allow", "ask", "never"]

Ask = Callable[[Task, Route, str], Awaitable[bool]]
"""Asks the user whether a route may be sent this text on behalf of a task."""


Approve = Callable[[Task, Proposal], Awaitable[ChangeSet | None]]
"""Asks the user whether proposed changes may be written.

Returns what may be: all of it, or the part that was kept; None: nothing.
"""


async def nobody(_task: Task, _route: Route, _text: str) -> bool:
    """The answer of a door without a person behind it: no."""
    return False


async def nobody_approves(_task: Task, _proposal: Proposal) -> ChangeSet | None:
    """The answer of a door without a person behind it: nothing is written."""
    return None


async def permitted(
    permission: Permission, ask: Ask, task: Task, route: Route, text: str
) -> bool:
    """Whether `text` may be sent to `route`."""
    match permission:
        case "allow":
            return True
        case "ask":
            return await ask(task, route, text)
        case "never":
            return False
