"""What a machine has to offer a model: memory, bandwidth, arithmetic."""

from dataclasses import dataclass

from mux_tui.core.catalog.sizes import GIB

_RESERVE = 2_500_000_000
"""Bytes that the system and what else is open should keep."""

_SHARE = 0.10
"""And of all memory, this part."""


_USUAL = {
    8: 5_726_633_984,
    16: 12_713_115_648,
    18: 14_302_248_960,
    24: 19_069_669_376,
    32: 26_800_603_136,
    36: 30_150_672_384,
    48: 40_200_896_512,
    64: 55_662_788_608,
    96: 83_751_862_272,
    128: 115_448_725_504,
    192: 155_692_564_480,
    256: 223_338_299_392,
    512: 498_216_206_336,
}
"""What Metal recommends on Macs of so many GiB, as their owners published it for recent
systems. Older ones recommend less: two thirds of the memory, or three quarters."""

_CARD_RESERVE = 1_000_000_000
_CARD_SHARE = 0.05
"""What a graphics card's driver and the screen keep of its memory."""


@dataclass(frozen=True)
class Budget:
    """Memory that a model may take: weights, context and overhead."""

    bytes: int
    source: str
    """How it was found, as a sentence's end."""

    estimated: bool
    """Nobody told it: it is worked out from the machine's memory."""


@dataclass(frozen=True)
class Capacity:
    """A machine as a model sees it."""

    ram: int
    """Bytes."""

    budget: Budget
    bandwidth: float | None = None
    """Gigabytes a second; None: not known, and so no speed can be estimated."""

    gflops: float | None = None
    """Billions of operations a second on the GPU; None: not known."""

    on_processor: bool = False
    """MLX computes on the processor here: quantised models are too slow to use."""

    cards: int = 0
    """Bytes on graphics cards of their own, all together; other servers than MLX's use
    them."""


def budget_of(
    ram: int, working_set: int | None = None, wired_limit: int | None = None
) -> Budget:
    """The memory that a model may take.

    Args:
        ram: Bytes of memory there are.
        working_set: What Metal recommends at most; None: nobody told.
        wired_limit: What the user has set for the GPU; None or 0: nothing.
    """
    if working_set:
        return Budget(min(working_set, ram), "what Metal recommends at most", False)
    if wired_limit:
        return Budget(min(wired_limit, ram), "iogpu.wired_limit_mb", False)

    left = max(round(ram * (1 - _SHARE)) - _RESERVE, 0)
    return Budget(left, "memory less 10 % and 2.5 GB", True)


def usual_on_mac(ram: int) -> Budget:
    """The memory that a model may take on a Mac that does not tell it itself.

    Args:
        ram: Bytes of memory there are.
    """
    size = ram / GIB
    below = max((known for known in _USUAL if known <= size), default=min(_USUAL))
    above = min((known for known in _USUAL if known >= size), default=max(_USUAL))
    share = _USUAL[below] / (below * GIB)
    most = _USUAL[above] if above > size else ram
    return Budget(
        min(round(ram * share), most), "what Macs of this size usually allow", True
    )


def budget_of_card(memory: int) -> Budget:
    """The memory that a model may take on a graphics card.

    Args:
        memory: Bytes it has.
    """
    left = max(round(memory * (1 - _CARD_SHARE)) - _CARD_RESERVE, 0)
    return Budget(left, "the graphics card's memory less 5 % and 1 GB", True)
