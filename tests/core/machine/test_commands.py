"""The probes on the machine that runs the tests."""

import stat
import sys
from contextlib import aclosing
from pathlib import Path

import pytest

from mux_tui.core.config.environment import Environment
from mux_tui.core.hardware.macmon import GpuSample
from mux_tui.core.hardware.probe import Answer
from mux_tui.core.machine import commands
from mux_tui.core.machine.commands import asking
from mux_tui.core.machine.facts import read_facts
from mux_tui.core.machine.gpu import has_macmon, watch_gpu
from tests.core.hardware.recorded import playing


def program(folder: Path, name: str, script: str) -> dict[str, str]:
    path = folder / name
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(path.stat().st_mode | stat.S_IEXEC)
    return {"PATH": f"{folder}:/usr/bin:/bin"}


async def test_a_command_that_fails_after_its_answer_has_answered(
    tmp_path: Path,
) -> None:
    """sysctl does so when it does not know one of many names."""
    ask = asking(program(tmp_path, "part", "echo 'a: 1'; echo no b >&2; exit 1"))
    answer = await ask(("part",))
    assert (answer.text, answer.why) == ("a: 1", "")


async def test_a_command_that_says_nothing_says_why(tmp_path: Path) -> None:
    ask = asking(program(tmp_path, "mute", "echo 'not today' >&2; exit 3"))
    assert (await ask(("mute",))).why == "mute says nothing: not today"


async def test_a_missing_command_is_no_error() -> None:
    answer = await asking({"PATH": "/nowhere"})(("nvidia-smi", "-x"))
    assert answer.why == "nvidia-smi: no such program"


async def test_a_command_that_hangs_is_ended_and_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(commands, "_SECONDS", 0.2)
    ask = asking(program(tmp_path, "slow", "exec sleep 60"))
    assert await ask(("slow",)) == Answer(why="slow took over 0.2 seconds")


async def test_of_a_command_that_never_stops_talking_only_so_much_is_held(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(commands, "_SECONDS", 0.3)
    ask = asking(program(tmp_path, "flood", "exec yes"))
    assert await ask(("flood",)) == Answer(why="flood took over 0.3 seconds")


async def test_this_machine_tells_its_memory() -> None:
    facts = await read_facts(Environment(), playing({}))
    assert facts.ram.value
    assert facts.disk_free.value
    assert facts.os.value


async def test_a_mac_is_asked_as_a_mac(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    facts = await read_facts(Environment(), playing({"sysctl": "hw.memsize: 8\n"}))
    assert (facts.system, facts.ram.value) == ("macos", 8)


async def test_macmon_is_watched_where_it_is_installed(tmp_path: Path) -> None:
    line = '{"gpu_usage":[1,0.5],"all_power":38.0,"temp":{"gpu_temp_avg":61.0}}'
    variables = program(tmp_path, "macmon", f"echo noise; echo '{line}'; sleep 60")
    assert has_macmon(variables)
    seen: list[GpuSample] = []
    async with aclosing(watch_gpu(variables)) as samples:
        async for sample in samples:
            seen.append(sample)
            break
    assert seen == [GpuSample(50.0, 38.0, 61.0)]


async def test_without_macmon_nothing_is_told() -> None:
    assert not has_macmon({"PATH": "/nowhere"})
    assert [one async for one in watch_gpu({"PATH": "/nowhere"})] == []
