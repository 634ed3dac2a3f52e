"""Facts of a Mac, from its own commands."""

import asyncio
import json
import re
from typing import Any, cast

from mux_tui.core.hardware import mlx
from mux_tui.core.hardware.chips import (
    TABLE,
    Chip,
    bandwidth_of,
    chip_named,
    why_no_bandwidth,
)
from mux_tui.core.hardware.facts import CoreGroup, Fact, MachineFacts, unknown
from mux_tui.core.hardware.probe import Answer, Ask, pairs, safe, whole

SYSCTL = (
    "/usr/sbin/sysctl",
    "machdep.cpu.brand_string",
    "hw.memsize",
    "hw.physicalcpu",
    "hw.nperflevels",
    "hw.perflevel0.name",
    "hw.perflevel0.physicalcpu",
    "hw.perflevel1.name",
    "hw.perflevel1.physicalcpu",
    "hw.perflevel2.name",
    "hw.perflevel2.physicalcpu",
    "iogpu.wired_limit_mb",
    "kern.osproductversion",
    "kern.osversion",
    "sysctl.proc_translated",
)
"""Names that a system does not know are left out of its answer."""

DISPLAYS = ("/usr/sbin/system_profiler", "SPDisplaysDataType", "-json")
POWER = ("/usr/bin/pmset", "-g", "batt")

_CHARGE = re.compile(r"(\d{1,3})%")
_MIB = 1 << 20
_GIB = 1 << 30
_KINDS = ("performance", "efficiency", "")
"""What the levels were called before they had names."""

_SHARED = "a Mac's GPU shares the machine's memory"


async def read(ask: Ask, python: str) -> MachineFacts:
    """Ask the Mac, all commands at once.

    Args:
        ask: Runs a command.
        python: The interpreter that has MLX.
    """
    sysctl, displays, power, mlx_answer = await asyncio.gather(
        ask(SYSCTL), ask(DISPLAYS), ask(POWER), ask(mlx.command(python))
    )
    told = pairs(sysctl.text)
    why = sysctl.why or "sysctl does not tell it"
    cpu = _text(told.get("machdep.cpu.brand_string"), why)
    chip = chip_named(cpu.value or "")
    gpu, gpu_cores = _gpu(displays)
    device = mlx.read(mlx_answer)
    return MachineFacts(
        system="macos",
        os=_os(told, why),
        cpu=cpu,
        chip=chip,
        cores=_cores(told, why),
        gpu=gpu,
        gpu_cores=gpu_cores,
        cards=unknown(_SHARED),
        ram=_number(told.get("hw.memsize"), why),
        working_set=device.working_set,
        wired_limit=_wired(told, sysctl),
        bandwidth=_bandwidth(chip, gpu_cores.value, whole(told.get("hw.memsize"))),
        power=_power(power),
        mlx=device.version,
        accelerated=device.gpu,
        translated=told.get("sysctl.proc_translated") == "1",
    )


def _text(raw: str | None, why: str) -> Fact[str]:
    return Fact(safe(raw), "sysctl") if raw else unknown(why, "sysctl")


def _number(raw: str | None, why: str) -> Fact[int]:
    value = whole(raw)
    return Fact(value, "sysctl") if value else unknown(why, "sysctl")


def _os(told: dict[str, str], why: str) -> Fact[str]:
    version = safe(told.get("kern.osproductversion"), 40)
    build = safe(told.get("kern.osversion"), 40)
    if not version:
        return unknown(why, "sysctl")

    return Fact(f"macOS {version}" + (f" ({build})" if build else ""), "sysctl")


def _cores(told: dict[str, str], why: str) -> Fact[tuple[CoreGroup, ...]]:
    groups: list[CoreGroup] = []
    for level in range(min(whole(told.get("hw.nperflevels")) or 0, len(_KINDS))):
        count = whole(told.get(f"hw.perflevel{level}.physicalcpu"))
        name = safe(told.get(f"hw.perflevel{level}.name"), 30).lower()
        if count:
            groups.append(CoreGroup(name or _KINDS[level], count))
    if groups:
        return Fact(tuple(groups), "sysctl")

    total = whole(told.get("hw.physicalcpu"))
    return Fact((CoreGroup("", total),), "sysctl") if total else unknown(why, "sysctl")


def _wired(told: dict[str, str], sysctl: Answer) -> Fact[int]:
    value = whole(told.get("iogpu.wired_limit_mb"))
    if value is None:
        return unknown(sysctl.why or "this macOS has no such setting", "sysctl")

    return Fact(value * _MIB, "sysctl iogpu.wired_limit_mb")


def _gpu(answer: Answer) -> tuple[Fact[str], Fact[int]]:
    source = "system_profiler"
    why = answer.why or "system_profiler does not tell it"
    for entry in _displays(answer.text):
        cores = whole(str(entry.get("sppci_cores", "")))
        name = safe(str(entry.get("sppci_model") or entry.get("_name") or ""))
        if name:
            known = Fact(cores, source) if cores else Fact[int](None, source, why)
            return Fact(name, source), known

    return unknown(why, source), unknown(why, source)


def _displays(text: str) -> list[dict[str, Any]]:
    try:
        document: Any = json.loads(text)
        entries: Any = document["SPDisplaysDataType"]
    except (ValueError, LookupError, TypeError, RecursionError):
        return []

    found = cast("list[Any]", entries) if isinstance(entries, list) else []
    return [cast("dict[str, Any]", one) for one in found if isinstance(one, dict)]


def _bandwidth(
    chip: Chip | None, gpu_cores: int | None, ram: int | None
) -> Fact[float]:
    if chip is None:
        return unknown("the chip is not one of Apple's that the table knows", TABLE)

    gibibytes = ram // _GIB if ram else None
    value = bandwidth_of(chip, gpu_cores, gibibytes)
    if value is None:
        return unknown(why_no_bandwidth(chip, gpu_cores, gibibytes), TABLE)
    return Fact(value, TABLE)


def _power(answer: Answer) -> Fact[str]:
    if "'AC Power'" in answer.text:
        return Fact("AC power", "pmset")
    if "'Battery Power'" in answer.text:
        charge = _CHARGE.search(answer.text)
        return Fact(f"battery, {charge[1]} %" if charge else "battery", "pmset")

    return unknown(answer.why or "pmset does not tell it", "pmset")
