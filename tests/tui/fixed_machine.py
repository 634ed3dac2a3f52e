"""Machines that do not change, for pictures and for tests of what is done with them."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from mux_tui.core.catalog.table import Catalogue, read_catalogue
from mux_tui.core.errors import MuxError
from mux_tui.core.events import ServerChanged
from mux_tui.core.hardware.chips import Chip
from mux_tui.core.hardware.facts import CoreGroup, Fact, MachineFacts, unknown
from mux_tui.core.hardware.macmon import GpuSample
from mux_tui.core.hardware.sample import Sample
from mux_tui.core.machine.installed import Installed
from mux_tui.core.machine.measured import Measured
from mux_tui.core.machine.service import Machine, Report, Stock
from mux_tui.core.model_server.inspection import ServerStatus
from mux_tui.core.model_server.out_of_memory import ADVICE
from mux_tui.core.model_server.speed import Speed
from mux_tui.tui.pulse import ProxyWord, Pulse
from tests.tui.stage import StageDesk, make_desk

GIB = 1 << 30

M3_MAX = MachineFacts(
    system="macos",
    os=Fact("macOS 26.1 (25B78)", "sysctl"),
    cpu=Fact("Apple M3 Max", "sysctl"),
    chip=Chip(3, "Max"),
    cores=Fact((CoreGroup("performance", 12), CoreGroup("efficiency", 4)), "sysctl"),
    gpu=Fact("Apple M3 Max", "system_profiler"),
    gpu_cores=Fact(40, "system_profiler"),
    ram=Fact(36 * GIB, "sysctl"),
    working_set=Fact(27 * GIB, "mlx.core.device_info()"),
    wired_limit=Fact(0, "sysctl"),
    bandwidth=Fact(400.0, "table"),
    disk_free=Fact(212 * GIB, "at /models"),
    power=Fact("AC power", "pmset"),
    mlx=Fact("0.32.4, on the GPU", "mlx"),
    accelerated=True,
)

LINUX = MachineFacts(
    system="linux",
    os=Fact("Debian GNU/Linux 12", "/etc/os-release"),
    cpu=Fact("AMD Ryzen 9 7950X 16-Core Processor", "/proc/cpuinfo"),
    cores=Fact((CoreGroup("logical", 32),), "/proc/cpuinfo"),
    gpu=unknown("nvidia-smi: no such program", "nvidia-smi"),
    gpu_cores=unknown("only told for Apple's chips"),
    ram=Fact(32 * GIB, "psutil"),
    working_set=unknown("MLX computes on the processor here"),
    wired_limit=unknown("a setting of macOS"),
    bandwidth=unknown("Linux tells no memory bandwidth"),
    disk_free=Fact(87 * GIB, "at /models"),
    power=unknown("the system tells of no power supply"),
    cpu_flags=Fact(("avx2", "avx512f", "avx512_bf16", "f16c", "fma"), "/proc/cpuinfo"),
    mlx=Fact("0.32.4, on the processor", "mlx"),
)

MAC_SAMPLES = tuple(
    Sample(
        float(second),
        36 * GIB,
        round(7.1 * GIB),
        0,
        2 * GIB,
        percent,
        "normal",
        wired=round(19.1 * GIB),
        server_resident=round(18.9 * GIB),
    )
    for second, percent in enumerate((12.0, 30.0, 22.0, 64.0, 80.0, 41.0, 31.0))
)

LINUX_SAMPLES = (
    Sample(0.0, 32 * GIB, 20 * GIB, 0, 0, 12.0, "normal"),
    Sample(2.0, 32 * GIB, 20 * GIB, 0, 0, 30.0, "normal"),
)

STARTER = Installed(
    "smollm2-135m-instruct",
    Path("/models/smollm2-135m-instruct"),
    538_060_032,
    "mux",
    "smollm2-135m-instruct",
)
CODER = Installed(
    "mlx-community/Qwen3-Coder-30B-A3B-Instruct-4bit",
    Path("/hub/Qwen3-Coder-30B-A3B-Instruct-4bit"),
    17_180_000_000,
    "hub cache",
    "/hub/Qwen3-Coder-30B-A3B-Instruct-4bit",
    configured=True,
)
SMALL = Installed(
    "mlx-community/Qwen2.5-Coder-7B-Instruct-4bit",
    Path("/hub/Qwen2.5-Coder-7B-Instruct-4bit"),
    4_284_000_000,
    "hub cache",
    "/hub/Qwen2.5-Coder-7B-Instruct-4bit",
)

READY = ServerStatus(
    "ready",
    "It is ready.",
    pid=4121,
    port=8080,
    base_url="http://127.0.0.1:8080/v1",
    model=str(CODER.directory),
    uptime_seconds=8053.0,
    resident_bytes=round(18.9 * GIB),
)
STOPPED = ServerStatus("stopped", "No model server is running.")
CRASHED = ServerStatus(
    "crashed",
    "It has crashed: memory ran out.",
    model=str(CODER.directory),
    log_lines=("INFO loading", "RuntimeError: [metal::malloc] out of memory"),
    out_of_memory=True,
    advice=ADVICE,
)


@dataclass
class FixedWorld:
    """What a fixed machine is like, and what was done with it."""

    known: MachineFacts | None = M3_MAX
    """None: it never tells."""

    samples: Sequence[Sample] = MAC_SAMPLES
    gpu: Sequence[GpuSample] = ()
    installed: tuple[Installed, ...] = ()
    remembered: dict[str, Measured] = field(default_factory=dict[str, Measured])
    status: ServerStatus = STOPPED
    catalogue: Catalogue = field(default_factory=read_catalogue)
    done: list[str] = field(default_factory=list[str])
    """The server's changes, in their order."""

    fault: MuxError | None = None
    """What a start ends with; None: it goes well."""

    hold: asyncio.Event | None = None
    """A start waits for it."""

    proxy: ProxyWord = "running"
    sampled: int = 0
    endless: bool = False
    """The last sample is told again and again."""

    bug: Exception | None = None
    """What a look ends with."""

    settings_file: Path | None = None
    """What is said to be written; None: the truth."""


class FixedMachine(Machine):
    """A machine of a fixed world."""

    sample_seconds = 0.0

    def __init__(self, desk: StageDesk, world: FixedWorld) -> None:
        """Make one for a desk."""
        super().__init__(desk.settings, desk.environment)
        self.world = world

    @property
    def settings_file(self) -> Path:
        """The real one, or a name that is the same everywhere."""
        return self.world.settings_file or super().settings_file

    async def facts(self) -> MachineFacts:
        """Always the same."""
        if self.world.known is None:
            await asyncio.Event().wait()
        assert self.world.known is not None
        return self.world.known

    async def stock(self) -> Stock:
        """The installed models; the settings say which is chosen."""
        wanted = self.settings.providers.local.model
        installed = tuple(
            replace(one, configured=wanted in (one.setting, one.id)) if wanted else one
            for one in self.world.installed
        )
        return Stock(self.world.catalogue, installed, self.world.remembered)

    async def sample(self, server_pid: int | None = None) -> Sample:
        """One after the other; then no more."""
        if self.world.bug is not None:
            raise self.world.bug
        if self.world.endless:
            await asyncio.sleep(0.005)
        elif self.world.sampled >= len(self.world.samples):
            await asyncio.Event().wait()
        self.world.sampled += 1
        return self.world.samples[min(self.world.sampled, len(self.world.samples)) - 1]

    async def gpu(self) -> AsyncGenerator[GpuSample, None]:
        """All there are."""
        for one in self.world.gpu:
            yield one

    async def server(self) -> ServerStatus:
        """As the world has it."""
        return self.world.status

    async def start(self, model: Path | None, report: Report) -> None:
        """It is ready at once, or when it may be, or not at all."""
        self.world.done.append(f"start {model.name if model else 'chosen'}")
        report(ServerChanged("loading", "reading weights"))
        if self.world.hold is not None:
            await self.world.hold.wait()
        if self.world.fault is not None:
            raise self.world.fault
        directory = str(model or CODER.directory)
        self.world.status = replace(READY, model=directory)

    async def stop(self) -> bool:
        """It ends."""
        self.world.done.append("stop")
        self.world.status = STOPPED
        return True

    async def measure(self) -> tuple[str, Speed]:
        """Always the same."""
        self.world.done.append("measure")
        name = Path(self.world.status.model).name
        self.world.remembered[name] = Measured(812.0, 61.2)
        return name, Speed(812.0, 61.2)


@dataclass
class MachineDesk(StageDesk):
    """A desk on a fixed machine."""

    world: FixedWorld = field(default_factory=FixedWorld)

    async def machine(self) -> Machine:
        """The machine of its world."""
        return FixedMachine(self, self.world)

    async def pulse(self) -> Pulse:
        """The stage's, with the proxy of its world."""
        return replace(await super().pulse(), proxy=self.world.proxy)


def machine_desk(
    folder: Path, world: FixedWorld, settings: dict[str, object] | None = None
) -> MachineDesk:
    """A desk whose home is in `folder`, on the machine of `world`."""
    desk = make_desk(folder, settings=settings)
    return MachineDesk(
        desk.environment,
        desk.cwd,
        desk.loaded,
        now=desk.now,
        tick=desk.tick,
        local=desk.local,
        cloud=desk.cloud,
        state=desk.state,
        fill=desk.fill,
        world=world,
    )


def mac(change: Callable[[FixedWorld], None] | None = None) -> FixedWorld:
    """An M3 Max that serves a model, with macmon."""
    world = FixedWorld(
        gpu=tuple(
            GpuSample(percent, watts, 61.0)
            for percent, watts in ((4.0, 9.0), (96.0, 38.0), (97.0, 39.0), (96.0, 38.0))
        ),
        installed=(CODER, SMALL, STARTER),
        remembered={SMALL.directory.name: Measured(540.0, 55.0)},
        status=READY,
    )
    if change:
        change(world)
    return world


def linux() -> FixedWorld:
    """A Linux machine with the starter."""
    return FixedWorld(
        known=LINUX,
        samples=LINUX_SAMPLES,
        installed=(replace(STARTER, configured=True),),
    )
