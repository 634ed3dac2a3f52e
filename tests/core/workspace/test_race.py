"""Whoever swaps directories and files for links meanwhile: nothing is written outside.

It takes seconds in the suite; `MUX_RACE_SECONDS=60` makes it a minute.
"""

import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from mux_tui.core.change import ChangeSet, FileChange
from mux_tui.core.errors import MuxError
from mux_tui.core.workspace.apply import apply
from mux_tui.core.workspace.archive import Archive
from mux_tui.core.workspace.recover import recover
from mux_tui.core.workspace.refused import PathRefused
from mux_tui.core.workspace.results import Applied
from mux_tui.core.workspace.tree import Tree, open_tree
from mux_tui.core.workspace.undo import undo
from tests.core.workspace.trees import made, snapshot

_SECONDS = float(os.environ.get("MUX_RACE_SECONDS", "3"))
_LATEST = 60
"""Seconds more that a slow machine gets until both outcomes have come often enough."""

_OFTEN = 20
"""Times that each outcome has to come."""

_SWAPS = 1_000
"""Far fewer than there are in a second."""


@dataclass
class Swaps:
    """What the other process has done."""

    count: int = 0


@contextmanager
def swapping(work: Path, outside: Path, pause: float = 0) -> Generator[Swaps]:
    """Let another process swap inside the context, with rests of up to `pause`."""
    swaps = Swaps()
    with subprocess.Popen(
        [sys.executable, "-m", "tests.link_swapper", work, outside, str(pause)],
        cwd=Path(__file__).parents[3],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as swapper:
        assert swapper.stdout
        assert swapper.stdout.readline() == "ready\n"
        try:
            yield swaps
        finally:
            swaps.count = int(swapper.communicate()[0])


@pytest.fixture
def place() -> Iterator[Path]:
    """A directory in memory, where there is one: a disk makes the swaps wait."""
    memory = Path("/dev/shm")
    fast = memory if os.access(memory, os.W_OK) else None
    with tempfile.TemporaryDirectory(prefix="mux-race-", dir=fast) as name:
        yield Path(name)


def _prepared(place: Path) -> tuple[Path, Path]:
    work = made(place / "work", {"a/b/f": "old\n", "a/b/g": "old\n"})
    outside = made(place / "outside", {"f": "secret\n", "g": "secret\n"})
    return work, outside


@pytest.mark.slow
def test_no_write_leaves_the_work_directory(place: Path) -> None:
    work, outside = _prepared(place)
    before, outcomes = snapshot(outside), {"written": 0, "refused": 0}
    until = time.monotonic() + _SECONDS

    with swapping(work, outside) as swaps, open_tree(work) as tree:
        number = 0
        while _goes_on(until, min(outcomes.values()) > _OFTEN):
            number += 1
            outcomes[_tried(tree, number)] += 1

    assert snapshot(outside) == before
    assert swaps.count > _SWAPS
    assert min(outcomes.values()) > _OFTEN
    left = [path for path in work.rglob("*") if path.name.startswith(".mux-")]
    assert left == []


def _goes_on(until: float, enough: bool) -> bool:
    now = time.monotonic()
    return now < until or (not enough and now < until + _LATEST)


def _tried(tree: Tree, number: int) -> str:
    path = ("a/b/f", "a/b/g", f"a/b/new-{number % 50}", f"a/b/made-{number % 9}/f")
    try:
        tree.write(path[number % 4], b"new\n")
        if number % 4 == 2 and (here := tree.look(path[2])):
            tree.remove(path[2], here.digest)
    except PathRefused:
        return "refused"

    return "written"


@pytest.mark.slow
def test_no_read_leaves_the_work_directory(place: Path) -> None:
    work, outside = _prepared(place)
    until = time.monotonic() + _SECONDS / 5
    seen: set[bytes] = set()

    with swapping(work, outside), open_tree(work) as tree:
        while _goes_on(until, bool(seen)):
            try:
                found = tree.read("a/b/f", 100)
            except PathRefused:
                continue
            seen |= {found[0]} if found else set()

    assert seen == {b"old\n"}


@pytest.mark.slow
def test_no_application_leaves_the_work_directory(place: Path) -> None:
    archive = Archive(place / "changes")
    work, outside = _prepared(place)
    before, number = snapshot(outside), 0
    outcomes: Counter[str] = Counter()
    until = time.monotonic() + _SECONDS

    with swapping(work, outside, pause=0.1):
        while _goes_on(until, 0 < outcomes["Applied"] < outcomes.total()):
            number += 1
            outcomes[_applied(work, archive, number)] += 1

    recover(archive)
    assert snapshot(outside) == before
    assert outcomes["Applied"] > 0
    assert outcomes.total() > outcomes["Applied"]
    assert archive.pending() == ()


def _applied(work: Path, archive: Archive, number: int) -> str:
    try:
        with open_tree(work) as tree:
            found = tree.read("a/b/f", 100)
        wanted = (
            FileChange("a/b/f", found and found[0], b"by %d\n" % number),
            FileChange(f"a/b/sub/{number}", None, b"new\n"),
        )
        result = apply(work, ChangeSet(wanted), f"r{number}", archive)
        if isinstance(result, Applied) and number % 2:
            undo(f"r{number}", archive)
    except MuxError as error:
        # What could not be taken back now is ended by the next application.
        return type(error).__name__

    return type(result).__name__
