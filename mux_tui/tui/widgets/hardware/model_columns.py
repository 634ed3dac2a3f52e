"""The columns of the list of models, for a width."""

from dataclasses import dataclass

from textual.content import Content

from mux_tui.core.catalog.capacity import Budget
from mux_tui.core.catalog.fit import FitWord, Need
from mux_tui.core.catalog.sizes import GIB
from mux_tui.core.machine.overview import ModelRow
from mux_tui.core.text import one_line
from mux_tui.tui.glyphs import Glyphs

_WIDE = 100
_WORDS: dict[FitWord, str] = {
    "fits": "$mark-pass",
    "tight": "$mark-warn",
    "no": "$mark-fail",
}
_SPEED = 8
_MEASURED = 10
_SIZE = 10
_FIT = 9


@dataclass(frozen=True)
class Columns:
    """Where each column begins, and how wide it is."""

    name: int
    bar: int
    note: int
    """0: there is none, and one number of speed instead of two."""

    @classmethod
    def of(cls, width: int) -> "Columns":
        """The columns for so many cells."""
        if width >= _WIDE:
            fixed = 2 + _SIZE + 1 + _SIZE + _SPEED + _MEASURED + _FIT
            note = 14
            bar = max(min((width - fixed - note) // 3, 26), 12)
            return cls(width - fixed - note - bar, bar, note)

        fixed = 2 + _SIZE + 1 + _SIZE + _SPEED + _FIT
        bar = 8 if width >= 70 else 0
        return cls(max(width - fixed - bar, 10), bar, 0)

    def heading(self, context: str) -> Content:
        """The names of the columns.

        Args:
            context: In words: `32k`.
        """
        wanted = f"memory at {context}"
        short = wanted if self.bar >= len(wanted) else "memory"[: self.bar]
        memory = short.ljust(self.bar + 1)
        parts = ["  ", "model".ljust(self.name), "on disk".rjust(_SIZE), " ", memory]
        parts += ["needs".rjust(_SIZE - 1)]
        parts += ["est.".rjust(_SPEED)] if self.note else []
        last = "measured".rjust(_MEASURED) if self.note else "tok/s".rjust(_SPEED)
        parts += [last, "  ", "fit"]
        return Content.styled("".join(parts), "$text-soft")

    def row(self, row: ModelRow, budget: Budget, glyphs: Glyphs) -> Content:
        """One model."""
        name = one_line(row.name, self.name - 1) if self.name > 1 else ""
        known = row.fit is not None
        word: FitWord = row.fit.word if row.fit else "no"
        parts: list[str | Content | tuple[str, str]] = [
            _mark(row, glyphs),
            (name.ljust(self.name), "bold" if row.served else ""),
            _size(row).rjust(_SIZE),
            " ",
            _bar(row.fit.need, budget, self.bar, glyphs) if row.fit else self.bar * " ",
            (_need(row)).rjust(_SIZE),
            *self._speeds(row),
            "  ",
            (word if known else "?", _WORDS[word] if known else "$text-soft"),
        ]
        if self.note:
            pad = " " * (_FIT - 2 - len(word if known else "?"))
            parts += [pad, (_note(row), "$text-soft")]
        return Content.assemble(*parts)

    def _speeds(self, row: ModelRow) -> list[str]:
        guess, seen = row.expected.writing, row.measured.writing
        shown = row.fit is not None and row.fit.word != "no"
        about = f"~{guess:,.0f}" if guess and shown else ""
        if row.expected.too_slow and not seen:
            about = "<1"
        told = f"{seen:,.1f}" if seen else ""
        if self.note:
            return [about.rjust(_SPEED), told.rjust(_MEASURED)]

        return [(told or about).rjust(_SPEED)]


def bar_legend(glyphs: Glyphs) -> str:
    """What the parts of a bar mean."""
    return (
        f"{glyphs.dark} weights  {glyphs.medium} context  "
        f"{_overhead(glyphs)} overhead  {glyphs.empty} free"
    )


def _overhead(glyphs: Glyphs) -> str:
    # The plain set has one letter for the lightest part and for what is empty.
    return glyphs.good if glyphs.ascii else glyphs.light


def _mark(row: ModelRow, glyphs: Glyphs) -> tuple[str, str]:
    if row.served:
        return f"{glyphs.on} ", "$mark-pass"
    if row.installed is not None:
        return f"{glyphs.good} ", "$text-soft"
    if row.fit is not None and row.fit.word == "no":
        return f"{glyphs.bad} ", "$mark-fail"

    return "  ", ""


def _bar(need: Need, budget: Budget, cells: int, glyphs: Glyphs) -> Content:
    """Weights, context and overhead, in parts of what there is for a model."""
    if not cells:
        return Content("")

    most = max(budget.bytes, 1)
    ends = [
        min(max(round(size / most * cells), 1), cells)
        for size in (need.weights, need.weights + need.kv, need.total)
    ]
    weights, context, all_of_it = ends
    return Content.assemble(
        (glyphs.dark * weights, "$bar-fill"),
        (glyphs.medium * (context - weights), "$bar-fill"),
        (_overhead(glyphs) * (all_of_it - context), "$text-soft"),
        (glyphs.empty * (cells - all_of_it), "$bar-track"),
    )


def _size(row: ModelRow) -> str:
    return f"{row.installed.bytes / GIB:.1f} GiB" if row.installed else "-"


def _need(row: ModelRow) -> str:
    return f"{row.fit.need.total / GIB:.1f} GiB" if row.fit else "?"


def _note(row: ModelRow) -> str:
    if row.served:
        return "served"
    if row.recommended:
        return "recommended"
    if row.installed is not None and row.installed.configured:
        return "chosen"
    if row.expected.too_slow and not row.measured.writing:
        return "too slow here"

    return "yours" if row.model and row.model.origin == "yours" else ""
