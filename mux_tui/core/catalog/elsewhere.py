"""What another server than MLX's could run on a machine where MLX is too slow.

Other servers compute quantised models on NVIDIA's cards, and on processors. Their files
of the same model are a little larger, and on a processor only few weights may be used
for each token.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from mux_tui.core.catalog.capacity import Budget, Capacity, budget_of_card
from mux_tui.core.catalog.fit import DEFAULT_CONTEXT, SPARE, Fit, fit_of
from mux_tui.core.catalog.model import CatalogModel
from mux_tui.core.catalog.sizes import gib, tokens

SERVERS = "llama-server, Ollama or vLLM"
SETTING = "providers.local.base_url"

_LARGER = 1.06
"""Their 4-bit files, compared with MLX's."""

_SPARE_ON_CARD = 0.05
"""Of a card's budget, what must be left: no other program needs it."""

_MOST_ACTIVE = 5.0
"""Billions used for a token that a processor still computes at a reader's pace."""


@dataclass(frozen=True)
class Elsewhere:
    """A model for another server on this machine."""

    model: CatalogModel
    """As it is for MLX; its own size there differs a little."""

    fit: Fit
    """Estimated."""

    budget: Budget
    on_card: bool

    @property
    def sentence(self) -> str:
        """What to do, for people."""
        where = "on the graphics card" if self.on_card else "on the processor"
        return (
            f"with {SERVERS} {self.model.name} would run {where} "
            f"(about {gib(self.fit.need.total)} with {tokens(self.fit.context)} of "
            f"context, of {gib(self.budget.bytes)}): "
            f"start one, and name it in {SETTING}"
        )


def elsewhere(
    models: Iterable[CatalogModel], capacity: Capacity, context: int = DEFAULT_CONTEXT
) -> Elsewhere | None:
    """The best-ranked model for another server; None: MLX is quick here, or none fits.

    Args:
        models: What there is to choose from.
        capacity: The machine.
        context: Tokens of context it should hold.
    """
    if not capacity.on_processor:
        return None

    ranked = sorted((m for m in models if m.rank), key=lambda model: -model.rank)
    places = [(capacity.budget, False)]
    if capacity.cards:
        places.insert(0, (budget_of_card(capacity.cards), True))
    for budget, on_card in places:
        quick = [m for m in ranked if on_card or m.active <= _MOST_ACTIVE]
        found = [(model, fit_of(_larger(model), budget, context)) for model in quick]
        spare = (_SPARE_ON_CARD if on_card else SPARE) * budget.bytes
        for least in (spare, 0):
            for model, fit in found:
                if fit.spare >= least:
                    return Elsewhere(model, fit, budget, on_card)

    return None


def _larger(model: CatalogModel) -> CatalogModel:
    return replace(model, bytes=round(model.bytes * _LARGER))
