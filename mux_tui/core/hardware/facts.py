"""What is known of a machine, each value with its source.

A value that cannot be told is None and says why; nothing is guessed.
"""

from dataclasses import dataclass, field
from typing import Any, Generic, Literal, TypeVar

from mux_tui.core.hardware.chips import Chip

System = Literal["macos", "linux", "other"]

T = TypeVar("T", covariant=True)


@dataclass(frozen=True)
class Fact(Generic[T]):
    """One value, where it comes from, and if there is none, why."""

    value: T | None
    source: str = ""
    """The command, file or table that tells it."""

    why: str = ""
    """Why there is no value, as one clause; empty when there is one."""

    @property
    def known(self) -> bool:
        """Whether there is a value."""
        return self.value is not None


def unknown(why: str, source: str = "") -> Fact[Any]:
    """A value that cannot be told.

    Args:
        why: The reason, as one clause.
        source: What was asked in vain.
    """
    return Fact(None, source, why)


@dataclass(frozen=True)
class CoreGroup:
    """Processor cores of one kind."""

    kind: str
    """`performance`, `efficiency`, or the system's own word for them."""

    count: int


@dataclass(frozen=True)
class Card:
    """A graphics card that has memory of its own."""

    name: str
    """Foreign text made safe."""

    memory: int | None
    """Bytes; None: it has none of its own, or does not tell."""


def _not_asked() -> Fact[Any]:
    return unknown("not asked")


@dataclass(frozen=True)
class MachineFacts:
    """What does not change while mux runs."""

    system: System
    os: Fact[str] = field(default_factory=_not_asked)
    """Name and version."""

    cpu: Fact[str] = field(default_factory=_not_asked)
    """The chip's or processor's own name; foreign text made safe."""

    chip: Chip | None = None
    """Apple's chip, taken apart; None: it is none that is known."""

    cores: Fact[tuple[CoreGroup, ...]] = field(default_factory=_not_asked)
    gpu: Fact[str] = field(default_factory=_not_asked)
    gpu_cores: Fact[int] = field(default_factory=_not_asked)
    cards: Fact[tuple[Card, ...]] = field(default_factory=_not_asked)
    """NVIDIA's, on Linux."""

    ram: Fact[int] = field(default_factory=_not_asked)
    """Bytes there are for us: a control group's limit counts."""

    ram_limited: bool = False
    """A control group allows less than the machine has."""

    working_set: Fact[int] = field(default_factory=_not_asked)
    """Bytes that Metal recommends the GPU should hold at most."""

    wired_limit: Fact[int] = field(default_factory=_not_asked)
    """Bytes set by `iogpu.wired_limit_mb`; 0: the system decides."""

    bandwidth: Fact[float] = field(default_factory=_not_asked)
    """Gigabytes a second between memory and chip, at best."""

    disk_free: Fact[int] = field(default_factory=_not_asked)
    """Bytes, where models are kept."""

    power: Fact[str] = field(default_factory=_not_asked)
    """`AC power`, or `battery` with its charge."""

    cpu_flags: Fact[tuple[str, ...]] = field(default_factory=_not_asked)
    """Of the instructions that matter for models, those the processor has."""

    mlx: Fact[str] = field(default_factory=_not_asked)
    """Its version, and the device it computes on."""

    accelerated: bool = False
    """Whether MLX computes on a GPU here."""

    translated: bool = False
    """mux's Python was made for Intel and is translated: MLX does not run so."""

    @property
    def card_memory(self) -> int:
        """Bytes on all cards together; 0: there are none, or they do not tell."""
        return sum(card.memory or 0 for card in self.cards.value or ())
