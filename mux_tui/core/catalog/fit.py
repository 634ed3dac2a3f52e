"""Does a model fit, and with how much context?

What it needs is its weights, the memory of its context, and an overhead for what is
computed in between. The overhead is an estimate; the rest is arithmetic.
"""

from dataclasses import dataclass
from typing import Literal

from mux_tui.core.catalog.capacity import Budget
from mux_tui.core.catalog.model import CatalogModel
from mux_tui.core.catalog.sizes import tokens

FitWord = Literal["fits", "tight", "no"]

CONTEXTS = (4096, 8192, 16_384, 32_768, 65_536, 131_072, 262_144)
"""Tokens of context that a user can choose from."""

DEFAULT_CONTEXT = 32_768
"""Room for a working session of a coding client."""

SPARE = 0.15
"""Of the budget, what must be left for "fits"; estimates are not better than that."""

_OVERHEAD = 300_000_000
_BUFFERS_SHARE = 0.10
_MOST_BUFFERS = 700_000_000
_OVERHEAD_SHARE = 0.025


@dataclass(frozen=True)
class Need:
    """Memory a served model takes, in bytes."""

    weights: int
    kv: int
    """Of the context."""

    overhead: int

    @property
    def total(self) -> int:
        """All of it."""
        return self.weights + self.kv + self.overhead


@dataclass(frozen=True)
class Fit:
    """Whether a model fits with some context."""

    word: FitWord
    context: int
    """Tokens it was asked for, or the model's own limit if that is less."""

    need: Need
    spare: int
    """Bytes of the budget that are left; negative: they are missing."""

    largest: int
    """Most tokens of context that fit at all; 0: not even its weights do."""

    @property
    def sentence(self) -> str:
        """`fits with 32k of context`, for people."""
        if self.word != "no":
            return f"{self.word} with {tokens(self.context)} of context"
        if self.largest >= CONTEXTS[0]:
            at_most = tokens(self.largest)
            return f"no: {at_most} of context at most, {tokens(self.context)} asked"

        return "no"


def need_of(model: CatalogModel, context: int) -> Need:
    """What a model takes with so many tokens of context."""
    buffers = min(_BUFFERS_SHARE * model.bytes, _MOST_BUFFERS)
    overhead = _OVERHEAD + buffers + _OVERHEAD_SHARE * model.bytes
    return Need(model.bytes, model.kv_bytes(context), round(overhead))


def fit_of(model: CatalogModel, budget: Budget, context: int = DEFAULT_CONTEXT) -> Fit:
    """Whether a model fits into a budget with so many tokens of context."""
    context = min(context, model.context)
    need = need_of(model, context)
    spare = budget.bytes - need.total
    word: FitWord = "no"
    if spare >= 0:
        word = "fits" if spare >= SPARE * budget.bytes else "tight"

    return Fit(word, context, need, spare, largest_context(model, budget))


def largest_context(model: CatalogModel, budget: Budget) -> int:
    """Most tokens of context that fit, at most the model's own limit."""
    fixed = need_of(model, 0).total
    if budget.bytes <= fixed:
        return 0

    # Windowed layers cost at most their window: taken as full, never too much.
    fixed += model.kv_bytes(model.window) - model.kv_bytes_per_token * model.window
    each = model.kv_bytes_per_token
    room = max(budget.bytes - fixed, 0)
    return min(room // each if each else model.context, model.context)
