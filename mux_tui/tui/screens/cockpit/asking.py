"""Questions of the core, one after the other, shown where the user is.

A question waits until the cockpit is in view. One whose run ends meanwhile is taken
back.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from mux_tui.core.task import Route
from mux_tui.tui.questions import CloudQuestion


@dataclass(eq=False)
class Pending:
    """A question that somebody waits for."""

    question: CloudQuestion
    answer: asyncio.Future[bool]

    @property
    def open(self) -> bool:
        """Whether it is still to be answered."""
        return not self.answer.done()


class Asking:
    """The queue of questions."""

    def __init__(self, changed: Callable[[], None]) -> None:
        """Make it empty.

        Args:
            changed: Called when a question has come, or was taken back.
        """
        self.waiting: list[Pending] = []
        self.allowed: set[Route] = set()
        """Routes that may be asked without a question, until mux ends."""

        self._changed = changed

    async def ask(self, question: CloudQuestion) -> bool:
        """The user's answer."""
        if question.route in self.allowed:
            return True

        pending = Pending(question, asyncio.get_running_loop().create_future())
        self.waiting.append(pending)
        self._changed()
        try:
            return await pending.answer
        finally:
            self.waiting.remove(pending)
            pending.answer.cancel()
            self._changed()

    def settle(self, pending: Pending, yes: bool, session: bool) -> None:
        """Answer a question; for the session, all others about that route too."""
        if session:
            self.allowed.add(pending.question.route)
        for other in self.waiting:
            same = session and other.question.route in self.allowed
            if other.open and (other is pending or same):
                other.answer.set_result(yes)
