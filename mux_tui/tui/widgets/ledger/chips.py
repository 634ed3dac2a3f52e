"""The line under the query: filters to click on, or what is wrong with the query."""

from collections.abc import Sequence
from dataclasses import dataclass

from textual import events, getters
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from mux_tui.core.text import one_line
from mux_tui.tui.host import Host


@dataclass(frozen=True)
class Filter:
    """A query with a name."""

    name: str
    query: str
    saved: bool = False
    """Whether the user made it, and can throw it away."""


USUAL = (
    Filter("all", ""),
    Filter("local", "route:local"),
    Filter("claude", "route:claude"),
    Filter("codex", "route:codex"),
    Filter("gemini", "route:gemini"),
    Filter("failed", "status:failed"),
    Filter("escalated", "is:escalated"),
    Filter("unverified", "is:unverified"),
)


def filters_of(settings: Sequence[str]) -> tuple[Filter, ...]:
    """The usual filters and those of `ledger.filters`, each `NAME: QUERY`."""
    saved: list[Filter] = []
    for text in settings:
        name, colon, query = text.partition(":")
        if colon and name.strip():
            saved.append(Filter(name.strip(), query.strip(), saved=True))
    return (*USUAL, *saved)


class Chips(Static):
    """One line of filters; the one that holds is in brackets."""

    app = getters.app(Host)

    @dataclass
    class Picked(Message):
        """A filter was clicked."""

        query: str

    def __init__(self) -> None:
        """Make an empty line."""
        super().__init__(id="chips")
        self._places: list[tuple[int, int, str]] = []

    def show(self, filters: Sequence[Filter], query: str, problem: str) -> None:
        """Show the filters, or the problem if there is one.

        Args:
            filters: The usual and the saved ones.
            query: The one that holds.
            problem: Why what is typed is no query; empty: it is one.
        """
        self.set_class(bool(problem), "-problem")
        self._places = []
        if problem:
            mark = self.app.glyphs.bad
            self.update(Content.styled(f" {mark} {problem}", "$mark-fail"))
            return

        line = Content(" ")
        for one in filters:
            name = one_line(one.name, 20)
            chosen = one.query == query
            text = f"[{name}]" if chosen else f" {name} "
            start = line.cell_length
            line += Content.styled(text, "bold $text-key" if chosen else "$text-soft")
            self._places.append((start, line.cell_length, one.query))
        self.update(line)

    def on_click(self, event: events.Click) -> None:
        """A filter was clicked."""
        for start, end, query in self._places:
            if start <= event.x < end:
                self.post_message(self.Picked(query))
