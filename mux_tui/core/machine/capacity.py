"""What this machine, or another one, has to offer a model."""

import re

from mux_tui.core.catalog.capacity import Capacity, budget_of
from mux_tui.core.catalog.sizes import GIB
from mux_tui.core.errors import UsageError
from mux_tui.core.hardware.chips import (
    Chip,
    bandwidth_of,
    chip_named,
    gpu_gflops,
)
from mux_tui.core.hardware.facts import MachineFacts
from mux_tui.core.text import one_line

MOST_GIB = 4096
_MEMORY = re.compile(r"(\d{1,4})\s*(?:gi?b?)?(?:\s+(.{2,40}))?", re.IGNORECASE)

_MOST_CORES: dict[tuple[int, str], int] = {
    (1, ""): 8,
    (1, "Pro"): 16,
    (1, "Max"): 32,
    (1, "Ultra"): 64,
    (2, ""): 10,
    (2, "Pro"): 19,
    (2, "Max"): 38,
    (2, "Ultra"): 76,
    (3, ""): 10,
    (3, "Pro"): 18,
    (3, "Max"): 40,
    (3, "Ultra"): 80,
    (4, ""): 10,
    (4, "Pro"): 20,
    (4, "Max"): 40,
    (5, ""): 10,
    (5, "Pro"): 20,
    (5, "Max"): 40,
}
"""GPU cores of a chip at its best, which a machine that is only named is taken for."""


def capacity_of(facts: MachineFacts) -> Capacity:
    """What this machine has to offer; without known memory, nothing."""
    ram = facts.ram.value or 0
    return Capacity(
        ram=ram,
        budget=budget_of(ram, facts.working_set.value, facts.wired_limit.value),
        bandwidth=facts.bandwidth.value,
        gflops=gpu_gflops(facts.chip, facts.gpu_cores.value),
        on_processor=facts.system == "linux" and not facts.accelerated,
    )


def simulated(gibibytes: int, chip: Chip | None = None) -> Capacity:
    """A Mac with so much memory, as far as it can be told from here.

    Args:
        gibibytes: Its memory, as it is sold: 64.
        chip: Its chip; None: nothing is said about speed.
    """
    ram = gibibytes * GIB
    if chip is None:
        return Capacity(ram, budget_of(ram))

    cores = _MOST_CORES.get((chip.generation, chip.variant))
    return Capacity(
        ram,
        budget_of(ram),
        bandwidth=bandwidth_of(chip, cores),
        gflops=gpu_gflops(chip, cores),
    )


def parse_machine(text: str) -> tuple[int, Chip | None]:
    """A machine as a person writes it: `64`, `64 GB`, `128 m4 max`.

    Returns:
        Its memory in GiB, and its chip if one is named.

    Raises:
        UsageError: It is none.
    """
    found = _MEMORY.fullmatch(text.strip())
    size = int(found[1]) if found else 0
    if found is None or not 0 < size <= MOST_GIB:
        raise UsageError(
            f"no machine: {one_line(text, 60)}",
            f"its memory must be a number of GB from 1 to {MOST_GIB}",
            "Write 64, or 64 M4 Max",
        )

    named = found[2]
    return size, parse_chip(named) if named else None


def parse_chip(text: str) -> Chip:
    """The chip that a person names: `m4 max`.

    Raises:
        UsageError: There is no such chip.
    """
    chip = chip_named(text)
    if chip is None:
        raise UsageError(
            f"no chip: {one_line(text, 60)}",
            "it must be one of Apple's M chips",
            "Write M4, M4 Pro, M4 Max or M3 Ultra",
        )
    return chip
