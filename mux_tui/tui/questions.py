"""What the core asks the user in the middle of a run: may this text go to that cloud,
and may these changes be written?

The engine is opened without the screen in view; whoever can show a question registers
for it. With nobody there, the answer is no.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mux_tui.core.choices import Route

if TYPE_CHECKING:
    from mux_tui.core.change import ChangeSet
    from mux_tui.core.proposal import Proposal
    from mux_tui.core.task import Task


@dataclass(frozen=True)
class CloudQuestion:
    """May `text` leave this machine?"""

    task: "Task"
    route: Route
    text: str
    """Everything that would be sent."""


@dataclass(frozen=True)
class WriteQuestion:
    """May these changes be written, or which part of them?"""

    task: "Task"
    proposal: "Proposal"


Show = Callable[[CloudQuestion], Awaitable[bool]]
Review = Callable[[WriteQuestion], Awaitable["ChangeSet | None"]]


class Questions:
    """Hands a question to whoever can show it."""

    def __init__(self) -> None:
        """Make one that nobody answers."""
        self._show: Show | None = None
        self._review: Review | None = None
        self._reviews: set[asyncio.Task[ChangeSet | None]] = set()

    def answered_by(self, show: Show | None, review: Review | None = None) -> None:
        """From now on these are asked; None: the answer is no."""
        self._show, self._review = show, review

    async def ask(self, task: "Task", route: Route, text: str) -> bool:
        """The user's answer; no when there is nobody to ask."""
        if self._show is None:
            return False

        return await self._show(CloudQuestion(task, route, text))

    async def approve(self, task: "Task", proposal: "Proposal") -> "ChangeSet | None":
        """What of the changes may be written; None: nothing, or nobody says."""
        if self._review is None:
            return None

        asked = asyncio.ensure_future(self._review(WriteQuestion(task, proposal)))
        self._reviews.add(asked)
        try:
            await asyncio.wait([asked])
            return None if asked.cancelled() else asked.result()
        finally:
            asked.cancel()
            self._reviews.discard(asked)

    def end(self) -> None:
        """Nobody will answer any more: what is still asked gets a no."""
        for asked in self._reviews:
            asked.cancel()
