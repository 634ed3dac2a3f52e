"""One holder at a time, across processes; a dead holder holds nothing."""

import sys
from asyncio import create_subprocess_exec
from asyncio.subprocess import PIPE
from pathlib import Path

import pytest

from mux_tui.core.file_lock import held, held_here

_HOLDER = """
import fcntl, sys, time
file = open(sys.argv[1], "w")
fcntl.flock(file, fcntl.LOCK_EX)
print("held", flush=True)
sys.stdin.read()
"""


async def test_waits_for_another_process_and_goes_on_when_it_is_killed(
    tmp_path: Path,
) -> None:
    lock = tmp_path / "lock"
    holder = await create_subprocess_exec(
        sys.executable, "-c", _HOLDER, str(lock), stdin=PIPE, stdout=PIPE
    )
    assert holder.stdout
    assert await holder.stdout.readline() == b"held\n"
    waited: list[bool] = []

    def waiting() -> None:
        waited.append(True)
        holder.kill()

    async with held(lock, waiting=waiting):
        assert waited == [True]
    await holder.wait()


async def test_a_free_lock_is_taken_without_waiting(tmp_path: Path) -> None:
    waited: list[bool] = []
    async with held(tmp_path / "lock", waiting=lambda: waited.append(True)):
        pass
    async with held(tmp_path / "lock", waiting=lambda: waited.append(True)):
        pass

    assert waited == []


async def test_another_holder_is_waited_for_no_longer_than_allowed(
    tmp_path: Path,
) -> None:
    async with held(tmp_path / "lock"):
        with pytest.raises(TimeoutError):
            async with held(tmp_path / "lock", 0):
                pass


def test_a_thread_waits_for_another_holder_up_to_a_limit(tmp_path: Path) -> None:
    with held_here(tmp_path / "lock", 0):
        for limit in (0, 0.05):
            with pytest.raises(TimeoutError), held_here(tmp_path / "lock", limit):
                pass
    with held_here(tmp_path / "lock", 0):
        pass


async def test_a_thread_and_a_coroutine_keep_one_another_out(tmp_path: Path) -> None:
    async with held(tmp_path / "lock"):
        with pytest.raises(TimeoutError), held_here(tmp_path / "lock", 0):
            pass
