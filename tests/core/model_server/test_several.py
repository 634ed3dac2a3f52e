"""Several processes of mux, one server."""

import asyncio
import dataclasses
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from mux_tui.core.hardware.processes import identity
from mux_tui.core.model_server.record import read_record, write_record
from mux_tui.core.model_server.running import Running
from mux_tui.core.paths import Paths
from tests.core.model_server.conftest import FAKE, Make, alive, started
from tests.core.model_server.held_request import held_request

PROJECT = Path(__file__).resolve().parents[3]


class Mux:
    """Another mux, which does as it is told."""

    def __init__(self, home: Path, program: tuple[str, ...]) -> None:
        """Start it; it is ready when this returns."""
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.core.model_server.another_mux", *program],
            cwd=PROJECT,
            env={**os.environ, "MUX_HOME": str(home)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.heard() == "ready"

    def tell(self, words: str) -> None:
        """Tell it to do something."""
        assert self.process.stdin
        self.process.stdin.write(f"{words}\n")
        self.process.stdin.flush()

    def heard(self) -> str:
        """Its next line."""
        assert self.process.stdout
        return self.process.stdout.readline().strip()

    def do(self, words: str) -> dict[str, Any]:
        """Have something done."""
        self.tell(words)
        return json.loads(self.heard())


@pytest.fixture
def mux(tmp_path: Path, pids: Path) -> Iterator[Callable[..., Mux]]:
    """Starts other processes of mux; all are ended with the test."""
    made: list[Mux] = []

    def make(mode: str = "ok") -> Mux:
        program = (sys.executable, "-P", "-S", str(FAKE), mode, str(pids))
        made.append(Mux(tmp_path / "mux", program))
        return made[-1]

    yield make
    for one in made:
        one.process.kill()
        one.process.communicate()


@pytest.mark.slow
def test_fifty_processes_start_one_server(
    mux: Callable[..., Mux], model: Path, pids: Path
) -> None:
    answers = mux("slow").do(f"crowd 50 {model}")["answers"]
    assert len(answers) == 50
    assert {answer["pid"] for answer in answers} == set(started(pids))
    assert len({answer["instance"] for answer in answers}) == 1


@pytest.mark.slow
def test_two_processes_that_start_at_once_share_a_server_every_time(
    mux: Callable[..., Mux], model: Path, pids: Path
) -> None:
    both = mux(), mux()
    for _ in range(50):
        for one in both:
            one.tell(f"start {model}")
        first, second = (json.loads(one.heard()) for one in both)
        assert first == second
        assert alive(pids) == [first["pid"]]
        assert both[0].do("stop") == {"stopped": True}
    assert len(started(pids)) == 50


async def _adopted(make: Make) -> Running:
    running = await make().adopt()
    assert running
    return running


async def test_who_leaves_does_not_end_a_server_that_answers_another(
    mux: Callable[..., Mux], make: Make, model: Path, pids: Path
) -> None:
    first, second = mux(), mux()
    server = first.do(f"start {model}")
    assert second.do(f"start {model}") == server
    async with held_request(await _adopted(make), pids) as request:
        assert (await make().status()).open_requests == 1
        assert second.do("leave") == {"stopped": False}
        assert alive(pids) == [server["pid"]]
    assert await request == 200
    assert second.do("leave") == {"stopped": True}
    assert alive(pids) == []


async def test_the_server_of_a_mux_that_was_killed_is_found_again(
    mux: Callable[..., Mux], make: Make, model: Path, pids: Path
) -> None:
    first = mux()
    server = first.do(f"start {model}")
    first.process.kill()
    first.process.wait()
    running = await make().start(model)
    assert (running.pid, running.instance) == (server["pid"], server["instance"])
    assert alive(pids) == [running.pid]


async def test_the_start_of_a_mux_that_was_killed_is_carried_on(
    mux: Callable[..., Mux], make: Make, model: Path, paths: Paths, pids: Path
) -> None:
    """It is killed with SIGKILL, once its server has a process and no token yet."""
    first = mux("held")
    first.tell(f"start {model}")
    while not started(pids) or not (record := read_record(paths.server_record)):
        await asyncio.sleep(0.01)
    first.process.kill()
    first.process.wait()
    assert record.state == "starting"
    pids.with_name("loaded").touch()
    running = await make("held").start(model)
    assert started(pids) == [running.pid]
    assert (await make().status()).state == "ready"


async def test_a_stranger_that_got_the_number_is_never_signalled(
    make: Make, model: Path, paths: Paths
) -> None:
    running = await make().start(model)
    os.kill(running.pid, signal.SIGKILL)
    while (await make().status()).pid is not None:
        await asyncio.sleep(0.01)
    with subprocess.Popen(["sleep", "60"]) as stranger:
        try:
            record, found = read_record(paths.server_record), identity(stranger.pid)
            assert record
            assert found
            # The number is the stranger's now; in the second record its start is, too.
            for begun in (record.process_started, found.started):
                changed = dataclasses.replace(
                    record, pid=stranger.pid, process_started=begun
                )
                write_record(paths.server_record, changed)
                assert (await make().status()).state == "crashed"
                assert not await make().stop()
                write_record(paths.server_record, changed)
                again = await make().start(model)
                assert again.pid != stranger.pid
                assert stranger.poll() is None
                assert await make().stop()
        finally:
            stranger.kill()
