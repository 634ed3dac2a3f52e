"""A server that memory ran out for is recognised, whoever ended it."""

import os
import signal
from pathlib import Path

import pytest

from mux_tui.core.model_server import launch
from mux_tui.core.model_server.inspection import ServerStatus
from mux_tui.core.model_server.lifecycle import ModelServer
from mux_tui.core.model_server.out_of_memory import kernel_kills, killed_since
from mux_tui.core.model_server.record import read_record
from mux_tui.core.paths import Paths
from tests.core.model_server.conftest import Make


def _kernel(root: Path, kills: int, controllers: str = "") -> Path:
    """Files of a kernel that has killed so many in our own group."""
    top = root / "sys/fs/cgroup" / controllers
    group = top / "user/app"
    group.mkdir(parents=True, exist_ok=True)
    (root / "proc/self").mkdir(parents=True, exist_ok=True)
    number = "4" if controllers else "0"
    (root / "proc/self/cgroup").write_text(f"{number}:{controllers}:/user/app\n")
    (root / "proc/vmstat").write_text("pgfault 7\noom_kill 0\nballoon 0\n")
    name = "memory.oom_control" if controllers else "memory.events"
    (group / name).write_text(f"oom {kills}\noom_kill {kills}\noom_group_kill 0\n")
    return group / name


async def _crashed(server: ModelServer) -> ServerStatus:
    while (status := await server.status()).pid is not None:
        pass
    return status


@pytest.mark.parametrize("controllers", ["", "memory"])
def test_kills_are_counted_for_the_machine_and_for_each_group(
    tmp_path: Path, controllers: str
) -> None:
    file = _kernel(tmp_path, 3, controllers)
    before = kernel_kills(tmp_path)
    assert dict(before) == {str(tmp_path / "proc/vmstat"): 0, str(file): 3}
    assert not killed_since(before)
    _kernel(tmp_path, 4, controllers)
    assert killed_since(before)


def test_a_kernel_that_does_not_tell_has_killed_nobody(tmp_path: Path) -> None:
    assert kernel_kills(tmp_path) == ()
    file = _kernel(tmp_path, 0)
    before = kernel_kills(tmp_path)
    file.unlink()
    (tmp_path / "proc/vmstat").write_text("oom_kill x\n")
    assert not killed_since(before)
    assert not killed_since(())


async def test_a_server_that_the_kernel_killed_for_memory_is_explained(
    make: Make,
    model: Path,
    paths: Paths,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    _kernel(tmp_path, 2)
    monkeypatch.setattr(launch, "kernel_kills", lambda: kernel_kills(tmp_path))
    running = await make().start(model)
    record = read_record(paths.server_record)
    assert record is not None
    assert dict(record.kills)[str(tmp_path / "proc/vmstat")] == 0
    os.kill(running.pid, signal.SIGKILL)
    status = await _crashed(make())
    assert (status.sentence, status.advice) == ("It has crashed.", "")

    _kernel(tmp_path, 3)
    status = await make().status()
    assert status.out_of_memory
    assert status.sentence == "It has crashed: memory ran out."
    assert "Choose a smaller model" in status.advice
    assert "context_window" in status.advice


async def test_an_error_of_its_own_is_not_put_down_to_the_kernel(
    make: Make,
    model: Path,
    paths: Paths,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    _kernel(tmp_path, 2)
    monkeypatch.setattr(launch, "kernel_kills", lambda: kernel_kills(tmp_path))
    running = await make().start(model)
    with paths.server_log.open("a") as log:
        log.write("Traceback (most recent call last):\nValueError: \x1b[1mno layer\n")
    os.kill(running.pid, signal.SIGKILL)
    _kernel(tmp_path, 3)
    status = await _crashed(make())
    assert not status.out_of_memory
    assert status.sentence == "It has crashed: ValueError: ␛[1mno layer."


async def test_a_generation_that_ran_out_of_memory_is_explained_while_it_lives(
    make: Make, model: Path, paths: Paths, pids: Path
) -> None:
    server = make("dead")
    await server.start(model)
    with paths.server_log.open("a") as log:
        log.write("RuntimeError: [metal::malloc] Unable to allocate 9 bytes\n")
    pids.with_name("dead").touch()
    status = await server.status()
    assert status.state == "unresponsive"
    assert status.sentence.endswith("generate nothing any more: memory ran out.")
    assert status.advice


async def test_the_next_start_says_what_became_of_the_last_one(
    make: Make, model: Path, paths: Paths
) -> None:
    running = await make().start(model)
    with paths.server_log.open("a") as log:
        log.write("MemoryError\n")
    os.kill(running.pid, signal.SIGKILL)
    await _crashed(make())
    events: list[object] = []
    await make().start(model, events.append)
    assert "the last one: It has crashed: memory ran out" in str(events[0])
    assert "MemoryError" in paths.server_log.with_name("server.log.prev").read_text()
