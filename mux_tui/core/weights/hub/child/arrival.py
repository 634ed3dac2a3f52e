"""One file on its way to the disk, hashed as it comes.

What an earlier download left is hashed too and gone on with. Writes are not buffered,
so that what has come stays when the process is killed.
"""

import os
from pathlib import Path
from typing import BinaryIO

from mux_tui.core.weights.hub.child.wire import Meter
from mux_tui.core.weights.hub.plan import HubFile

_BLOCK = 1 << 20


class WrongContent(Exception):
    """What came is not the file."""


class Arrival:
    """A file that grows until it is the one that was described."""

    def __init__(self, file: HubFile, path: Path, meter: Meter) -> None:
        """Open it, or make it; nothing is read yet.

        Args:
            file: What is to come.
            path: Where to.
            meter: Counts what is there; what is at `path` already, it has counted.
        """
        self.file = file
        self.count = 0
        """Bytes that are there and hashed."""

        self._meter = meter
        self._hash = file.hasher()
        flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
        # For the owner alone until it is whole, as all that mux writes.
        self._out: BinaryIO = os.fdopen(os.open(path, flags, 0o600), "rb+", 0)

    def close(self) -> None:
        """Close the file as it is."""
        self._out.close()

    def take_up(self) -> None:
        """Hash what an earlier download left; what cannot be the file goes."""
        there = os.fstat(self._out.fileno()).st_size
        if there > self.file.size:
            self.count = self.file.size
            self.restart()
            return

        meter = Meter("checking", 0, there)
        while block := self._out.read(_BLOCK):
            self._hash.update(block)
            self.count += len(block)
            meter.more(len(block))
        if self.count == self.file.size and not self.good:
            self.restart()

    @property
    def good(self) -> bool:
        """Whether all of it is there, and it is what was described."""
        if self.count != self.file.size:
            return False

        return not self.file.digest or self._hash.hexdigest() == self.file.digest

    def restart(self) -> None:
        """Throw away what is there."""
        self._meter.more(-self.count)
        self._out.seek(0)
        self._out.truncate(0)
        self._hash = self.file.hasher()
        self.count = 0

    def write(self, data: bytes) -> None:
        """Take what came next.

        Raises:
            WrongContent: It is longer than the file.
            OSError: It cannot be written.
        """
        if self.count + len(data) > self.file.size:
            raise WrongContent(f"{self.file.name} is longer than {self.file.size} B")

        rest = memoryview(data)
        while rest:
            # Unbuffered, a full disk may take a part before it takes nothing.
            taken = self._out.write(rest)
            self._hash.update(rest[:taken])
            self.count += taken
            self._meter.more(taken)
            rest = rest[taken:]

    def keep(self) -> None:
        """Have the system write it to the disk for good."""
        os.fsync(self._out.fileno())
