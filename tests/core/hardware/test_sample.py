"""One look at the machine: cheap, and honest about what it cannot tell."""

import os
import statistics
import sys
import time
from pathlib import Path

import pytest

from mux_tui.core.hardware import pressure
from mux_tui.core.hardware.macmon import read_line
from mux_tui.core.hardware.pressure import of_level, of_stalls
from mux_tui.core.hardware.sample import sample


def test_a_look_adds_up() -> None:
    now = sample(os.getpid())
    assert 0 < now.ram_available <= now.ram_total
    assert now.ram_used == now.ram_total - now.ram_available
    assert 0 <= now.swap_used <= now.swap_total
    assert 0 <= now.cpu_percent <= 100
    assert now.pressure in ("normal", "warning", "critical", "unknown")
    assert now.server_resident
    assert now.server_resident > 1_000_000


def test_a_server_that_is_gone_holds_nothing_that_is_known() -> None:
    assert sample(2**22 - 1).server_resident is None
    assert sample().server_resident is None


def test_a_look_takes_less_than_three_milliseconds() -> None:
    sample()
    times: list[float] = []
    for _ in range(50):
        begun = time.process_time()
        sample(os.getpid())
        times.append(time.process_time() - begun)
    assert statistics.median(times) < 0.003


@pytest.mark.parametrize(
    ("level", "word"),
    [(1, "normal"), (2, "warning"), (4, "critical"), (3, "unknown"), (None, "unknown")],
)
def test_the_mac_kernel_s_level_is_a_word(level: int | None, word: str) -> None:
    assert of_level(level) == word


@pytest.mark.parametrize(
    ("stalls", "share", "word"),
    [
        ({"some": 0.0, "full": 0.0}, 0.6, "normal"),
        ({"some": 12.5, "full": 0.0}, 0.6, "warning"),
        ({"some": 40.0, "full": 25.0}, 0.6, "critical"),
        ({}, 0.6, "normal"),
        ({}, 0.09, "warning"),
        ({}, 0.01, "critical"),
    ],
)
def test_on_linux_waiting_and_what_is_left_decide(
    stalls: dict[str, float], share: float, word: str
) -> None:
    assert of_stalls(stalls, share) == word


def test_the_kernel_s_own_counts_are_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    file = tmp_path / "proc/pressure/memory"
    file.parent.mkdir(parents=True)
    file.write_text(
        "some avg10=31.20 avg60=2.00 avg300=0.00 total=5\n"
        "full avg10=0.00 avg60=0.00 avg300=0.00 total=0\n"
    )
    assert pressure.pressure(0.9, tmp_path) == "warning"
    assert pressure.pressure(0.9, tmp_path / "none") == "normal"


def test_macmon_s_lines_are_understood() -> None:
    line = (
        '{"temp":{"cpu_temp_avg":43.7,"gpu_temp_avg":36.9},'
        '"gpu_usage":[461,0.0217],"cpu_power":0.2,"all_power":0.22}'
    )
    found = read_line(line)
    assert found
    assert found.gpu_percent
    assert round(found.gpu_percent, 6) == 2.17
    assert (found.watts, found.celsius) == (0.22, 36.9)


@pytest.mark.parametrize(
    "line",
    [
        "",
        "not json",
        "[]",
        "{}",
        '{"gpu_usage": [1]}',
        '{"all_power": "much"}',
        "[" * 9999,
    ],
)
def test_lines_without_use_are_passed_over(line: str) -> None:
    assert read_line(line) is None
