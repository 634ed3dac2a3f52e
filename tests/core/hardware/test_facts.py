"""Facts of machines, read from what their commands answer."""

from pathlib import Path

import pytest

from mux_tui.core.hardware import linux, macos, mlx
from mux_tui.core.hardware.chips import (
    Chip,
    bandwidth_of,
    chip_named,
    gpu_gflops,
    why_no_bandwidth,
)
from mux_tui.core.hardware.facts import MachineFacts
from mux_tui.core.hardware.memory import Memory
from mux_tui.core.hardware.memory import memory as memory_of
from mux_tui.core.hardware.probe import Answer, pairs, whole
from tests.core.hardware import recorded
from tests.core.hardware.recorded import (
    GIB,
    MACS,
    MLX_ON_PROCESSOR,
    RTX_4090,
    RecordedMac,
    linux_root,
    playing,
)

_BANDWIDTHS = {
    "Apple M1": 68.25,
    "Apple M1 Pro": 200,
    "Apple M1 Max": 400,
    "Apple M1 Ultra": 800,
    "Apple M2": 100,
    "Apple M2 Pro": 200,
    "Apple M2 Max": 400,
    "Apple M2 Ultra": 800,
    "Apple M3": 100,
    "Apple M3 Pro": 150,
    "Apple M3 Max": {30: 300, 40: 400},
    "Apple M3 Ultra": 819,
    "Apple M4": 120,
    "Apple M4 Pro": 273,
    "Apple M4 Max": {32: 410, 40: 546},
    "Apple M5": 153,
    "Apple M5 Pro": 307,
    "Apple M5 Max": {32: 460, 40: 614},
    "Apple M5 Ultra": 1200,
    "Apple M6": {16: 153, 32: 170},
}
"""Gigabytes a second; where a chip has several, by GPU cores or GiB of memory."""


async def of_mac(mac: RecordedMac) -> MachineFacts:
    return await macos.read(mac.ask, "python3")


@pytest.mark.parametrize("mac", MACS, ids=lambda mac: f"{mac.chip} {mac.gibibytes}")
async def test_a_mac_tells_everything_about_itself(mac: RecordedMac) -> None:
    facts = await of_mac(mac)
    assert facts.cpu.value == mac.chip
    assert facts.ram.value == mac.gibibytes * GIB
    assert facts.working_set.value == mac.working_set
    assert facts.gpu_cores.value == mac.gpu_cores
    assert [group.count for group in facts.cores.value or ()] == [
        mac.performance,
        mac.efficiency,
    ]
    assert facts.os.value == "macOS 26.1 (25B78)"
    assert facts.accelerated
    assert facts.bandwidth.source
    kinds = [group.kind for group in facts.cores.value or ()]
    assert kinds == [name.lower() for name in mac.levels]
    expected = _BANDWIDTHS[mac.chip]
    if isinstance(expected, dict):
        expected = expected.get(mac.gpu_cores) or expected[mac.gibibytes]
    assert facts.bandwidth.value == expected
    assert not facts.translated


async def test_a_chip_that_no_table_knows_is_told_but_not_guessed_at() -> None:
    facts = await of_mac(recorded.M4_ULTRA_256)
    assert (facts.chip, facts.gpu_cores.value) == (Chip(4, "Ultra"), 80)
    assert facts.bandwidth.value is None
    assert facts.bandwidth.why == "the table does not know the M4 Ultra"
    assert facts.working_set.known


async def test_a_third_kind_of_cores_is_told_too() -> None:
    text = (
        "machdep.cpu.brand_string: Apple M7\nhw.nperflevels: 3\n"
        "hw.perflevel0.name: Super\nhw.perflevel0.physicalcpu: 4\n"
        "hw.perflevel1.name: Performance\nhw.perflevel1.physicalcpu: 6\n"
        "hw.perflevel2.name: Efficiency\nhw.perflevel2.physicalcpu: 2\n"
    )
    facts = await macos.read(playing({"sysctl": text}), "python3")
    assert [(g.kind, g.count) for g in facts.cores.value or ()] == [
        ("super", 4),
        ("performance", 6),
        ("efficiency", 2),
    ]


async def test_a_translated_python_is_told() -> None:
    text = (
        "machdep.cpu.brand_string: VirtualApple @ 2.50GHz\n"
        f"hw.memsize: {16 * GIB}\nsysctl.proc_translated: 1\n"
    )
    facts = await macos.read(playing({"sysctl": text}), "python3")
    assert facts.translated
    assert facts.chip is None
    assert facts.bandwidth.why


async def test_every_unknown_says_why() -> None:
    """A Mac whose commands are all missing is a Mac of which nothing is claimed."""
    facts = await macos.read(playing({}), "python3")
    for name in ("os", "cpu", "cores", "gpu", "ram", "working_set", "power", "mlx"):
        fact = getattr(facts, name)
        assert fact.value is None
        assert "no such program" in fact.why, name
    assert not facts.bandwidth.known
    assert facts.bandwidth.why


async def test_a_limit_set_for_the_gpu_is_told() -> None:
    mac = RecordedMac("Apple M5 Max", 6, 12, 40, 128, 130_566_586_368, 124_518)
    facts = await of_mac(mac)
    assert facts.wired_limit.value == 124_518 << 20
    assert facts.bandwidth.value == 614


async def test_a_mac_on_battery_tells_its_charge() -> None:
    assert (await of_mac(recorded.M1_8)).power.value == "battery, 81 %"
    assert (await of_mac(recorded.M4_PRO_48)).power.value == "AC power"


async def test_an_mlx_that_does_not_start_leaves_the_limit_unknown() -> None:
    mac = RecordedMac("Apple M3", 4, 4, 10, 24, 0)
    facts = await of_mac(mac)
    assert facts.working_set.value is None
    assert "MLX" in facts.working_set.why
    assert not facts.accelerated
    assert facts.ram.value == 24 * GIB


async def test_old_systems_without_core_kinds_tell_how_many() -> None:
    text = "machdep.cpu.brand_string: Apple M1\nhw.physicalcpu: 8\n"
    facts = await macos.read(playing({"sysctl": text}), "python3")
    assert [(g.kind, g.count) for g in facts.cores.value or ()] == [("", 8)]


async def test_an_intel_mac_has_no_chip_of_ours() -> None:
    text = "machdep.cpu.brand_string: Intel(R) Core(TM) i9-9980HK CPU @ 2.40GHz\n"
    facts = await macos.read(playing({"sysctl": text}), "python3")
    assert facts.chip is None
    assert "not one of Apple's" in facts.bandwidth.why


async def test_odd_answers_are_no_facts_and_reach_no_terminal_as_they_are() -> None:
    odd = playing(
        {
            "sysctl": "machdep.cpu.brand_string: \x1b[31mApple M1\nhw.memsize: -5\n",
            "system_profiler": '{"SPDisplaysDataType": [{"sppci_cores": "9e9"}, 7]}',
            "pmset": "gibberish",
            "python": "[1, 2",
        }
    )
    facts = await macos.read(odd, "python3")
    assert "\x1b" not in (facts.cpu.value or "")
    assert (facts.ram.value, facts.gpu_cores.value, facts.power.value) == (None,) * 3


async def test_linux_tells_its_processor_and_what_it_can(tmp_path: Path) -> None:
    ask = playing({"python": MLX_ON_PROCESSOR})
    memory = Memory(32 * GIB, 20 * GIB)
    facts = await linux.read(ask, "python3", memory, linux_root(tmp_path))
    assert facts.os.value == "Debian GNU/Linux 12"
    assert facts.cpu.value == "AMD Ryzen 9 7950X 16-Core Processor"
    assert [(g.kind, g.count) for g in facts.cores.value or ()] == [("logical", 2)]
    assert facts.cpu_flags.value == (
        "avx2",
        "avx512f",
        "avx512_bf16",
        "avx512_vnni",
        "f16c",
        "fma",
    )
    assert facts.ram.value == 32 * GIB
    assert "no such program" in facts.gpu.why
    assert not facts.accelerated
    assert facts.working_set.why == "MLX computes on the processor here"
    assert facts.bandwidth.why == "Linux tells no memory bandwidth"


async def test_in_a_container_the_limit_counts_and_is_said(tmp_path: Path) -> None:
    memory = Memory(4 * GIB, 3 * GIB, limited=True)
    facts = await linux.read(playing({}), "python3", memory, linux_root(tmp_path))
    assert facts.ram.value == 4 * GIB
    assert facts.ram_limited
    assert "control group" in facts.ram.source


async def test_nvidia_cards_are_named_with_their_memory(tmp_path: Path) -> None:
    ask = playing({"nvidia-smi": RTX_4090 * 2, "python": MLX_ON_PROCESSOR})
    memory = Memory(64 * GIB, 60 * GIB)
    facts = await linux.read(ask, "python3", memory, linux_root(tmp_path))
    card = "NVIDIA GeForce RTX 4090 24 GiB"
    assert facts.gpu.value == f"{card}, {card}"


async def test_a_server_with_cards_tells_what_they_hold_together(
    tmp_path: Path,
) -> None:
    ask = playing({"nvidia-smi": recorded.H100 * 2, "python": recorded.MLX_ON_CARD})
    root = linux_root(tmp_path, recorded.SERVER)
    facts = await linux.read(ask, "python3", Memory(512 * GIB, 500 * GIB), root)
    assert facts.accelerated
    assert facts.card_memory == 2 * 81_559 << 20
    assert "amx_int8" in (facts.cpu_flags.value or ())


async def test_a_laptop_with_a_small_card(tmp_path: Path) -> None:
    ask = playing({"nvidia-smi": recorded.LAPTOP_4060, "python": MLX_ON_PROCESSOR})
    root = linux_root(tmp_path, recorded.LAPTOP, battery=100)
    facts = await linux.read(ask, "python3", Memory(16 * GIB, 9 * GIB), root)
    assert facts.cpu.value == "12th Gen Intel(R) Core(TM) i7-1260P"
    assert facts.gpu.value == "NVIDIA GeForce RTX 4060 Laptop GPU 8 GiB"
    assert facts.power.value == "battery, 100 %"
    assert "avx512f" not in (facts.cpu_flags.value or ())


async def test_a_card_without_memory_of_its_own_claims_none(tmp_path: Path) -> None:
    ask = playing({"nvidia-smi": recorded.SPARK})
    facts = await linux.read(ask, "p", Memory(GIB, GIB), linux_root(tmp_path))
    assert facts.card_memory == 0
    assert "shares the machine's memory" in (facts.gpu.value or "")


@pytest.mark.parametrize("version", [1, 2])
async def test_a_container_s_limit_is_read_from_either_kind_of_group(
    version: int, tmp_path: Path
) -> None:
    root = recorded.contained(tmp_path, version, 2 * GIB)
    memory = memory_of(root)
    facts = await linux.read(playing({}), "python3", memory, root)
    assert (facts.ram.value, facts.ram_limited) == (2 * GIB, True)
    assert memory.available <= 2 * GIB - GIB // 2


@pytest.mark.parametrize(
    "text",
    [
        "NVIDIA-SMI has failed because it couldn't communicate with the driver.\n",
        ", 24564, 570\n",
        ",,,,\n",
        "name, memory.total [MiB]\n",
    ],
)
async def test_what_a_broken_driver_says_is_no_card(text: str, tmp_path: Path) -> None:
    ask = playing({"nvidia-smi": text})
    facts = await linux.read(ask, "p", Memory(GIB, GIB), linux_root(tmp_path))
    assert not facts.card_memory
    assert facts.gpu.value is None or "does not tell" in facts.gpu.value


async def test_a_driver_without_cards_says_so(tmp_path: Path) -> None:
    ask = playing({"nvidia-smi": "No devices were found\n"})
    facts = await linux.read(ask, "p", Memory(GIB, GIB), linux_root(tmp_path))
    assert facts.gpu.why == "nvidia-smi lists none"


async def test_arm_processors_and_batteries(tmp_path: Path) -> None:
    root = linux_root(tmp_path, recorded.ARM, battery=64)
    facts = await linux.read(playing({}), "python3", Memory(GIB, GIB), root)
    assert facts.cpu.value == "Neoverse-V2"
    assert "sve" in (facts.cpu_flags.value or ())
    assert facts.power.value == "battery, 64 %"


async def test_a_bare_root_tells_nothing_and_raises_nothing(tmp_path: Path) -> None:
    facts = await linux.read(playing({}), "python3", Memory(GIB, GIB), tmp_path)
    for fact in (facts.os, facts.cpu, facts.cores, facts.cpu_flags, facts.power):
        assert fact.value is None
        assert fact.why


@pytest.mark.parametrize(
    ("text", "chip"),
    [
        ("Apple M1", Chip(1)),
        ("Apple M3 Max", Chip(3, "Max")),
        ("m4 pro", Chip(4, "Pro")),
        ("  apple   m2 ultra ", Chip(2, "Ultra")),
        ("Apple M12 Ultra", Chip(12, "Ultra")),
    ],
)
def test_chips_are_taken_apart(text: str, chip: Chip) -> None:
    assert chip_named(text) == chip


@pytest.mark.parametrize("text", ["", "Intel Core i9", "Apple A18 Pro", "M", "M3 Mini"])
def test_what_is_no_chip_of_apples_is_none(text: str) -> None:
    assert chip_named(text) is None


def test_a_chip_with_two_bandwidths_needs_its_gpu_cores() -> None:
    chip = Chip(3, "Max")
    assert bandwidth_of(chip, 30) == 300
    assert bandwidth_of(chip, 40) == 400
    assert bandwidth_of(chip, None) is None
    assert "several" in why_no_bandwidth(chip, None)
    assert "with 17 GPU cores" in why_no_bandwidth(chip, 17)
    assert "does not know the M9 Max" in why_no_bandwidth(Chip(9, "Max"), 40)


def test_a_chip_with_two_bandwidths_by_memory_needs_its_memory() -> None:
    chip = Chip(6)
    assert bandwidth_of(chip, 12, 16) == 153
    assert bandwidth_of(chip, 12, 32) == 170
    assert bandwidth_of(chip, 12) is None
    assert why_no_bandwidth(chip, 12) == (
        "the M6 has several, by its number of GiB of memory"
    )
    assert "does not know the M6 with 48 GiB" in why_no_bandwidth(chip, 12, 48)


def test_arithmetic_of_an_unknown_generation_is_not_guessed() -> None:
    assert gpu_gflops(Chip(5, "Max"), 40) is None
    assert gpu_gflops(Chip(4, "Pro"), None) is None
    assert gpu_gflops(None, 10) is None
    assert gpu_gflops(Chip(1), 8) == 2600


def test_a_warning_before_mlx_s_answer_is_passed_over() -> None:
    answer = Answer(f"[WARNING] deprecated\n{MLX_ON_PROCESSOR}\n")
    assert mlx.read(answer).version.value == "0.32.4, on the processor"


def test_pairs_and_numbers_are_read_strictly() -> None:
    assert pairs("a.b: 1\nnoise\n c = two \n") == {"a.b": "1", "c": "two"}
    assert whole("17") == 17
    for odd in (None, "", "-1", "1.5", "٣", "9" * 30):
        assert whole(odd) is None
