"""GPU use, power and temperature of a Mac, as the program `macmon` tells them.

It is somebody else's program: mux uses it where it is installed, and needs it nowhere.
"""

import json
import math
from dataclasses import dataclass
from typing import Any, cast

COMMAND = ("macmon", "pipe", "--interval", "1000")
"""Prints one JSON document a line until it is ended."""


@dataclass(frozen=True)
class GpuSample:
    """One look; None: it does not tell that."""

    gpu_percent: float | None = None
    watts: float | None = None
    """Of the whole chip."""

    celsius: float | None = None
    """Of the GPU."""


def read_line(line: str) -> GpuSample | None:
    """Understand one line; None: it holds nothing of use."""
    try:
        found: Any = json.loads(line)
    except (ValueError, RecursionError):
        return None

    document = cast("dict[str, Any]", found) if isinstance(found, dict) else {}
    usage = document.get("gpu_usage")
    second = cast("list[Any]", usage)[1:2] if isinstance(usage, list) else []
    temperature = document.get("temp")
    degrees = (
        cast("dict[str, Any]", temperature) if isinstance(temperature, dict) else {}
    )
    share = _number(second[0]) if second else None
    sample = GpuSample(
        None if share is None else min(max(share * 100, 0.0), 100.0),
        _number(document.get("all_power")),
        _number(degrees.get("gpu_temp_avg")),
    )
    return None if sample == GpuSample() else sample


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None

    return float(value) if math.isfinite(value) else None
