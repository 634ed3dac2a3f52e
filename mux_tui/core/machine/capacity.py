"""What this machine, or another one, has to offer a model."""

import re

from mux_tui.core.catalog.capacity import (
    Budget,
    Capacity,
    budget_of,
    budget_of_card,
    usual_on_mac,
)
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
    (5, "Ultra"): 80,
    (6, ""): 12,
}
"""GPU cores of a chip at its best, which a machine that is only named is taken for."""

_FEWER_CORES: dict[tuple[int, str], dict[int, int]] = {
    (3, "Max"): {36: 30, 96: 30},
    (4, "Max"): {36: 32},
    (5, "Max"): {36: 32},
}
"""Where so many GiB of memory were only sold with fewer cores."""


def capacity_of(facts: MachineFacts) -> Capacity:
    """What this machine has to offer; without known memory, nothing."""
    ram = facts.ram.value or 0
    return Capacity(
        ram=ram,
        budget=_budget(facts, ram),
        bandwidth=facts.bandwidth.value,
        gflops=gpu_gflops(facts.chip, facts.gpu_cores.value),
        on_processor=facts.system == "linux" and not facts.accelerated,
        cards=facts.card_memory,
    )


def simulated(gibibytes: int, chip: Chip | None = None) -> Capacity:
    """A Mac with so much memory, as far as it can be told from here.

    Args:
        gibibytes: Its memory, as it is sold: 64.
        chip: Its chip; None: nothing is said about speed.
    """
    ram = gibibytes * GIB
    if chip is None:
        return Capacity(ram, usual_on_mac(ram))

    cores = _cores_of(chip, gibibytes)
    return Capacity(
        ram,
        usual_on_mac(ram),
        bandwidth=bandwidth_of(chip, cores, gibibytes),
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


def _budget(facts: MachineFacts, ram: int) -> Budget:
    told, limit = facts.working_set.value, facts.wired_limit.value
    if facts.system == "macos" and not told and not limit:
        return usual_on_mac(ram)

    largest = max((card.memory or 0 for card in facts.cards.value or ()), default=0)
    if facts.accelerated and facts.system != "macos" and largest and not told:
        return budget_of_card(largest)
    return budget_of(ram, told, limit)


def _cores_of(chip: Chip, gibibytes: int) -> int | None:
    key = (chip.generation, chip.variant)
    return _FEWER_CORES.get(key, {}).get(gibibytes) or _MOST_CORES.get(key)
