"""The one task that writes.

Callers hand over a job and wait for its commit. A caller that is cancelled stops
waiting; the job is done all the same, because it belongs to this task and not to the
caller.
"""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

from mux_tui.core.errors import LedgerError
from mux_tui.core.finishing import finished
from mux_tui.core.ledger.connection import Connection, Value
from mux_tui.core.ledger.file import Identity
from mux_tui.core.ledger.lock import WriteLock

Statement = tuple[str, Sequence[Value]]


@dataclass(frozen=True)
class Job:
    """Statements that happen together or not at all."""

    statements: tuple[Statement, ...]
    synced: bool
    """Whether the commit must survive a power cut, and not only the end of mux."""

    changed: asyncio.Future[tuple[int, ...]]
    """How many rows each statement returned; set after the commit."""


class Writer:
    """Does one job after the other, each in one transaction."""

    def __init__(
        self, connection: Connection, lock: WriteLock, identity: Identity
    ) -> None:
        """Write through `connection` as long as the files are those of `identity`."""
        self._connection = connection
        self._lock = lock
        self._identity = identity
        self._jobs: asyncio.Queue[Job | None] = asyncio.Queue()
        self._open = True

    @asynccontextmanager
    async def working(self) -> AsyncGenerator[None, None]:
        """Work while the body runs, and finish all jobs before leaving."""
        task = asyncio.create_task(self._work(), name="ledger writer")
        try:
            yield
        finally:
            self._open = False
            self._jobs.put_nowait(None)
            await finished(task)

    async def write(self, *statements: Statement, synced: bool = False) -> int:
        """Do the statements in one transaction and wait for its commit.

        Returns:
            How many rows the first statement returned.

        Raises:
            LedgerError: Nothing of it was written.
        """
        return (await self.write_all(statements, synced=synced))[0]

    async def write_all(
        self, statements: Sequence[Statement], *, synced: bool = False
    ) -> tuple[int, ...]:
        """The same, for who asks how many rows each of the statements returned.

        Raises:
            LedgerError: Nothing of it was written.
        """
        if not self._open:
            raise LedgerError("cannot write the ledger", "it is closed already")

        loop = asyncio.get_running_loop()
        changed: asyncio.Future[tuple[int, ...]] = loop.create_future()
        self._jobs.put_nowait(Job(tuple(statements), synced, changed))
        return await changed

    async def _work(self) -> None:
        while (job := await self._jobs.get()) is not None:
            try:
                counts = await self._do(job)
            except Exception as error:
                # Whatever it is, the caller must hear of it and the next job must be
                # done: a writer that died would leave everybody waiting.
                if not job.changed.done():
                    job.changed.set_exception(error)
            else:
                if not job.changed.done():
                    job.changed.set_result(counts)

    async def _do(self, job: Job) -> tuple[int, ...]:
        self._identity.check()
        async with self._lock.held():
            if not job.synced and len(job.statements) == 1:
                return (len(await self._connection.run(*job.statements[0])),)

            level = "FULL" if job.synced else "NORMAL"
            await self._connection.run(f"PRAGMA synchronous = {level}")
            try:
                return await self._transaction(job.statements)
            finally:
                # Staying at FULL would only be slower, and the commit has succeeded.
                with suppress(LedgerError):
                    await self._connection.run("PRAGMA synchronous = NORMAL")

    async def _transaction(self, statements: tuple[Statement, ...]) -> tuple[int, ...]:
        await self._connection.run("BEGIN IMMEDIATE")
        try:
            counts = [
                len(await self._connection.run(sql, values))
                for sql, values in statements
            ]
            await self._connection.run("COMMIT")
        except BaseException:
            # A full disk has rolled back by itself, which makes this one an error.
            with suppress(LedgerError):
                await self._connection.run("ROLLBACK")
            raise

        return tuple(counts)
