"""Writing to a terminal that is slow, stopped or gone."""

import os
import threading
import time
from collections.abc import Callable

from mux_tui.tui.terminal.screen_file import MOST_WAITING, ScreenFile

FRAME = "x" * 10_000


def wait(holds: Callable[[], bool]) -> None:
    """Wait until something holds."""
    deadline = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.001)


def test_everything_is_written_in_order() -> None:
    ours, side = os.pipe()
    file = ScreenFile(side, lambda: None, lambda: None)
    for number in range(1000):
        file.write(f"{number} é\n")
    assert file.finish(60)
    os.close(side)
    with open(ours, encoding="utf-8") as pipe:
        assert pipe.read() == "".join(f"{number} é\n" for number in range(1000))


def test_a_terminal_that_reads_nothing_makes_nobody_wait() -> None:
    ours, side = os.pipe()
    caught_up = threading.Event()
    file = ScreenFile(side, caught_up.set, lambda: None)
    begun = time.monotonic()
    for _ in range(5 * MOST_WAITING // len(FRAME)):
        file.write(FRAME)
    file.write("the end")
    assert time.monotonic() - begun < 60
    assert not caught_up.is_set()
    read = b""
    while not read.endswith(b"the end"):
        read += os.read(ours, 65_536)
    # Some of it was thrown away, which whoever draws is told.
    assert len(read) < 3 * MOST_WAITING
    wait(caught_up.is_set)
    assert file.finish(60)
    os.close(ours)
    os.close(side)


def test_the_end_does_not_wait_for_a_terminal_that_stands_still() -> None:
    ours, side = os.pipe()
    file = ScreenFile(side, lambda: None, lambda: None)
    for _ in range(20):
        file.write(FRAME)
    assert not file.finish(0.05)
    os.close(ours)  # Which lets the thread go.
    os.close(side)


def test_a_terminal_that_is_gone_is_told_once_and_written_to_no_more() -> None:
    ours, side = os.pipe()
    os.close(ours)
    told: list[str] = []
    file = ScreenFile(side, lambda: None, lambda: told.append("gone"))
    file.write("a")
    wait(lambda: bool(told))
    file.write("b")
    assert file.finish(60)
    assert told == ["gone"]
    os.close(side)
