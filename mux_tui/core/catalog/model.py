"""One model: its size, its shape, and what its context costs in memory."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Number = Literal["bytes", "parameters", "shape", "context", "licence", "tools"]
"""What an entry tells, by the name that its sources have."""

Origin = Literal["shipped", "yours", "files"]
"""Whose word an entry is: mux's, the user's, or the model's own files'."""


Judge = Literal["vendor", "independent"]
"""Who measured a score: who made the model, or somebody else."""


@dataclass(frozen=True)
class Score:
    """How well a model does in a public test."""

    test: str
    percent: float
    by: Judge
    source: str


@dataclass(frozen=True)
class Seen:
    """How fast a model was measured to be on some machine, by somebody."""

    machine: str
    source: str
    reading: float | None = None
    """Tokens a second; None: not told."""

    writing: float | None = None


@dataclass(frozen=True)
class CatalogModel:
    """A model that can be served by MLX."""

    id: str
    """Its repository, or its directory's name."""

    name: str
    bytes: int
    """Of its weight files."""

    parameters: float
    """Billions, all of them."""

    active: float
    """Billions that are used for one token; those of one expert path."""

    layers: int
    kv_layers: int
    """Layers that remember every token of the context."""

    kv_heads: int
    head_dim: int
    context: int
    """Most tokens that it was made for."""

    bits: int = 4
    """Of one weight, most of them; 32: not quantised."""

    window_layers: int = 0
    """Layers that remember only the last `window` tokens."""

    window: int = 0
    kv_width: int = 0
    """Numbers that a remembering layer keeps of one token, where that is not a key and
    a value for each head; 0: it is."""

    kv_value_bytes: int = 2
    """Bytes of one remembered number."""

    licence: str = "unknown"
    tools: str = ""
    """Which parser of mlx_lm.server reads its tool calls; empty: none does."""

    rank: int = 0
    """Where mux puts it for coding: higher is better, 0 is never recommended."""

    classic: int = 0
    """Memory in GiB from which earlier tools recommended it; 0: they did not."""

    starter: bool = False
    """It comes with mux."""

    note: str = ""
    estimated: tuple[Number, ...] = ()
    """Which of its numbers are estimates."""

    sources: Mapping[str, str] = field(default_factory=dict[str, str], hash=False)
    """Where its numbers come from, by `Number`."""

    origin: Origin = "shipped"
    scores: tuple[Score, ...] = ()
    seen: tuple[Seen, ...] = ()

    def kv_bytes(self, context: int) -> int:
        """Memory that the remembered context takes.

        Args:
            context: Tokens.
        """
        windowed = self.window_layers * self._pairs * min(context, self.window)
        return self.kv_bytes_per_token * context + windowed * self.kv_value_bytes

    @property
    def kv_bytes_per_token(self) -> int:
        """What each further token of context costs."""
        width = self.kv_width or self._pairs
        return self.kv_layers * width * self.kv_value_bytes

    @property
    def running_layers(self) -> int:
        """Layers that keep a running state, and remember no token by itself."""
        return self.layers - self.kv_layers - self.window_layers

    @property
    def active_bytes(self) -> float:
        """Weights that are read for one token."""
        return self.bytes * self.active / self.parameters

    @property
    def dense(self) -> bool:
        """Whether every token uses all of it."""
        return self.active >= self.parameters

    @property
    def _pairs(self) -> int:
        # A key and a value for each head.
        return 2 * self.kv_heads * self.head_dim
