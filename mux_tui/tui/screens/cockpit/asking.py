"""Questions of the core, one after the other, shown where the user is.

A question waits until the cockpit is in view. One whose run ends meanwhile is taken
back.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

from mux_tui.core.choices import Route
from mux_tui.tui.questions import CloudQuestion, WriteQuestion

if TYPE_CHECKING:
    from mux_tui.core.change import ChangeSet

Question = TypeVar("Question", CloudQuestion, WriteQuestion)
Answer = TypeVar("Answer")


@dataclass(eq=False)
class Pending(Generic[Question, Answer]):
    """A question that somebody waits for."""

    question: Question
    answer: asyncio.Future[Answer]
    told: bool = False
    """The user knows of it."""

    put_off: bool = False
    """The user has seen it, and wants to answer later."""

    @property
    def open(self) -> bool:
        """Whether it is still to be answered."""
        return not self.answer.done()

    @property
    def run_id(self) -> str:
        """The run that asks."""
        return self.question.task.run_id


class Queue(Generic[Question, Answer]):
    """Questions of one kind, in the order they came."""

    def __init__(self, changed: Callable[[], None]) -> None:
        """Make it empty.

        Args:
            changed: Called when a question has come, or was taken back.
        """
        self.waiting: list[Pending[Question, Answer]] = []
        self._changed = changed

    async def ask(self, question: Question) -> Answer:
        """The user's answer."""
        answer: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        pending = Pending(question, answer)
        self.waiting.append(pending)
        self._changed()
        try:
            return await pending.answer
        finally:
            self.waiting.remove(pending)
            pending.answer.cancel()
            self._changed()

    @property
    def open(self) -> list[Pending[Question, Answer]]:
        """Those that are still to be answered."""
        return [pending for pending in self.waiting if pending.open]


class Asking(Queue[CloudQuestion, bool]):
    """Whether texts may leave this machine."""

    def __init__(self, changed: Callable[[], None]) -> None:
        """Make it empty; `changed` is told as in a queue."""
        super().__init__(changed)
        self.allowed: set[Route] = set()
        """Routes that may be asked without a question, until mux ends."""

    async def ask(self, question: CloudQuestion) -> bool:
        """The user's answer."""
        if question.route in self.allowed:
            return True

        return await super().ask(question)

    def settle(
        self, pending: Pending[CloudQuestion, bool], yes: bool, session: bool
    ) -> None:
        """Answer a question; for the session, all others about that route too."""
        if session:
            self.allowed.add(pending.question.route)
        for other in self.waiting:
            same = session and other.question.route in self.allowed
            if other.open and (other is pending or same):
                other.answer.set_result(yes)


class Reviews(Queue[WriteQuestion, "ChangeSet | None"]):
    """Whether changes may be written, or which part of them."""

    def of(self, run_id: str) -> "Pending[WriteQuestion, ChangeSet | None] | None":
        """What a run asks; None: nothing."""
        return next((one for one in self.open if one.run_id == run_id), None)

    def settle(
        self,
        pending: "Pending[WriteQuestion, ChangeSet | None]",
        kept: "ChangeSet | None",
    ) -> None:
        """Answer a question, if it is still asked."""
        if pending.open:
            pending.answer.set_result(kept)
