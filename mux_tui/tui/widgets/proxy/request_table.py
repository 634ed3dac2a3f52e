"""The list of requests: any number of them, of which only what is seen is drawn."""

from dataclasses import dataclass
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events, getters
from textual.binding import BindingType
from textual.content import Content
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from mux_tui.core.proxy.watch.row import Row
from mux_tui.tui.host import Host
from mux_tui.tui.keys import key
from mux_tui.tui.widgets.proxy.columns import columns_for, in_letters
from mux_tui.tui.widgets.table import Pen, cells_of, header_of

_KINDS = ("soft", "pass", "fail", "warn", "busy")
_PARTS = ("header", "cursor", "cursor-rest", *_KINDS)


class RequestTable(ScrollView, can_focus=True):
    """One line a request, newest first, with a cursor."""

    app = getters.app(Host)
    HELP = """
## Requests

One line for each request through the proxy, newest first: its size before and after
trimming, tokens in and out, how much the server had read before, the time to the first
token, tokens a second, and how it ended. `enter` opens one.
"""
    jump_letter = "r"
    COMPONENT_CLASSES: ClassVar[set[str]] = {f"requests--{part}" for part in _PARTS}
    BINDINGS: ClassVar[list[BindingType]] = [
        key("enter", "open", "detail", "Open the request", id="requests.open"),
        key("up", "move(-1)", "up", "One newer", id="requests.up", show=False),
        key("down", "move(1)", "down", "One older", id="requests.down", show=False),
        key(
            "pageup",
            "page(-1)",
            "page up",
            "A page up",
            id="requests.page_up",
            show=False,
        ),
        key(
            "pagedown",
            "page(1)",
            "page down",
            "A page down",
            id="requests.page_down",
            show=False,
        ),
        key(
            "home,g",
            "edge(0)",
            "newest",
            "To the newest",
            id="requests.newest",
            show=False,
        ),
        key(
            "end,G",
            "edge(-1)",
            "oldest",
            "To the oldest",
            id="requests.oldest",
            show=False,
        ),
    ]

    @dataclass
    class Chosen(Message):
        """The cursor stands on another request, or on none."""

        name: str | None

    @dataclass
    class Opened(Message):
        """A request is to be shown in full."""

        name: str

    def __init__(self) -> None:
        """Make an empty one."""
        super().__init__(id="requests", classes="pane")
        self.empty = Content()
        """Shown when there are no requests."""

        self.follow = True
        """Whether the cursor stays on the newest request."""

        self.cursor = 0
        self._requests: tuple[Row, ...] = ()
        self._now = 0.0
        self._titles = ("", "")
        self._styles: dict[str, Style] = {}

    @property
    def chosen(self) -> Row | None:
        """The request under the cursor."""
        if not self._requests:
            return None
        return self._requests[min(self.cursor, len(self._requests) - 1)]

    def entitle(self, title: str, subtitle: str) -> None:
        """Say what the list is, and what its keys do now."""
        if (title, subtitle) != self._titles:
            self._titles = title, subtitle
            self.border_title, self.border_subtitle = title, subtitle

    def show(self, rows: tuple[Row, ...], now: float, empty: Content) -> None:
        """Show these requests; the cursor stays with its own, unless it follows."""
        before = self.chosen
        self._requests, self._now, self.empty = rows, now, empty
        if self.follow or before is None:
            self.cursor = 0
        else:
            places = {row.id: place for place, row in enumerate(rows)}
            last = max(len(rows) - 1, 0)
            self.cursor = places.get(before.id, min(self.cursor, last))
        if len(rows) + 1 != self.virtual_size.height:
            self.virtual_size = Size(self.size.width, len(rows) + 1)
        if not self.follow:
            self._into_view()
        self.refresh()
        after = self.chosen
        if (after and after.id) != (before and before.id):
            self.post_message(self.Chosen(after.id if after else None))

    def notify_style_update(self) -> None:
        """The theme has changed."""
        super().notify_style_update()
        self._styles.clear()

    def on_resize(self) -> None:
        """Keep the cursor in sight."""
        self.virtual_size = Size(self.size.width, len(self._requests) + 1)
        self._into_view()

    def on_focus(self) -> None:
        """The cursor is drawn otherwise."""
        self.refresh()

    def on_blur(self) -> None:
        """The cursor is drawn otherwise."""
        self.refresh()

    def on_click(self, event: events.Click) -> None:
        """Choose a request; a second click opens it."""
        offset = event.get_content_offset(self)
        if offset is None or offset.y == 0:
            return
        place = offset.y - 1 + self.scroll_offset.y
        if place < len(self._requests):
            if place == self.cursor and event.chain > 1:
                self.action_open()
            self._move_to(place)

    def action_open(self) -> None:
        """Have the request under the cursor shown in full."""
        if row := self.chosen:
            self.post_message(self.Opened(row.id))

    def action_move(self, by: int) -> None:
        """Move the cursor."""
        self._move_to(self.cursor + by)

    def action_page(self, by: int) -> None:
        """Move the cursor by what is seen at once."""
        self._move_to(self.cursor + by * max(self.size.height - 2, 1))

    def action_edge(self, place: int) -> None:
        """Move the cursor to the first request, or to the last."""
        self._move_to(place if place >= 0 else len(self._requests) - 1)

    def _move_to(self, place: int) -> None:
        if not self._requests:
            return
        before = self.cursor
        self.cursor = min(max(place, 0), len(self._requests) - 1)
        # Whoever looks at an old one does not want to be moved away from it.
        self.follow = self.cursor == 0
        self._into_view()
        self.refresh()
        if self.cursor != before:
            self.post_message(self.Chosen(self._requests[self.cursor].id))

    def _into_view(self) -> None:
        # The header covers the first line.
        region = Region(0, self.cursor, 1, 2)
        self.scroll_to_region(region, animate=False, force=True)

    def render_line(self, y: int) -> Strip:
        """One line of what is seen."""
        width = self.size.width
        if not self._requests:
            return self._empty_line(y, width)

        columns = columns_for(width)
        if y == 0:
            header = header_of(in_letters(columns, self.app.glyphs), width)
            return Strip([Segment(header, self._style("header"))])

        place = y - 1 + self.scroll_offset.y
        if place >= len(self._requests):
            return Strip.blank(width, self._style(""))

        pen = Pen(self.app.glyphs, self._now)
        cells = cells_of(self._requests[place], columns, width, pen)
        if place == self.cursor:
            style = self._style("cursor" if self.has_focus else "cursor-rest")
            return Strip([Segment("".join(text for text, _ in cells), style)])
        return Strip([Segment(text, self._style(kind)) for text, kind in cells])

    def _empty_line(self, y: int, width: int) -> Strip:
        lines = self.empty.split("\n")
        top = max((self.size.height - len(lines)) // 2, 0)
        if not top <= y < top + len(lines):
            return Strip.blank(width, self._style(""))

        line = lines[y - top].truncate(width - 2)
        left = max((width - line.cell_length) // 2, 0)
        text = (" " * left + line.plain).ljust(width)
        return Strip([Segment(text, self._style("soft"))])

    def _style(self, kind: str) -> Style:
        style = self._styles.get(kind)
        if style is None:
            name = f"requests--{kind}"
            style = self.get_component_rich_style(name) if kind else self.rich_style
            self._styles[kind] = style
        return style
