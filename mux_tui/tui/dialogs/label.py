"""Asks what somebody thinks of a run: a label, and a line of words."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from mux_tui.core.text import one_line
from mux_tui.tui.dialogs.window import Window
from mux_tui.tui.glyphs import Glyphs
from mux_tui.tui.keys import key
from mux_tui.tui.widgets.options import Options

if TYPE_CHECKING:
    from mux_tui.core.ledger.store import Label

_LONGEST = 2000
"""Characters of the words, as many as the command line takes."""


@dataclass(frozen=True)
class Labelling:
    """What is to be kept of a run."""

    label: "Label | None"
    """None: nothing any more."""

    text: str = ""


@dataclass(frozen=True)
class _Choice:
    label: "Label | None"
    word: str
    about: str
    colour: str


_CHOICES = (
    _Choice("good", "good", "it did what was asked", "$mark-pass"),
    _Choice("bad", "bad", "it did not", "$mark-fail"),
    _Choice("note", "note", "only words", "$text-key"),
    _Choice(None, "no label", "take it away, words and all", "$text-soft"),
)
_LABELS = tuple(choice.label for choice in _CHOICES)


class LabelWindow(Window[Labelling | None]):
    """Asks for a label; without an answer everything stays as it is."""

    HELP = """
What you think of this run. `g`, `b` and `n` choose good, bad or a note; `enter` goes on
to the words, and from there keeps both. `d` takes the label away. `label:bad` finds
such runs; credentials in the words are blacked out.
"""
    CSS = """
    LabelWindow {
        .window { width: 66; }
        OptionList, OptionList:focus {
            height: auto;
            border: none;
            padding: 0;
            background: $surface;
        }
        Input, Input:focus { height: 1; border: none; padding: 0; background: $panel; }
        .task { color: $text-soft; margin-bottom: 1; }
        .label { color: $text-soft; margin-top: 1; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        key("g", "choose(0)", "good", "Good: it did what was asked", id="label.good"),
        key("b", "choose(1)", "bad", "Bad: it did not", id="label.bad"),
        key("n", "choose(2)", "note", "A note: only words", id="label.note"),
        key("d", "choose(3)", "no label", "Take the label away", id="label.none"),
    ]

    def __init__(self, task: str, before: Labelling) -> None:
        """Ask.

        Args:
            task: What the run was about; foreign text.
            before: What is kept of it now.
        """
        super().__init__("Label this run")
        self.about = task
        self.before = before

    def compose_content(self) -> ComposeResult:
        """The run, the labels, and a field for the words."""
        glyphs = self.app.glyphs
        yield Static(Content(one_line(self.about, 60)), classes="task")
        yield Options(*(_option(choice, glyphs) for choice in _CHOICES))
        words = "words, if you like; enter keeps it"
        yield Static(words, classes="label", markup=False)
        field = Input(value=self.before.text, max_length=_LONGEST)
        field.cursor_blink = not self.app.desk.settings.ui.reduced_motion
        yield field

    def on_mount(self) -> None:
        """Stand on the label it has."""
        if self.before.label is not None:
            options = self.query_one(Options)
            options.highlighted = _LABELS.index(self.before.label)

    def action_choose(self, place: int) -> None:
        """Take a label, and go on to the words; without a label there are none."""
        options = self.query_one(Options)
        options.highlighted = place
        if _CHOICES[place].label is None:
            self.dismiss(Labelling(None))
        else:
            # At once: what is typed next are words, and no keys of this window.
            self.set_focus(self.query_one(Input))

    @on(OptionList.OptionSelected)
    def _chosen(self, event: OptionList.OptionSelected) -> None:
        self.action_choose(event.option_index)

    @on(Input.Submitted)
    def _said(self, event: Input.Submitted) -> None:
        choice = _CHOICES[self.query_one(Options).highlighted or 0]
        text = event.value.strip()
        if choice.label == "note" and not text:
            self.app.tell("A note needs words", "warning")
        elif choice.label is None:
            self.dismiss(Labelling(None))
        else:
            self.dismiss(Labelling(choice.label, text))


def _option(choice: _Choice, glyphs: Glyphs) -> Option:
    marks = {"good": glyphs.good, "bad": glyphs.bad, "note": glyphs.more}
    mark = marks.get(choice.label or "", glyphs.off)
    text = Content.styled(f"{mark} {choice.word:10}", f"bold {choice.colour}")
    return Option(text + Content.styled(choice.about, "$text-soft"))
