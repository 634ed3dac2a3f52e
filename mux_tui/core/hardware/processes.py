"""Who a process is, and whether it still is the same one.

A process number says little: the system gives it to a stranger once its owner has
ended. Number and start time together name one process for as long as the machine
runs, and only then may a signal be sent.
"""

import os
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import psutil

from mux_tui.core.text import one_line

_LINUX = sys.platform == "linux"
_SAME_START = 0.02
"""Seconds two readings of one start time may differ: two ticks of the clock."""


@dataclass(frozen=True)
class ProcessIdentity:
    """One process, told apart from every other that had or will have its number."""

    pid: int
    started: float
    """Linux: seconds from the machine's start, elsewhere from the epoch. Only good to
    be compared: the wall clock may be set while the process runs, this stays."""

    command: tuple[str, ...] = ()
    """Its command line; empty when it may not be read."""


@dataclass(frozen=True)
class PortOwner:
    """Who listens on a port."""

    pid: int | None
    """None: a process of another user."""

    name: str = ""
    """The program's name; foreign text."""


def identity(pid: int) -> ProcessIdentity | None:
    """Who the process is now; None when it is gone, or only waits to be collected."""
    started = _started(pid)
    return None if started is None else ProcessIdentity(pid, started, _command(pid))


def alive(pid: int, started: float) -> bool:
    """Whether the process with this number is still the one that started then."""
    now = _started(pid)
    return now is not None and abs(now - started) <= _SAME_START


def is_same(pid: int, started: float, argument: str) -> bool:
    """Whether the process is still that one, with `argument` on its command line."""
    return alive(pid, started) and argument in _command(pid)


def find(argument: str) -> ProcessIdentity | None:
    """A running process that has `argument` on its command line, as a whole word."""
    for pid in psutil.pids():
        found = identity(pid)
        if found is not None and argument in found.command:
            return found

    return None


def family(pid: int) -> tuple[ProcessIdentity, ...]:
    """The process, its process group and all its descendants, zombies left out.

    Descendants that have left for a session of their own are among them.
    """
    if pid <= 1:
        return ()

    pids = [pid, *_group(pid), *_descendants(pid)]
    found = (identity(member) for member in dict.fromkeys(pids))
    return tuple(member for member in found if member is not None)


def resident_bytes(pid: int) -> int | None:
    """Memory the process holds; None when it is gone or may not be read."""
    try:
        return psutil.Process(pid).memory_info().rss
    except psutil.Error:
        return None


def boot_time() -> float:
    """When this machine started, in seconds from the epoch."""
    return psutil.boot_time()


def port_owner(port: int) -> PortOwner | None:
    """Who listens on this TCP port.

    Returns:
        The owner, or None when nobody is known to listen. Where the system tells only
        of the user's own processes (macOS), a stranger's port gives None too.
    """
    try:
        held = [
            PortOwner(entry.pid, _name(entry.pid))
            for entry in psutil.net_connections("tcp")
            if _listens(entry, port)
        ]
    except (psutil.Error, OSError):
        held = list(_own_listeners(port))

    return next(iter(sorted(held, key=lambda owner: owner.pid is None)), None)


def who_holds(port: int) -> str:
    """Who holds a port, as a sentence, safe to show; empty: nobody that can be told."""
    owner = port_owner(port)
    if owner is None:
        return ""

    number = f" (pid {owner.pid})" if owner.pid else ""
    name = one_line(owner.name, 60) or "another program"
    return f"port {port} is in use by {name}{number}"


def _own_listeners(port: int) -> Iterable[PortOwner]:
    for process in psutil.process_iter():
        try:
            entries = process.net_connections("tcp")
        except (psutil.Error, OSError):
            continue
        if any(_listens(entry, port) for entry in entries):
            yield PortOwner(process.pid, _name(process.pid))


def _listens(entry: object, port: int) -> bool:
    status = getattr(entry, "status", "")
    address = getattr(entry, "laddr", None)
    return status == psutil.CONN_LISTEN and getattr(address, "port", None) == port


def _name(pid: int | None) -> str:
    if pid is None:
        return ""
    try:
        return psutil.Process(pid).name()
    except psutil.Error:
        return ""


def _started(pid: int) -> float | None:
    if pid <= 0:
        return None
    try:
        process = psutil.Process(pid)
        if process.status() == psutil.STATUS_ZOMBIE and not _threads_left(pid):
            return None
        return _start_ticks(pid) if _LINUX else process.create_time()
    except (psutil.Error, OSError, ValueError, IndexError):
        return None


def _threads_left(pid: int) -> bool:
    """Whether a process whose first thread has ended still has others.

    They hold its memory and its port for a little longer.
    """
    return _LINUX and len(os.listdir(f"/proc/{pid}/task")) > 1


def _start_ticks(pid: int) -> float:
    stat = Path(f"/proc/{pid}/stat").read_text(errors="replace")
    # The name, in brackets, may hold blanks and brackets; the start follows it.
    ticks = int(stat.rpartition(")")[2].split()[19])
    return ticks / os.sysconf("SC_CLK_TCK")


def _command(pid: int) -> tuple[str, ...]:
    # A process that is ending has a number and a start, and no command line any more.
    try:
        return tuple(psutil.Process(pid).cmdline())
    except (psutil.Error, OSError):
        return ()


def _group(pgid: int) -> list[int]:
    members: list[int] = []
    for pid in psutil.pids():
        try:
            if os.getpgid(pid) == pgid:
                members.append(pid)
        except OSError:
            continue

    return members


def _descendants(pid: int) -> list[int]:
    try:
        return [child.pid for child in psutil.Process(pid).children(recursive=True)]
    except psutil.Error:
        return []
