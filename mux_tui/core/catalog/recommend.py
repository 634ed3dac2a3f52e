"""Which model to take on a machine, and why."""

from collections.abc import Iterable
from dataclasses import dataclass

from mux_tui.core.catalog.capacity import Capacity
from mux_tui.core.catalog.elsewhere import SERVERS, SETTING, elsewhere
from mux_tui.core.catalog.fit import DEFAULT_CONTEXT, Fit, fit_of
from mux_tui.core.catalog.model import CatalogModel
from mux_tui.core.catalog.sizes import tokens
from mux_tui.core.catalog.speed import Expected, expected

SLOW_WRITING = 12.0
SLOW_READING = 100.0
"""Tokens a second; a model that is slower is not recommended."""

_LEAST_CONTEXT = 16_384
"""Less does not hold a coding client's own prompt and some files."""


@dataclass(frozen=True)
class Considered:
    """A model, as it would be on a machine."""

    model: CatalogModel
    fit: Fit
    expected: Expected

    @property
    def slow(self) -> bool:
        """Whether it is known to be too slow to work with."""
        writing, reading = self.expected.writing, self.expected.reading
        slow = writing is not None and writing < SLOW_WRITING
        return slow or (reading is not None and reading < SLOW_READING)


@dataclass(frozen=True)
class Recommendation:
    """What to take; None: nothing fits."""

    pick: Considered | None
    sentence: str
    """Why, for people."""


def consider(
    models: Iterable[CatalogModel], capacity: Capacity, context: int = DEFAULT_CONTEXT
) -> tuple[Considered, ...]:
    """Every model as it would be on a machine, in the order given."""
    return tuple(
        Considered(
            model, fit_of(model, capacity.budget, context), expected(model, capacity)
        )
        for model in models
    )


def recommend(
    models: Iterable[CatalogModel], capacity: Capacity, context: int = DEFAULT_CONTEXT
) -> Recommendation:
    """Choose the best-ranked model that fits and is quick enough.

    Where nothing fits with the context asked for, less context is tried; where nothing
    is left, the starter is.

    Args:
        models: What there is to choose from.
        capacity: The machine.
        context: Tokens of context it should hold.
    """
    known = tuple(models)
    starter = next((model for model in known if model.starter), None)
    if capacity.on_processor:
        why = _too_slow(known, capacity, context)
        return _starter(starter, capacity, context, why)

    ranked = sorted((m for m in known if m.rank), key=lambda model: -model.rank)
    wanted = context
    while wanted >= _LEAST_CONTEXT:
        found = consider(ranked, capacity, wanted)
        for word in ("fits", "tight"):
            for one in found:
                if one.fit.word == word and not one.slow:
                    return Recommendation(one, _sentence(one, context))
        wanted //= 2

    return _starter(starter, capacity, context, "no better model fits")


def _sentence(one: Considered, asked: int) -> str:
    less = ""
    if one.fit.context < min(asked, one.model.context):
        less = f"; with {tokens(asked)} of context nothing does"
    speed = one.expected.writing
    quick = f", ~{speed:.0f} tokens a second" if speed else ""
    return f"{one.model.name}: {one.fit.sentence}{quick}{less}"


def _too_slow(
    models: tuple[CatalogModel, ...], capacity: Capacity, context: int
) -> str:
    why = "MLX computes on the processor here, which is too slow for larger models; "
    other = elsewhere(models, capacity, context)
    if other is not None:
        return why + other.sentence

    return f"{why}for those let mux use {SERVERS} ({SETTING})"


def _starter(
    starter: CatalogModel | None, capacity: Capacity, context: int, why: str
) -> Recommendation:
    if starter is not None:
        (one,) = consider((starter,), capacity, context)
        if one.fit.word != "no":
            return Recommendation(one, f"{starter.name}, to try mux with: {why}")

    return Recommendation(None, f"nothing: {why}")
