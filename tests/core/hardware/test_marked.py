"""What carries a mark is found, and ended, wherever it has gone."""

import secrets
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager

from mux_tui.core.hardware.marked import carrying, end_carrying

NAME = "MUX_TEST_MARK"

_LEAVES = """if True:
    import os, signal, sys, time
    signal.signal(signal.SIGTERM, signal.{answer})
    sys.stdout.write("ready")
    sys.stdout.flush()
    time.sleep(600)
"""


@contextmanager
def daemon(value: str, answer: str = "SIG_DFL") -> Generator[subprocess.Popen[str]]:
    """A process in a session of its own, with the mark, that answers SIGTERM so."""
    child = subprocess.Popen(
        [sys.executable, "-IS", "-c", _LEAVES.format(answer=answer)],
        env={NAME: value},
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert child.stdout is not None
    assert child.stdout.read(5) == "ready"
    try:
        yield child
    finally:
        child.kill()
        child.communicate()


async def test_only_what_carries_this_very_mark_is_ended() -> None:
    mark, other = secrets.token_hex(16), secrets.token_hex(16)
    with daemon(mark) as ours, daemon(other) as stranger, daemon(f"{mark}0") as longer:
        assert [one.pid for one in carrying(NAME, mark)] == [ours.pid]
        ended = await end_carrying(NAME, mark, grace=60)
        assert [one.pid for one in ended] == [ours.pid]
        assert ours.wait(timeout=60) == -15
        assert carrying(NAME, mark) == ()
        assert stranger.poll() is None
        assert longer.poll() is None


async def test_what_does_not_end_when_asked_is_killed() -> None:
    mark = secrets.token_hex(16)
    with daemon(mark, "SIG_IGN") as deaf:
        await end_carrying(NAME, mark, grace=0.1)
        assert deaf.wait(timeout=60) == -9


async def test_nobody_to_end_is_no_fault() -> None:
    assert await end_carrying(NAME, secrets.token_hex(16)) == ()
