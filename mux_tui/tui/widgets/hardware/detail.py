"""One model in full: memory, speed, and where its numbers come from."""

from collections.abc import Iterator

from textual.content import Content

from mux_tui.core.catalog.capacity import Capacity
from mux_tui.core.catalog.fit import CONTEXTS, fit_of
from mux_tui.core.catalog.model import CatalogModel
from mux_tui.core.catalog.sizes import GIB, gib, tokens
from mux_tui.core.machine.overview import ModelRow
from mux_tui.core.text import one_line
from mux_tui.tui.glyphs import Glyphs
from mux_tui.tui.widgets.hardware.letters import letters

_NAME = 9


def detail_lines(
    row: ModelRow, capacity: Capacity, glyphs: Glyphs
) -> tuple[Content, ...]:
    """The lines; each is as long as it is."""
    return tuple(letters(line, glyphs) for line in _lines(row, capacity, glyphs))


def _lines(row: ModelRow, capacity: Capacity, glyphs: Glyphs) -> Iterator[Content]:
    if row.model is None:
        yield Content.styled(one_line(row.id, 120), "bold")
        yield Content("Its files do not tell enough to say whether it fits.")
        return

    model = row.model
    yield _title(row, model)
    yield _fact("memory", _memory(row, capacity))
    yield _fact("context", _contexts(model, capacity, glyphs))
    yield _fact("speed", _speed(row))
    if model.note:
        yield _fact("note", model.note)
    yield _fact("numbers", _sources(model))


def _title(row: ModelRow, model: CatalogModel) -> Content:
    size = f"{model.parameters:g}B"
    active = "" if model.dense else f", {model.active:.3g}B at a time"
    tools = f"tools: {model.tools}" if model.tools else "no tools"
    if model.origin == "files":
        tools = ""
    facts = [f"{size}{active}", f"{model.bits} bit", model.licence, tools]
    told = " · ".join(one_line(fact, 60) for fact in facts if fact)
    return Content.assemble((one_line(row.id, 80), "bold"), (f"  {told}", "$text-soft"))


def _memory(row: ModelRow, capacity: Capacity) -> str:
    assert row.fit is not None
    need = row.fit.need
    parts = " + ".join(
        f"{name} {size / GIB:.1f}"
        for name, size in (
            ("weights", need.weights),
            ("context", need.kv),
            ("overhead", need.overhead),
        )
    )
    total = f"{need.total / GIB:.1f} of {gib(capacity.budget.bytes)}"
    return f"{parts} = {total}: {row.fit.sentence}"


def _contexts(model: CatalogModel, capacity: Capacity, glyphs: Glyphs) -> str:
    shown: list[str] = []
    for context in CONTEXTS[1:]:
        if context > model.context:
            break
        fit = fit_of(model, capacity.budget, context)
        mark = f" {glyphs.bad}" if fit.word == "no" else ""
        shown.append(f"{tokens(context)} {fit.need.total / GIB:.1f}{mark}")
    most = fit_of(model, capacity.budget).largest
    last = f"at most {tokens(most)} fit" if most else "none fits"
    return " · ".join([*shown, last])


def _speed(row: ModelRow) -> str:
    guess, seen = row.expected, row.measured
    if guess.too_slow and not seen.writing:
        return "less than one token a second: MLX computes on the processor here"

    told: list[str] = []
    for verb, measured, about in (
        ("reads", seen.reading, guess.reading),
        ("writes", seen.writing, guess.writing),
    ):
        if measured:
            told.append(f"{verb} {measured:,.1f}/s, measured here")
        elif about:
            told.append(f"{verb} ~{about:,.0f}/s")
    if not told:
        return f"not estimated: {guess.why}"

    measured_all = seen.reading and seen.writing
    return " · ".join(told) + ("" if measured_all else "  (~ may be wrong by 40 %)")


def _sources(model: CatalogModel) -> str:
    told = [
        f"{name}{' ~' if name in model.estimated else ''}: {source}"
        for name, source in model.sources.items()
    ]
    return one_line("; ".join(told) or "no source is given", 300)


def _fact(name: str, text: str) -> Content:
    return Content.assemble((name.ljust(_NAME), "$text-soft"), one_line(text, 400))
