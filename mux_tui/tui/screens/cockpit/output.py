"""The output pane: tabs of the runs, the answer in view, and its figures."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from textual import getters
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content

from mux_tui.tui.glyphs import Glyphs
from mux_tui.tui.host import Host
from mux_tui.tui.keys import key
from mux_tui.tui.screens.cockpit.welcome import Welcome
from mux_tui.tui.widgets.run_tabs import RunTabs, tab_of
from mux_tui.tui.widgets.stages import seconds_text

if TYPE_CHECKING:
    from mux_tui.tui.screens.cockpit.sitting import Sitting
    from mux_tui.tui.story import Story
    from mux_tui.tui.widgets.answer import AnswerView, Copied, FollowChanged


class OutputPane(Vertical):
    """Shows one of the runs."""

    HELP = """\
    The answer as it comes, and what happened between two answers.

    * `e` hands the task to a cloud CLI, `l` has the local model do it (again)
    * `d` shows the changes of files, `u` takes them back, or does them again
    * `y` copies the answer, `s` saves it, `o` opens the run in the ledger
    * `L` says what the run was worth: good, bad, a note
    * `[` and `]` go to the other runs, `w` closes one that has ended
    * `esc` twice stops the run, `i` goes back to the task
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        key(
            "escape",
            "screen.stop",
            "stop",
            "Stop the run in view; press it twice",
            id="output.stop",
        ),
        key(
            "e",
            "screen.escalate",
            "escalate",
            "Hand this task to a cloud CLI",
            id="output.escalate",
        ),
        key(
            "l",
            "screen.locally",
            "again locally",
            "Run this task again on this machine",
            id="output.locally",
        ),
        key(
            "d",
            "screen.changes",
            "changes",
            "Show what this run does to files",
            id="output.changes",
        ),
        key(
            "u",
            "screen.take_back",
            "take back",
            "Take back what this run has written, or do it again",
            id="output.take_back",
        ),
        key("s", "screen.save", "save", "Save the answer to a file", id="output.save"),
        key(
            "o",
            "screen.open_run",
            "ledger row",
            "Open this run in the ledger",
            id="output.open",
        ),
        key(
            "L",
            "screen.label",
            "label",
            "Label this run good or bad, note something, or take its label away",
            id="output.label",
        ),
        key("i", "screen.write", "task", "Back to the task", id="output.task"),
        key(
            "left_square_bracket",
            "screen.turn(-1)",
            "run before",
            "Show the run before",
            id="output.before",
            label="[",
        ),
        key(
            "right_square_bracket",
            "screen.turn(1)",
            "next run",
            "Show the next run",
            id="output.next",
            label="]",
        ),
        key(
            "w",
            "screen.close_run",
            "close",
            "Close this run's tab; the ledger keeps the run",
            id="output.close",
        ),
    ]

    app = getters.app(Host)
    jump_letter = "o"

    def __init__(self) -> None:
        """Make it without runs."""
        super().__init__(id="output", classes="pane")
        self.border_title = "Output"
        self._current: Sitting | None = None

    def compose(self) -> ComposeResult:
        """Tabs, and what there is before the first run."""
        yield RunTabs()
        yield Welcome()

    @property
    def current(self) -> "Sitting | None":
        """The run in view."""
        return self._current

    def show(self, sitting: "Sitting | None", sittings: "Sequence[Sitting]") -> None:
        """Show a run, of several; None: there is none."""
        had_focus = self.has_focus_within
        self._current = sitting
        for each in sittings:
            each.view.display = each is sitting
        self.query_one(Welcome).display = sitting is None
        self.show_tabs(sittings)
        self.show_figures()
        if had_focus:
            self.take_focus()

    def take_focus(self) -> None:
        """Give the keyboard to what is shown."""
        shown = self._current.view if self._current else self.query_one(Welcome)
        shown.focus()

    def show_tabs(self, sittings: "Sequence[Sitting]") -> None:
        """Show how the runs are."""
        glyphs = self.app.glyphs
        tabs = [tab_of(s.number, s.story, glyphs, s.asks) for s in sittings]
        number = self._current.number if self._current else 0
        self.query_one(RunTabs).show(tabs, number)

    def show_figures(self) -> None:
        """Show how fast the run in view is, or how it ended."""
        glyphs, sitting = self.app.glyphs, self._current
        if sitting is None:
            self.border_title = "Output"
            self.border_subtitle = ""
            return
        dot = f" {glyphs.dot} "
        parts = [] if sitting.view.following else [_scrolled(sitting.view, glyphs)]
        parts += figures(sitting.story, glyphs, self.app.desk.tick())
        self.border_subtitle = Content(dot.join(parts))  # pyright: ignore[reportAttributeAccessIssue]
        told = heading(sitting.story, glyphs)
        self.border_title = Content("Output") + Content(dot) + told  # pyright: ignore[reportAttributeAccessIssue]

    # Not with `@on`, which would import the answer's view before it is needed.

    def on_follow_changed(self, message: "FollowChanged") -> None:
        """The answer was scrolled."""
        message.stop()
        self.show_figures()

    def on_copied(self, message: "Copied") -> None:
        """Say how much is on the clipboard."""
        message.stop()
        self.app.tell(f"copied {message.characters:,} characters")


def _scrolled(view: "AnswerView", glyphs: Glyphs) -> str:
    new = f" {view.new_lines:,} new" if view.new_lines else ""
    return f"{glyphs.down}{new} G follows"


def heading(story: "Story", glyphs: Glyphs) -> Content:
    """How the run is, in a word or two."""
    outcome = story.outcome
    if outcome is None:
        busy = next((s.name for s in story.stages if s.state == "busy"), "under way")
        return Content.styled(f"{glyphs.half} {busy}", "$mark-busy")
    if outcome.status == "done":
        return Content.styled(
            f"{glyphs.good} {outcome.route or 'done'}", "bold $mark-pass"
        )

    word = {"cancelled": "stopped"}.get(outcome.status, outcome.status)
    return Content.styled(f"{glyphs.bad} {word}", "bold $mark-fail")


def figures(story: "Story", glyphs: Glyphs, now: float) -> list[str]:
    """Speed, first token, and in the end tokens, money and time."""
    parts: list[str] = []
    rate = story.rate(now)
    if rate is not None:
        parts.append(f"{rate:.0f} tok/s")
    if story.first_token_seconds is not None:
        parts.append(f"TTFT {story.first_token_seconds:.2f} s")
    if outcome := story.outcome:
        usage = outcome.usage
        if usage.output_tokens is not None:
            parts.append(f"{usage.output_tokens:,} tokens")
        if outcome.work is not None:
            parts.append(f"+{outcome.work.added:,} -{outcome.work.removed:,}")
        if usage.cost_usd:
            parts.append(f"${usage.cost_usd:.4f}")
        parts.append(seconds_text(outcome.seconds))
    return parts
