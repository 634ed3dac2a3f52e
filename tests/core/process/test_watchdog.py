"""What a command started is ended even when mux itself is killed."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from mux_tui.core.hardware.marked import carrying
from mux_tui.core.hardware.processes import find
from mux_tui.core.process import watchdog
from mux_tui.core.process.group import group_alive
from mux_tui.core.process.mark import MARK, new_mark
from tests.core.process.waiting import running, until

STARTER = """
import asyncio, sys
from pathlib import Path
from mux_tui.core.process.run import stream

async def main():
    script = sys.argv[1]
    async for event in stream(["/bin/sh", "-c", script], cwd=Path("/"), env={}):
        print(event.text, flush=True)

asyncio.run(main())
"""

STARTER_OF_PYTHON = """
import asyncio, sys
from pathlib import Path
from mux_tui.core.process.run import stream

async def main():
    argv = [sys.executable, "-IS", "-c", sys.argv[1]]
    async for event in stream(argv, cwd=Path("/"), env={}, mark=sys.argv[2]):
        print(event.text, flush=True)

asyncio.run(main())
"""


def start(script: str) -> tuple[subprocess.Popen[str], int]:
    """Start a process that runs the script by `stream`; returns it and the group."""
    starter = subprocess.Popen(
        [sys.executable, "-c", STARTER, script],
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[3],
    )
    assert starter.stdout is not None
    return starter, int(starter.stdout.readline())


async def killed(script: str) -> None:
    """Kill the starter, and wait until everything that it started has ended."""
    starter, group = start(script)
    try:
        family = [child.pid for child in psutil.Process(starter.pid).children()]
        assert group in family
        assert len(family) == 2
        starter.send_signal(signal.SIGKILL)
    finally:
        starter.kill()
        starter.communicate()
    await until(
        lambda: not group_alive(group) and not any(running(pid) for pid in family)
    )


KILLED_AT_THE_START = """
import asyncio, os, signal, sys
from pathlib import Path
from mux_tui.core.process.guard import Guard
from mux_tui.core.process.run import stream

def killed(guard, pgid):
    os.kill(os.getpid(), signal.SIGKILL)

async def main():
    sleeper = [sys.executable, "-IS", "-c", "import time; time.sleep(600)"]
    async for event in stream(sleeper, cwd=Path("/"), env={}, mark=sys.argv[1]):
        pass

Guard.watch = killed
asyncio.run(main())
"""
"""Dies between starting a command and telling the watchdog of it."""

LEAVES_ITS_GROUP = """
import os, subprocess, sys, time
sleeper = [sys.executable, "-IS", "-c", "import time; time.sleep(600)"]
subprocess.Popen(sleeper, start_new_session=True)
print(os.getpid(), flush=True)
time.sleep(600)
"""


async def none_left(mark: str) -> None:
    """Wait until nothing carries the mark, and the watchdog has gone."""
    guard = f"{MARK}={mark}"
    try:
        await until(lambda: find(guard) is None and not carrying(MARK, mark), 60)
    finally:
        for one in carrying(MARK, mark):
            psutil.Process(one.pid).kill()


async def test_a_command_started_as_mux_was_killed_ends_too():
    """Nobody has told its number to the watchdog."""
    mark = new_mark()
    done = subprocess.run(
        [sys.executable, "-c", KILLED_AT_THE_START, mark],
        cwd=Path(__file__).parents[3],
        capture_output=True,
    )
    assert done.returncode == -signal.SIGKILL, done.stderr
    await none_left(mark)


async def test_what_has_left_the_group_ends_when_mux_is_killed():
    mark = new_mark()
    starter = subprocess.Popen(
        [sys.executable, "-c", STARTER_OF_PYTHON, LEAVES_ITS_GROUP, mark],
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[3],
    )
    try:
        assert starter.stdout is not None
        group = int(starter.stdout.readline())
        assert len(carrying(MARK, mark)) == 2
    finally:
        starter.kill()
        starter.communicate()
    await until(lambda: not group_alive(group), 60)
    await none_left(mark)


async def test_the_group_ends_when_mux_is_killed():
    await killed("echo $$; sleep 600 & sleep 600")


async def test_a_group_deaf_to_sigterm_ends_when_mux_is_killed():
    script = "trap '' TERM HUP; echo $$; while true; do sleep 1; done"
    await killed(script)


def run_watchdog(told: bytes) -> int:
    return subprocess.run(
        [sys.executable, "-IS", watchdog.__file__], input=told, timeout=60
    ).returncode


def test_a_watchdog_that_was_told_no_group_touches_nothing():
    """Group 0 would be its own, group 1 and -1 everybody's."""
    for told in (b"", b"0", b"1", b"-1", b"x"):
        assert run_watchdog(told) == 0, told


def test_who_is_told_by_ps_is_never_the_watchdog_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It would end before the others do: the mark stands among its arguments."""
    listing = f"{os.getpid()} python watchdog.py A=1\n  7 sleep 9 HOME=/ A=1\n8 x A=12"
    ps = tmp_path / "ps"
    ps.write_text(f"#!/bin/sh\ncat <<'END'\n{listing}\nEND\n")
    ps.chmod(0o700)
    monkeypatch.setattr(watchdog, "_PS", (str(ps),))
    assert watchdog._told_by_ps("A=1") == [7]  # pyright: ignore[reportPrivateUsage]


def test_a_watchdog_of_a_group_that_is_gone_just_ends():
    gone = subprocess.Popen(["/bin/sh", "-c", "exit"], start_new_session=True)
    gone.wait()
    assert run_watchdog(str(gone.pid).encode()) == 0


def test_the_watchdog_starts_without_heavy_imports():
    code = f"import json, runpy, sys; runpy.run_path({watchdog.__file__!r})"
    code += "; print(json.dumps(sorted(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-IS", "-c", code], capture_output=True, check=True
    )
    assert not {"asyncio", "subprocess", "socket"} & set(json.loads(done.stdout))
