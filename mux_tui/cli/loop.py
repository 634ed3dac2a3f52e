"""Running an asynchronous command so that signals end it in order.

SIGINT, SIGTERM and SIGHUP cancel the command; it cleans up after itself, which ends
its children and completes its row in the ledger, and then the exit code tells which
signal it was. A second signal is not needed for that, and would interrupt the cleaning
up; only if that takes strangely long does it end mux on the spot.
"""

import asyncio
import os
import signal
import time
from collections.abc import Awaitable, Callable

from mux_tui.cli.diagnostics import ExitCode

_CODES = {
    signal.SIGINT: ExitCode.INTERRUPTED,
    signal.SIGTERM: ExitCode.TERMINATED,
    signal.SIGHUP: ExitCode.HANGUP,
}
_PATIENCE = 5.0
"""Seconds of cleaning up after which another signal ends mux on the spot."""

_SENTENCES = {
    signal.SIGINT: "interrupted",
    signal.SIGTERM: "ended by SIGTERM",
    signal.SIGHUP: "the terminal was closed",
}


def run_until_done(
    command: Awaitable[ExitCode],
    told: Callable[[str], None],
    loops: Callable[[], asyncio.AbstractEventLoop] | None = None,
    interrupted: Callable[[], bool] | None = None,
) -> ExitCode:
    """Run `command` to its end, or to the end that a signal asks for.

    Args:
        command: What to run.
        told: Gets the sentence on the signal that comes, at once.
        loops: Makes the event loop; None: Python's own.
        interrupted: Asked first when SIGINT comes; True: it was dealt with.
    """
    with asyncio.Runner(loop_factory=loops) as runner:
        return runner.run(_run(command, told, interrupted))


async def _run(
    command: Awaitable[ExitCode],
    told: Callable[[str], None],
    interrupted: Callable[[], bool] | None,
) -> ExitCode:
    task = asyncio.ensure_future(command)
    received: list[signal.Signals] = []
    since = 0.0

    def stop(number: signal.Signals) -> None:
        nonlocal since
        if not received and number == signal.SIGINT and interrupted and interrupted():
            return
        if not received:
            received.append(number)
            since = time.monotonic()
            task.cancel()
            told(_SENTENCES[number])
        elif time.monotonic() - since > _PATIENCE:
            signal.signal(number, signal.SIG_DFL)
            os.kill(os.getpid(), number)

    loop = asyncio.get_running_loop()
    watched = [number for number in _CODES if _wanted(number)]
    for number in watched:
        loop.add_signal_handler(number, stop, number)
    try:
        return await task
    except asyncio.CancelledError:
        if not received:
            raise
        return _CODES[received[0]]
    finally:
        for number in watched:
            loop.remove_signal_handler(number)


def _wanted(number: signal.Signals) -> bool:
    """Whether the signal is to end us: `nohup mux …` means not to be hung up."""
    return number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN
