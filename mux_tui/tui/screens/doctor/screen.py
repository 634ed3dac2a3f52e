"""The doctor's screen: one look at everything, and what to do about what was found."""

from dataclasses import dataclass
from functools import partial
from typing import ClassVar

from textual import getters, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.message import Message
from textual.reactive import var
from textual.widgets import OptionList
from textual.worker import Worker, WorkerState

from mux_tui.core.doctor.check import Fix, Report
from mux_tui.core.doctor.telling import as_text
from mux_tui.core.errors import MuxError
from mux_tui.core.text import one_line
from mux_tui.tui.dialogs.confirm import Confirm
from mux_tui.tui.keys import key
from mux_tui.tui.messages import SettingsSaved
from mux_tui.tui.safe import plain
from mux_tui.tui.screens.base import MuxScreen
from mux_tui.tui.screens.doctor.detail import Detail
from mux_tui.tui.screens.doctor.findings import Findings
from mux_tui.tui.screens.doctor.windows import FixWindow, JsonWindow
from mux_tui.tui.screens.doctor.wording import LAST_KEY, title, told_fix

_LOOKING = (
    "Looking at everything: settings, disk, memory, the model and its server,\n"
    "the ledger, the cloud CLIs and their logins.\n\n"
    "Nothing is started or changed by it."
)


@dataclass
class Examined(Message):
    """The doctor is done."""

    report: Report
    seconds: float


@dataclass
class ExaminationFailed(Message):
    """The doctor could not finish."""

    lines: tuple[str, ...]
    """What, why, and what to do; foreign text, a line each."""


class DoctorScreen(MuxScreen):
    """Findings, their detail, and their fixes."""

    MODE = "doctor"
    HELP = """
# Doctor

Looks at all that mux needs, tells what does not work, and what to do about it. Nothing
is started or changed by looking; a model that already runs is asked for one token.

The same on the command line: `mux doctor`, and `mux doctor --json` for scripts.
"""
    CSS_PATH = "doctor.tcss"
    AUTO_FOCUS = "#findings"
    BINDINGS: ClassVar[list[BindingType]] = [
        *(
            key(
                str(number),
                f"fix({number})",
                "fix",
                f"Apply fix {number}: run it, or copy its command",
                id=f"doctor.fix_{number}",
                show=number == 1,
            )
            for number in range(1, LAST_KEY + 1)
        ),
        key(
            "f",
            "fix_this",
            "fix this",
            "Apply the first fix of the finding with the cursor",
            id="doctor.fix",
            show=False,
        ),
        key("r", "again", "run again", "Look at everything again", id="doctor.again"),
        key(
            "y",
            "copy",
            "copy report",
            "Copy the report as text, without credentials",
            id="doctor.copy",
        ),
        key("j", "json", "JSON", "Show the report as JSON", id="doctor.json"),
    ]
    findings = getters.query_one(Findings)
    detail = getters.query_one(Detail)

    report: var[Report | None] = var(None, bindings=True, toggle_class="-reported")
    """The last report; None: there is none yet."""

    examining: var[bool] = var(False, bindings=True)

    def compose_body(self) -> ComposeResult:
        """The list, and one finding at length."""
        yield Findings()
        yield Detail()

    def on_mount(self) -> None:
        """Examine when first shown."""
        self.action_again()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Keys work when there is something for them to do."""
        report = self.report
        match action:
            case "again":
                return not self.examining
            case "copy" | "json":
                return report is not None
            case "fix":
                return report is not None and parameters[0] in range(
                    1, len(report.todo) + 1
                )
            case "fix_this":
                check = self.findings.current if self.is_mounted else None
                return check is not None and bool(check.ways)
            case _:
                return True

    def sentence_for(self, action: str) -> str:
        """Which problem a fix is for, and what it does."""
        report = self.report
        if report is None or not action.startswith("fix("):
            return ""
        number = int(action.removeprefix("fix(").removesuffix(")"))
        if number > len(report.todo):
            return ""
        fix = report.todo[number - 1]
        of = next((check for check in report.checks if fix in check.ways), None)
        return told_fix(of, fix)

    def action_again(self) -> None:
        """Look at everything."""
        self.examining = True
        if self.report is None:
            self.findings.say(Content(_LOOKING))
        busy = f"Doctor {self.app.glyphs.half} looking"
        self.findings.border_title = busy
        self.run_worker(
            self._examine, group="examine", exclusive=True, exit_on_error=False
        )

    async def _examine(self) -> None:
        desk = self.app.desk
        began = desk.tick()
        try:
            report = await desk.examine()
        except MuxError as error:
            lines = (error.what, error.why, error.next_step)
            self.post_message(ExaminationFailed(lines))
        else:
            self.post_message(Examined(report, desk.tick() - began))

    @on(Examined)
    def _examined(self, message: Examined) -> None:
        self.examining = False
        self.report = message.report
        self.findings.border_title = title(
            message.report, message.seconds, self.app.desk.now(), self.app.glyphs
        )
        self.findings.show(message.report)
        self._show_detail()

    @on(ExaminationFailed)
    def _failed(self, message: ExaminationFailed) -> None:
        self.examining = False
        self.report = None
        glyphs = self.app.glyphs
        self.findings.border_title = f"Doctor {glyphs.dot} not finished"
        told = Content.styled(f"{glyphs.bad} The doctor could not finish", "$mark-fail")
        for line in filter(None, message.lines):
            told += Content("\n\n") + plain(line)
        told += Content("\n\nr looks again; on the command line: mux doctor --debug")
        self.findings.say(told)
        self.detail.clear()

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """A bug in a worker is told like any other failure of it."""
        worker: Worker[None] = event.worker  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
        if event.state != WorkerState.ERROR:
            return
        what = f"{type(worker.error).__name__}: {one_line(str(worker.error))}"
        if worker.group == "examine":
            self.post_message(ExaminationFailed((what, "That is a fault of mux.")))
        else:
            self.app.tell(f"The fix could not be applied: {what}", "error", 10.0)

    @on(OptionList.OptionHighlighted)
    def _show_detail(self) -> None:
        if self.report is not None:
            self.detail.show(self.findings.current, self.report)
            self.refresh_bindings()

    @on(OptionList.OptionSelected)
    def _open_detail(self) -> None:
        self.add_class("-detail")
        self.detail.focus()

    def action_list(self) -> None:
        """Back from the detail to the list."""
        self.remove_class("-detail")
        self.findings.focus()

    def action_copy(self) -> None:
        """Copy the report."""
        if self.report is not None:
            self.app.copy_to_clipboard(as_text(self.report))
            count = len(self.report.checks)
            self.app.tell(f"Copied: {count} findings as text, without credentials")

    def action_json(self) -> None:
        """Show the report as JSON."""
        if self.report is not None:
            self.app.push_screen(JsonWindow(self.report))

    def action_fix(self, number: int) -> None:
        """Apply the fix with that number."""
        if self.report is not None and number <= len(self.report.todo):
            self._apply(self.report.todo[number - 1])

    def action_fix_this(self) -> None:
        """Apply the first fix of the finding with the cursor."""
        check = self.findings.current
        if check is not None and check.ways:
            self._apply(check.ways[0])

    def _apply(self, fix: Fix) -> None:
        if fix.steps:
            work = partial(self._run, fix)
            self.run_worker(work, group="fix", exclusive=True, exit_on_error=False)
            return
        self.app.copy_to_clipboard(fix.command or fix.does)
        if fix.command:
            self.app.tell(f"Copied, to paste into a terminal: {fix.command}")
        else:
            self.app.tell(f"This one is for you to do, and copied: {fix.does}")

    async def _run(self, fix: Fix) -> None:
        lines = "\n".join(f"  mux {' '.join(step)}" for step in fix.steps)
        told = f"mux will run\n\n{lines}\n\nand then look at everything again."
        if await self.app.push_screen_wait(Confirm(fix.does, told)):
            await self.app.push_screen_wait(FixWindow(fix))
            self.app.post_message(SettingsSaved())
            self.action_again()
