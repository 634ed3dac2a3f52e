"""What a command started is ended even when mux itself is killed."""

import json
import signal
import subprocess
import sys
from pathlib import Path

import psutil

from mux_tui.core.process import watchdog
from mux_tui.core.process.group import group_alive
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


async def killed(script: str) -> float:
    """Kill the starter, and return how long everything it started lived on."""
    starter, group = start(script)
    try:
        family = [child.pid for child in psutil.Process(starter.pid).children()]
        assert group in family
        assert len(family) == 2
        starter.send_signal(signal.SIGKILL)
    finally:
        starter.kill()
        starter.communicate()
    return await until(
        lambda: not group_alive(group) and not any(running(pid) for pid in family)
    )


async def test_the_group_ends_when_mux_is_killed():
    assert await killed("echo $$; sleep 600 & sleep 600") < 5


async def test_a_group_deaf_to_sigterm_ends_when_mux_is_killed():
    script = "trap '' TERM HUP; echo $$; while true; do sleep 1; done"
    assert await killed(script) < 5


def run_watchdog(told: bytes) -> int:
    return subprocess.run(
        [sys.executable, "-IS", watchdog.__file__], input=told, timeout=10
    ).returncode


def test_a_watchdog_that_was_told_no_group_touches_nothing():
    """Group 0 would be its own, group 1 and -1 everybody's."""
    for told in (b"", b"0", b"1", b"-1", b"x"):
        assert run_watchdog(told) == 0, told


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
