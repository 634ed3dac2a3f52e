"""Facts of a Linux machine, from `/proc`, `/sys` and the NVIDIA driver's command."""

import asyncio
from pathlib import Path

from mux_tui.core.hardware import mlx, nvidia
from mux_tui.core.hardware.facts import CoreGroup, Fact, MachineFacts, unknown
from mux_tui.core.hardware.memory import Memory
from mux_tui.core.hardware.probe import Ask, safe, whole

_MATTERS = (
    "avx2",
    "avx512f",
    "avx512_bf16",
    "avx512_vnni",
    "amx_bf16",
    "amx_int8",
    "f16c",
    "fma",
    "asimd",
    "asimdhp",
    "asimddp",
    "bf16",
    "i8mm",
    "sve",
)
"""Instructions that decide how fast a processor multiplies matrices."""


async def read(
    ask: Ask, python: str, memory: Memory, root: Path = Path("/")
) -> MachineFacts:
    """Look at the machine.

    Args:
        ask: Runs a command.
        python: The interpreter that has MLX.
        memory: As `hardware.memory.memory` tells, control groups counted.
        root: Where `proc`, `sys` and `etc` are found.
    """
    driver, mlx_answer = await asyncio.gather(
        ask(nvidia.COMMAND), ask(mlx.command(python))
    )
    cards, device = nvidia.read(driver), mlx.read(mlx_answer)
    info = _text(root / "proc/cpuinfo")
    source = "psutil, control group limit" if memory.limited else "psutil"
    return MachineFacts(
        system="linux",
        os=_os(root),
        cpu=_cpu(info),
        cores=_cores(info),
        gpu=nvidia.named(cards),
        gpu_cores=unknown("only told for Apple's chips"),
        cards=cards,
        ram=Fact(memory.total, source),
        ram_limited=memory.limited,
        working_set=device.working_set,
        wired_limit=unknown("a setting of macOS"),
        bandwidth=unknown("Linux tells no memory bandwidth"),
        power=_power(root / "sys/class/power_supply"),
        cpu_flags=_flags(info),
        mlx=device.version,
        accelerated=device.gpu,
    )


def _os(root: Path) -> Fact[str]:
    for line in _text(root / "etc/os-release").splitlines():
        key, _, value = line.partition("=")
        if key == "PRETTY_NAME" and (name := safe(value.strip().strip("\"'"))):
            return Fact(name, "/etc/os-release")

    return unknown("/etc/os-release does not tell it")


def _field(info: str, *names: str) -> str:
    """The first value of a field of `/proc/cpuinfo`."""
    for line in info.splitlines():
        key, _, value = line.partition(":")
        if key.strip() in names:
            return value.strip()

    return ""


def _cpu(info: str) -> Fact[str]:
    name = safe(_field(info, "model name", "Model", "Hardware"))
    source = "/proc/cpuinfo"
    return Fact(name, source) if name else unknown(f"{source} has no name", source)


def _cores(info: str) -> Fact[tuple[CoreGroup, ...]]:
    count = sum(
        line.partition(":")[0].strip() == "processor" for line in info.splitlines()
    )
    if not count:
        return unknown("/proc/cpuinfo lists none", "/proc/cpuinfo")

    return Fact((CoreGroup("logical", count),), "/proc/cpuinfo")


def _flags(info: str) -> Fact[tuple[str, ...]]:
    there = set(_field(info, "flags", "Features").split())
    if not there:
        return unknown("/proc/cpuinfo lists none", "/proc/cpuinfo")

    return Fact(tuple(flag for flag in _MATTERS if flag in there), "/proc/cpuinfo")


def _power(supplies: Path) -> Fact[str]:
    source = "/sys/class/power_supply"
    try:
        names = sorted(supplies.iterdir())
    except OSError:
        return unknown("the system tells of no power supply", source)

    kinds = {path: _text(path / "type").strip() for path in names}
    if any(
        _text(p / "online").strip() == "1" for p, k in kinds.items() if k != "Battery"
    ):
        return Fact("AC power", source)
    for path, kind in kinds.items():
        if kind == "Battery":
            charge = whole(_text(path / "capacity"))
            return Fact(f"battery, {charge} %" if charge else "battery", source)

    return unknown("the system tells of no power supply", source)


def _text(path: Path) -> str:
    try:
        return path.read_text(errors="replace")
    except OSError:
        return ""
