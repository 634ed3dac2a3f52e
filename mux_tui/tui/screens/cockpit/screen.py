"""The cockpit's screen: task, decision, output, and what was run before."""

from asyncio import TimerHandle
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual import getters, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.message import Message

from mux_tui.core.choices import RouteChoice
from mux_tui.tui.keys import key
from mux_tui.tui.later import later
from mux_tui.tui.messages import RunWanted, TaskWanted
from mux_tui.tui.pulse import Pulse
from mux_tui.tui.screens.cockpit.earlier import recent_runs, task_of
from mux_tui.tui.screens.cockpit.files import FileNames
from mux_tui.tui.screens.cockpit.output import OutputPane
from mux_tui.tui.screens.cockpit.place import look_up
from mux_tui.tui.screens.cockpit.running import Running
from mux_tui.tui.screens.cockpit.welcome import Welcome
from mux_tui.tui.widgets.decision import DecisionPane
from mux_tui.tui.widgets.recent import RecentPane
from mux_tui.tui.widgets.run_tabs import RunTabs
from mux_tui.tui.widgets.task import Completion, TaskEntry

if TYPE_CHECKING:
    from mux_tui.core.ledger.rows import RunRow
    from mux_tui.tui.screens.cockpit.sitting import Sitting

_STOP_SECONDS = 3.0
"""How long the first `esc` waits for the second."""

_ON_RUNS = ("escalate", "locally", "save", "open_run", "whole")


class CockpitScreen(Running):
    """Where tasks are typed, watched and answered."""

    MODE = "cockpit"
    CSS_PATH = "cockpit.tcss"
    HELP = """\
    Type a task and press `enter`. Before a word is written the decision shows where it
    goes, and why. What the answer was worth is shown too; where it was not enough, the
    task is handed to a stronger model, if you allow it.

    Several tasks may run at the same time, each in a tab of its own.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        key(
            "escape",
            "stop",
            "stop",
            "Stop the run in view; press it twice",
            id="cockpit.stop",
        ),
        key(
            "question_mark",
            "whole",
            "why",
            "Show the whole decision",
            id="cockpit.why",
            label="?",
        ),
    ]

    entry = getters.query_one(TaskEntry)
    output = getters.query_one(OutputPane)
    recent = getters.query_one(RecentPane)

    @dataclass
    class Looked(Message):
        """The ledger and the work directory were looked at."""

        rows: "Sequence[RunRow] | None"
        place: str

    def __init__(self) -> None:
        """Make it idle."""
        super().__init__()
        self._stopping: TimerHandle | None = None
        """Runs while a second `esc` stops the run."""

    def compose_body(self) -> ComposeResult:
        """Left what is asked and decided, right what is answered."""
        desk = self.app.desk
        names = FileNames(desk.cwd, desk.environment.variables)
        self._completion = Completion()
        with Horizontal(id="columns"):
            with Vertical(id="left"):
                yield TaskEntry(self._completion, names.find)
                yield DecisionPane()
                yield RecentPane()
            yield OutputPane()

    def on_mount(self) -> None:
        """Begin at the task."""
        self.entry.focus()
        self.watch(self.app, "pulse", self._pulsed, init=False)
        self.call_after_refresh(self._complete)

    def _complete(self) -> None:
        """What the first frame does without."""
        self.mount(self._completion)
        self.history_changed()

    def _pulsed(self, _: Pulse) -> None:
        self.history_changed()

    def history_changed(self) -> None:
        """Look at the ledger again."""
        self.run_worker(self._look, group="recent", exclusive=True, exit_on_error=False)

    async def _look(self) -> None:
        rows = await recent_runs(self.app.desk)
        place = await look_up(self.app.desk, self.app.glyphs.dot)
        self.post_message(self.Looked(rows, place))

    @on(Looked)
    def _looked(self, message: Looked) -> None:
        message.stop()
        self.entry.place = message.place
        if message.rows is not None:
            self.recent.show(message.rows)

    # Tasks

    @on(TaskEntry.Sent)
    def _sent(self, message: TaskEntry.Sent) -> None:
        message.stop()
        self.begin(message.text, message.route, typed=True)

    def take(self, wanted: Message) -> None:
        """Start a task that was asked for anywhere in the cockpit."""
        if isinstance(wanted, TaskWanted):
            self.begin(wanted.text, wanted.route)

    @on(Welcome.Chosen)
    def _chosen(self, message: Welcome.Chosen) -> None:
        message.stop()
        self.begin(message.text, "auto")

    @on(Running.Began)
    def _typed(self, message: Running.Began) -> None:
        if message.typed:
            self.entry.accepted()

    def refused(self) -> None:
        """The text is there again."""
        self.entry.refused()

    @on(RecentPane.Again)
    def _again(self, message: RecentPane.Again) -> None:
        message.stop()
        self.run_worker(
            partial(self._run_again, message.run_id), group="again", exit_on_error=False
        )

    async def _run_again(self, run_id: str) -> None:
        text = await task_of(self.app.desk, run_id)
        if text is None:
            self.app.tell("its text was not kept (ledger.store_prompts)", "warning")
        else:
            self.post_message(TaskWanted(text))

    @on(TaskEntry.HistoryWanted)
    def _history(self, message: TaskEntry.HistoryWanted) -> None:
        message.stop()
        self.run_worker(
            self._search, group="window", exclusive=True, exit_on_error=False
        )

    async def _search(self) -> None:
        from mux_tui.tui.screens.cockpit.history import HistoryWindow

        ledger = (await self.app.desk.engine()).ledger
        text = await self.app.push_screen_wait(HistoryWindow(ledger))
        if text is not None:
            self.entry.put(text)
        self.entry.focus()

    @on(TaskEntry.EditorWanted)
    def _edit(self, message: TaskEntry.EditorWanted) -> None:
        message.stop()
        self.run_worker(
            partial(self._edited, message.text),
            group="editor",
            exclusive=True,
            exit_on_error=False,
        )

    async def _edited(self, text: str) -> None:
        from mux_tui.tui.screens.cockpit.writing import edited

        new = await edited(self.app, text)
        if new is not None:
            self.entry.put(new)
        self.entry.focus()

    # Runs

    @on(RunTabs.Chosen)
    def _tab(self, message: RunTabs.Chosen) -> None:
        message.stop()
        for sitting in self.sittings:
            if sitting.number == message.number:
                self.show(sitting)

    def action_turn(self, by: int) -> None:
        """Show the run before, or the next one."""
        if self.current in self.sittings:
            at = self.sittings.index(self.current) + by
            self.show(self.sittings[at % len(self.sittings)])

    async def action_close_run(self) -> None:
        """Close the tab of a run that has ended."""
        sitting = self.current
        if sitting is None or not sitting.story.over:
            return
        at = self.sittings.index(sitting)
        self.sittings.remove(sitting)
        left = self.sittings[min(at, len(self.sittings) - 1)] if self.sittings else None
        self.show(left)
        await sitting.view.remove()

    def action_write(self) -> None:
        """Back to the task."""
        self.entry.focus()

    def action_whole(self) -> None:
        """Show the whole decision."""
        from mux_tui.tui.screens.cockpit.windows import DecisionWindow

        if self.current:
            self.app.push_screen(DecisionWindow(self.current.story))

    @on(DecisionPane.Opened)
    def _opened(self, message: DecisionPane.Opened) -> None:
        message.stop()
        self.action_whole()

    def action_open_run(self) -> None:
        """Open the run in the ledger."""
        if self.current:
            self.post_message(RunWanted(self.current.run.task.run_id))

    def action_stop(self) -> None:
        """Stop the run in view, the second time."""
        sitting = self.current
        if sitting is None or sitting.story.over:
            return
        if self._stopping is None:
            self.app.tell("esc again stops this run", "warning", _STOP_SECONDS)
            self._stopping = later(self, _STOP_SECONDS, self._calm)
        else:
            self._calm()
            sitting.run.cancel()

    def _calm(self) -> None:
        if self._stopping is not None:
            self._stopping.cancel()
            self._stopping = None

    def action_save(self) -> None:
        """Save the answer to a file."""
        from mux_tui.tui.screens.cockpit.answers import save_answer

        if self.current:
            self.run_worker(
                partial(save_answer, self.app, self.current.answer),
                group="window",
                exclusive=True,
                exit_on_error=False,
            )

    @property
    def typing(self) -> bool:
        """Whether the user is writing a task."""
        return self.entry.has_focus and bool(self.entry.text.strip())

    def action_changes(self) -> None:
        """Show what the run does to files; answer, where that is waited for."""
        from mux_tui.tui.screens.cockpit.changes import show_past

        sitting = self.current
        if sitting is None:
            return
        pending = self.reviews.of(sitting.run.task.run_id)
        if pending is not None:
            self.open_review(pending)
        elif sitting.patched:
            self.run_worker(
                partial(show_past, self.app, sitting),
                group="window",
                exclusive=True,
                exit_on_error=False,
            )

    def action_take_back(self) -> None:
        """Take back what the run has written, or do it again."""
        if self.current:
            self.run_worker(
                partial(self._taken_back, self.current),
                group="take back",
                exclusive=True,
                exit_on_error=False,
            )

    async def _taken_back(self, sitting: "Sitting") -> None:
        from mux_tui.tui.screens.cockpit.changes import turn_back

        if await turn_back(self.app, sitting):
            self.history_changed()

    def action_label(self) -> None:
        """Say what the run was worth, or take that back."""
        if self.current:
            self.run_worker(
                partial(self._labelled, self.current),
                group="window",
                exclusive=True,
                exit_on_error=False,
            )

    async def _labelled(self, sitting: "Sitting") -> None:
        from mux_tui.tui.labelling import label_run

        if told := await label_run(self.app, sitting.run.task.run_id):
            sitting.view.note(f"{self.app.glyphs.more} {told}")
            self.history_changed()

    def action_escalate(self) -> None:
        """Hand the task to the first cloud CLI there is."""
        there = self.app.pulse.cloud
        if not there:
            self.app.tell(
                "no cloud CLI is installed. Install claude, codex or gemini, and log "
                "in; the doctor (f8) says more",
                "error",
                10,
            )
        elif self.current:
            self._once_more(self.current, there[0])

    def action_locally(self) -> None:
        """Have the local model do the task again."""
        if self.current:
            self._once_more(self.current, "local")

    def _once_more(self, sitting: "Sitting", route: RouteChoice) -> None:
        self.run_worker(
            partial(self._replaced, sitting, route),
            group="once more",
            exit_on_error=False,
        )

    async def _replaced(self, sitting: "Sitting", route: RouteChoice) -> None:
        """Ask before a run that goes on is given up for another one."""
        from mux_tui.tui.dialogs.confirm import Confirm

        if not sitting.story.over:
            text = f"It is stopped, and the same task goes to {route}."
            if not await self.app.push_screen_wait(Confirm("Stop this run?", text)):
                return
            sitting.run.cancel()
        self.begin(sitting.run.task.text, route)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Keys that would do nothing are not offered."""
        sitting = self.current if self.is_mounted else None
        if action in _ON_RUNS:
            return sitting is not None
        if action == "changes":
            return sitting is not None and (sitting.asks or sitting.patched)
        if action == "take_back":
            return sitting is not None and sitting.applied
        if action == "stop":
            return sitting is not None and not sitting.story.over
        if action in ("close_run", "label"):
            return sitting is not None and sitting.story.over
        if action == "turn":
            return len(self.sittings) > 1
        return True
