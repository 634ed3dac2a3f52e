"""Watching what an oracle starts, and ending what leaves it.

A program of a test may start others that leave its process group. Inside a sandbox of
its own processes they end with it; elsewhere we end those that we have seen, and those
that carry the run's mark in their environment.
"""

import asyncio
import os
import shutil
import signal
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from mux_tui.core.hardware.marked import carrying
from mux_tui.core.hardware.processes import (
    ProcessIdentity,
    alive,
    family,
    resident_bytes,
)
from mux_tui.core.process.mark import MARK
from mux_tui.core.verification.oracle.facts import Limits

_POLL_SECONDS = 0.2
_SPARE_BYTES = 1024**3


def free_bytes(folder: Path) -> int:
    """Free bytes on the disk of a directory; 0 when it is gone."""
    try:
        return shutil.disk_usage(folder).free
    except OSError:
        return 0


def short_of_space(begun: int, now: int) -> bool:
    """Whether so little is free that others are about to suffer.

    What was short before the run is not laid to its charge.
    """
    return 0 < now < min(_SPARE_BYTES, begun // 2)


class Watch:
    """The processes of one run."""

    def __init__(
        self, pid_file: Path, mark: str, limits: Limits, scratch: Path
    ) -> None:
        """Watch a process and its descendants.

        Args:
            pid_file: Where its number will be.
            mark: What it carries in its environment.
            limits: For all of them together.
            scratch: The copy, whose disk is watched.
        """
        self._pid_file = pid_file
        self._mark = mark
        self._limits = limits
        self._pid = 0
        self._disk = scratch
        self._free = free_bytes(scratch)
        self._seen: dict[int, ProcessIdentity] = {}

    async def breach(self) -> str:
        """Wait until a limit of all processes together is broken; say which."""
        while True:
            await asyncio.sleep(_POLL_SECONDS)
            if told := await asyncio.to_thread(self._look):
                return told

    def _look(self) -> str:
        if not self._pid:
            with suppress(OSError, ValueError):
                self._pid = int(self._pid_file.read_text("ascii"))
        members = family(self._pid)
        self._seen |= {member.pid: member for member in members}
        if len(members) > self._limits.processes:
            return f"started more than {self._limits.processes} processes"

        held = sum(resident_bytes(member.pid) or 0 for member in members)
        if held > self._limits.memory:
            return f"took more than {self._limits.memory / 1024**3:g} GiB of memory"

        if short_of_space(self._free, free_bytes(self._disk)):
            return "filled the disk"

        return ""

    def end_strays(self) -> int:
        """End what is left of the run; how many processes that were."""
        ended = 0
        # Twice: what is found may start another while we look.
        for _ in range(2):
            marked = (one.pid for one in carrying(MARK, self._mark))
            for pid in {*self._remembered(), *marked}:
                with suppress(OSError):
                    os.kill(pid, signal.SIGKILL)
                    ended += 1

        return ended

    def _remembered(self) -> Iterator[int]:
        for member in self._seen.values():
            if alive(member.pid, member.started):
                yield member.pid
