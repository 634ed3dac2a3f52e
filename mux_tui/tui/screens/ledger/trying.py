"""Other settings, tried on stored decisions: how many runs would go elsewhere."""

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from textual import events, on
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, Static

from mux_tui.core.errors import MuxError, UsageError
from mux_tui.core.ledger.query import Query
from mux_tui.core.text import one_line
from mux_tui.tui.dialogs.window import Window
from mux_tui.tui.glyphs import Glyphs
from mux_tui.tui.widgets.fit import fit
from mux_tui.tui.widgets.ledger import wording

if TYPE_CHECKING:
    from mux_tui.core.replay.policy import Group, Move, Trial

_MOST = 1_000
"""Runs that are decided again, the newest of the query."""

_SHOWN = 30
"""Moves that are listed."""

_EXAMPLE = "router.min_confidence=0.75"


class TryWindow(Window[None]):
    """Asks for settings, and shows what they would have changed."""

    HELP = """
Settings as `NAME=VALUE`, several with blanks between; `enter` decides about the newest
runs of the query again as if they held. No model is asked, nothing is written, and
nothing is changed: what was known then is read from the ledger. On the command line:
`mux ledger replay QUERY --decide`.
"""
    CSS = """
    TryWindow {
        .window { width: 92%; max-width: 104; }
        Input, Input:focus { height: 1; border: none; padding: 0; background: $panel; }
        .label { color: $text-soft; margin-bottom: 1; }
        VerticalScroll { height: auto; max-height: 55vh; scrollbar-size-vertical: 1; }
        #tried { width: 1fr; height: auto; margin-top: 1; }
    }
    """

    @dataclass
    class Tried(Message):
        """It is known what the settings would have changed, or why not."""

        found: "Trial | MuxError"

    def __init__(self, query: Query) -> None:
        """Ask for settings to try on the runs of a query."""
        super().__init__("With other settings")
        self.runs = query
        self._told: Trial | MuxError | None = None

    def compose_content(self) -> ComposeResult:
        """A field for settings, and what they would have changed."""
        told = f"a setting, for instance {_EXAMPLE}; enter tries it"
        yield Static(told, classes="label", markup=False)
        field = Input(placeholder=_EXAMPLE)
        field.cursor_blink = not self.app.desk.settings.ui.reduced_motion
        yield field
        with VerticalScroll(can_focus=False):
            yield Static(id="tried")

    @on(Input.Submitted)
    def _submitted(self, message: Input.Submitted) -> None:
        self.run_worker(
            partial(self._try, message.value or _EXAMPLE),
            group="try",
            exclusive=True,
            exit_on_error=False,
        )
        self._say(Content.styled("deciding", "$text-soft"))

    async def _try(self, text: str) -> None:
        try:
            settings = settings_in(text)
            repeating = self.app.desk.repeating
            found = await repeating.tried(self.runs, _MOST, settings)
        except MuxError as error:
            self.post_message(self.Tried(error))
        else:
            self.post_message(self.Tried(found))

    @on(Tried)
    def _tried(self, message: Tried) -> None:
        message.stop()
        self._told = message.found
        self._show()

    def on_resize(self, _: events.Resize) -> None:
        """There is more room, or less."""
        self.call_after_refresh(self._show)

    def _show(self) -> None:
        told, glyphs = self._told, self.app.glyphs
        if told is None:
            return
        if isinstance(told, MuxError):
            text = one_line(str(told), 400)
            self._say(Content.styled(f"{glyphs.bad} {text}", "$mark-fail"))
        else:
            width = max(self.query_one("#tried").size.width, 40)
            self._say(Content("\n").join(trial_lines(told, width, glyphs)))

    def _say(self, text: Content) -> None:
        self.query_one("#tried", Static).update(text)


def settings_in(text: str) -> dict[str, object]:
    """`NAME=VALUE` pairs with blanks between.

    Raises:
        UsageError: Something is none.
    """
    pairs: dict[str, object] = {}
    for word in text.split():
        name, equals, value = word.partition("=")
        if not equals or not name or not value:
            why = f"{one_line(word, 60)} is no NAME=VALUE"
            raise UsageError("cannot try this", why, f"Write: {_EXAMPLE}")
        pairs[name] = value
    return pairs


def trial_lines(trial: "Trial", width: int, glyphs: Glyphs) -> list[Content]:
    """How many would have gone elsewhere, of each kind, and which.

    Args:
        trial: What was decided anew.
        width: Cells of a line.
        glyphs: What is drawn with.
    """
    from mux_tui.core.replay.policy import groups

    count = len(trial.moves)
    runs = "1 run" if trial.runs == 1 else f"{trial.runs:,} runs"
    head = f"{count:,} of {runs} would have gone elsewhere"
    lines = [Content.styled(head, "bold")]
    lines += [_group(group, glyphs) for group in groups(trial)]
    if trial.undecided:
        first = one_line(trial.undecided[0].why, 100)
        told = f"{len(trial.undecided):,} cannot be decided again: {first}"
        lines.append(Content.styled(told, "$text-soft"))
    if count:
        lines.append(Content(""))
    lines += [_move(move, glyphs) for move in trial.moves[:_SHOWN]]
    if count > _SHOWN:
        lines.append(Content.styled(f"and {count - _SHOWN:,} more", "$text-soft"))
    return [fit(line, width, glyphs) for line in lines]


def _group(group: "Group", glyphs: Glyphs) -> Content:
    when = "at first" if group.stage == "decided" else "after its answer"
    way = f"{group.before} {glyphs.arrow} {group.after}"
    proofs = (
        (group.passed_here, "had passed here"),
        (group.failed_here, "had failed here"),
    )
    told = ", ".join(f"{n:,} {words}" for n, words in proofs if n)
    line = Content(f"  {group.runs:>4,}  {way:18} ") + Content.styled(
        f"{when:17}", "$text-soft"
    )
    return line + Content(told)


def _move(move: "Move", glyphs: Glyphs) -> Content:
    way = f"{move.before} {glyphs.arrow} {move.after}"
    return (
        Content.styled(f"{wording.short_id(move.run_id):11}", "$text-soft")
        + Content(f"{way:18} ")
        + Content.styled(one_line(move.sentence, 200), "$text-soft")
    )
