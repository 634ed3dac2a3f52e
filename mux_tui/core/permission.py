"""May a task leave this machine?

The settings say `allow`, `ask` or `never`. When they say `ask`, the door that the task
came through is asked; a door that nobody sits behind says no.
"""

from collections.abc import Awaitable, Callable
from typing import Literal

from mux_tui.core.task import Route, Task

Permission = Literal["allow", "ask", "never"]

Ask = Callable[[Task, Route, str], Awaitable[bool]]
"""Asks the user whether a route may be sent this text on behalf of a task."""


async def nobody(_task: Task, _route: Route, _text: str) -> bool:
    """The answer of a door without a person behind it: no."""
    return False


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
