"""The small windows of the ledger: a filter, a name, a route, a file."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from mux_tui.core.ledger.export import FORMS, Form, suffix
from mux_tui.core.task import RouteChoice
from mux_tui.core.text import one_line
from mux_tui.tui.dialogs.window import Window
from mux_tui.tui.keys import key
from mux_tui.tui.widgets.ledger.chips import Filter
from mux_tui.tui.widgets.options import Options

_LISTS = """
    .window { width: 72; }
    OptionList, OptionList:focus {
        height: auto;
        max-height: 14;
        border: none;
        padding: 0;
        background: $surface;
    }
    Input, Input:focus { height: 1; border: none; padding: 0; background: $panel; }
    .label { color: $text-soft; margin-top: 1; }
"""


def _option(name: str, about: str, id: str) -> Option:
    text = Content.styled(f"{one_line(name, 24):14}", "bold")
    return Option(text + Content.styled(f" {one_line(about, 200)}", "$text-soft"), id)


@dataclass(frozen=True)
class Picked:
    """A filter, and what is to be done with it."""

    filter: Filter
    remove: bool = False


class FilterWindow(Window[Picked | None]):
    """Chooses one of the filters, or throws away one that was saved."""

    HELP = """
Queries with a name. `enter` uses one, `d` throws one away that you saved; they stand in
`ledger.filters` in your settings.
"""
    CSS = f"FilterWindow {{ {_LISTS} }}"
    BINDINGS: ClassVar[list[BindingType]] = [
        key("d", "remove", "remove", "Throw this filter away", id="filters.remove"),
    ]

    def __init__(self, filters: Sequence[Filter]) -> None:
        """Choose among these."""
        super().__init__("Filters")
        self.filters = tuple(filters)

    def compose_content(self) -> ComposeResult:
        """A line a filter."""
        yield Options(
            *(
                _option(one.name, one.query or "every run", str(number))
                for number, one in enumerate(self.filters)
            )
        )
        about = "enter chooses, d removes a saved one"
        yield Static(about, classes="label", markup=False)

    @on(OptionList.OptionSelected)
    def _chosen(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(Picked(self.filters[event.option_index]))

    def action_remove(self) -> None:
        """Throw the filter away that is marked; the usual ones stay."""
        place = self.query_one(OptionList).highlighted
        if place is not None and self.filters[place].saved:
            self.dismiss(Picked(self.filters[place], remove=True))
        else:
            self.app.tell("Only saved filters can be removed")


class NameWindow(Window[str | None]):
    """Asks for the name of a filter."""

    CSS = f"NameWindow {{ {_LISTS} }}"

    def __init__(self, query: str) -> None:
        """Ask for the name of this query."""
        super().__init__("Save filter")
        self.wanted = query

    def compose_content(self) -> ComposeResult:
        """The query, and a field for its name."""
        yield Static(Content(one_line(self.wanted, 200)))
        yield Static("name, then enter", classes="label", markup=False)
        field = Input(placeholder="slow claude runs", max_length=40)
        field.cursor_blink = not self.app.desk.settings.ui.reduced_motion
        yield field

    @on(Input.Submitted)
    def _named(self, event: Input.Submitted) -> None:
        name = " ".join(event.value.replace(":", " ").split())
        if name:
            self.dismiss(name)
        else:
            self.app.tell("A filter needs a name of letters")


class RouteWindow(Window[RouteChoice | None]):
    """Asks on which route a task is run again."""

    CSS = f"RouteWindow {{ {_LISTS} }}"
    _ABOUT: ClassVar[dict[RouteChoice, str]] = {
        "auto": "decided anew, as for any task",
        "local": "the model on this machine",
        "claude": "Claude Code",
        "codex": "Codex",
        "gemini": "Gemini CLI",
    }

    def __init__(self, before: str) -> None:
        """Ask; `before` is the route that answered last time, or empty."""
        super().__init__("Run again on")
        self.before = before

    def compose_content(self) -> ComposeResult:
        """A line a route."""
        options = [
            _option(
                route,
                about + (" (did it last time)" if route == self.before else ""),
                route,
            )
            for route, about in self._ABOUT.items()
        ]
        yield Options(*options)

    @on(OptionList.OptionSelected)
    def _chosen(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(tuple(self._ABOUT)[event.option_index])


@dataclass(frozen=True)
class ExportWanted:
    """How the runs are written, and where to."""

    form: Form
    file: str


class ExportWindow(Window[ExportWanted | None]):
    """Asks for the form and the name of a file."""

    CSS = f"ExportWindow {{ {_LISTS} }}"
    _ABOUT: ClassVar[dict[Form, str]] = {
        "jsonl": "JSON Lines, one run a line, for grep and jq",
        "csv": "a table for spreadsheets",
        "markdown": "a document to read",
    }

    def __init__(self, what: str, folder: str, name: str) -> None:
        """Ask.

        Args:
            what: Which runs, in words; may be foreign text.
            folder: The name of the directory where a name alone goes.
            name: The file's name without its end.
        """
        super().__init__(f"Export {what}")
        self.folder = folder
        self.stem = name
        self.form: Form = "jsonl"

    def compose_content(self) -> ComposeResult:
        """The forms, and the file."""
        yield Options(*(_option(form, self._ABOUT[form], form) for form in FORMS))
        yield Static(
            Content(f"file in {one_line(self.folder, 60)}, then enter"), classes="label"
        )
        field = Input(value=f"{self.stem}{suffix(self.form)}")
        field.cursor_blink = not self.app.desk.settings.ui.reduced_motion
        yield field

    @on(OptionList.OptionHighlighted)
    def _form_marked(self, event: OptionList.OptionHighlighted) -> None:
        field, before = self.query_one(Input), suffix(self.form)
        self.form = FORMS[event.option_index]
        if field.value.endswith(before):
            field.value = field.value.removesuffix(before) + suffix(self.form)

    @on(OptionList.OptionSelected)
    def _form_chosen(self) -> None:
        self.query_one(Input).focus()

    @on(Input.Submitted)
    def _named(self, event: Input.Submitted) -> None:
        if event.value.strip():
            self.dismiss(ExportWanted(self.form, event.value.strip()))
        else:
            self.app.tell("The file needs a name")
