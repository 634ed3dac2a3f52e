"""Our end of the watchdog: started beside a child, killed when the child has ended."""

import asyncio
import signal
import sys
from asyncio.subprocess import DEVNULL, PIPE
from contextlib import suppress
from pathlib import Path
from typing import cast

from mux_tui.core.config.environment import Environment
from mux_tui.core.finishing import seen_through
from mux_tui.core.process import watchdog
from mux_tui.core.process.group import signal_group
from mux_tui.core.process.mark import MARK
from mux_tui.core.process.starting import begun


class Guard(asyncio.SubprocessProtocol):
    """A watchdog process and the pipe that tells it that we live."""

    def __init__(self) -> None:
        """Make the protocol; `start_guard` makes the process."""
        self._transport: asyncio.SubprocessTransport | None = None
        self._exited = asyncio.Event()
        self._gone = asyncio.Event()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Remember the process."""
        self._transport = cast("asyncio.SubprocessTransport", transport)

    def process_exited(self) -> None:
        """The process is reaped."""
        self._exited.set()

    def connection_lost(self, exc: Exception | None) -> None:
        """The process is reaped and its pipe closed."""
        self._gone.set()

    def watch(self, pgid: int) -> None:
        """Have the group ended if we die from now on."""
        if self._transport is not None:
            pipe = self._transport.get_pipe_transport(0)
            cast("asyncio.WriteTransport", pipe).write(b"%d" % pgid)

    async def release(self) -> None:
        """End the watchdog, which then touches nothing."""
        if self._transport is None:
            return

        if not self._exited.is_set():
            # Not the transport's own kill() and close(): both may reap the process
            # behind the back of the event loop's watcher, which then complains.
            signal_group(self._transport.get_pid(), signal.SIGKILL)
        await self._exited.wait()
        self._transport.close()
        await self._gone.wait()


async def start_guard(mark: str = "") -> Guard:
    """Start a watchdog; without one (no interpreter to be found) runs go on.

    Cancelled while it starts, it is started all the same, and ended.

    Args:
        mark: What everything to be ended carries, as `NAME=value`; empty: only the
            group is known, once it is told.
    """
    guard = Guard()
    starting = asyncio.create_task(_start(guard, mark))
    try:
        await begun(starting)
    except asyncio.CancelledError:
        # Left half started, it would be nobody's to end; cancelled again, too.
        await seen_through(guard.release)
        raise
    finally:
        starting.result()
    return guard


async def _start(guard: Guard, mark: str) -> None:
    with suppress(OSError):
        await asyncio.get_running_loop().subprocess_exec(
            lambda: guard,
            sys.executable,
            "-I",
            "-S",
            str(Path(watchdog.__file__)),
            mark,
            env=_unmarked(),
            stdin=PIPE,
            stdout=DEVNULL,
            stderr=DEVNULL,
            cwd="/",
            start_new_session=True,
        )


def _unmarked() -> dict[str, str]:
    """Our environment without the mark of a run that we may be part of.

    When that run is over, the watchdog is still to do its work.
    """
    variables = Environment().variables
    return {name: variables[name] for name in variables if name != MARK}
