"""Step 2: everything that can be the local model, one line each, with a cursor."""

from collections.abc import Sequence
from typing import ClassVar

from textual import getters
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Static
from textual.widgets.option_list import Option

from mux_tui.core.catalog.capacity import Capacity
from mux_tui.core.catalog.sizes import tokens
from mux_tui.core.setup.facts import ModelFound, Offer
from mux_tui.core.text import one_line
from mux_tui.tui.glyphs import Glyphs
from mux_tui.tui.host import Host
from mux_tui.tui.keys import key
from mux_tui.tui.safe import plain
from mux_tui.tui.widgets.fit import fit
from mux_tui.tui.widgets.hardware.detail import detail_lines
from mux_tui.tui.widgets.hardware.letters import letters
from mux_tui.tui.widgets.hardware.model_columns import Columns
from mux_tui.tui.widgets.options import Options

LOOKING = "Looking at the disk, the catalogue, and what fits this machine."

_NO_ROOM = 2


class OfferList(Options, inherit_bindings=False):
    """Shows offers; the one with the cursor is `offer`."""

    app = getters.app(Host)
    jump_letter = "o"
    BINDINGS: ClassVar[list[BindingType]] = [
        key("down,j", "cursor_down", "down", "Next one", id="offers.down", show=False),
        key("up,k", "cursor_up", "up", "One before", id="offers.up", show=False),
        key("home,g", "first", "first", "First one", id="offers.first", show=False),
        key("end,G", "last", "last", "Last one", id="offers.last", show=False),
        key("pagedown", "page_down", "page", "Next page", id="offers.page", show=False),
        key(
            "pageup", "page_up", "back", "Page before", id="offers.page_up", show=False
        ),
    ]

    class Resized(Message):
        """It has another width."""

    def __init__(self) -> None:
        """Make an empty one."""
        super().__init__(id="offers", markup=False, compact=True)
        self._offers: Sequence[Offer] = ()
        self._capacity: Capacity | None = None
        self._at: int | None = None
        """Where the cursor is to be, once there is room for lines."""

    @property
    def offer(self) -> Offer | None:
        """What the cursor is on."""
        at = self._at if self.highlighted is None else self.highlighted
        return self._offers[at] if at is not None and at < len(self._offers) else None

    def show(self, offers: Sequence[Offer], capacity: Capacity) -> None:
        """Show these; the cursor stays where it was, or is on what is suggested."""
        before = self.offer.choice if self.offer else None
        self._offers, self._capacity = offers, capacity
        there = [number for number, one in enumerate(offers) if one.choice == before]
        suggested = [number for number, one in enumerate(offers) if one.suggested]
        self._at = next(iter((*there, *suggested, 0))) if offers else None
        self._fill()
        self.highlighted = self._at

    def on_resize(self) -> None:
        """Draw the columns to the new width."""
        if self.highlighted is not None:
            self._at = self.highlighted
        self._fill()
        self.highlighted = self._at
        self.post_message(self.Resized())

    def _fill(self) -> None:
        width = self.scrollable_content_region.width
        if not width or self._capacity is None:
            return

        columns = Columns.of(width - _NO_ROOM)
        capacity, glyphs = self._capacity, self.app.glyphs
        self.set_options(
            Option(_line(one, columns, capacity, glyphs, width), id=str(number))
            for number, one in enumerate(self._offers)
        )


class ModelPane(Vertical):
    """Advice, the list with the names of its columns, and one model at length."""

    HELP = """
## 2 Pick a model that fits

What runs here already, what is on this disk, what could be fetched, and doing without.
The star marks what mux would take. The bar is the memory it needs, as a part of what
there is for a model: `fits` leaves 15 % free, `tight` less, `no` is too much. `~` marks
an estimate: step 4 measures.

`←` and `→` give it less context, or more. `u` takes a model that is not listed: a
hub's OWNER/NAME, a directory, or the address of a server.
"""
    app = getters.app(Host)
    offers = getters.query_one(OfferList)
    found: ModelFound | None = None
    capacity: Capacity | None = None

    def compose(self) -> ComposeResult:
        """From the top."""
        yield Static(id="advice")
        yield Static(id="offer-columns")
        yield OfferList()
        yield Static(id="offer-detail")

    def on_mount(self) -> None:
        """Nothing is known yet."""
        self.query_one("#advice", Static).update(Content(LOOKING))

    def show(self, found: ModelFound, capacity: Capacity) -> None:
        """Show what was found."""
        self.found, self.capacity = found, capacity
        told = [Content(one_line(found.advice.sentence, 400))]
        told += [
            Content.styled(f"{self.app.glyphs.warn} {one_line(problem)}", "$mark-warn")
            for problem in found.problems[:2]
        ]
        advice = letters(Content("\n").join(told), self.app.glyphs)
        self.query_one("#advice", Static).update(advice)
        self.offers.show(found.offers, capacity)
        self.draw()

    def draw(self) -> None:
        """Draw what depends on width and cursor."""
        if self.found is None or self.capacity is None:
            return

        width = self.offers.scrollable_content_region.width
        heading = Columns.of(width - _NO_ROOM).heading(tokens(self.found.context))
        columns = fit(Content("  ") + heading, width, self.app.glyphs)
        self.query_one("#offer-columns", Static).update(columns)
        offer = self.offers.offer
        detail = self.query_one("#offer-detail", Static)
        if offer is not None:
            lines = _detail(offer, self.capacity, self.app.glyphs)
            room = max(detail.content_size.width, 20)
            fitted = [fit(line, room, self.app.glyphs) for line in lines]
            detail.update(Content("\n").join(fitted))


def _line(
    offer: Offer, columns: Columns, capacity: Capacity, glyphs: Glyphs, width: int
) -> Content:
    star = glyphs.on if glyphs.ascii else "★"
    mark = Content.styled(f"{star if offer.suggested else ' '} ", "$primary")
    if offer.row is not None:
        return fit(
            mark + columns.row(offer.row, capacity.budget, glyphs), width, glyphs
        )

    sign = glyphs.on if offer.choice.kind == "server" else glyphs.up
    if offer.choice.kind not in ("server", "cloud"):
        sign = glyphs.more
    name = one_line(offer.title, max(columns.name - 1, 10))
    line = Content.assemble(
        f"{sign} ",
        name.ljust(columns.name),
        ("  " + one_line(offer.words, 200), "$text-soft"),
    )
    return fit(mark + line, width, glyphs)


def _detail(offer: Offer, capacity: Capacity, glyphs: Glyphs) -> list[Content]:
    if offer.row is not None:
        return list(detail_lines(offer.row, capacity, glyphs))

    title = Content.styled(one_line(offer.title, 120), "bold")
    return [title, plain(offer.words, 300)]
