"""The real mlx.launch under our watch, with ranks that are played."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncGenerator, Callable
from pathlib import Path
from typing import Any

import psutil
import pytest

from mux_tui.core.config.environment import Environment
from mux_tui.core.config.server import Server
from mux_tui.core.errors import ServerError
from mux_tui.core.hardware.processes import identity
from mux_tui.core.model_server.inspection import ServerStatus
from mux_tui.core.model_server.lifecycle import ModelServer, Running
from mux_tui.core.model_server.startup import Pace
from mux_tui.core.paths import Paths

pytestmark = pytest.mark.slow

FAKE = Path(__file__).with_name("fake_rank.py")
PACE = Pace(poll=0.05, answer=30.0, patience=30.0, grace=5.0)
SSH = """#!/bin/bash
echo "$@" >> {log}
exec setsid bash -c "${{@: -1}}"
"""

Make = Callable[..., ModelServer]


@pytest.fixture
def pids(tmp_path: Path) -> Path:
    """Where ranks note their numbers."""
    return tmp_path / "pids"


@pytest.fixture
async def make(paths: Paths, pids: Path, tmp_path: Path) -> AsyncGenerator[Make, None]:
    """Makes a ModelServer whose ranks play a part; none of them is left afterwards."""

    def made(mode: str = "ok", **more: Any) -> ModelServer:
        facts = {"launcher": "mlx.launch", "ranks": 3, "start_timeout": 120.0} | more
        scratch = tmp_path / "tmp"
        scratch.mkdir(exist_ok=True)
        path = f"{tmp_path / 'bin'}:{os.environ['PATH']}"
        variables = {"PATH": path, "HOME": str(tmp_path), "TMPDIR": str(scratch)}
        program = (sys.executable, "-P", "-S", str(FAKE), mode, str(pids))
        return ModelServer(
            paths,
            Server(**facts),  # pyright: ignore[reportArgumentType]
            Environment(variables),
            program=program,
            pace=PACE,
        )

    yield made
    await made().stop()
    assert left(pids) == []
    assert [*(tmp_path / "tmp").glob("*")] == []


def left(pids: Path) -> list[str]:
    """Command lines of launchers and ranks of this test that still run."""
    found = (
        " ".join(p.info["cmdline"] or ()) for p in psutil.process_iter(["cmdline"])
    )
    return [line for line in found if str(pids) in line]


async def rank_pid(pids: Path, rank: int) -> int:
    """The number that this rank noted last; only rank 0 is waited for by a start."""
    async with asyncio.timeout(60):
        while str(rank) not in (
            told := dict(line.split() for line in pids.read_text().splitlines())
        ):
            await asyncio.sleep(0.05)
    return int(told[str(rank)])


async def when(server: ModelServer, state: str) -> ServerStatus:
    async with asyncio.timeout(60):
        while (status := await server.status()).state != state:
            await asyncio.sleep(0.05)
    return status


async def started(server: ModelServer, model: Path) -> Running:
    async with asyncio.timeout(120):
        return await server.start(model)


async def test_it_starts_is_adopted_and_stops_with_all_its_ranks(
    make: Make, model: Path, pids: Path, paths: Paths
) -> None:
    running = await started(make(), model)
    status = await make().status()
    assert (status.state, status.sentence) == ("ready", "It is ready, on 3 ranks.")
    assert (status.ranks, status.outdated) == (3, False)
    assert (status.resident_bytes or 0) > 20e6
    for rank in range(3):
        await rank_pid(pids, rank)
    assert len(left(pids)) == 4
    assert await make().adopt() == running
    assert (await make(ranks=2).status()).outdated
    # What a rank says reaches the log a moment after it is ready.
    said = [f"[{n}] rank {n} of 3, nothing made\n" for n in range(3)]
    async with asyncio.timeout(60):
        while not all(line in paths.server_log.read_text() for line in said):
            await asyncio.sleep(0.05)
    launcher = psutil.Process(running.pid)
    async with asyncio.timeout(60):
        while await asyncio.to_thread(launcher.cpu_percent, 0.5) >= 30:
            pass

    assert await make().stop()
    assert left(pids) == []
    assert not paths.server_record.exists()


async def test_a_killed_rank_is_noticed_told_and_takes_the_others_along(
    make: Make, model: Path, pids: Path
) -> None:
    await started(make(), model)
    os.kill(await rank_pid(pids, 1), signal.SIGKILL)
    status = await when(make(), "crashed")
    assert status.sentence == (
        "It has crashed: rank 1 on 127.0.0.1 was ended by signal 9."
    )
    lines = "\n".join(status.log_lines)
    assert "mux: of rank 1 on 127.0.0.1: rank 1 of 3, nothing made" in lines
    assert left(pids) == []


async def test_a_rank_that_ends_even_without_a_fault_is_told_with_its_last_words(
    make: Make, model: Path, pids: Path
) -> None:
    await started(make(), model)
    pids.with_name("leave").write_text("2 0")
    status = await when(make(), "crashed")
    assert "\x1b" not in status.sentence
    assert status.sentence.startswith(
        "It has crashed: rank 2 on 127.0.0.1 ended with exit status 0: half a line"
    )
    assert any("no such layer" in line for line in status.log_lines)
    pids.with_name("leave").unlink()
    assert await make().start_in_background(model)
    await when(make(), "ready")


async def test_ranks_deaf_to_sigterm_are_killed(
    make: Make, model: Path, pids: Path
) -> None:
    await started(make("deaf"), model)
    assert await make("deaf").stop()
    assert left(pids) == []


async def test_an_idle_end_is_one_on_purpose(
    make: Make, model: Path, pids: Path
) -> None:
    await started(make(), model)
    pids.with_name("leave").write_text("0 97")
    status = await when(make(), "stopped")
    assert status.sentence == "It stopped by itself, for want of requests."


async def test_a_launcher_that_somebody_ends_takes_its_ranks_along(
    make: Make, model: Path, pids: Path
) -> None:
    running = await started(make(), model)
    os.kill(running.pid, signal.SIGTERM)
    assert (await when(make(), "stopped")).sentence == "Somebody ended it."
    assert left(pids) == []


async def test_a_model_that_cannot_be_divided_so_is_told_in_its_words(
    make: Make, model: Path, pids: Path
) -> None:
    with pytest.raises(
        ServerError,
        match=r"ended before its first token .*: rank \d on 127\.0\.0\.1 ended with "
        "exit status 70: ValueError: The model does not support pipelining",
    ):
        await started(make("unloadable"), model)
    assert left(pids) == []


async def test_a_cancelled_start_leaves_no_rank(
    make: Make, model: Path, pids: Path
) -> None:
    starting = asyncio.create_task(make("deaf").start(model))
    async with asyncio.timeout(60):
        while len(left(pids)) < 4:
            await asyncio.sleep(0.05)
    starting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await starting
    assert left(pids) == []


async def test_a_port_taken_meanwhile_is_not_a_crash(
    make: Make, model: Path, pids: Path
) -> None:
    with pytest.raises(ServerError, match="port"):
        await started(make("port-taken"), model)
    assert left(pids) == []


@pytest.mark.parametrize(
    ("backend", "said"),
    [
        ("nccl", r"this MLX \(.+\) has no backend nccl; it has: .*ring"),
        ("mpi", "there is no mpirun on PATH for the backend mpi"),
    ],
)
async def test_a_backend_that_is_missing_is_named(
    make: Make,
    model: Path,
    backend: str,
    said: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PATH", "/bin")
    with pytest.raises(ServerError, match=said):
        await started(make(backend=backend), model)


async def test_a_hostfile_is_followed_to_other_machines_and_back(
    make: Make, model: Path, pids: Path, tmp_path: Path
) -> None:
    """The other machine is this one, behind a program that plays ssh."""
    log = tmp_path / "ssh.log"
    ssh = tmp_path / "bin" / "ssh"
    ssh.parent.mkdir()
    ssh.write_text(SSH.format(log=log))
    ssh.chmod(0o755)
    hostfile = tmp_path / "hosts.json"
    entries = [{"ssh": name, "ips": ["127.0.0.1"]} for name in ("127.0.0.1", "mac-2")]
    hostfile.write_text(json.dumps({"envs": ["MADE=much"], "hosts": entries}))

    server = make(hostfile=str(hostfile))
    await started(server, model)
    assert (await server.status()).ranks == 2
    assert " mac-2 " in log.read_text().splitlines()[0]
    first, second = await rank_pid(pids, 0), await rank_pid(pids, 1)
    assert os.getsid(first) != os.getsid(second)
    os.kill(await rank_pid(pids, 1), signal.SIGKILL)
    status = await when(server, "crashed")
    assert "rank 1 on mac-2 was ended by signal 9" in status.sentence

    pids.unlink()
    await started(server, model)
    pid = await rank_pid(pids, 1)
    assert await server.stop()
    assert identity(pid) is None


async def test_a_hostfile_that_is_missing_starts_nothing(
    make: Make, model: Path, pids: Path, paths: Paths
) -> None:
    with pytest.raises(ServerError, match="no hostfile at"):
        await started(make(hostfile="/none.json"), model)
    assert not pids.exists()
    assert not paths.server_record.exists()
