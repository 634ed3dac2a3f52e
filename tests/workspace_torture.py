"""Torture for applying and taking back: processes killed at any moment.

    python -m tests.workspace_torture kill --rounds 200
    python -m tests.workspace_torture steps

`kill` lets a process apply, undo and redo a change of fifty files, and kills it at
random moments; every fourth time the process that recovers is killed as well. `steps`
kills it before each single access to the file system, one after the other. After every
death `recover` must leave the tree wholly the old or wholly the new one, as the archive
says, with nothing of mux's own in it. Prints a report as JSON; exit code 1: a promise
was broken.
"""

import argparse
import json
import os
import random
import shutil
import signal
import stat
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mux_tui.core.change import ChangeSet, FileChange
from mux_tui.core.errors import MuxError
from mux_tui.core.workspace.apply import apply
from mux_tui.core.workspace.archive import Archive
from mux_tui.core.workspace.recover import recover
from mux_tui.core.workspace.results import Applied
from mux_tui.core.workspace.undo import redo, undo

_RUN = "tortured"
_FAST = Path("/dev/shm")
"""Memory as a file system, where there is one: the disk's own speed is no matter."""

Tree = dict[str, tuple[int, bytes]]


@dataclass
class Scene:
    """A work directory, the change that is made to it, and how it looks then."""

    root: Path
    archive: Archive
    change: ChangeSet
    old: Tree
    new: Tree = field(default_factory=lambda: {})


@dataclass
class Report:
    """What became of all the deaths."""

    deaths: int = 0
    cut: Counter[str] = field(default_factory=Counter[str])
    """How far the process was, by the phase of its transition."""

    ended: Counter[str] = field(default_factory=Counter[str])
    """What `recover` made of it."""

    seconds: float = 0
    broken: list[str] = field(default_factory=list[str])

    @property
    def ok(self) -> bool:
        return not self.broken and self.deaths > 0


def kill(rounds: int, files: int = 50, seed: int = 1) -> Report:
    """Kill a process at random moments."""
    chance, report, began = random.Random(seed), Report(), time.monotonic()
    with scene(files) as place:
        longest = 1.2 * _seconds_of(place)
        for number in range(rounds):
            _die(lambda: _work_for_ever(place), chance.uniform(0.002, longest))
            report.deaths += 1
            _note(report, place)
            if number % 4 == 3:
                _die(lambda: _recover_for_ever(place), chance.uniform(0, longest / 3))
                report.deaths += 1
            _check(report, place, f"round {number}")
    report.seconds = round(time.monotonic() - began, 1)
    return report


def steps(files: int = 5) -> Report:
    """Kill a process before each access to the file system, one after the other."""
    report, began = Report(), time.monotonic()
    with scene(files) as place:
        acts: tuple[Callable[[], object], ...] = (
            lambda: apply(place.root, place.change, _RUN, place.archive),
            lambda: undo(_RUN, place.archive),
            lambda: redo(_RUN, place.archive),
        )
        for number, act in enumerate(acts):
            before = _read(place.root)
            step = 0
            while _dies_at(act, step := step + 1):
                report.deaths += 1
                _note(report, place)
                _check(report, place, f"act {number}, step {step}")
                if _read(place.root) != before:
                    _turn(place)
        _check(report, place, "the end")
    report.seconds = round(time.monotonic() - began, 1)
    return report


@contextmanager
def scene(files: int) -> Generator[Scene]:
    """A work directory, with a change of every kind of so many files."""
    fast = _FAST if os.access(_FAST, os.W_OK) else None
    place = Path(tempfile.mkdtemp(prefix="mux-torture-", dir=fast))
    try:
        root = place / "work"
        (root / "sub").mkdir(parents=True)
        wanted = [_prepared(root, number) for number in range(files)]
        archive = Archive(place / "changes")
        made = Scene(root, archive, ChangeSet(tuple(wanted)), _read(root))
        _turn(made)
        made.new = _read(root)
        _turn(made)
        if _read(root) != made.old or made.new == made.old:
            raise RuntimeError("the change cannot be made and taken back")
        shutil.rmtree(place / "changes")
        yield made
    finally:
        shutil.rmtree(place)


def _prepared(root: Path, number: int) -> FileChange:
    old, new = (f"{side} {number}\n".encode() * 40 for side in ("old", "new"))
    kind = number % 5
    if kind == 0:
        return FileChange(f"made/{number % 7}/{number}", None, new)
    path = f"sub/{number}"
    (root / path).write_bytes(old)
    (root / path).chmod(0o755 if kind == 1 else 0o640)
    if kind == 1:
        return FileChange(path, old, new, executable=number % 2 == 1)
    if kind == 4:
        return FileChange(path, old, old, executable=True)
    return FileChange(path, old, None if kind == 2 else new)


def _turn(place: Scene) -> None:
    """Go from the one side to the other, whichever this is."""
    record = place.archive.record(_RUN)
    if record is None:
        result = apply(place.root, place.change, _RUN, place.archive)
    elif record.act == "undo":
        result = redo(_RUN, place.archive)
    else:
        result = undo(_RUN, place.archive)
    if not isinstance(result, Applied):
        raise RuntimeError(str(result))


def _seconds_of(place: Scene) -> float:
    began = time.monotonic()
    _turn(place)
    _turn(place)
    return (time.monotonic() - began) / 2


def _work_for_ever(place: Scene) -> None:
    while True:
        _turn(place)


def _recover_for_ever(place: Scene) -> None:
    while True:
        recover(place.archive)


def _forked(work: Callable[[], object]) -> int:
    pid = os.fork()
    if pid:
        return pid
    code = 1
    try:
        work()
        code = 0
    except MuxError as error:
        sys.stderr.write(f"{error}\n")
    finally:
        os._exit(code)


def _die(work: Callable[[], object], seconds: float) -> None:
    pid = _forked(work)
    time.sleep(seconds)
    os.kill(pid, signal.SIGKILL)
    _, status = os.waitpid(pid, 0)
    if not os.WIFSIGNALED(status):
        raise RuntimeError("it ended before it was killed")


def _dies_at(work: Callable[[], object], step: int) -> bool:
    """Run it up to a step and kill it there; False: it was over before."""

    def counted() -> None:
        left = step

        def hook(event: str, _: tuple[Any, ...]) -> None:
            nonlocal left
            if event == "open" or event.startswith(("os.", "fcntl.")):
                left -= 1
                if left == 0:
                    os.kill(os.getpid(), signal.SIGKILL)

        sys.addaudithook(hook)
        work()

    _, status = os.waitpid(_forked(counted), 0)
    if not os.WIFSIGNALED(status) and os.WEXITSTATUS(status):
        raise RuntimeError(f"it failed at step {step}")
    return os.WIFSIGNALED(status)


def _note(report: Report, place: Scene) -> None:
    found = [transition.phase for transition in place.archive.pending()]
    report.cut.update(found or ["between"])


def _check(report: Report, place: Scene, when: str) -> None:
    for recovered in recover(place.archive):
        report.ended[recovered.ended] += 1
        if recovered.left or recovered.why:
            report.broken.append(f"{when}: {recovered}")
    record = place.archive.record(_RUN)
    expected = place.old if record is None or record.act == "undo" else place.new
    here = _read(place.root)
    if here != expected:
        differing = sorted(here.items() ^ expected.items())[:4]
        report.broken.append(f"{when}: neither old nor new: {differing}")
    report.broken += [f"{when}: {fault}" for fault in _faults(place.archive)]


def _faults(archive: Archive) -> Generator[str]:
    if archive.pending():
        yield "a transition is still under way"
    for name in archive.store.sizes():
        archive.store.content(name)
    for record in archive.records():
        archive.store.require(record.digests)
    archive.sweep(time.time() + 7200)
    for path in archive.directory.rglob("*"):
        if path.name.startswith(".") or path.suffix == ".damaged":
            yield f"left over: {path}"


def _read(root: Path) -> Tree:
    found: Tree = {}
    for path in root.rglob("*"):
        facts = path.lstat()
        content = path.read_bytes() if stat.S_ISREG(facts.st_mode) else b""
        found[str(path.relative_to(root))] = (facts.st_mode, content)

    return found


def main() -> int:
    """Torture as asked for and print the report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kind", choices=("kill", "steps"))
    parser.add_argument("--rounds", type=int, default=200)
    asked = parser.parse_args()
    report = kill(asked.rounds) if asked.kind == "kill" else steps()
    sys.stdout.write(json.dumps(vars(report) | {"ok": report.ok}) + "\n")
    return 0 if report.ok else 1


if __name__ == "__main__":
    sys.exit(main())
