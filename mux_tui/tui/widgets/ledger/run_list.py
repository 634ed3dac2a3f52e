"""The list of runs: a million of them cost what a page costs.

It knows each row's id by number and the facts of those rows that were looked at lately.
A row that it does not know yet is drawn as dots, and asked for.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, Protocol

from rich.segment import Segment
from rich.style import Style
from textual import events, getters
from textual.binding import BindingType
from textual.content import Content
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from mux_tui.core.ledger.rows import RunRow
from mux_tui.tui.host import Host
from mux_tui.tui.keys import key
from mux_tui.tui.widgets.ledger.columns import columns_for
from mux_tui.tui.widgets.table import Pen, cells_of, header_of

_KINDS = (
    *("soft", "pass", "fail", "busy", "failed"),
    *("local", "claude", "codex", "gemini"),
)
_PARTS = ("header", "cursor", "cursor-rest", *_KINDS)
_KEPT = 2_000
"""Rows whose facts are kept."""

_AROUND = 60
"""Rows read before they are seen, on either side: the next page is there already."""


class Numbered(Protocol):
    """Runs by row number; row 0 is the newest."""

    def __len__(self) -> int:
        """How many rows there are."""
        ...

    def id_at(self, number: int) -> int:
        """The id of a row."""
        ...

    def number_of(self, id: int) -> int | None:
        """Which row has that id."""
        ...


class RunList(ScrollView, can_focus=True, inherit_bindings=False):
    """One line a run, newest first, with a cursor."""

    app = getters.app(Host)
    jump_letter = "r"
    HELP = """
## Runs

One line for every task, the newest first: when, who did it, how far its answer was
trusted, why it went there, what the checks said, and how long it took. `enter` opens
one; `/` finds some.
"""
    COMPONENT_CLASSES: ClassVar[set[str]] = {f"runs--{part}" for part in _PARTS}
    BINDINGS: ClassVar[list[BindingType]] = [
        key("enter", "open", "detail", "Open the run", id="runs.open"),
        *(
            key(keys, action, word, sentence, id=f"runs.{id}", show=False)
            for keys, action, word, sentence, id in (
                ("k,up", "move(-1)", "up", "One run newer", "up"),
                ("j,down", "move(1)", "down", "One run older", "down"),
                ("pageup", "page(-1)", "page up", "A page of newer runs", "page_up"),
                ("pagedown", "page(1)", "page down", "A page older", "page_down"),
                ("g,home", "edge(0)", "newest", "To the newest run", "newest"),
                ("G,end", "edge(-1)", "oldest", "To the oldest run", "oldest"),
            )
        ),
    ]

    @dataclass
    class RowsWanted(Message):
        """The facts of these rows are not known."""

        first: int
        count: int

    @dataclass
    class Chosen(Message):
        """The cursor stands on another run, or on none."""

        id: int | None

    @dataclass
    class Opened(Message):
        """A run is to be shown in full."""

        id: int

    def __init__(self) -> None:
        """Make one without runs."""
        super().__init__(id="runs", classes="pane")
        self.border_title = "Runs"
        self.empty = Content()
        """Shown when there are no rows."""

        self.cursor = 0
        self._numbered: Numbered | None = None
        self._known: dict[int, RunRow | None] = {}
        # None: the run is gone from the ledger.
        self._asked: tuple[int, int] | None = None
        self._asking = False
        self._told: int | None = None
        self._styles: dict[str, Style] = {}

    @property
    def count(self) -> int:
        """How many rows there are."""
        return 0 if self._numbered is None else len(self._numbered)

    @property
    def chosen(self) -> int | None:
        """The id of the run under the cursor; None: there is none."""
        if self._numbered is None or not self.count:
            return None

        return self._numbered.id_at(min(self.cursor, self.count - 1))

    @property
    def chosen_row(self) -> RunRow | None:
        """The facts of that run, as far as they are known."""
        id = self.chosen
        return None if id is None else self._known.get(id)

    @property
    def seen(self) -> range:
        """The numbers of the rows that are seen."""
        first = self.scroll_offset.y
        return range(first, min(first + max(self.size.height - 1, 0), self.count))

    def is_missing(self, number: int) -> bool:
        """Whether the facts of that row are not known yet."""
        numbered = self._numbered
        return numbered is not None and numbered.id_at(number) not in self._known

    def show(self, numbered: Numbered | None, empty: Content, cursor: int = 0) -> None:
        """Show other runs.

        Args:
            numbered: The runs; None: there are none to be had.
            empty: Shown when there are no rows.
            cursor: The row where it is to stand, as far as there are so many.
        """
        self._numbered, self.empty, self.cursor = numbered, empty, 0
        self._asked = None
        self.scroll_to(y=0, animate=False, force=True)
        self.changed(0)
        if cursor:
            self.go_to(cursor)

    def changed(self, cursor: int | None = None) -> None:
        """There are more rows now, or others.

        Args:
            cursor: Where it is to stand; None: with its run, or at the newest if it
                stood there.
        """
        if cursor is None:
            cursor = self._place_of_told()
        before = self.cursor
        self.cursor = min(max(cursor, 0), max(self.count - 1, 0))
        self.virtual_size = Size(self.size.width, self.count + 1 if self.count else 0)
        if before and self.cursor != before:
            # Runs that came on top do not move what is being looked at.
            top = self.scroll_offset.y + self.cursor - before
            self.scroll_to(y=top, animate=False, force=True)
        self._asked = None
        self._tell()
        self.refresh()

    def put(self, rows: Mapping[int, RunRow | None]) -> None:
        """Facts of rows by id; None: that run is gone."""
        for id, row in rows.items():
            self._known.pop(id, None)
            self._known[id] = row
        for id in list(self._known)[: max(len(self._known) - _KEPT, 0)]:
            del self._known[id]
        self._asked = None
        self.refresh()

    def forget(self) -> None:
        """Rows out of sight may have changed."""
        if self._numbered is None:
            return
        seen = {self._numbered.id_at(number) for number in self.seen}
        self._known = {id: row for id, row in self._known.items() if id in seen}

    def _place_of_told(self) -> int:
        if not self.cursor or self._told is None or self._numbered is None:
            return 0

        place = self._numbered.number_of(self._told)
        return self.cursor if place is None else place

    def _tell(self) -> None:
        if self.chosen != self._told:
            self._told = self.chosen
            self.post_message(self.Chosen(self._told))

    # Keys and mouse.

    def action_open(self) -> None:
        """Have the run under the cursor shown in full."""
        if (id := self.chosen) is not None:
            self.post_message(self.Opened(id))

    def action_move(self, by: int) -> None:
        """Move the cursor."""
        self.go_to(self.cursor + by)

    def action_page(self, by: int) -> None:
        """Move the cursor by what is seen at once."""
        self.go_to(self.cursor + by * max(self.size.height - 2, 1))

    def action_edge(self, place: int) -> None:
        """Move the cursor to the newest run, or to the oldest."""
        self.go_to(place if place >= 0 else self.count - 1)

    def go_to(self, number: int) -> None:
        """Put the cursor on a row, and show it."""
        if not self.count:
            return
        self.cursor = min(max(number, 0), self.count - 1)
        # The header covers the first line.
        region = Region(0, self.cursor, 1, 2)
        self.scroll_to_region(region, animate=False, force=True)
        self._tell()
        self._ask()
        self.refresh()

    def on_click(self, event: events.Click) -> None:
        """Choose a run; a second click opens it."""
        offset = event.get_content_offset(self)
        if offset is None or offset.y == 0:
            return
        place = offset.y - 1 + self.scroll_offset.y
        if place < self.count:
            again = place == self.cursor and event.chain > 1
            self.go_to(place)
            if again:
                self.action_open()

    def on_focus(self) -> None:
        """The cursor is drawn otherwise."""
        self.refresh()

    def on_blur(self) -> None:
        """The cursor is drawn otherwise."""
        self.refresh()

    def on_resize(self) -> None:
        """The cursor stays in sight."""
        if self.count and self.cursor not in self.seen:
            self.call_after_refresh(self.go_to, self.cursor)

    def notify_style_update(self) -> None:
        """The theme has changed."""
        super().notify_style_update()
        self._styles.clear()

    # Drawing.

    def render_line(self, y: int) -> Strip:
        """One line of what is seen."""
        width = self.size.width
        if self._numbered is None or not self.count:
            return self._empty_line(y, width)

        columns = columns_for(width)
        if y == 0:
            return Strip([Segment(header_of(columns, width), self._style("header"))])

        number = y - 1 + self.scroll_offset.y
        if number >= self.count:
            return Strip.blank(width, self.rich_style)

        id = self._numbered.id_at(number)
        if id not in self._known:
            self._ask()
        row = self._known.get(id)
        pen = Pen(self.app.glyphs, self.app.desk.now())
        cells: Sequence[tuple[str, str]]
        if row is not None:
            cells = cells_of(row, columns, width, pen)
        else:
            gone = "(no longer in the ledger)"
            word = gone if id in self._known else self.app.glyphs.cut
            cells = [(word.ljust(width), "soft")]
        if number == self.cursor:
            style = self._style("cursor" if self.has_focus else "cursor-rest")
            return Strip([Segment("".join(text for text, _ in cells), style)])
        return Strip([Segment(text, self._style(kind)) for text, kind in cells])

    def _ask(self) -> None:
        """Ask for what is missing, once for all lines that are being drawn."""
        if not self._asking:
            self._asking = True
            self.call_next(self._ask_now)

    def _ask_now(self) -> None:
        self._asking = False
        numbers = self._missing()
        if numbers and self._asked != (wanted := (numbers[0], numbers[-1])):
            self._asked = wanted
            first, last = wanted
            self.post_message(self.RowsWanted(first, last - first + 1))

    def _missing(self) -> list[int]:
        seen = self.seen
        around = range(
            max(seen.start - _AROUND, 0), min(seen.stop + _AROUND, self.count)
        )
        return [number for number in around if self.is_missing(number)]

    def _empty_line(self, y: int, width: int) -> Strip:
        lines = self.empty.split("\n")
        top = max((self.size.height - len(lines)) // 2, 0)
        if not top <= y < top + len(lines):
            return Strip.blank(width, self.rich_style)

        line = lines[y - top].truncate(max(width - 2, 0))
        left = max((width - line.cell_length) // 2, 0)
        text = (" " * left + line.plain).ljust(width)
        return Strip([Segment(text, self._style("soft"))])

    def _style(self, kind: str) -> Style:
        if not kind:
            return self.rich_style
        if kind not in self._styles:
            self._styles[kind] = self.get_component_rich_style(f"runs--{kind}")
        return self._styles[kind]
