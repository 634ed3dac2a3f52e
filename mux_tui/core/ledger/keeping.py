"""What happens to a ledger over the years: old runs go, others come, copies are made.

Everything here is done in small transactions, so that a task which is recorded at the
same moment waits for milliseconds.
"""

import asyncio
import time
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from mux_tui.core.errors import LedgerError
from mux_tui.core.finishing import finished
from mux_tui.core.ledger import retention
from mux_tui.core.ledger.backup import backup
from mux_tui.core.ledger.connection import Connection
from mux_tui.core.ledger.importing import Imported, Importer
from mux_tui.core.ledger.retention import Old
from mux_tui.core.ledger.writer import Writer

_DAY = 86_400.0


class Keeping:
    """Looks after a ledger; `Ledger.keeping`."""

    def __init__(
        self, path: Path, reader: Connection, writer: Writer, texts: bool
    ) -> None:
        """Work on the ledger at `path`; `texts`: whether words are kept."""
        self._path = path
        self._reader = reader
        self._writer = writer
        self._texts = texts

    async def old(self, before: float) -> Old:
        """What `prune` would delete.

        Raises:
            LedgerError: It could not be read.
        """
        return await retention.old(self._reader, before)

    async def prune(self, before: float) -> Old:
        """Delete the runs and requests that began before a time and have ended.

        Args:
            before: Seconds since 1970.

        Raises:
            LedgerError: Not everything was deleted.
        """
        return await retention.prune(self._writer, before)

    @asynccontextmanager
    async def forgetting(self, days: float) -> AsyncGenerator[None, None]:
        """While the body runs, delete what is older; what is left goes another time.

        Args:
            days: The age; 0: nothing is deleted.
        """
        if not days:
            yield
            return

        task = asyncio.create_task(self._forget(days), name="ledger retention")
        try:
            yield
        finally:
            task.cancel()
            await finished(task)

    async def _forget(self, days: float) -> None:
        # A full disk or a locked file is said by what writes next.
        with suppress(LedgerError):
            now = time.time()
            if await retention.due(self._reader, now):
                await self.prune(now - days * _DAY)
                await retention.done(self._writer, now)

    async def take_in(
        self, files: Sequence[Path], tell: Callable[[int], None] | None = None
    ) -> Imported:
        """Add the runs of other ledgers' files; those that are there stay as they are.

        Args:
            files: Lines of JSON: exports, or the `run_ledger.jsonl` of an older mux.
            tell: Gets the number of lines dealt with, now and then.

        Raises:
            EnvironmentProblem: A file cannot be read; nothing was added.
            LedgerError: The ledger cannot be written; what was added stays.
        """
        importer = Importer(self._reader, self._writer, self._texts)
        return await importer.take_in(files, tell)

    async def backup(self, target: Path, *, replace: bool = False) -> int:
        """Write a copy of the ledger as it is now, while others write.

        Args:
            target: Where to; it is there whole or not at all.
            replace: Whether what is there may be replaced.

        Returns:
            The bytes of the copy.

        Raises:
            UsageError: Something is there already, or it is the ledger itself.
            EnvironmentProblem: It cannot be written.
            LedgerError: The ledger cannot be read.
        """
        return await backup(self._reader, self._path, target, replace)

    async def vacuum(self) -> tuple[int, int]:
        """Give room that is free inside of the file back to the disk.

        Nothing can be written meanwhile. Words of deleted runs are in no byte of the
        files after it.

        Returns:
            The bytes of the file before and after.

        Raises:
            LedgerError: It could not be done, for example for want of room: while it
                works there are two copies. Nothing is lost.
        """
        before = self._path.stat().st_size
        for sql in (
            "INSERT INTO runs_text (runs_text) VALUES ('optimize')",
            "VACUUM",
            "PRAGMA wal_checkpoint(TRUNCATE)",
        ):
            await self._writer.write((sql, ()))
        return before, self._path.stat().st_size
