"""The columns of the list of requests: which there are, and what stands in them."""

from dataclasses import replace
from datetime import datetime

from mux_tui.core.proxy.watch.row import Row
from mux_tui.core.proxy.watch.wording import (
    cut_share,
    note_of,
    percent,
    reading_of,
    state_word,
    thousands,
)
from mux_tui.core.text import one_line
from mux_tui.tui.glyphs import Glyphs
from mux_tui.tui.widgets.proxy.drawing import in_glyphs, mark_of, seconds_of
from mux_tui.tui.widgets.table import Cell, Column, Pen

_BAR = 10
_SHORT_BAR = 6
_NORMAL_FROM = 96
_WIDE_FROM = 136


def columns_for(width: int) -> tuple[Column[Row], ...]:
    """The columns of a list that is so wide."""
    if width < _NORMAL_FROM:
        return _NARROW
    return _NORMAL if width < _WIDE_FROM else _WIDE


def in_letters(
    columns: tuple[Column[Row], ...], glyphs: Glyphs
) -> tuple[Column[Row], ...]:
    """The columns with titles that these glyphs can write."""
    return tuple(replace(c, title=in_glyphs(c.title, glyphs)) for c in columns)


def _mark(row: Row, pen: Pen) -> Cell:
    return Cell(*mark_of(row, pen.glyphs))


def clock_of(row: Row) -> str:
    """The time of day at which a request came."""
    return datetime.fromtimestamp(row.started_at).astimezone().strftime("%H:%M:%S")


def _time(row: Row, pen: Pen) -> Cell:
    return Cell(clock_of(row), "" if row.live else "soft")


def _route(row: Row, pen: Pen) -> Cell:
    route = row.exchange.route
    return Cell("mux" if route == "none" else route, "soft" if route == "none" else "")


def _model(row: Row, pen: Pen) -> Cell:
    return Cell(one_line(row.exchange.model, 20), "soft")


def _sizes(row: Row, pen: Pen) -> Cell:
    before, after = row.exchange.bytes_in, row.exchange.bytes_sent
    sent = thousands(after) if after else "–"
    text = f"{thousands(before):>5} → {sent:<5}"
    return Cell(in_glyphs(text, pen.glyphs))


def _trimmed(row: Row, pen: Pen) -> Cell:
    return Cell(in_glyphs(cut_share(row.trimmed).replace(" ", ""), pen.glyphs))


def _tokens_in(row: Row, pen: Pen) -> Cell:
    text = in_glyphs(_number(row.tokens_in), pen.glyphs)
    return Cell(text, "warn" if row.count_check == "fewer" else "")


def _tokens_out(row: Row, pen: Pen) -> Cell:
    text = in_glyphs(_number(row.tokens_out), pen.glyphs)
    if row.stage == "answering":
        return Cell(pen.glyphs.caret + text, "busy")
    return Cell(text)


def _tokens(row: Row, pen: Pen) -> Cell:
    out = _tokens_out(row, pen)
    text = in_glyphs(thousands(row.tokens_in), pen.glyphs)
    return Cell(f"{text}/{out.text}", _tokens_in(row, pen).kind or out.kind)


def _cached(row: Row, pen: Pen) -> Cell:
    text = percent(row.cached).replace(" ", "")
    return Cell(in_glyphs(text, pen.glyphs), "soft")


def _first_token(row: Row, pen: Pen) -> Cell:
    return Cell(in_glyphs(seconds_of(row.first_token_seconds), pen.glyphs))


def _rate(row: Row, pen: Pen) -> Cell:
    text = "–" if row.rate is None else f"{row.rate:.0f}"
    return Cell(in_glyphs(text, pen.glyphs))


def _stop(row: Row, pen: Pen) -> Cell:
    return Cell(one_line(state_word(row), 12), mark_of(row, pen.glyphs)[1])


def _note(row: Row, pen: Pen) -> Cell:
    if row.stage == "reading":
        share = row.read_share
        bar = "" if share is None else pen.glyphs.bar(share, _BAR) + " "
        words = reading_of(row, pen.now).removeprefix("reading ")
        return Cell(bar + in_glyphs(words, pen.glyphs), "busy")
    kind = "fail" if row.failed else ""
    return Cell(in_glyphs(note_of(row, pen.now, 300), pen.glyphs), kind)


def _stop_and_note(row: Row, pen: Pen) -> Cell:
    if row.stage == "reading":
        return _reading_in_short(row, pen)
    stop, note = _stop(row, pen), _note(row, pen)
    if row.failed and note.text:
        return note
    return Cell(f"{stop.text} {note.text}".rstrip(), stop.kind)


def _reading_in_short(row: Row, pen: Pen) -> Cell:
    share, left = row.read_share, row.seconds_left(pen.now)
    bar = "" if share is None else pen.glyphs.bar(share, _SHORT_BAR) + " "
    words = percent(share) if left is None else f"{percent(share)} · {left:.0f} s left"
    return Cell(bar + in_glyphs(words, pen.glyphs), "busy")


def _number(count: int | None) -> str:
    return "–" if count is None else f"{count:,}".replace(",", " ")


_MARK = Column("", 1, _mark)
_TIME = Column("time", 8, _time)
_ROUTE = Column("route", 5, _route)
_MODEL = Column("model", 20, _model)
_SIZES = Column("bytes → sent", 13, _sizes)
_FIRST = Column("TTFT", 4, _first_token, right=True)
_RATE = Column("tok/s", 5, _rate, right=True)
_IN = Column("tok in", 6, _tokens_in, right=True)
_OUT = Column("out", 6, _tokens_out, right=True)
_TRIM = Column("trim", 5, _trimmed, right=True)
_CACHE = Column("cached", 6, _cached, right=True)
_STOP = Column("stop", 9, _stop)
_NOTE = Column("note", 0, _note)

_NARROW = (
    *(_MARK, _TIME, _SIZES, Column("tok in/out", 10, _tokens), _FIRST, _RATE),
    Column("stop", 0, _stop_and_note),
)
_NORMAL = (
    *(_MARK, _TIME, _SIZES, _TRIM, _IN, _OUT, _CACHE, _FIRST, _RATE, _STOP, _NOTE),
)
_WIDE = (
    *(_MARK, _TIME, _ROUTE, _MODEL, _SIZES, _TRIM, _IN, _OUT, _CACHE, _FIRST, _RATE),
    *(_STOP, _NOTE),
)
