"""Memory, pressure, processor and GPU as bars and words, live."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from textual import getters
from textual.content import Content
from textual.reactive import var

from mux_tui.core.catalog.capacity import Capacity
from mux_tui.core.catalog.sizes import GIB, gib
from mux_tui.core.hardware.facts import MachineFacts
from mux_tui.core.hardware.macmon import GpuSample
from mux_tui.core.hardware.pressure import Pressure
from mux_tui.core.hardware.sample import Sample
from mux_tui.core.machine.report import core_words
from mux_tui.core.text import one_line
from mux_tui.tui.glyphs import Glyphs
from mux_tui.tui.host import Host
from mux_tui.tui.widgets.drawn import Drawn
from mux_tui.tui.widgets.hardware.letters import letters

LABEL = 7
"""Columns of the names at the left."""

_PRESSURES: dict[Pressure, tuple[str, str]] = {
    "normal": ("on", "$mark-pass"),
    "warning": ("half", "$mark-warn"),
    "critical": ("bad", "$mark-fail"),
    "unknown": ("off", "$mark-idle"),
}
_SPARK = 24
_AMOUNT = 18


@dataclass(frozen=True)
class GaugeView:
    """What the gauges show; None: not known yet."""

    facts: MachineFacts | None = None
    capacity: Capacity | None = None
    now: Sample | None = None
    cpu: tuple[float, ...] = ()
    """Shares of the processor, in percent, oldest first."""

    gpu: GpuSample | None = None
    gpu_percents: tuple[float, ...] = ()
    watts: tuple[float, ...] = ()
    simulated: str = ""
    """The capacity is another machine's, of this name: nothing of it is live."""

    server_line: Content = field(default_factory=Content)
    """Said below the compact gauges, where the server has no box of its own."""


class Gauges(Drawn):
    """The machine's pane."""

    HELP = """
## This machine

What it is, and how it is now: memory, what a model may take of it, swap, pressure,
processor. GPU use and power are told where `macmon` is installed. What cannot be told
says why.
"""
    app = getters.app(Host)
    view: var[GaugeView] = var(GaugeView(), init=False)
    compact: var[bool] = var(False, init=False)
    """Three lines instead of all."""

    jump_letter = "m"
    can_focus = True

    def watch_view(self) -> None:
        """Draw it."""
        self.draw()

    def watch_compact(self) -> None:
        """Draw it."""
        self.draw()

    def on_resize(self) -> None:
        """Draw it to the new width."""
        self.draw()

    def draw(self) -> None:
        """Write the lines for the width there is."""
        if width := self.content_size.width:
            lines = (_compact if self.compact else _full)(
                self.view, self.app.glyphs, width
            )
            text = Content("\n").join(line.truncate(width) for line in lines)
            self.show(letters(text, self.app.glyphs))


def heading(view: GaugeView, width: int) -> Content:
    """The pane's title: chip, memory, and what a model may take of it."""
    if view.capacity is None or view.facts is None:
        return Content("This machine")

    chip = one_line(view.facts.cpu.value or "", max(width - 42, 14))
    name = view.simulated or chip or "This machine"
    budget = view.capacity.budget
    mark = "~" if budget.estimated else ""
    ram = f"{view.capacity.ram / GIB:.3g} GiB"
    return Content(f"{name} · {ram} · {mark}{gib(budget.bytes)} for a model")


def _full(view: GaugeView, glyphs: Glyphs, width: int) -> Iterator[Content]:
    if view.facts is None or view.capacity is None:
        yield Content.styled("Looking at this machine …", "$text-soft")
        return

    if view.simulated:
        yield from _not_live(view.capacity)
        return
    yield from _live(view, glyphs, width)
    yield from _facts(view.facts)


def _live(view: GaugeView, glyphs: Glyphs, width: int) -> Iterator[Content]:
    now = view.now
    if now is None or view.capacity is None or view.facts is None:
        yield Content.styled("waiting for the first look …", "$text-soft")
        return

    yield _memory(now, glyphs, width)
    yield _model_memory(view, now, glyphs, width)
    yield _swap(now, glyphs, width)
    yield _name("press") + pressure_words(now.pressure, glyphs)
    yield _spark("CPU", view.cpu, f"{now.cpu_percent:.0f} %", glyphs, 100)
    yield from _gpu(view, glyphs)


def _memory(now: Sample, glyphs: Glyphs, width: int) -> Content:
    return _bar("RAM", now.ram_used, now.ram_total, glyphs, width)


def _model_memory(view: GaugeView, now: Sample, glyphs: Glyphs, width: int) -> Content:
    """Of what a model may take, what is taken: on a Mac all that is wired."""
    assert view.capacity is not None
    most = view.capacity.budget.bytes
    if now.wired is not None:
        return _bar("wired", now.wired, most, glyphs, width)

    return _bar("model", now.server_resident or 0, most, glyphs, width)


def _swap(now: Sample, glyphs: Glyphs, width: int) -> Content:
    if not now.swap_total:
        return _name("swap") + Content.styled("none", "$text-soft")

    return _bar("swap", now.swap_used, now.swap_total, glyphs, width)


def _gpu(view: GaugeView, glyphs: Glyphs) -> Iterator[Content]:
    told = view.gpu
    if told is not None:
        if told.gpu_percent is not None:
            text = f"{told.gpu_percent:.0f} %  (macmon)"
            yield _spark("GPU", view.gpu_percents, text, glyphs, 100)
        heat = f"{told.celsius:.0f} °C" if told.celsius is not None else ""
        if told.watts is not None:
            text = f"{told.watts:.0f} W  {heat}"
            yield _spark("power", view.watts, text, glyphs, None)
        elif heat:
            yield _fact("temp", heat)
        return

    assert view.facts is not None
    if view.facts.system == "macos":
        text = "use is not told: macmon is not installed"
    else:
        gpu = view.facts.gpu
        text = one_line(gpu.value, 80) if gpu.value else f"unknown: {gpu.why}"
    yield _name("GPU") + Content.styled(text, "$text-soft")


def _facts(facts: MachineFacts) -> Iterator[Content]:
    cores = core_words(facts.cores.value or ())
    gpu = f" · {facts.gpu_cores.value} GPU cores" if facts.gpu_cores.value else ""
    yield _fact("cores", f"{cores}{gpu}" if cores else f"unknown: {facts.cores.why}")
    if facts.cpu_flags.value:
        yield _fact("can", " ".join(facts.cpu_flags.value))
    rate = facts.bandwidth
    told = f"{rate.value:g} GB/s to memory" if rate.value else f"unknown: {rate.why}"
    yield _fact("speed", told)
    disk = facts.disk_free.value
    free = f"{gib(disk, 0)} free" if disk else f"unknown: {facts.disk_free.why}"
    power = facts.power.value or "power unknown"
    yield _fact("disk", f"{free} · {power}")
    mlx = facts.mlx.value or f"unknown, {facts.mlx.why}"
    yield _fact("system", f"{facts.os.value or 'unknown'} · MLX {mlx}")


def _not_live(capacity: Capacity) -> Iterator[Content]:
    budget = capacity.budget
    yield Content("Simulated: what a Mac like this would hold.")
    yield Content("")
    yield _fact("memory", gib(capacity.ram))
    yield _fact("model", f"~{gib(budget.bytes)}: {budget.source}")
    rate = capacity.bandwidth
    yield _fact("speed", f"{rate:g} GB/s to memory" if rate else "unknown: no chip")
    yield Content("")
    yield Content.styled("esc comes back to this machine", "$text-soft")


def _compact(view: GaugeView, glyphs: Glyphs, width: int) -> Iterator[Content]:
    now, capacity = view.now, view.capacity
    if capacity is None or view.facts is None:
        yield Content.styled("Looking at this machine …", "$text-soft")
        return
    if view.simulated:
        rate = capacity.bandwidth
        yield Content("Simulated: what a Mac like this would hold.")
        yield _fact("speed", f"{rate:g} GB/s" if rate else "unknown: no chip")
        yield Content.styled("esc comes back to this machine", "$text-soft")
        return
    if now is None:
        yield Content.styled("waiting for the first look …", "$text-soft")
    else:
        left = max(width - 26, 30)
        yield (
            _memory(now, glyphs, left)
            + Content("  press ")
            + pressure_words(now.pressure, glyphs)
        )
        swap = f"  swap {gib(now.swap_used)}" if now.swap_total else "  no swap"
        yield _model_memory(view, now, glyphs, left) + Content(swap)
        yield _spark(
            "CPU", view.cpu, f"{now.cpu_percent:.0f} %", glyphs, 100
        ) + _gpu_words(view)
    yield view.server_line


def _gpu_words(view: GaugeView) -> Content:
    told = view.gpu
    if told is None:
        return Content("")

    words = [
        f"GPU {told.gpu_percent:.0f} %" if told.gpu_percent is not None else "",
        f"{told.watts:.0f} W" if told.watts is not None else "",
        f"{told.celsius:.0f} °C" if told.celsius is not None else "",
    ]
    return Content("   " + "  ".join(word for word in words if word))


def pressure_words(pressure: Pressure, glyphs: Glyphs) -> Content:
    """The mark and the word for memory pressure."""
    mark, colour = _PRESSURES[pressure]
    return Content.styled(f"{getattr(glyphs, mark)} {pressure}", colour)


def _bar(name: str, used: int, most: int, glyphs: Glyphs, width: int) -> Content:
    # As wide as the widest there is, so that the bars end together.
    text = f"{used / GIB:.1f} of {gib(most)}".rjust(_AMOUNT)
    cells = max(width - LABEL - len(text) - 2, 4)
    share = used / most if most else 0.0
    filled = round(min(max(share, 0.0), 1.0) * cells)
    return Content.assemble(
        _name(name),
        (glyphs.full * filled, "$bar-fill"),
        (glyphs.light * (cells - filled), "$bar-track"),
        f"  {text}",
    )


def _spark(
    name: str,
    values: tuple[float, ...],
    text: str,
    glyphs: Glyphs,
    top: float | None,
) -> Content:
    shown = [0.0] * (_SPARK - len(values)) + list(values[-_SPARK:])
    line = glyphs.spark(shown, top)
    return Content.assemble(_name(name), (line, "$bar-fill"), f"  {text}")


def _fact(name: str, text: str) -> Content:
    style = "$text-soft" if text.startswith("unknown") else ""
    return _name(name) + Content.styled(one_line(text, 200), style)


def _name(name: str) -> Content:
    return Content.styled(name.ljust(LABEL), "$text-soft")
