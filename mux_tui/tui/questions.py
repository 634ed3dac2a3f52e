"""What the core asks the user in the middle of a run: may this text go to that cloud?

The engine is opened without the screen in view; whoever can show a question registers
for it. With nobody there, the answer is no.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from mux_tui.core.task import Route, Task


@dataclass(frozen=True)
class CloudQuestion:
    """May `text` leave this machine?"""

    task: Task
    route: Route
    text: str
    """Everything that would be sent."""


Show = Callable[[CloudQuestion], Awaitable[bool]]


class Questions:
    """Hands a question to whoever can show it."""

    def __init__(self) -> None:
        """Make one that nobody answers."""
        self._show: Show | None = None

    def answered_by(self, show: Show | None) -> None:
        """From now on `show` is asked; None: the answer is no."""
        self._show = show

    async def ask(self, task: Task, route: Route, text: str) -> bool:
        """The user's answer; no when there is nobody to ask."""
        if self._show is None:
            return False

        return await self._show(CloudQuestion(task, route, text))
