"""Running an asynchronous command so that signals end it in order.

SIGINT and SIGTERM cancel the command; it cleans up after itself, which ends its
children and completes its row in the ledger, and then the exit code tells which
signal it was.
"""

import asyncio
import signal
from collections.abc import Awaitable

from mux_tui.cli.diagnostics import ExitCode

_CODES = {
    signal.SIGINT: ExitCode.INTERRUPTED,
    signal.SIGTERM: ExitCode.TERMINATED,
    signal.SIGHUP: ExitCode.HANGUP,
}


def run_until_done(command: Awaitable[ExitCode]) -> ExitCode:
    """Run `command` to its end, or to the end that a signal asks for."""
    return asyncio.run(_run(command))


async def _run(command: Awaitable[ExitCode]) -> ExitCode:
    task = asyncio.ensure_future(command)
    received: list[signal.Signals] = []

    def stop(number: signal.Signals) -> None:
        received.append(number)
        task.cancel()

    loop = asyncio.get_running_loop()
    for number in _CODES:
        loop.add_signal_handler(number, stop, number)
    try:
        return await task
    except asyncio.CancelledError:
        if not received:
            raise
        return _CODES[received[0]]
    finally:
        for number in _CODES:
            loop.remove_signal_handler(number)
