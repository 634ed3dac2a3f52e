"""Ending process groups."""

import os
import subprocess
import time
from pathlib import Path

from mux_tui.core.process.group import end_group, group_alive


def start(script: str) -> subprocess.Popen[str]:
    child = subprocess.Popen(
        ["/bin/sh", "-c", script],
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert child.stdout is not None
    assert child.stdout.readline()
    return child


async def test_a_group_is_ended_with_all_its_members():
    child = start("sleep 600 & echo started; sleep 600")
    assert group_alive(child.pid)
    assert await end_group(child.pid, grace=2)
    assert not group_alive(child.pid)
    child.communicate()


async def test_what_ignores_sigterm_is_killed_after_the_grace():
    child = start("trap '' TERM; echo started; while true; do sleep 1; done")
    started = time.monotonic()
    assert await end_group(child.pid, grace=0.2)
    assert time.monotonic() - started < 30
    child.communicate()


async def test_a_group_that_is_gone_is_ended_at_once():
    child = start("echo started")
    child.communicate()
    assert await end_group(child.pid)


def test_a_group_of_zombies_does_not_count_where_they_can_be_told_apart():
    """Where nobody reaps orphans, waiting for them would be waiting for ever."""
    child = start("echo started")
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
    assert group_alive(child.pid) == (not Path("/proc/self/stat").exists())
    child.communicate()
