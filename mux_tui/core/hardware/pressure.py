"""How short memory is, as a word.

The system's own judgement where it has one; a share of free memory says less, since
every system fills memory with what it can give back.
"""

import ctypes
import re
import sys
from functools import cache
from pathlib import Path
from typing import Literal

Pressure = Literal["normal", "warning", "critical", "unknown"]

_LEVELS: dict[int, Pressure] = {1: "normal", 2: "warning", 4: "critical"}
_AVERAGE = re.compile(r"^(some|full) avg10=(\d+(?:\.\d+)?)", re.MULTILINE)

_SOME_WARNS = 10.0
"""Percent of the last ten seconds in which some task waited for memory."""

_FULL_IS_CRITICAL = 10.0
"""The same, with every task waiting at once."""

_LITTLE = 0.10
_VERY_LITTLE = 0.04
"""Shares of memory that are still to be had."""

SYSCTL_NAME = "kern.memorystatus_vm_pressure_level"


def pressure(available_share: float, root: Path = Path("/")) -> Pressure:
    """How short memory is now.

    Args:
        available_share: Of all memory there is for us, what can be had without
            swapping, from 0 to 1; used on Linux only.
        root: Where `proc` is found.
    """
    if sys.platform == "darwin":
        return of_level(_kernel_level())
    if sys.platform == "linux":
        return of_stalls(_stalls(root / "proc/pressure/memory"), available_share)

    return "unknown"


def of_level(level: int | None) -> Pressure:
    """The word for the level of the macOS kernel; None: it does not tell."""
    return _LEVELS.get(level or 0, "unknown")


def of_stalls(stalls: dict[str, float], available_share: float) -> Pressure:
    """The word for Linux: how long tasks waited for memory, and what is left.

    Args:
        stalls: Percent of the last ten seconds, for `some` and for `full`; empty where
            the kernel does not count them.
        available_share: See `pressure`.
    """
    if available_share < _VERY_LITTLE or stalls.get("full", 0) >= _FULL_IS_CRITICAL:
        return "critical"
    if available_share < _LITTLE or stalls.get("some", 0) >= _SOME_WARNS:
        return "warning"

    return "normal"


def source() -> str:
    """What the word is taken from on this system."""
    if sys.platform == "darwin":
        return f"sysctl {SYSCTL_NAME}"

    return "/proc/pressure/memory and free memory"


def _stalls(path: Path) -> dict[str, float]:
    try:
        text = path.read_text()
    except OSError:
        return {}

    return {kind: float(number) for kind, number in _AVERAGE.findall(text)}


def _kernel_level() -> int | None:
    """Ask the kernel without starting a process; it is asked every second."""
    call = _sysctl()
    if call is None:
        return None

    value = ctypes.c_int(0)
    size = ctypes.c_size_t(ctypes.sizeof(value))
    name = SYSCTL_NAME.encode()
    failed = call(name, ctypes.byref(value), ctypes.byref(size), None, 0)
    return None if failed else value.value


@cache
def _sysctl() -> "ctypes._NamedFuncPointer | None":  # pyright: ignore[reportPrivateUsage]
    try:
        return ctypes.CDLL(None).sysctlbyname
    except (OSError, AttributeError):
        return None
