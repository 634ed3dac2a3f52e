"""A run and those that repeat it, one below the other: what has changed stands out."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import events, getters, on
from textual.binding import BindingType
from textual.content import Content
from textual.message import Message
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from mux_tui.core.ledger.rows import RunDetail
from mux_tui.core.text import one_line
from mux_tui.tui.host import Host
from mux_tui.tui.keys import key
from mux_tui.tui.widgets.ledger import wording
from mux_tui.tui.widgets.options import Options
from mux_tui.tui.widgets.table import Cell, Column, Pen, cells_of, header_of

_WIDE_FROM = 100
_NORMAL_FROM = 72
_COLOURS = {
    "soft": "$text-soft",
    "pass": "$mark-pass",
    "fail": "$mark-fail",
    "busy": "$mark-busy",
    "warn": "$mark-warn",
}


@dataclass(frozen=True)
class Member:
    """One of the runs of one task."""

    run: RunDetail
    part: str
    """`original` or `replay`."""

    shown: bool
    """Whether it is the one that is looked at."""

    compared: str = ""
    """What it is in comparison with the original, in words; may be foreign text."""

    kind: str = ""
    """Of the colour of these words: `pass`, `fail`, `warn`, `soft`, or none."""


class ReplayTable(Options):
    """One line a run; `enter` opens it."""

    app = getters.app(Host)
    HELP = """
## Replays

The run and those that repeat it, with what the checks said, how long each took and what
it cost; at the end what a replay is against the original, by what the checks said:
better, worse, the same, or unknown. `enter` opens one.
"""
    BINDINGS: ClassVar[list[BindingType]] = [
        key("enter", "select", "open", "Open this run", id="replays.open"),
        key("j", "cursor_down", "down", "The next run", id="replays.down", show=False),
        key("k", "cursor_up", "up", "The run before", id="replays.up", show=False),
    ]

    @dataclass
    class Opened(Message):
        """A run is to be shown in full."""

        run_id: str

    def __init__(self, id: str) -> None:
        """Make an empty one."""
        super().__init__(id=id, markup=False)
        self.members: tuple[Member, ...] = ()

    def show(self, members: Sequence[Member]) -> None:
        """Show these runs."""
        self.members = tuple(members)
        self._draw()

    def on_resize(self, _: events.Resize) -> None:
        """There is more room, or less."""
        self._draw()

    def _draw(self) -> None:
        width = self.scrollable_content_region.width
        if not width:
            return
        place = self.highlighted
        columns = _columns_for(width)
        self.clear_options()
        if not self.members:
            told = Content.styled("reading", "$text-soft")
            self.add_option(Option(told, disabled=True))
            return
        head = Content.styled(header_of(columns, width), "bold $text-soft")
        self.add_option(Option(head, disabled=True))
        pen = Pen(self.app.glyphs, self.app.desk.now())
        for member in self.members:
            cells = cells_of(member, columns, width, pen)
            line = Content("").join(_coloured(text, kind) for text, kind in cells)
            self.add_option(Option(line))
        last = len(self.members)
        self.highlighted = min(place or self._shown, last) if last else None

    @property
    def _shown(self) -> int:
        # The header is the first line.
        places = (n for n, one in enumerate(self.members, 1) if one.shown)
        return next(places, 1)

    @on(OptionList.OptionSelected)
    def _chosen(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.post_message(self.Opened(self.members[event.option_index - 1].run.run_id))


def _coloured(text: str, kind: str) -> Content:
    if not kind:
        return Content(text)

    return Content.styled(text, _COLOURS.get(kind, f"$route-{kind}"))


def _part(member: Member, pen: Pen) -> Cell:
    mark = pen.glyphs.more if member.shown else " "
    return Cell(f"{mark} {member.part}", "" if member.shown else "soft")


def _id(member: Member, pen: Pen) -> Cell:
    return Cell(wording.short_id(member.run.run_id), "soft")


def _route(member: Member, pen: Pen) -> Cell:
    return Cell(*wording.end_of(member.run, pen.glyphs))


def _verdict(member: Member, pen: Pen) -> Cell:
    return Cell(*wording.verdict_of(member.run.verdict, pen.glyphs))


def _seconds(member: Member, pen: Pen) -> Cell:
    return Cell(wording.seconds_of(member.run.duration, pen.glyphs))


def _tokens(member: Member, pen: Pen) -> Cell:
    run = member.run
    return Cell(wording.tokens_of(run.input_tokens, run.output_tokens, pen.glyphs))


def _dollars(member: Member, pen: Pen) -> Cell:
    return Cell(wording.dollars_of(member.run.cost_usd, pen.glyphs))


def _model(member: Member, pen: Pen) -> Cell:
    return Cell(one_line(member.run.model or wording.dash(pen.glyphs), 40), "soft")


def _compared(member: Member, pen: Pen) -> Cell:
    return Cell(one_line(member.compared, 200), member.kind)


_PART = Column("", 10, _part)
_ID = Column("id", 9, _id)
_ROUTE = Column("route", 10, _route)
_CHECKS = Column("checks", 8, _verdict)
_SECONDS = Column("s", 5, _seconds, right=True)
_COST = Column("$", 4, _dollars, right=True)
_COMPARED = Column("compared", 0, _compared)

_NARROW = (_PART, _ID, _ROUTE, _CHECKS, _SECONDS, _COMPARED)
_NORMAL = (_PART, _ID, _ROUTE, _CHECKS, _SECONDS, _COST, _COMPARED)
_WIDE = (
    *(_PART, _ID, _ROUTE, Column("model", 18, _model), _CHECKS, _SECONDS),
    *(Column("tok in/out", 11, _tokens), _COST, _COMPARED),
)


def _columns_for(width: int) -> tuple[Column[Member], ...]:
    if width >= _WIDE_FROM:
        return _WIDE
    return _NORMAL if width >= _NORMAL_FROM else _NARROW
