"""What a process and all it started use: CPU by the scheduler's count, and memory."""

import sys
from contextlib import suppress
from pathlib import Path

import psutil

_LINUX = sys.platform == "linux"


def family(pid: int) -> list[psutil.Process]:
    """The process and all below it that still run."""
    with suppress(psutil.Error):
        first = psutil.Process(pid)
        return [first, *first.children(recursive=True)]

    return []


def cpu_seconds(pid: int) -> float:
    """CPU time of the family so far.

    On Linux by the scheduler's nanoseconds, which are finer than clock ticks.
    """
    return sum(_cpu(process) for process in family(pid))


def _cpu(process: psutil.Process) -> float:
    total = 0.0
    with suppress(psutil.Error, OSError):
        if not _LINUX:
            times = process.cpu_times()
            return times.user + times.system
        for thread in Path(f"/proc/{process.pid}/task").iterdir():
            total += int((thread / "schedstat").read_text().split()[0]) / 1e9
    return total


def resident_megabytes(pid: int) -> float:
    """Main memory of the family."""
    total = 0
    for process in family(pid):
        with suppress(psutil.Error):
            total += process.memory_info().rss
    return total / 2**20


def end(pid: int, grace: float = 5.0) -> None:
    """End the family: politely, then not."""
    processes = family(pid)
    for process in processes:
        with suppress(psutil.Error):
            process.terminate()
    _, left = psutil.wait_procs(processes, grace)
    for process in left:
        with suppress(psutil.Error):
            process.kill()
    psutil.wait_procs(left, grace)
