"""Running one command: its lines as they come, then its end.

The command leads a session of its own, reads exactly the given input, and is ended
with everything it started: at a limit, when the reader stops reading, and when mux
itself is killed. The end of a run is the exit of the command, not of its pipes.
"""

import asyncio
import errno
import time
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, assert_never

from mux_tui.core.errors import MuxError
from mux_tui.core.finishing import seen_through
from mux_tui.core.process.child import Child
from mux_tui.core.process.guard import Guard, start_guard
from mux_tui.core.process.lines import OUTPUT_CAP, Line
from mux_tui.core.process.mark import MARK
from mux_tui.core.process.starting import begun
from mux_tui.core.text import one_line

__all__ = ["Exit", "Finished", "Line", "ProcessStartError", "Stopped", "run", "stream"]

Stopped = Literal["", "time_limit", "stalled"]

_LIMIT_GRACE = 5.0
_CLOSE_GRACE = 1.0

_REASONS = {
    errno.ENOENT: "no such program",
    errno.EACCES: "it may not be run (permission denied)",
    errno.ENOEXEC: "it is no program for this system",
    errno.E2BIG: "its arguments are too long",
}


@dataclass(frozen=True)
class Exit:
    """How a command ended; the last thing a run yields."""

    code: int | None
    """The exit status; None: a signal ended it."""

    signal: int | None
    """The signal that ended it; None: it exited by itself."""

    stopped: Stopped
    """Which limit made us end it; empty: none."""

    stderr_tail: str
    """The last 4 KiB of standard error; foreign text."""

    seconds: float


@dataclass(frozen=True)
class Finished:
    """A command that was run to its end, with all it wrote."""

    stdout: str
    """Lines joined by newlines, without a final one; an ellipsis marks a cut line."""

    stderr: str
    exit: Exit


class ProcessStartError(MuxError):
    """A command could not be started; `why` gives the reason."""


async def stream(
    argv: Sequence[str],
    *,
    cwd: Path,
    env: Mapping[str, str],
    stdin: bytes = b"",
    time_limit: float | None = None,
    stall_limit: float | None = None,
    output_cap: int = OUTPUT_CAP,
    grace: float = _LIMIT_GRACE,
    mark: str = "",
) -> AsyncGenerator[Line | Exit, None]:
    """Run a command and yield its lines as they come, then one `Exit`.

    Closing the generator, or cancelling the task that reads it, ends the command's
    whole process group within two seconds.

    Args:
        argv: Program and arguments; no shell sees them.
        cwd: The work directory.
        env: The whole environment; its PATH finds a program named without a slash.
        stdin: What the command can read; then its standard input ends.
        time_limit: Seconds for the whole run; None: no limit.
        stall_limit: Seconds without output; None: no limit.
        output_cap: Bytes given out of each pipe. More is read and dropped, except for
            the last 64 KiB, which come at the end, marked `cut`.
        grace: Seconds between SIGTERM and SIGKILL, at a limit.
        mark: Of `new_mark`; is put into the environment. When mux is killed, even at
            the very start, what carries it is ended too. Who has left the group when
            the run is over is found by it, and is the caller's business.

    Raises:
        ProcessStartError: The command cannot be started.
    """
    started = time.monotonic()
    env = {**env, MARK: mark} if mark else env
    guard = await start_guard(f"{MARK}={mark}" if mark else "")
    child: Child | None = None
    stopped: Stopped = ""
    supervision: asyncio.Task[Stopped] | None = None
    try:
        child = await _start(argv, cwd, env, stdin, output_cap)
        guard.watch(child.pid)
        limits = _Limits(started, time_limit, stall_limit, grace)
        supervision = asyncio.create_task(_supervise(child, limits))
        while (line := await child.next_line()) is not None:
            yield line
        stopped = await supervision
        yield _exit_of(child, stopped, time.monotonic() - started)
    finally:
        await seen_through(lambda: _clean_up(child, supervision, guard))


async def run(
    argv: Sequence[str],
    *,
    cwd: Path,
    env: Mapping[str, str],
    stdin: bytes = b"",
    time_limit: float | None = None,
    stall_limit: float | None = None,
    output_cap: int = OUTPUT_CAP,
    grace: float = _LIMIT_GRACE,
) -> Finished:
    """Run a command to its end and return all it wrote; arguments as for `stream`.

    Raises:
        ProcessStartError: The command cannot be started.
    """
    texts: dict[str, list[str]] = {"out": [], "err": []}
    events = stream(
        argv,
        cwd=cwd,
        env=env,
        stdin=stdin,
        time_limit=time_limit,
        stall_limit=stall_limit,
        output_cap=output_cap,
        grace=grace,
    )
    end: Exit | None = None
    async with aclosing(events):
        async for event in events:
            match event:
                case Line():
                    text = f"{event.text}…" if event.cut else event.text
                    texts[event.stream].append(text)
                case Exit():
                    end = event
                case _:
                    assert_never(event)

    assert end is not None
    return Finished("\n".join(texts["out"]), "\n".join(texts["err"]), end)


@dataclass(frozen=True)
class _Limits:
    started: float
    time_limit: float | None
    stall_limit: float | None
    grace: float

    def left(self, child: Child) -> tuple[float | None, Stopped]:
        """Seconds until the next limit, and which one that is."""
        now = time.monotonic()
        ends: list[tuple[float, Stopped]] = []
        if self.time_limit is not None:
            ends.append((self.started + self.time_limit - now, "time_limit"))
        if self.stall_limit is not None:
            # While the reader is behind, silence is our doing.
            since = now if child.paused else child.last_output
            ends.append((since + self.stall_limit - now, "stalled"))

        return min(ends) if ends else (None, "")


async def _supervise(child: Child, limits: _Limits) -> Stopped:
    try:
        stopped = await _until_exit_or_limit(child, limits)
        await child.finish(limits.grace if stopped else _CLOSE_GRACE)
    finally:
        child.end_lines()

    return stopped


async def _until_exit_or_limit(child: Child, limits: _Limits) -> Stopped:
    while not child.exited.is_set():
        left, which = limits.left(child)
        if left is not None and left <= 0:
            return which
        with suppress(TimeoutError):
            await asyncio.wait_for(child.exited.wait(), left)

    return ""


async def _clean_up(
    child: Child | None, supervision: asyncio.Task[Stopped] | None, guard: Guard
) -> None:
    if supervision is not None and not supervision.done():
        supervision.cancel()
        await asyncio.wait({supervision})
    if child is not None:
        await child.finish(_CLOSE_GRACE)
    await guard.release()


async def _start(
    argv: Sequence[str],
    cwd: Path,
    env: Mapping[str, str],
    stdin: bytes,
    output_cap: int,
) -> Child:
    child = Child(stdin, output_cap)
    starting = asyncio.create_task(
        asyncio.get_running_loop().subprocess_exec(
            lambda: child,
            *argv,
            stdin=PIPE if stdin else DEVNULL,
            stdout=PIPE,
            stderr=PIPE,
            cwd=cwd,
            env=dict(env),
            start_new_session=True,
        )
    )
    try:
        await begun(starting)
    except asyncio.CancelledError:
        if not starting.cancelled():
            # Looked at, so that asyncio does not complain of what nobody looks at.
            starting.exception()
        # Left half started, it would be nobody's to end; cancelled again, too.
        if child.pid:
            await seen_through(lambda: child.finish(_CLOSE_GRACE))
        raise
    try:
        starting.result()
    except (OSError, ValueError) as error:
        raise _start_error(argv[0], cwd, error) from error

    return child


def _start_error(program: str, cwd: Path, error: OSError | ValueError) -> MuxError:
    what = f"cannot start {one_line(program)}"
    if isinstance(error, ValueError):
        return ProcessStartError(what, "an argument or a variable holds a NUL byte")

    reason = error.strerror or str(error)
    if error.filename is not None and Path(error.filename) == cwd:
        where = one_line(str(cwd))
        return ProcessStartError(what, f"no work directory {where} ({reason})")
    if error.errno == errno.ENOENT and Path(program).exists():
        return ProcessStartError(what, "the interpreter in its first line is missing")

    return ProcessStartError(what, _REASONS.get(error.errno or 0, reason))


def _exit_of(child: Child, stopped: Stopped, seconds: float) -> Exit:
    code = child.code
    number = -code if code is not None and code < 0 else None
    status = None if number is not None else code
    return Exit(status, number, stopped, child.stderr_tail, seconds)
