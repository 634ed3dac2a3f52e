"""The columns of the list of runs: which there are, and what stands in them."""

from mux_tui.core.ledger.rows import RunRow, ended
from mux_tui.core.text import one_line
from mux_tui.tui.widgets.ledger import wording
from mux_tui.tui.widgets.table import Cell, Column, Pen

_FULL_FROM = 110
_WIDE_FROM = 150
_NORMAL_FROM = 90


def columns_for(width: int) -> tuple[Column[RunRow], ...]:
    """The columns of a list that is so many cells wide."""
    if width >= _WIDE_FROM:
        return _WIDE
    if width >= _FULL_FROM:
        return _FULL
    return _NORMAL if width >= _NORMAL_FROM else _NARROW


def _when(run: RunRow, pen: Pen) -> Cell:
    return Cell(wording.moment_of(run.started_at), "soft")


def _soon(run: RunRow, pen: Pen) -> Cell:
    return Cell(wording.moment_of(run.started_at, pen.now), "soft")


def _id(run: RunRow, pen: Pen) -> Cell:
    return Cell(wording.short_id(run.run_id), "soft")


def _route(run: RunRow, pen: Pen) -> Cell:
    return Cell(*wording.end_of(run, pen.glyphs))


def _confidence(run: RunRow, pen: Pen) -> Cell:
    if run.confidence is None:
        return Cell(wording.dash(pen.glyphs), "soft")

    return Cell(f"{run.confidence:.2f}")


def _reason(run: RunRow, pen: Pen) -> Cell:
    return Cell(wording.spoken(run.reason))


def _verdict(run: RunRow, pen: Pen) -> Cell:
    return Cell(*wording.verdict_of(run.verdict, pen.glyphs))


def _files(run: RunRow, pen: Pen) -> Cell:
    kinds = {"applied": "pass", "taken back": "soft", "proposed": "soft", "": "soft"}
    marks = {"applied": pen.glyphs.good, "taken back": pen.glyphs.off}
    if not run.files:
        return Cell(wording.dash(pen.glyphs), "soft")

    state = ended(run)
    return Cell(f"{run.files} {marks.get(state, pen.glyphs.dot)}", kinds[state])


def _tokens(run: RunRow, pen: Pen) -> Cell:
    return Cell(wording.tokens_of(run.input_tokens, run.output_tokens, pen.glyphs))


def _seconds(run: RunRow, pen: Pen) -> Cell:
    return Cell(wording.seconds_of(run.duration, pen.glyphs))


def _dollars(run: RunRow, pen: Pen) -> Cell:
    return Cell(wording.dollars_of(run.cost_usd, pen.glyphs))


def _model(run: RunRow, pen: Pen) -> Cell:
    return Cell(one_line(run.model or wording.dash(pen.glyphs), 40), "soft")


def _task(run: RunRow, pen: Pen) -> Cell:
    before = f"[{one_line(run.label, 8)}] " if run.label else ""
    if run.replay_of:
        before += f"replay of {wording.short_id(run.replay_of)}: "
    if run.excerpt is None:
        return Cell(f"{before}({run.task_length:,} characters, not kept)", "soft")

    return Cell(before + one_line(run.excerpt, 200))


_WHEN = Column("when", 12, _when)
_ID = Column("id", 9, _id)
_ROUTE = Column("route", 11, _route)
_CONF = Column("conf", 4, _confidence, right=True)
_CHECKS = Column("checks", 8, _verdict)
_FILES = Column("files", 6, _files, right=True)
_TOKENS = Column("tok in/out", 11, _tokens)
_SECONDS = Column("s", 6, _seconds, right=True)
_COST = Column("$", 5, _dollars, right=True)
_TASK = Column("task", 0, _task)

_NARROW = (Column("when", 6, _soon), _ID, _ROUTE, _SECONDS, _CHECKS, _TASK)
_NORMAL = (_WHEN, _ID, _ROUTE, _CONF, _SECONDS, _CHECKS, _TASK)
_FULL = (
    *(_WHEN, _ID, _ROUTE, _CONF, Column("reason", 19, _reason), _CHECKS),
    *(_SECONDS, _COST, _TASK),
)
_WIDE = (
    *(_WHEN, _ID, _ROUTE, _CONF, Column("reason", 22, _reason), _FILES, _CHECKS),
    _TOKENS,
    *(_SECONDS, _COST, Column("model", 18, _model), _TASK),
)
