"""What the cockpit's runs ask, shown one question at a time.

May a text go to a cloud CLI: asked at once, whichever run is in view. May changes be
written: shown when its run is in view and its user types nothing; until then its tab
says that it waits.
"""

import asyncio
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from textual import events, on
from textual.message import Message

from mux_tui.core.choices import RouteChoice
from mux_tui.tui.bell import ring
from mux_tui.tui.questions import CloudQuestion, WriteQuestion
from mux_tui.tui.screens.base import MuxScreen
from mux_tui.tui.screens.cockpit.asking import Asking, Pending, Reviews
from mux_tui.tui.screens.cockpit.output import OutputPane
from mux_tui.tui.widgets.decision import DecisionPane

if TYPE_CHECKING:
    from mux_tui.core.change import ChangeSet
    from mux_tui.tui.dialogs.cloud_question import CloudWindow
    from mux_tui.tui.dialogs.review import Reviewed, ReviewWindow
    from mux_tui.tui.screens.cockpit.sitting import Sitting

    Changes = Pending[WriteQuestion, ChangeSet | None]

_TOLD_SECONDS = 10.0
_REVIEW = "to review the changes before they are proposed to you"


class Questioning(MuxScreen):
    """The part of the cockpit that asks its user."""

    @dataclass
    class Asked(Message):
        """A question has come, was answered, or was taken back."""

    def __init__(self) -> None:
        """Begin without questions."""
        super().__init__()
        self.sittings: list[Sitting] = []
        self.asking = Asking(self.questions_changed)
        self.reviews = Reviews(self.questions_changed)
        self._shown: CloudWindow | ReviewWindow | None = None
        """The question that is shown."""

        self._opening = False
        """A review is being made ready."""

    @property
    def current(self) -> "Sitting | None":
        """The run in view."""
        return self.query_one(OutputPane).current

    @property
    def under_way(self) -> int:
        """How many runs have not ended."""
        return sum(not sitting.story.over for sitting in self.sittings)

    @property
    def typing(self) -> bool:
        """Whether the user is writing a task."""
        return False

    def begin(self, text: str, route: RouteChoice, *, typed: bool = False) -> None:
        """Have a task done; the part that runs them does it."""

    def on_mount(self) -> None:
        """Be there for questions."""
        questions = self.app.desk.questions
        questions.answered_by(self.asking.ask, self.reviews.ask)

    def on_unmount(self) -> None:
        """Nobody is there for questions any more."""
        self.app.desk.questions.answered_by(None)

    def questions_changed(self) -> None:
        """Look at the questions again."""
        self.post_message(self.Asked())

    @on(Asked)
    def _asked(self, message: Asked) -> None:
        message.stop()
        clouds = {pending.run_id for pending in self.asking.open}
        for sitting in self.sittings:
            run_id = sitting.run.task.run_id
            review = sitting.proposed and self.reviews.of(run_id) is not None
            asks = review or (sitting.handed and run_id in clouds)
            if asks != sitting.asks:
                sitting.asks = asks
                sitting.story.asked_user(asks)
        self.query_one(OutputPane).show_tabs(self.sittings)
        self.query_one(DecisionPane).refresh_story()
        self.refresh_bindings()
        self._take_back()
        self.ask_next()

    def _take_back(self) -> None:
        """Close a window whose question nobody waits for any more."""
        window = self._shown
        if window is None or not window.is_attached:
            return
        from mux_tui.tui.dialogs.cloud_question import CloudWindow
        from mux_tui.tui.dialogs.review import Reviewed

        if isinstance(window, CloudWindow):
            if window.question not in [one.question for one in self.asking.open]:
                window.dismiss("no")
        elif not any(
            one.question.proposal is window.proposal for one in self.reviews.open
        ):
            window.dismiss(Reviewed("later"))

    def ask_next(self) -> None:
        """Show the question whose turn it is, if there is one and none is shown."""
        if self._shown is not None or self._opening or not self.is_attached:
            return
        cloud = next(iter(self.asking.open), None)
        if cloud is not None and (sitting := self._sitting_of(cloud.run_id)):
            if sitting.handed:
                self._ask_cloud(cloud, sitting)
                return
        for changes in self.reviews.open:
            sitting = self._sitting_of(changes.run_id)
            if not changes.put_off and (sitting is None or sitting.proposed):
                self._ask_changes(changes, sitting)

    @property
    def _in_view(self) -> bool:
        return self in self.app.screen_stack

    def _sitting_of(self, run_id: str) -> "Sitting | None":
        for sitting in self.sittings:
            if sitting.run.task.run_id == run_id:
                return sitting
        return None

    # May it leave this machine?

    def _ask_cloud(
        self, pending: Pending[CloudQuestion, bool], sitting: "Sitting"
    ) -> None:
        if not self._in_view:
            route = pending.question.route
            told = f"A task asks whether it may go to {route}: f12 shows it"
            self.app.tell(told, "warning", _TOLD_SECONDS)
            ring(self.app, "asks", self.under_way)
            return
        from mux_tui.tui.dialogs.cloud_question import CloudWindow

        story = sitting.story
        why = story.why or (_REVIEW if story.on_files else "")
        self._shown = window = CloudWindow(pending.question, why)
        ring(self.app, "asks", self.under_way)
        self.run_worker(
            partial(self._question, pending, window),
            group="question",
            exit_on_error=False,
        )

    async def _question(
        self, pending: Pending[CloudQuestion, bool], window: "CloudWindow"
    ) -> None:
        # A window that goes because mux is left is no answer: the run is cut off.
        answer = await self.app.push_screen_wait(window)
        self._shown = None
        self.asking.settle(pending, answer in ("yes", "session"), answer == "session")
        self.questions_changed()

    # May it be written?

    def _ask_changes(self, pending: "Changes", sitting: "Sitting | None") -> None:
        here = sitting is None or sitting is self.current
        if not self._in_view:
            self._tell_once(pending, "A task has changes for you to look at: f12")
        elif here and not self.typing:
            self._tell_once(pending, "")
            self.open_review(pending)
        elif sitting is None or here:
            self._tell_once(pending, "Changes wait for your yes: esc, then d")
        else:
            told = f"Run {sitting.number} has changes for you to look at: its tab"
            self._tell_once(pending, told)

    def _tell_once(self, pending: "Changes", text: str) -> None:
        if pending.told:
            return
        pending.told = True
        ring(self.app, "asks", self.under_way)
        if text:
            self.app.tell(text, "warning", _TOLD_SECONDS)

    @on(events.DescendantFocus)
    def _focused(self) -> None:
        """Who wrote a task until now may be asked."""
        self.ask_next()

    def open_review(self, pending: "Changes") -> None:
        """Show changes that wait for a yes."""
        if self._shown is not None or self._opening:
            return
        self._opening = True
        self.run_worker(
            partial(self._review, pending), group="question", exit_on_error=False
        )

    async def _review(self, pending: "Changes") -> None:
        try:
            window = await self._window_for(pending.question)
            self._shown = window
        finally:
            self._opening = False
        if not pending.open:
            self._shown = None
            return
        reviewed = await self.app.push_screen_wait(window)
        try:
            await self._settle(pending, reviewed)
        finally:
            self._shown = None
            self.questions_changed()

    async def _window_for(self, question: WriteQuestion) -> "ReviewWindow":
        from mux_tui.tui.dialogs.review import ReviewWindow
        from mux_tui.tui.screens.cockpit.place import shortened
        from mux_tui.tui.widgets.changes.kept import Kept

        proposal = question.proposal
        kept = await asyncio.to_thread(Kept.all_of, proposal.changes)
        home = self.app.desk.environment.variables.get("HOME", "")
        return ReviewWindow(proposal, kept, shortened(proposal.root, home))

    async def _settle(self, pending: "Changes", reviewed: "Reviewed | None") -> None:
        act = reviewed.act if reviewed else "reject"
        if act == "later":
            pending.put_off = True
            return
        kept = None
        if reviewed is not None and reviewed.kept is not None and act == "write":
            kept = await asyncio.to_thread(reviewed.kept.changes)
        self.reviews.settle(pending, kept)
        if act == "escalate" and (there := self.app.pulse.cloud):
            self.begin(pending.question.task.text, there[0])
