"""The windows of replays: how a run is repeated, and what came of those that were."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal

from textual import events, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from mux_tui.core.choices import RouteChoice
from mux_tui.tui.dialogs.armed import Armed
from mux_tui.tui.dialogs.confirm import Confirm
from mux_tui.tui.dialogs.window import Window
from mux_tui.tui.keys import key
from mux_tui.tui.repeating import Batch
from mux_tui.tui.screens.ledger.batch_text import (
    header_line,
    notes_line,
    result_lines,
    totals_lines,
)
from mux_tui.tui.widgets.options import Options

_MOST = 100
"""Runs of one batch; the command line takes more."""

_USUAL = 10

Way = Literal["again", "same", "auto", "local", "claude", "codex", "gemini"]
_ABOUT: dict[Way, tuple[str, str]] = {
    "again": ("again here", "in the cockpit, same route; it may change files"),
    "same": ("compare", "by who answered then; writes nothing of yours"),
    "local": ("on local", "by the model on this machine, and compared"),
    "claude": ("on claude", "by Claude Code, and compared"),
    "codex": ("on codex", "by Codex, and compared"),
    "gemini": ("on gemini", "by Gemini CLI, and compared"),
    "auto": ("decide anew", "wherever it would go today, and compared"),
}


_HERE = ("again", "same", "local", "auto")
"""Ways that need no cloud CLI."""


@dataclass(frozen=True)
class ReplayWanted:
    """How runs are to be repeated."""

    again: bool = False
    """As a new task in the cockpit, and no replay."""

    route: RouteChoice | None = None
    """None: who answered then."""

    model: str = ""
    """Empty: that of the settings."""

    most: int = 1


class ReplayWindow(Window[ReplayWanted | None]):
    """Asks how a run is repeated, or all that a query finds."""

    HELP = """
A replay does a task again and becomes a run of its own, which is compared with the
first one by what the checks said. Nothing of yours is written: what changes files works
in a copy of the directory, in which the changes of the first run are taken back.

`tab` goes to the fields: another model, which is served for as long as it lasts, and
for several runs how many at most.
"""
    CSS = """
    ReplayWindow {
        .window { width: 68; }
        OptionList, OptionList:focus {
            height: auto;
            border: none;
            padding: 0;
            background: $surface;
        }
        Input, Input:focus { height: 1; border: none; padding: 0; background: $panel; }
        .label { color: $text-soft; margin-top: 1; }
    }
    """

    def __init__(self, title: str, cloud: Sequence[str], runs: int = 1) -> None:
        """Ask.

        Args:
            title: Which runs; may be foreign text.
            cloud: The cloud routes that are there.
            runs: How many there are; with one of them it can be done again for good.
        """
        super().__init__(title)
        self.ways: list[Way] = [way for way in _ABOUT if _is_there(way, cloud)]
        if runs > 1:
            self.ways.remove("again")
        self.count = runs

    def compose_content(self) -> ComposeResult:
        """The ways, a model, and how many."""
        still = self.app.desk.settings.ui.reduced_motion
        yield Options(*(_way(way) for way in self.ways))
        told = "another model, by its name; served meanwhile"
        yield Static(told, classes="label", markup=False)
        fields = [Input(placeholder="that of the settings", id="model")]
        if self.count > 1:
            told = f"at most so many runs, the newest of {self.count:,}"
            yield fields[0]
            yield Static(told, classes="label", markup=False)
            most = str(min(self.count, _USUAL))
            fields.append(Input(most, id="most", type="integer", max_length=3))
        for field in fields:
            field.cursor_blink = not still
        yield fields[-1]

    @on(OptionList.OptionSelected)
    def _chosen(self) -> None:
        self._answer()

    @on(Input.Submitted)
    def _submitted(self) -> None:
        self._answer()

    def _answer(self) -> None:
        way = self.ways[self.query_one(Options).highlighted or 0]
        model = self.query_one("#model", Input).value.strip()
        if way == "again" and model:
            self.app.tell("Again here is with the model of the settings", "warning")
            return
        most = self._most()
        if most is None:
            self.app.tell(f"How many? Between 1 and {_MOST}", "warning")
            return
        route = None if way == "again" or way == "same" else way
        self.dismiss(ReplayWanted(way == "again", route, model, most))

    def _most(self) -> int | None:
        if self.count == 1:
            return 1

        text = self.query_one("#most", Input).value.strip()
        number = int(text) if text.isascii() and text.isdigit() else 0
        return number if 1 <= number <= _MOST else None


def _is_there(way: Way, cloud: Sequence[str]) -> bool:
    return way in _HERE or way in cloud


def _way(way: Way) -> Option:
    name, about = _ABOUT[way]
    text = Content.styled(f"{name:13}", "bold")
    return Option(text + Content.styled(about, "$text-soft"), way)


class PlanWindow(Armed, Confirm):
    """Asks whether runs are to be repeated, once what that means can have been read."""

    def on_mount(self) -> None:
        """Take no answer yet: the key that asked may still be pressed."""
        self.arm_soon()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """An answer counts only from someone who can have seen the question."""
        if action == "answer":
            return True if self.armed else None
        return super().check_action(action, parameters)

    def action_answer(self, yes: bool) -> None:
        """Close with the answer."""
        if self.armed:
            super().action_answer(yes)


class Results(Options):
    """The runs of a batch, one a line."""

    BINDINGS: ClassVar[list[BindingType]] = [
        key("enter", "select", "open", "Open this replay", id="results.open"),
        key("j", "cursor_down", "down", "The next run", id="results.down", show=False),
        key("k", "cursor_up", "up", "The run before", id="results.up", show=False),
    ]


class ReplaysWindow(Window[str | None]):
    """What comes of replays, run by run; they go on when it is closed."""

    HELP = """
Every run that is repeated: who answered before and now, what the checks said, how long
it took, and what the replay is against the first one. `enter` opens a replay in the
ledger, `s` stops what is under way, `esc` closes this window: the replays go on, and
`R` shows them again.
"""
    CSS = """
    ReplaysWindow {
        .window { width: 92%; max-width: 116; height: auto; max-height: 90%; }
        OptionList, OptionList:focus {
            height: auto;
            max-height: 60vh;
            border: none;
            padding: 0;
            background: $surface;
            scrollbar-size-vertical: 1;
        }
        #replays-notes { display: none; }
        #replays-sums { margin-top: 1; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        key("s", "stop", "stop", "Stop the replays", id="replays.stop"),
    ]

    def __init__(self, batch: Batch, stop: Callable[[], None]) -> None:
        """Show these replays.

        Args:
            batch: What is looked at; `show` is called when it is another one.
            stop: Ends what is under way.
        """
        super().__init__("Replays")
        self.shown = batch
        self._stop = stop

    def compose_content(self) -> ComposeResult:
        """The runs, and what they add up to."""
        yield Static(id="replays-head")
        yield Results()
        yield Static(id="replays-notes")
        yield Static(id="replays-sums")

    def on_mount(self) -> None:
        """Draw what there is."""
        self.show()

    def on_resize(self, _: events.Resize) -> None:
        """There is more room, or less."""
        self.call_after_refresh(self.show)

    def show(self) -> None:
        """Show it as it is now."""
        options = self.query_one(Results)
        width = max(options.scrollable_content_region.width, 40)
        glyphs, place = self.app.glyphs, options.highlighted
        self.query_one("#replays-head", Static).update(header_line(width))
        options.clear_options()
        options.add_options(
            Option(line) for line in result_lines(self.shown, width, glyphs)
        )
        if options.option_count:
            options.highlighted = min(place or 0, options.option_count - 1)
        sums = Content("\n").join(totals_lines(self.shown, glyphs))
        self.query_one("#replays-sums", Static).update(sums)
        self.refresh_bindings()

    @on(OptionList.OptionHighlighted)
    def _looked_at(self, event: OptionList.OptionHighlighted) -> None:
        line = notes_line(self.shown, event.option_index)
        notes = self.query_one("#replays-notes", Static)
        notes.update(line)
        notes.display = bool(line.plain)

    @on(OptionList.OptionSelected)
    def _chosen(self, event: OptionList.OptionSelected) -> None:
        """Open the replay that was chosen, if it has ended."""
        from mux_tui.core.replay.comparison import Comparison

        place = event.option_index
        if place >= len(self.shown.results):
            return
        result = self.shown.results[place]
        if isinstance(result, Comparison):
            self.dismiss(result.replay.run_id)

    def action_stop(self) -> None:
        """Stop what is under way; what is done stays."""
        self._stop()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What has ended cannot be stopped."""
        if action == "stop":
            return not self.shown.over
        return super().check_action(action, parameters)
