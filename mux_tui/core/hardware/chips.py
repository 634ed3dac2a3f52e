"""What is public about Apple's chips: memory bandwidth and GPU arithmetic.

The numbers only serve to estimate speed. Where a chip was sold with two bandwidths,
its number of GPU cores or its memory tells which; where that is unknown, so is the
bandwidth.
"""

import re
from dataclasses import dataclass
from typing import Literal, cast

Variant = Literal["", "Pro", "Max", "Ultra"]

_NAME = re.compile(r"Apple M(\d{1,2})(?: (Pro|Max|Ultra))?")

TABLE = "built-in table of Apple's published figures"


@dataclass(frozen=True)
class Chip:
    """One of Apple's M chips."""

    generation: int
    variant: Variant = ""

    @property
    def name(self) -> str:
        """As Apple writes it: `M3 Max`."""
        return f"M{self.generation} {self.variant}".strip()


_ONE_BANDWIDTH: dict[tuple[int, Variant], float] = {
    (1, ""): 68.25,
    (1, "Pro"): 200,
    (1, "Max"): 400,
    (1, "Ultra"): 800,
    (2, ""): 100,
    (2, "Pro"): 200,
    (2, "Max"): 400,
    (2, "Ultra"): 800,
    (3, ""): 100,
    (3, "Pro"): 150,
    (3, "Ultra"): 819,
    (4, ""): 120,
    (4, "Pro"): 273,
    (5, ""): 153,
    (5, "Pro"): 307,
    (5, "Ultra"): 1200,
}
"""Gigabytes a second."""

_BY_GPU_CORES: dict[tuple[int, Variant], dict[int, float]] = {
    (3, "Max"): {30: 300, 40: 400},
    (4, "Max"): {32: 410, 40: 546},
    (5, "Max"): {32: 460, 40: 614},
}

_BY_MEMORY: dict[tuple[int, Variant], dict[int, float]] = {
    (6, ""): {16: 153, 24: 170, 32: 170},
}
"""By GiB of memory, where that decides."""

_GFLOPS_PER_CORE = {1: 325.0, 2: 360.0, 3: 360.0, 4: 440.0}
"""32-bit arithmetic of one GPU core. From the fifth generation on, matrices have units
of their own, for which no comparable figure is published."""


def chip_named(text: str) -> Chip | None:
    """The chip that a name such as `Apple M3 Max` or `m3 max` means; None: no such."""
    plain = " ".join(text.split()).lower().removeprefix("apple ")
    plain = " ".join(word.capitalize() for word in plain.split())
    found = _NAME.fullmatch(f"Apple {plain}")
    if found is None:
        return None

    return Chip(int(found[1]), cast(Variant, found[2] or ""))


def bandwidth_of(
    chip: Chip, gpu_cores: int | None, gibibytes: int | None = None
) -> float | None:
    """Gigabytes a second; None: not known for this chip.

    Args:
        chip: The chip.
        gpu_cores: How many it has here; None: not known.
        gibibytes: Memory of the machine; None: not known.
    """
    key = (chip.generation, chip.variant)
    if key in _ONE_BANDWIDTH:
        return _ONE_BANDWIDTH[key]
    if key in _BY_MEMORY:
        return _BY_MEMORY[key].get(gibibytes or 0)

    return _BY_GPU_CORES.get(key, {}).get(gpu_cores or 0)


def why_no_bandwidth(
    chip: Chip, gpu_cores: int | None, gibibytes: int | None = None
) -> str:
    """Why `bandwidth_of` tells nothing, as one clause."""
    key = (chip.generation, chip.variant)
    for told, known, part in (
        (gpu_cores, key in _BY_GPU_CORES, "GPU cores"),
        (gibibytes, key in _BY_MEMORY, "GiB of memory"),
    ):
        if known and told is None:
            return f"the {chip.name} has several, by its number of {part}"
        if known:
            return f"the table does not know the {chip.name} with {told} {part}"

    return f"the table does not know the {chip.name}"


def gpu_gflops(chip: Chip | None, gpu_cores: int | None) -> float | None:
    """Billions of 32-bit operations a second, all GPU cores; None: not known."""
    if chip is None or gpu_cores is None:
        return None

    per_core = _GFLOPS_PER_CORE.get(chip.generation)
    return per_core * gpu_cores if per_core else None
