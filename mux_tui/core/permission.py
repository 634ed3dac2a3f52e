"""May a task leave this machine?

The settings say `allow`, `ask` or `never`. When they say `ask`, the door that the task
came through is asked; a door that nobody sits behind says no.
"""

from collections.abc import Awaitable, Callable
from typing import Literal

from mux_tui.core.task import Route

Permission = Literal["allow", "ask", "never"]

Ask = Callable[[Route, str], Awaitable[bool]]
"""Asks the user whether a route may be sent this text."""


async def nobody(_route: Route, _text: str) -> bool:
    """The answer of a door without a person behind it: no."""
    return False


async def permitted(permission: Permission, ask: Ask, route: Route, text: str) -> bool:
    """Whether `text` may be sent to `route`."""
    match permission:
        case "allow":
            return True
        case "ask":
            return await ask(route, text)
        case "never":
            return False
