"""What machines answer to the probes, written down from public facts.

A Mac is told by its chip: the answers are in the form that its commands have, shortened
to what matters and to what must not confuse. Numbers of cores and memory are Apple's;
working sets are those that owners of such machines published, where it does not say
that the machine is `composed`: put together from other machines' answers.
"""

import json
from dataclasses import dataclass, field
from pathlib import Path

from mux_tui.core.hardware.probe import Answer, Ask

GIB = 1 << 30


@dataclass(frozen=True)
class RecordedMac:
    """One Mac."""

    chip: str
    performance: int
    efficiency: int
    gpu_cores: int
    gibibytes: int
    working_set: int
    """Bytes, as Metal recommends; 0: this one's MLX does not start."""

    wired_limit_mb: int = 0
    battery: str = ""
    levels: tuple[str, str] = ("Performance", "Efficiency")
    composed: bool = False
    extra: dict[str, str] = field(default_factory=dict[str, str])

    @property
    def ask(self) -> Ask:
        """Plays its answers back."""
        return playing(
            {
                "sysctl": self._sysctl(),
                "system_profiler": self._displays(),
                "pmset": self._power(),
                "python": self._mlx(),
            }
            | self.extra
        )

    def _sysctl(self) -> str:
        return (
            f"machdep.cpu.brand_string: {self.chip}\n"
            f"hw.memsize: {self.gibibytes * GIB}\n"
            f"hw.physicalcpu: {self.performance + self.efficiency}\n"
            "hw.nperflevels: 2\n"
            f"hw.perflevel0.name: {self.levels[0]}\n"
            f"hw.perflevel0.physicalcpu: {self.performance}\n"
            f"hw.perflevel1.name: {self.levels[1]}\n"
            f"hw.perflevel1.physicalcpu: {self.efficiency}\n"
            f"iogpu.wired_limit_mb: {self.wired_limit_mb}\n"
            "kern.osproductversion: 26.1\n"
            "kern.osversion: 25B78\n"
        )

    def _displays(self) -> str:
        entry = {
            "_name": self.chip,
            "spdisplays_mtlgpufamilysupport": "spdisplays_metal4",
            "spdisplays_ndrvs": [{"_name": "Color LCD"}],
            "spdisplays_vendor": "sppci_vendor_Apple",
            "sppci_bus": "spdisplays_builtin",
            "sppci_cores": str(self.gpu_cores),
            "sppci_device_type": "spdisplays_gpu",
            "sppci_model": self.chip,
        }
        return json.dumps({"SPDisplaysDataType": [entry]}, indent=2)

    def _power(self) -> str:
        if not self.battery:
            return "Now drawing from 'AC Power'\n"
        return (
            "Now drawing from 'Battery Power'\n"
            f" -InternalBattery-0 (id=22806627)\t{self.battery}; discharging; "
            "4:12 remaining present: true\n"
        )

    def _mlx(self) -> str:
        if not self.working_set:
            return ""
        info = {
            "device_name": self.chip,
            "architecture": "applegpu_g15s",
            "memory_size": self.gibibytes * GIB,
            "max_recommended_working_set_size": self.working_set,
            "max_buffer_length": self.working_set * 3 // 4,
            "resource_limit": 499000,
        }
        return json.dumps(
            {"version": "0.32.4", "device": "Device(gpu, 0)", "info": info}
        )


SUPER = ("Super", "Performance")
"""What macOS calls the cores of the fifth generation's larger chips."""

M1_8 = RecordedMac("Apple M1", 4, 4, 8, 8, 5_726_633_984, battery="81%")
M1_PRO_16 = RecordedMac("Apple M1 Pro", 8, 2, 16, 16, 11_453_251_584)
M1_MAX_64 = RecordedMac("Apple M1 Max", 8, 2, 32, 64, 55_662_788_608)
M1_ULTRA_128 = RecordedMac("Apple M1 Ultra", 16, 4, 64, 128, 115_448_725_504)
M2_16 = RecordedMac("Apple M2", 4, 4, 10, 16, 12_713_115_648)
M2_PRO_16 = RecordedMac("Apple M2 Pro", 8, 4, 19, 16, 12_713_115_648)
M2_MAX_96 = RecordedMac("Apple M2 Max", 8, 4, 38, 96, 83_751_862_272)
M3_24 = RecordedMac("Apple M3", 4, 4, 10, 24, 19_069_669_376)
M3_PRO_18 = RecordedMac("Apple M3 Pro", 5, 6, 14, 18, 14_302_248_960)
M3_MAX_36 = RecordedMac("Apple M3 Max", 10, 4, 30, 36, 28_991_029_248)
M3_MAX_128 = RecordedMac("Apple M3 Max", 12, 4, 40, 128, 115_448_725_504)
M4_32 = RecordedMac("Apple M4", 4, 6, 10, 32, 26_800_603_136)
M4_PRO_48 = RecordedMac("Apple M4 Pro", 10, 4, 20, 48, 40_200_896_512)
M4_MAX_36 = RecordedMac("Apple M4 Max", 10, 4, 32, 36, 30_150_672_384)
M4_MAX_128 = RecordedMac("Apple M4 Max", 12, 4, 40, 128, 115_448_725_504)
M2_ULTRA_192 = RecordedMac("Apple M2 Ultra", 16, 8, 76, 192, 155_692_564_480)
M3_ULTRA_256 = RecordedMac("Apple M3 Ultra", 24, 8, 80, 256, 223_338_299_392)
M3_ULTRA_512 = RecordedMac("Apple M3 Ultra", 24, 8, 80, 512, 498_216_206_336)
M5_24 = RecordedMac("Apple M5", 4, 6, 10, 24, 19_069_669_376, composed=True)
M5_PRO_64 = RecordedMac(
    "Apple M5 Pro", 6, 12, 20, 64, 55_662_788_608, levels=SUPER, composed=True
)
M5_MAX_64 = RecordedMac("Apple M5 Max", 6, 12, 40, 64, 60_129_542_144, levels=SUPER)
M5_MAX_36 = RecordedMac(
    "Apple M5 Max", 6, 12, 32, 36, 30_150_672_384, levels=SUPER, composed=True
)
M5_ULTRA_256 = RecordedMac(
    "Apple M5 Ultra", 12, 24, 80, 256, 223_338_299_392, levels=SUPER, composed=True
)
M6_16 = RecordedMac("Apple M6", 4, 8, 12, 16, 12_713_115_648, composed=True)
M6_32 = RecordedMac("Apple M6", 4, 8, 12, 32, 26_800_603_136, composed=True)

M4_ULTRA_256 = RecordedMac(
    "Apple M4 Ultra", 24, 8, 80, 256, 223_338_299_392, composed=True
)
"""Apple never sold one: what a chip looks like that no table knows."""

MACS = (
    M1_8,
    M1_PRO_16,
    M1_MAX_64,
    M1_ULTRA_128,
    M2_16,
    M2_PRO_16,
    M2_MAX_96,
    M3_24,
    M3_PRO_18,
    M3_MAX_36,
    M3_MAX_128,
    M4_32,
    M4_PRO_48,
    M4_MAX_36,
    M4_MAX_128,
    M2_ULTRA_192,
    M3_ULTRA_256,
    M3_ULTRA_512,
    M5_24,
    M5_PRO_64,
    M5_MAX_36,
    M5_MAX_64,
    M5_ULTRA_256,
    M6_16,
    M6_32,
)

MLX_ON_PROCESSOR = json.dumps(
    {
        "version": "0.32.4",
        "device": "Device(cpu, 0)",
        "info": {"architecture": "x86_64", "device_name": "AMD EPYC"},
    }
)

MLX_ON_CARD = json.dumps(
    {
        "version": "0.32.4",
        "device": "Device(gpu, 0)",
        "info": {"device_name": "NVIDIA L4", "architecture": "sm_89"},
    }
)
"""Composed: MLX does not tell a recommended size of a card."""

RTX_4090 = "NVIDIA GeForce RTX 4090, 24564, 570.86.15\n"
H100 = "NVIDIA H100 80GB HBM3, 81559, 550.54.15\n"
LAPTOP_4060 = "NVIDIA GeForce RTX 4060 Laptop GPU, 8188, 560.35.03\n"
SPARK = "NVIDIA GB10, [N/A], 580.95.05\n"
"""Its memory is the processor's too."""

LAPTOP = """\
processor\t: 0
vendor_id\t: GenuineIntel
model name\t: 12th Gen Intel(R) Core(TM) i7-1260P
flags\t\t: fpu vme sse4_2 fma avx avx2 f16c avx_vnni
"""

SERVER = """\
processor\t: 0
vendor_id\t: GenuineIntel
model name\t: Intel(R) Xeon(R) Platinum 8480+
flags\t\t: fpu sse4_2 fma avx2 f16c avx512f avx512_bf16 avx512_vnni amx_bf16 amx_int8
"""

X86 = """\
processor\t: 0
vendor_id\t: AuthenticAMD
model name\t: AMD Ryzen 9 7950X 16-Core Processor
flags\t\t: fpu vme sse4_2 fma avx avx2 f16c avx512f avx512_bf16 avx512_vnni

processor\t: 1
vendor_id\t: AuthenticAMD
model name\t: AMD Ryzen 9 7950X 16-Core Processor
flags\t\t: fpu vme sse4_2 fma avx avx2 f16c avx512f avx512_bf16 avx512_vnni
"""

ARM = """\
processor\t: 0
BogoMIPS\t: 243.75
Features\t: fp asimd evtstrm aes asimdhp asimddp sve i8mm bf16

Hardware\t: Neoverse-V2
"""


def playing(answers: dict[str, str]) -> Ask:
    """Answers commands by their program's name; the others are not installed."""

    async def ask(argv: tuple[str, ...]) -> Answer:
        name = Path(argv[0]).name
        text = answers.get("python" if name.startswith("python") else name)
        return Answer(why=f"{name}: no such program") if text is None else Answer(text)

    return ask


def linux_root(folder: Path, cpuinfo: str = X86, battery: int | None = None) -> Path:
    """A file system with what the probes read."""
    files = {
        "proc/cpuinfo": cpuinfo,
        "etc/os-release": 'NAME="Debian"\nPRETTY_NAME="Debian GNU/Linux 12"\n',
    }
    if battery is not None:
        supply = "sys/class/power_supply"
        files |= {
            f"{supply}/AC/type": "Mains\n",
            f"{supply}/AC/online": "0\n",
            f"{supply}/BAT0/type": "Battery\n",
            f"{supply}/BAT0/capacity": f"{battery}\n",
        }
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder


def contained(folder: Path, version: int, limit: int) -> Path:
    """A file system as it is seen in a container with a memory limit.

    Args:
        folder: Where to write it.
        version: Of control groups: 1 or 2.
        limit: Bytes.
    """
    linux_root(folder, SERVER)
    files = (
        {
            "proc/self/cgroup": "0::/\n",
            "sys/fs/cgroup/memory.max": f"{limit}\n",
            "sys/fs/cgroup/memory.current": f"{limit // 4}\n",
        }
        if version == 2
        else {
            "proc/self/cgroup": "9:memory:/docker/0123\n1:name=systemd:/docker/0123\n",
            "sys/fs/cgroup/memory/memory.limit_in_bytes": f"{limit}\n",
            "sys/fs/cgroup/memory/memory.usage_in_bytes": f"{limit // 4}\n",
        }
    )
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder
