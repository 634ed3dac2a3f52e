"""Starting a process that outlives mux.

It leads a session of its own, reads nothing, and writes into a log file: closing the
terminal, or ending mux, does not touch it.
"""

import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from mux_tui.core.paths import PRIVATE_FILE
from mux_tui.core.process.mark import MARK


class _Detached(subprocess.Popen[bytes]):
    """A child whose object may go before the child does."""

    def __del__(self) -> None:
        # The base class warns of a child that still runs. Here that is the point.
        pass


_started: dict[int, _Detached] = {}
"""Children of this process, by number."""


def start_detached(
    argv: Sequence[str], environment: Mapping[str, str], cwd: Path, log: Path
) -> int:
    """Start a program that outlives mux, and return its process number.

    The number is its process group's and its session's too.

    Args:
        argv: The program and its arguments; no shell reads them.
        environment: All the variables it sees.
        cwd: Its work directory.
        log: Where its output goes: made for the owner alone, added to if it is there.

    Raises:
        OSError: The log cannot be opened, or the program cannot be started.
    """
    flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW
    output = os.open(log, flags, PRIVATE_FILE)
    try:
        child = _Detached(
            list(argv),
            # It is to outlive whatever run we may be part of.
            env={name: environment[name] for name in environment if name != MARK},
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    finally:
        os.close(output)

    _started[child.pid] = child
    return child.pid


def collect(pid: int) -> int | None:
    """Collect a process started here, once it has ended.

    A process that has ended stays in the system's table until its parent asks.

    Returns:
        Its exit status, negative for a signal's number, each time it is asked for;
        None when it still runs, or was not started by this process.
    """
    child = _started.get(pid)
    return None if child is None else child.poll()
