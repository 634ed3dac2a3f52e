"""How fast a model will be, before it is measured.

Writing a token reads every active weight and the remembered context once, and starts
each layer's work anew: bandwidth decides, and the number of layers. Reading a prompt
computes with every active weight: arithmetic decides. What machines reach of their best
figures was taken from published measurements, from the M1 to the M3 Ultra; an estimate
may be wrong by 40 percent.
"""

from dataclasses import dataclass

from mux_tui.core.catalog.capacity import Capacity
from mux_tui.core.catalog.model import CatalogModel

_REACHED_BANDWIDTH = 0.85
_REACHED_ARITHMETIC = 0.60

_SECONDS_PER_LAYER = 0.000_125
"""Of each token, whatever the layer's size."""

_SECONDS_PER_RUNNING_LAYER = 0.000_200
"""The same, of a layer that keeps a running state: more small steps."""

_FASTEST_READING = 5000.0
"""Very small models are held up by other things than arithmetic."""

_TYPICAL_CONTEXT = 4096
"""Tokens that stand before the one that is written."""

_GIGA = 1e9


@dataclass(frozen=True)
class Expected:
    """Tokens a second; None: cannot be estimated here."""

    reading: float | None
    writing: float | None
    why: str = ""
    """Why something is None, as one clause."""

    too_slow: bool = False
    """Not estimated, but known: not one token a second."""


def expected(model: CatalogModel, capacity: Capacity) -> Expected:
    """Estimate how fast a model reads and writes."""
    if capacity.on_processor:
        # Measured: the starter in 4 bits writes less than one token a second.
        why = "MLX computes on the processor here"
        return Expected(None, None, why, too_slow=model.bits < 32)

    writing = reading = None
    why = "" if capacity.bandwidth else "the memory bandwidth is not known"
    if capacity.bandwidth:
        moved = model.active_bytes + model.kv_bytes(_TYPICAL_CONTEXT)
        moving = moved / (capacity.bandwidth * _GIGA * _REACHED_BANDWIDTH)
        writing = 1 / (moving + _starting(model))
    if capacity.gflops:
        # One multiplication and one addition for each active weight.
        operations = 2 * model.active * _GIGA
        reached = capacity.gflops * _GIGA * _REACHED_ARITHMETIC
        reading = min(reached / operations, _FASTEST_READING)
    elif not why:
        why = "the GPU's arithmetic is not known"

    return Expected(reading, writing, why)


def _starting(model: CatalogModel) -> float:
    """Seconds a token that go into beginning each layer's work."""
    running = model.running_layers
    remembering = model.layers - running
    return remembering * _SECONDS_PER_LAYER + running * _SECONDS_PER_RUNNING_LAYER
