"""What the hardware screen knows, and what follows from it; no widget in sight."""

from collections import deque
from dataclasses import dataclass, field
from pathlib import Path

from mux_tui.core.catalog.capacity import Capacity
from mux_tui.core.catalog.fit import CONTEXTS, DEFAULT_CONTEXT
from mux_tui.core.catalog.recommend import recommend
from mux_tui.core.hardware.chips import Chip
from mux_tui.core.hardware.facts import MachineFacts
from mux_tui.core.hardware.macmon import GpuSample
from mux_tui.core.hardware.sample import Sample
from mux_tui.core.machine.capacity import capacity_of, simulated
from mux_tui.core.machine.overview import ModelRow, rows_of
from mux_tui.core.machine.service import Stock
from mux_tui.core.model_server.inspection import ServerStatus

_KEPT = 60

_ALIVE = ("ready", "starting", "unresponsive")


def _series() -> deque[float]:
    return deque(maxlen=_KEPT)


@dataclass
class HardwareState:
    """Everything that the screen shows."""

    facts: MachineFacts | None = None
    stock: Stock | None = None
    now: Sample | None = None
    gpu: GpuSample | None = None
    status: ServerStatus | None = None
    step: str = ""
    """What is being done with the server; empty: nothing."""

    other: tuple[int, Chip | None] | None = None
    """Memory in GiB and chip of a simulated machine; None: this one."""

    context: int = DEFAULT_CONTEXT
    cpu: deque[float] = field(default_factory=_series)
    gpu_percents: deque[float] = field(default_factory=_series)
    watts: deque[float] = field(default_factory=_series)
    advice: str = ""
    """Which model to take, as a sentence."""

    def sampled(self, now: Sample) -> None:
        """Take a look in."""
        self.now = now
        self.cpu.append(now.cpu_percent)

    def gpu_sampled(self, now: GpuSample) -> None:
        """Take a look at the GPU in."""
        self.gpu = now
        if now.gpu_percent is not None:
            self.gpu_percents.append(now.gpu_percent)
        if now.watts is not None:
            self.watts.append(now.watts)

    @property
    def capacity(self) -> Capacity | None:
        """Of this machine, or of the simulated one; None: not known yet."""
        if self.other is not None:
            return simulated(*self.other)

        return capacity_of(self.facts) if self.facts else None

    @property
    def other_name(self) -> str:
        """What the simulated machine is called; empty: it is this one."""
        if self.other is None:
            return ""

        chip = self.other[1]
        return f"Simulated {chip.name}" if chip else "Simulated Mac"

    @property
    def alive(self) -> bool:
        """Whether the server that mux started has a process."""
        return self.status is not None and self.status.state in _ALIVE

    def step_context(self, by: int) -> bool:
        """More context, or less; whether there is such a step."""
        at = CONTEXTS.index(self.context) + by
        if not 0 <= at < len(CONTEXTS):
            return False

        self.context = CONTEXTS[at]
        return True

    def rows(self) -> tuple[ModelRow, ...]:
        """A row for each model; none before machine and disk are known."""
        capacity = self.capacity
        if capacity is None or self.stock is None:
            return ()

        advice = recommend(self.stock.catalogue.models, capacity, self.context)
        self.advice = advice.sentence
        here = self.other is None
        return rows_of(
            self.stock.catalogue,
            capacity,
            self.stock.installed if here else (),
            context=self.context,
            served=self._served() if here else None,
            remembered=self.stock.measured,
            recommended=advice.pick.model.id if advice.pick else "",
        )

    def disk_words(self) -> str:
        """How many models are here, and what they take."""
        installed = self.stock.installed if self.stock else ()
        if not installed:
            return "none on disk"

        size = sum(one.bytes for one in installed) / (1 << 30)
        return f"{len(installed)} on disk, {size:.1f} GiB"

    def _served(self) -> Path | None:
        if self.status is None or not self.alive or not self.status.model:
            return None

        return Path(self.status.model)
