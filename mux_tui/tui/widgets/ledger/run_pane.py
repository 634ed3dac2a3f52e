"""One run in full: its task, decision, attempts, answer, and everything as JSON."""

from collections.abc import Sequence
from typing import ClassVar, Literal, get_args

from textual import events, getters
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import ContentSwitcher, Static

from mux_tui.core.ledger.rows import RunDetail
from mux_tui.tui.host import Host
from mux_tui.tui.keys import key
from mux_tui.tui.safe import plain
from mux_tui.tui.widgets.answer.view import AnswerView
from mux_tui.tui.widgets.changes.patch_read import read_patch
from mux_tui.tui.widgets.changes.view import DiffView
from mux_tui.tui.widgets.ledger.replay_table import Member, ReplayTable
from mux_tui.tui.widgets.ledger.run_changes import change_lines
from mux_tui.tui.widgets.ledger.run_text import (
    attempt_lines,
    decision_lines,
    raw_lines,
    task_lines,
    title_of,
)

Tab = Literal["task", "decision", "attempts", "output", "changes", "replays", "raw"]
_ALL: tuple[Tab, ...] = get_args(Tab)


def tabs_of(run: RunDetail | None) -> tuple[Tab, ...]:
    """What there is to see of a run: changes and replays only where it has some."""
    left_out: set[Tab] = set()
    if run is None or not (run.patch or run.changes):
        left_out.add("changes")
    if run is None or not (run.replay_of or run.replays):
        left_out.add("replays")
    return tuple(tab for tab in _ALL if tab not in left_out)


class Text(VerticalScroll, can_focus=True, inherit_bindings=False):
    """Lines that can be scrolled, also by letters."""

    BINDINGS: ClassVar[list[BindingType]] = [
        key(keys, action, word, sentence, id=f"run.{id}", show=False)
        for keys, action, word, sentence, id in (
            ("k,up", "scroll_up", "up", "One line up", "up"),
            ("j,down", "scroll_down", "down", "One line down", "down"),
            ("pageup", "page_up", "page up", "One page up", "page_up"),
            ("pagedown", "page_down", "page down", "One page down", "page_down"),
            ("g,home", "scroll_home", "top", "To the beginning", "top"),
            ("G,end", "scroll_end", "bottom", "To the end", "bottom"),
        )
    ]

    def compose(self) -> ComposeResult:
        """The text."""
        yield Static()

    def show(self, lines: Sequence[Content]) -> None:
        """Show these lines."""
        self.query_one(Static).update(Content("\n").join(lines))


class TabLine(Static):
    """The names of the tabs; a click goes to one."""

    app = getters.app(Host)

    def __init__(self) -> None:
        """The first one is chosen."""
        super().__init__()
        self._ends: list[int] = []
        self._tabs: tuple[Tab, ...] = ()

    def show(self, tabs: tuple[Tab, ...], chosen: Tab) -> None:
        """Show these, and mark the chosen one."""
        line, self._ends, self._tabs = Content(""), [], tabs
        for tab in tabs:
            name = tab.capitalize()
            marked = f"[{name}]" if tab == chosen else f" {name} "
            style = "bold $text-key" if tab == chosen else "$text-soft"
            line += Content.styled(marked, style) + Content(" ")
            self._ends.append(line.cell_length)
        self.update(line)

    def on_click(self, event: events.Click) -> None:
        """Go to the tab that was clicked."""
        for tab, end in zip(self._tabs, self._ends, strict=True):
            if event.x < end:
                self.query_ancestor(RunPane).go_to(tab)
                return


class RunPane(Vertical):
    """Shows one run, a tab at a time; what is not looked at is not drawn."""

    app = getters.app(Host)
    jump_letter = "d"
    HELP = """
## One run

- **Task**: what was asked, and what became of it
- **Decision**: where it went and why: each input against its threshold
- **Attempts**: who was asked, how far the answer was trusted, what the checks said
- **Output**: the answer
- **Changes**: what it did to files, or would have done
- **Replays**: the runs that repeat it, or that it repeats, side by side
- **Raw**: everything, as `mux ledger show --json` prints it

`left` and `right` change the tab, `esc` goes back to the list.
"""
    BINDINGS: ClassVar[list[BindingType]] = [
        key(
            "left", "tab(-1)", "tab", "The tab before", id="run.tab_before", show=False
        ),
        key(
            "right",
            "tab(1)",
            "next tab",
            "The next tab: task, decision, attempts, output, changes, replays, raw",
            id="run.tab_next",
        ),
    ]

    def __init__(self) -> None:
        """Make one without a run."""
        super().__init__(id="run", classes="pane")
        self.tab: Tab = "task"
        self.run: RunDetail | None = None
        self.family: tuple[Member, ...] = ()
        self._patched: tuple[str, str] | None = None
        """Whose patch the diff shows, and which."""

        self._drawn: tuple[object, ...] | None = None

    def compose(self) -> ComposeResult:
        """The tabs, and the text of the chosen one."""
        yield TabLine()
        with ContentSwitcher(initial="run-text"):
            yield Text(id="run-text")
            yield AnswerView(id="run-answer", colours=lambda: self.app.themes.code)
            yield DiffView("run-diff", names=True)
            yield ReplayTable("run-replays")

    def on_mount(self) -> None:
        """Say that nothing is chosen."""
        self.show(None)

    def show(self, run: RunDetail | None, family: Sequence[Member] = ()) -> None:
        """Show a run.

        Args:
            run: None: none is chosen.
            family: It, the one it repeats, and those that repeat that one.
        """
        another = (run and run.run_id) != (self.run and self.run.run_id)
        self.run, self.family = run, tuple(family)
        if self.tab not in tabs_of(run):
            self.tab = "task"
        self._draw()
        if another:
            self.query_one("#run-text").scroll_home(animate=False)

    def go_to(self, tab: Tab) -> None:
        """Show another tab."""
        held = self.has_focus_within
        self.tab = tab
        self._draw()
        self.query_one("#run-text").scroll_home(animate=False)
        if held:
            # At once: keys may come faster than a focus that is asked for.
            self.screen.set_focus(self._page)

    def focus_page(self) -> None:
        """Let keys scroll the text."""
        self._page.focus()

    def action_tab(self, by: int) -> None:
        """Go to the next tab, or to the one before."""
        tabs = tabs_of(self.run)
        self.go_to(tabs[(tabs.index(self.tab) + by) % len(tabs)])

    @property
    def _page(self) -> Widget:
        if self.tab == "changes" and self.run is not None and self.run.patch:
            return self.query_one("#run-diff")
        if self.tab == "replays":
            return self.query_one("#run-replays")
        answer = self.tab == "output" and self.run is not None and self.run.output
        return self.query_one("#run-answer" if answer else "#run-text")

    def _draw(self) -> None:
        glyphs, run = self.app.glyphs, self.run
        wanted = (self.tab, run, self.family, glyphs.ascii)
        if wanted == self._drawn:
            return

        self._drawn = wanted
        self.query_one(TabLine).show(tabs_of(run), self.tab)
        title = plain("Run") if run is None else title_of(run, glyphs)
        self.border_title = title  # pyright: ignore[reportAttributeAccessIssue]
        page = self._page
        self.query_one(ContentSwitcher).current = page.id
        if isinstance(page, ReplayTable):
            page.show(self.family)
        elif isinstance(page, AnswerView):
            text = run.output if run else ""
            if page.answer != text:
                page.show(text or "")
        elif isinstance(page, DiffView) and run is not None and run.patch:
            patch = run.patch
            if (run.run_id, patch) != self._patched:
                self._patched = run.run_id, patch
                page.show(lambda _: read_patch(patch), len(patch))
        else:
            self.query_one("#run-text", Text).show(self._lines())

    def _lines(self) -> list[Content]:
        run, glyphs = self.run, self.app.glyphs
        if run is None:
            return [
                Content.styled("Choose a run to see what became of it.", "$text-soft")
            ]

        match self.tab:
            case "task":
                return task_lines(run, glyphs)
            case "decision":
                return decision_lines(run, glyphs)
            case "attempts":
                return attempt_lines(run, glyphs)
            case "output":
                return [Content.styled(_no_output(run), "$text-soft")]
            case "changes":
                return change_lines(run, glyphs)
            case "replays" | "raw":
                return raw_lines(run)


def _no_output(run: RunDetail) -> str:
    if run.output is None and run.output_length:
        kept = f"The answer's {run.output_length:,} characters were not kept"
        return f"{kept} (ledger.store_prompts = false)."
    if run.status == "running":
        return "There is no answer yet: the run goes on."

    return "There is no answer."
