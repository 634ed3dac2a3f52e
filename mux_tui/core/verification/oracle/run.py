"""Running one oracle in a copy: started, watched, read, and all of it ended."""

import asyncio
import os
import shutil
import sys
import tempfile
from collections.abc import Sequence
from contextlib import aclosing, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import assert_never

from mux_tui.core.process.lines import Stream
from mux_tui.core.process.mark import new_mark
from mux_tui.core.process.run import Exit, Line, ProcessStartError, stream
from mux_tui.core.text import one_line
from mux_tui.core.verification.oracle.bench import Bench
from mux_tui.core.verification.oracle.environment import search_path, tool_environment
from mux_tui.core.verification.oracle.facts import (
    LENT,
    REPORT,
    Limits,
    Oracle,
    Proof,
    Room,
)
from mux_tui.core.verification.oracle.listing import read_plain
from mux_tui.core.verification.oracle.results import Ended, read
from mux_tui.core.verification.oracle.sandbox import (
    Confinement,
    Sandbox,
    borrowed,
    confined,
    inside,
)
from mux_tui.core.verification.oracle.strays import Watch

_REPORT_CAP = 32 * 1024 * 1024
_GRACE = 2.0

_Lines = dict[Stream, list[str]]


async def prove(oracle: Oracle, room: Room, bench: Bench) -> Proof:
    """Run an oracle once.

    Cancelling ends everything it started. It may leave changes in the copy.
    """
    # Without threads: a directory or a link that is made while we are cancelled would
    # be nobody's to remove.
    private = _own_directory(bench)
    place = Confinement(
        room,
        private,
        bench.home,
        bench.variables,
        borrowed(oracle, room),
        bench.hidden,
    )
    lent: list[Path] = []
    try:
        _lend(place, bench.sandbox, lent)
        started = _words(oracle, room, bench, private)
        if isinstance(started, str):
            return _unknown(oracle, bench, started)

        ended = await _run(started, oracle, place, bench)
        if isinstance(ended, str):
            return _unknown(oracle, bench, ended)

        proof = await asyncio.to_thread(read, oracle, ended)
        return _told(proof, oracle, bench)
    finally:
        _take_back(lent)
        await asyncio.to_thread(_remove, private)


def _own_directory(bench: Bench) -> Path:
    """A directory for one run; its path has no links, for sandboxes see real ones."""
    made = tempfile.mkdtemp(prefix="mux-proof-", dir=bench.temporary)
    private = Path(made).resolve()
    (private / "home").mkdir()
    return private


def _unknown(oracle: Oracle, bench: Bench, why: str) -> Proof:
    proof = Proof(
        oracle.name, oracle.kind, "unknown", one_line(f"{oracle.name}: {why}")
    )
    return _told(proof, oracle, bench)


def _told(proof: Proof, oracle: Oracle, bench: Bench) -> Proof:
    """The proof with how it was come by."""
    return replace(
        proof,
        sandboxed=bench.sandbox.real,
        sandbox=bench.sandbox.note,
        command=shown(oracle),
    )


def shown(oracle: Oracle) -> tuple[str, ...]:
    """The words of an oracle as they are shown: without our marks and sources."""
    words = (
        word.replace(REPORT, "$REPORT").replace(f"{LENT}/", "") for word in oracle.argv
    )
    return tuple("…" if "\n" in word else one_line(word, 120) for word in words)


def _words(oracle: Oracle, room: Room, bench: Bench, private: Path) -> list[str] | str:
    """The words to start, or why there are none."""
    if not oracle.argv:
        return "the command cannot be split into words"

    program = _program(oracle, room, bench)
    if program is None:
        kind = "there is no" if "/" in oracle.needs else "not on PATH:"
        return f"{kind} {one_line(oracle.needs, 80)}"

    report = str(private / "report")
    rest = [
        word.replace(REPORT, report).replace(LENT, str(room.project))
        for word in oracle.argv[1:]
    ]
    return [program, *rest]


def _program(oracle: Oracle, room: Room, bench: Bench) -> str | None:
    """The program as the run sees it; None: there is none."""
    name = oracle.needs
    if "/" in name:
        if any(name.startswith(f"{folder}/") for folder in oracle.lends):
            found = room.project / name
            return str(found) if found.is_file() else None
        if Path(name).is_absolute():
            return name if Path(name).is_file() else None

        seen = inside(bench.sandbox, room) / oracle.where / name
        return str(seen) if (room.scratch / oracle.where / name).is_file() else None

    lent = [room.project / path for path in oracle.lends]
    path = os.pathsep.join(search_path(bench.variables, lent))
    found = shutil.which(name, path=path)
    if found is None and oracle.kind == "floor":
        return bench.python

    return found


async def _run(
    words: Sequence[str], oracle: Oracle, place: Confinement, bench: Bench
) -> Ended | str:
    room, private = place.room, place.private
    mark = new_mark()
    pid_file = private / "pid"
    same = bench.sandbox.kind == "bwrap"
    env = tool_environment(
        bench.variables,
        home=bench.home,
        private=private,
        imports=None if same else room.scratch,
        lent=[room.project / path for path in oracle.lends],
    )
    argv = [
        bench.python,
        "-I",
        "-S",
        str(Path(__file__).with_name("limited.py")),
        str(pid_file),
        *_limits(bench.limits),
        "--",
        *confined(bench.sandbox, oracle, words, place),
    ]
    watch = Watch(pid_file, mark, bench.limits, room.scratch)
    cwd = Path("/") if same else room.scratch / oracle.where
    try:
        started = _Started(argv, cwd, env, mark)
        return await _watched(started, bench.limits, watch, place)
    except ProcessStartError as error:
        return one_line(error.why)
    finally:
        await asyncio.to_thread(watch.end_strays)


def _limits(limits: Limits) -> list[str]:
    """What the system holds. Not memory: node, Go and sanitizers reserve far more than
    they use, so that a limit of theirs ends what does no harm; memory is watched."""
    found = ["core=0", f"fsize={limits.file_size}"]
    if sys.platform == "linux":
        found.append(f"nproc={limits.processes}")
    return found


@dataclass(frozen=True)
class _Started:
    """What is started, and how."""

    argv: Sequence[str]
    cwd: Path
    env: dict[str, str]
    mark: str


async def _watched(
    started: _Started,
    limits: Limits,
    watch: Watch,
    place: Confinement,
) -> Ended:
    lines: _Lines = {"out": [], "err": []}
    reading = asyncio.create_task(_read(started, limits, lines))
    watching = asyncio.create_task(watch.breach())
    try:
        await asyncio.wait({reading, watching}, return_when=asyncio.FIRST_COMPLETED)
        breach = watching.result() if watching.done() and not reading.done() else ""
        end = None if breach else await reading
    finally:
        reading.cancel()
        watching.cancel()
        # What they raise has been raised above, or is of no matter any more.
        await asyncio.gather(reading, watching, return_exceptions=True)

    report = await asyncio.to_thread(read_plain, place.private / "report", _REPORT_CAP)
    folders = (place.room.scratch, place.room.project, place.private)
    stdout, stderr = ("\n".join(lines[name]) for name in ("out", "err"))
    return Ended(stdout, stderr, end, breach, report, folders)


async def _read(started: _Started, limits: Limits, lines: _Lines) -> Exit:
    events = stream(
        started.argv,
        cwd=started.cwd,
        env=started.env,
        time_limit=limits.seconds,
        output_cap=limits.output,
        grace=_GRACE,
        mark=started.mark,
    )
    end: Exit | None = None
    async with aclosing(events):
        async for event in events:
            match event:
                case Line():
                    lines[event.stream].append(event.text)
                case Exit():
                    end = event
                case _:
                    assert_never(event)

    assert end is not None
    return end


def _lend(place: Confinement, sandbox: Sandbox, made: list[Path]) -> None:
    """Make the places for what is lent in the copy, and note which are ours."""
    room = place.room
    for path in place.lent:
        source, target = room.project / path, room.scratch / path
        if target.exists() or target.is_symlink():
            continue
        with suppress(OSError):
            if sandbox.kind != "bwrap":
                target.symlink_to(source)
            elif source.is_dir():
                target.mkdir()
            else:
                target.touch()
            made.append(target)


def _take_back(places: Sequence[Path]) -> None:
    for path in places:
        with suppress(OSError):
            if path.is_dir() and not path.is_symlink():
                path.rmdir()
            elif path.is_symlink() or not path.stat().st_size:
                path.unlink()


def _remove(private: Path) -> None:
    """Delete the run's own directory, what it closed against us included."""
    for folder, names, _ in os.walk(private):
        for name in names:
            path = Path(folder) / name
            if not path.is_symlink():
                with suppress(OSError):
                    path.chmod(0o700)
    shutil.rmtree(private, ignore_errors=True)
