"""Does a model fit into this machine's memory, and how much may it remember there?

Two sums: what it takes at the very least, which is certain, and what it is expected to
take, which is an estimate. Only the first is a reason to refuse it.
"""

import sys
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from mux_tui.core.catalog.capacity import Budget, budget_of, usual_on_mac
from mux_tui.core.catalog.fit import largest_context, need_of
from mux_tui.core.catalog.model import CatalogModel
from mux_tui.core.config.server import Server
from mux_tui.core.errors import ServerError
from mux_tui.core.hardware.memory import Memory, memory
from mux_tui.core.model_server.model_files import model_bytes
from mux_tui.core.model_server.shape import shape_of

LEAST_CONTEXT = 4096
"""Tokens of context without which a model is of no use."""

_ROOM = 1.15
"""Memory a loaded model takes, as a multiple of its files, where they tell no more."""

_SHARE = 0.75
"""Of all memory, what contexts may fill where nothing else is known."""


@dataclass(frozen=True)
class MemoryFit:
    """A model beside the memory there is, in bytes."""

    least: int
    """What it takes without any doubt: weights, and the least context."""

    need: int
    """What it is expected to take, with the least context."""

    budget: int
    """What it should take at most."""

    memory: Memory
    window: int | None = None
    """Most tokens of context that fit; None: its files do not tell what one costs, or
    memory is not what limits them."""

    contexts: int | None = None
    """What all contexts together may take; None: its files do not tell."""

    @property
    def certain(self) -> bool:
        """Whether it certainly does not fit."""
        return self.least > self.memory.total

    @property
    def sentence(self) -> str:
        """What is wrong, as a clause; empty: it fits."""
        if self.certain:
            return f"it needs {_gb(self.least)}, and there are {_gb(self.memory.total)}"
        if self.need > self.budget:
            most = _gb(self.budget)
            return f"the model needs about {_gb(self.need)}; {most} are for a model"
        if self.need > self.memory.available:
            free = _gb(self.memory.available)
            return f"the model needs about {_gb(self.need)}, and {free} are free"

        return ""


def memory_fit(model: Path, machines: int = 1) -> MemoryFit:
    """Set a model beside this machine's memory; reads no more than headers of files.

    Args:
        model: The model's directory.
        machines: How many share it, in equal parts.
    """
    now = memory()
    budget = _budget(now.total)
    size = model_bytes(model)
    shape = _shape(model, size)
    if shape is None:
        need = round(size * _ROOM) // machines
        return MemoryFit(size // machines, need, budget.bytes, now)

    least = (shape.bytes + shape.kv_bytes(LEAST_CONTEXT)) // machines
    need = need_of(shape, LEAST_CONTEXT).total // machines
    limit = Budget(_limit(budget, now.total) * machines, budget.source, True)
    largest = max(largest_context(shape, limit), LEAST_CONTEXT)
    contexts = max(limit.bytes - need_of(shape, 0).total, shape.kv_bytes(LEAST_CONTEXT))
    window = largest if largest < shape.context else None
    return MemoryFit(least, need, budget.bytes, now, window, contexts // machines)


def checked_memory(model: Path, settings: Server, machines: int = 1) -> str:
    """Look at a model before it is loaded.

    Returns:
        What to warn of; empty: nothing.

    Raises:
        ServerError: It certainly does not fit, and the settings want no such thing.
    """
    if settings.memory_guard == "off":
        return ""

    fit = memory_fit(model, machines)
    if fit.certain and settings.memory_guard == "refuse":
        raise no_room(model, fit.sentence)
    return fit.sentence


def no_room(model: Path, why: str) -> ServerError:
    """The error for a model that does not fit."""
    return ServerError(
        f"{model.name} does not fit into memory",
        why,
        "Choose a smaller model (mux models fit), or set server.memory_guard to warn",
    )


def _budget(total: int) -> Budget:
    return usual_on_mac(total) if sys.platform == "darwin" else budget_of(total)


def _limit(budget: Budget, total: int) -> int:
    """What a model and its contexts may fill."""
    if sys.platform == "darwin":
        return budget.bytes

    # The budget leaves room for a desktop, which small containers do not have.
    return max(budget.bytes, round(total * _SHARE))


def _shape(model: Path, size: int) -> CatalogModel | None:
    try:
        stamp = (model / "config.json").stat().st_mtime_ns
    except OSError:
        return None

    return _read_shape(model, size, stamp)


@lru_cache(maxsize=8)
def _read_shape(model: Path, size: int, stamp: int) -> CatalogModel | None:
    # Asked for with every look at the server; the stamp says when to read again.
    del stamp
    return shape_of(model, model.name, size)


def _gb(size: int) -> str:
    return f"{size / 1e9:.1f} GB"
