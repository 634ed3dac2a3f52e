"""What a machine has to offer a model: memory, bandwidth, arithmetic."""

from dataclasses import dataclass

_RESERVE = 2_500_000_000
"""Bytes that the system and what else is open should keep."""

_SHARE = 0.10
"""And of all memory, this part."""


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
