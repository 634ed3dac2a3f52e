"""How the machine is at this moment.

Cheap enough to be asked every second: no process is started.
"""

import time
from dataclasses import dataclass
from pathlib import Path

import psutil

from mux_tui.core.hardware.memory import memory
from mux_tui.core.hardware.pressure import Pressure, pressure
from mux_tui.core.hardware.processes import resident_bytes


@dataclass(frozen=True)
class Sample:
    """One look; sizes in bytes."""

    at: float
    """Seconds of the monotonic clock."""

    ram_total: int
    ram_available: int
    swap_used: int
    swap_total: int
    cpu_percent: float
    """Of all cores together, 0 to 100, since the look before."""

    pressure: Pressure
    wired: int | None = None
    """Memory that cannot be moved or compressed, a loaded model among it; None: this
    system does not tell it."""

    server_resident: int | None = None
    """What mux's model server holds; None: there is none."""

    @property
    def ram_used(self) -> int:
        """What cannot be had without swapping."""
        return max(self.ram_total - self.ram_available, 0)


def sample(server_pid: int | None = None, root: Path = Path("/")) -> Sample:
    """Look now.

    The first look in a process has no share of the processor to tell: it is 0 then.

    Args:
        server_pid: The model server's process; None: there is none.
        root: Where `proc` and `sys` are found.
    """
    now = memory(root)
    swap = psutil.swap_memory()
    share = now.available / now.total if now.total else 0.0
    return Sample(
        at=time.monotonic(),
        ram_total=now.total,
        ram_available=now.available,
        swap_used=swap.used,
        swap_total=swap.total,
        cpu_percent=psutil.cpu_percent(),
        pressure=pressure(share, root),
        wired=_wired(),
        server_resident=resident_bytes(server_pid) if server_pid else None,
    )


def _wired() -> int | None:
    wired: object = getattr(psutil.virtual_memory(), "wired", None)
    return wired if isinstance(wired, int) else None
