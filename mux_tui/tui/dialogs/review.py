"""May these changes be written? Shown line by line, to be kept whole or in part."""

from dataclasses import dataclass
from functools import partial
from typing import ClassVar, Literal

from textual import on
from textual.binding import BindingType
from textual.content import Content

from mux_tui.core.proposal import Proposal
from mux_tui.tui.dialogs.armed import Armed
from mux_tui.tui.dialogs.changes import ChangesWindow, Shown
from mux_tui.tui.keys import key
from mux_tui.tui.story_files import files_text
from mux_tui.tui.widgets.answer.look import Look
from mux_tui.tui.widgets.changes.comparing import Make, Marks
from mux_tui.tui.widgets.changes.document import FileDiff, diff_of
from mux_tui.tui.widgets.changes.facts import FileLine, lines_of, sections_of
from mux_tui.tui.widgets.changes.file_list import FileList, States
from mux_tui.tui.widgets.changes.kept import Kept
from mux_tui.tui.widgets.changes.view import DiffView
from mux_tui.tui.widgets.changes.words import (
    brief_lines,
    head_lines,
    heading,
)

Act = Literal["write", "reject", "later", "escalate"]
"""`later`: the question stays. `escalate`: a stronger model is to do it instead."""


@dataclass(frozen=True)
class Reviewed:
    """What the user said."""

    act: Act
    kept: Kept | None = None
    """What may be written."""


class ReviewWindow(Armed, ChangesWindow[Reviewed]):
    """Asks; nothing is written before a yes."""

    HELP = """\
    Changes that a model proposes. Nothing of them is in your files yet: they were tried
    in a copy. A part that is skipped is not written; what is written can be taken back.

    * `space` keeps or skips the part in view, or the file when the list has the focus;
      `f` the whole file
    * `a` writes everything, `enter` what is kept, `x` or `esc` nothing
    * `w` goes back to the cockpit; the run waits, and `d` asks again
    * `e` writes nothing, and hands the task to a cloud CLI

    A rejected change is not lost: its row in the ledger keeps it.
    """

    FIRST_KEYS: ClassVar[tuple[str, ...]] = (
        *("review.all", "review.kept", "review.turn"),
        *("changes.next_part", "changes.next_file", "review.reject"),
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        key("a", "all", "all", "Write everything that is proposed", id="review.all"),
        key("enter", "kept", "kept", "Write what is kept", id="review.kept"),
        key(
            "space",
            "turn",
            "skip",
            "Keep or skip this part; the file, where the list has the focus",
            id="review.turn",
        ),
        key(
            "x",
            "reject",
            "reject",
            "Write nothing; the ledger keeps what was proposed",
            id="review.reject",
        ),
        key("escape", "close", "reject", "Write nothing", id="review.no", show=False),
        key(
            "f",
            "turn_file",
            "file",
            "Keep or skip the whole file",
            id="review.turn_file",
            show=False,
        ),
        key(
            "e",
            "escalate",
            "escalate",
            "Write nothing, and hand the task to a cloud CLI",
            id="review.escalate",
        ),
        key(
            "w",
            "later",
            "wait",
            "Decide later: back to the cockpit, the run waits",
            id="review.later",
        ),
    ]

    def __init__(self, proposal: Proposal, kept: Kept, place: str) -> None:
        """Ask.

        Args:
            proposal: What would be written.
            kept: Everything; what is skipped is taken out of it.
            place: The work directory, as it is shown; may be foreign text.
        """
        super().__init__(shown_of(proposal))
        self.proposal = proposal
        self.kept = kept
        self.place = place

    @property
    def states(self) -> States:
        """How much of each file is kept."""
        return self.kept.state

    @property
    def marks(self) -> Marks:
        """Which parts of the file in view are kept."""
        file = self.file
        return lambda _, part: self.kept.has(file, part)

    def on_mount(self) -> None:
        """Take no answer yet."""
        self.arm_soon()

    def facts(self) -> Content:
        """What is asked, how it is proved, what the yes would mean."""
        glyphs, proposal = self.app.glyphs, self.proposal
        if self.narrow:
            sections = self.shown.sections
            return brief_lines(proposal, self.kept, self.place, sections, glyphs)

        return head_lines(proposal, self.kept, self.place, glyphs)

    def action_turn(self) -> None:
        """Keep or skip what is in view."""
        current = self.diff.current
        if self.list_.has_focus:
            self.action_turn_file()
        elif current is not None:
            self._turned(current[1])

    def action_turn_file(self) -> None:
        """Keep or skip the file in view."""
        if self.shown.files:
            self.kept.toggle_file(self.file)
            self._show_marks()

    @on(DiffView.Pressed)
    def _pressed(self, message: DiffView.Pressed) -> None:
        message.stop()
        self._turned(message.part[1])

    @on(FileList.Pressed)
    def _file_pressed(self, message: FileList.Pressed) -> None:
        message.stop()
        self.kept.toggle_file(message.file)
        self._show_marks()

    def _turned(self, part: int) -> None:
        self.kept.toggle(self.file, part)
        self._show_marks()

    def _show_marks(self) -> None:
        self.diff.remark()
        self.list_.remark()
        self.say()

    def action_all(self) -> None:
        """Write everything."""
        if self.armed:
            self.kept.keep_all()
            self.dismiss(Reviewed("write", self.kept))

    def action_kept(self) -> None:
        """Write what is kept."""
        if not self.armed:
            return
        if self.kept.count:
            self.dismiss(Reviewed("write", self.kept))
        else:
            self.app.tell("Nothing is kept: x rejects, a writes all", "warning")

    def action_reject(self) -> None:
        """Write nothing."""
        self._say_no("reject")

    def action_later(self) -> None:
        """Go back; the question stays."""
        self._say_no("later")

    def action_escalate(self) -> None:
        """Write nothing; a stronger model is to do it."""
        self._say_no("escalate")

    def action_close(self) -> None:
        """Close; that is a no."""
        self._say_no("reject")

    def _say_no(self, act: Act) -> None:
        if self.armed:
            self.dismiss(Reviewed(act))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """An answer counts only from someone who can have seen the question."""
        if action in ("all", "kept") and self.proposal.changes.refused:
            return False
        if action == "escalate" and not self.app.pulse.cloud:
            return False
        if action in ("all", "kept", "reject", "later", "escalate", "close"):
            return True if self.armed else None
        return super().check_action(action, parameters)


def shown_of(proposal: Proposal) -> Shown:
    """A proposal as its window shows it."""
    changes, work = proposal.changes.changes, proposal.work
    stats = {line.path: line for line in lines_of(work.files)}
    files = tuple(
        stats.get(change.path) or FileLine(change.path, change.kind, 0, 0, 1)
        for change in changes
    )

    def make(file: int) -> Make:
        return partial(_made, proposal, file)

    def size(file: int) -> int:
        return len(changes[file].before or b"") + len(changes[file].after or b"")

    question = f"Write {files_text(len(changes))}?"
    title = heading(question, proposal.run_id, proposal.route, proposal.model)
    sections = sections_of(
        work, proposal.verdict, proposal.findings, proposal.reviewer, proposal.again
    )
    return Shown(title, files, sections, make, size)


def _made(proposal: Proposal, file: int, look: Look) -> tuple[FileDiff, ...]:
    return (diff_of(proposal.changes.changes[file], look),)
