"""The machine and its models as plain text, to be read or pasted."""

from collections.abc import Iterable, Iterator

from mux_tui.core.catalog.capacity import Capacity
from mux_tui.core.catalog.sizes import gib
from mux_tui.core.hardware.facts import CoreGroup, Fact, MachineFacts
from mux_tui.core.hardware.sample import Sample
from mux_tui.core.machine.overview import ModelRow

Line = tuple[str, str, str]
"""Name, value, and where it comes from."""

_TRANSLATED = "made for Intel, and translated: MLX needs one made for arm64"


def fact_lines(facts: MachineFacts, capacity: Capacity) -> tuple[Line, ...]:
    """What does not change, one line each; unknown values say why."""
    return tuple(_fact_lines(facts, capacity))


def now_lines(now: Sample, pressure_source: str) -> tuple[Line, ...]:
    """The present, one line each."""
    lines = [
        ("used", f"{gib(now.ram_used)} of {gib(now.ram_total)}", "psutil"),
        ("swap", gib(now.swap_used), "psutil"),
        ("pressure", now.pressure, pressure_source),
    ]
    if now.wired is not None:
        lines.append(("wired", gib(now.wired), "psutil"))
    return tuple(lines)


def model_line(row: ModelRow) -> str:
    """One model: name, fit, speed, and what is special about it."""
    parts = [row.name, row.fit.sentence if row.fit else "fit unknown"]
    if row.fit:
        parts.append(f"needs {gib(row.fit.need.total)}")
    if row.measured.writing:
        parts.append(f"{row.measured.writing:.0f} tokens/s, measured")
    elif row.expected.writing:
        parts.append(f"~{row.expected.writing:.0f} tokens/s")
    if row.served:
        parts.append("served")
    elif row.installed:
        parts.append("on disk")
    return ", ".join(parts)


def report(
    facts: MachineFacts,
    capacity: Capacity,
    now: Sample | None,
    pressure_source: str,
    rows: Iterable[ModelRow],
) -> str:
    """All of it, for a bug report; holds no path and no serial number."""
    lines = [*fact_lines(facts, capacity)]
    if now is not None:
        lines += now_lines(now, pressure_source)
    text = [f"{name:<12} {value}" for name, value, _ in lines if name != "disk"]
    text += ["", "models"]
    text += [f"  {model_line(row)}" for row in rows]
    return "\n".join(text) + "\n"


def core_words(groups: tuple[CoreGroup, ...]) -> str:
    """`12 performance + 4 efficiency`."""
    return " + ".join(f"{group.count} {group.kind}".strip() for group in groups)


def _fact_lines(facts: MachineFacts, capacity: Capacity) -> Iterator[Line]:
    yield "system", *_shown(facts.os, facts.os.value)
    yield "chip", *_shown(facts.cpu, facts.cpu.value)
    yield "cores", *_shown(facts.cores, core_words(facts.cores.value or ()))
    if facts.cpu_flags.value:
        yield "instructions", " ".join(facts.cpu_flags.value), facts.cpu_flags.source
    yield "gpu", *_shown(facts.gpu, _gpu(facts))
    yield "memory", *_shown(facts.ram, _ram(facts))
    budget = capacity.budget
    mark = "~" if budget.estimated else ""
    yield "for a model", f"{mark}{gib(budget.bytes)}", budget.source
    if facts.wired_limit.value:
        yield "gpu limit", gib(facts.wired_limit.value), facts.wired_limit.source
    rate = facts.bandwidth.value
    yield "bandwidth", *_shown(facts.bandwidth, f"{rate:g} GB/s" if rate else "")
    yield "disk", *_shown(facts.disk_free, f"{gib(facts.disk_free.value or 0)} free")
    yield "power", *_shown(facts.power, facts.power.value)
    if facts.translated:
        yield "python", _TRANSLATED, "sysctl"
    yield "mlx", *_shown(facts.mlx, facts.mlx.value)


def _shown(fact: Fact[object], text: str | None) -> tuple[str, str]:
    if not fact.known:
        return f"unknown: {fact.why}", fact.source

    return text or "", fact.source


def _gpu(facts: MachineFacts) -> str:
    cores = facts.gpu_cores.value
    return f"{facts.gpu.value}, {cores} cores" if cores else facts.gpu.value or ""


def _ram(facts: MachineFacts) -> str:
    limited = " (limited by a control group)" if facts.ram_limited else ""
    return f"{gib(facts.ram.value or 0)}{limited}"
