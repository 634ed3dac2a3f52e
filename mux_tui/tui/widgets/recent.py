"""The last runs of this project, newest first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar

from textual import events, getters
from textual.binding import BindingType
from textual.content import Content
from textual.message import Message
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from mux_tui.core.text import one_line
from mux_tui.tui.glyphs import Glyphs
from mux_tui.tui.host import Host
from mux_tui.tui.keys import key
from mux_tui.tui.messages import RunWanted
from mux_tui.tui.widgets.fit import fit
from mux_tui.tui.widgets.options import Options
from mux_tui.tui.widgets.stages import seconds_text

if TYPE_CHECKING:
    from mux_tui.core.ledger.rows import RunRow

_ENDED_WORDS = {
    "failed": "failed",
    "declined": "declined",
    "cancelled": "stopped",
    "interrupted": "cut off",
}


class RecentPane(Options):
    """The runs; the screen tells which."""

    HELP = """\
    The last runs of this project.

    * `enter` opens the run in the ledger
    * `r` runs its task again, `y` copies its id
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        key("enter", "select", "open", "Open the run in the ledger", id="recent.open"),
        key("r", "again", "run again", "Run this task again", id="recent.again"),
        key("y", "copy", "copy id", "Copy the run's id", id="recent.copy"),
        key(
            "j", "cursor_down", "down", "To the next run", id="recent.down", show=False
        ),
        key("k", "cursor_up", "up", "To the run before", id="recent.up", show=False),
    ]

    app = getters.app(Host)
    jump_letter = "r"

    @dataclass
    class Again(Message):
        """A run's task is to be run again."""

        run_id: str

    def __init__(self) -> None:
        """Make it empty."""
        super().__init__(id="recent", classes="pane", markup=False)
        self._rows: Sequence[RunRow] | None = None

    def on_mount(self) -> None:
        """Say where the runs are from."""
        place = one_line(self.app.desk.cwd.name or "/", 24)
        title = f"Recent {self.app.glyphs.dot} {place}"
        self.border_title = Content(title)  # pyright: ignore[reportAttributeAccessIssue]

    def show(self, rows: "Sequence[RunRow]") -> None:
        """Show these runs."""
        if rows != self._rows:
            self._rows = rows
            self._draw()

    def on_resize(self, _: events.Resize) -> None:
        """Draw for the new width."""
        self._draw()

    def _draw(self) -> None:
        if self._rows is None:
            return
        at = self.highlighted_option.id if self.highlighted_option else None
        width = max(20, self.scrollable_content_region.width)
        now = self.app.desk.now()
        self.clear_options()
        if not self._rows:
            nothing = Content.styled("no runs in this project yet", "$text-soft")
            self.add_option(Option(nothing, disabled=True))
        self.add_options(
            Option(recent_line(row, self.app.glyphs, width, now), id=row.run_id)
            for row in self._rows
        )
        known = [row.run_id for row in self._rows]
        if at in known:
            self.highlighted = known.index(at)

    def on_option_list_option_selected(
        self, message: OptionList.OptionSelected
    ) -> None:
        """Open the run."""
        message.stop()
        if message.option_id:
            self.post_message(RunWanted(message.option_id))

    def action_again(self) -> None:
        """Run the task again."""
        if chosen := self._chosen:
            self.post_message(self.Again(chosen))

    def action_copy(self) -> None:
        """Copy the id."""
        if chosen := self._chosen:
            self.app.copy_to_clipboard(chosen)
            self.app.tell(f"copied {chosen}")

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Keys that would do nothing are not offered."""
        if action in ("again", "copy", "select"):
            return bool(self._chosen)
        return True

    def watch_highlighted(self, highlighted: int | None) -> None:
        """Other keys work now."""
        super().watch_highlighted(highlighted)
        self.refresh_bindings()

    @property
    def _chosen(self) -> str | None:
        option = self.highlighted_option
        return option.id if option else None


def recent_line(row: "RunRow", glyphs: Glyphs, width: int, now: float) -> Content:
    """One run on one line: when, who, how long, what."""
    mark, colour, word = _end_of(row, glyphs)
    line = Content.styled(f"{moment(row.started_at, now)} ", "$text-soft")
    line += Content.styled(f"{mark} ", colour) + Content(f"{word:8}")
    line += Content.styled(f"{seconds_text(row.duration):>6}  ", "$text-soft")
    told = row.excerpt if row.excerpt is not None else f"{row.task_length:,} characters"
    line += Content(one_line(told, 200))
    return fit(line, width, glyphs)


def _end_of(row: "RunRow", glyphs: Glyphs) -> tuple[str, str, str]:
    if row.status == "running":
        return glyphs.half, "$mark-busy", one_line(row.decided_route or "running", 8)
    if row.status != "done":
        word = _ENDED_WORDS.get(row.status, one_line(row.status, 8))
        return glyphs.bad, "$route-failed", word
    if row.route == "local":
        return glyphs.on, "$route-local", "local"

    known = row.route in ("claude", "codex", "gemini")
    colour = f"$route-{row.route}" if known else "$text-soft"
    return glyphs.up, colour, one_line(row.route or "done", 8)


def moment(at: float, now: float) -> str:
    """When something was, in five cells: the time today, else the day."""
    then, today = (datetime.fromtimestamp(t).astimezone() for t in (at, now))
    if then.date() == today.date():
        return f"{then:%H:%M}"

    return f"{then:%m-%d}"
