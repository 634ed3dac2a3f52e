"""The ledger as the rest of mux uses it.

Every method that writes returns after its commit, and what it was given is written
even if its caller is cancelled meanwhile.

How sure a commit is: the steps of a run are written with `synchronous = NORMAL`, which
survives the end of the process however it comes, and costs no flush to the disk. The
outcome is written with `FULL`: it also survives a power cut, and carries everything
written before it along.
"""

import time
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Literal

from mux_tui.core.config.settings import Ledger as LedgerSettings
from mux_tui.core.errors import LedgerError
from mux_tui.core.exchange import Exchange
from mux_tui.core.ledger import encode, exchanges, queries, work_columns
from mux_tui.core.ledger.connection import Connection, Values, connect
from mux_tui.core.ledger.exchanges import Arrived, ExchangeRow
from mux_tui.core.ledger.file import Identity, make_place
from mux_tui.core.ledger.keeping import Keeping
from mux_tui.core.ledger.local_scores import LocalScore, local_scores
from mux_tui.core.ledger.lock import WriteLock
from mux_tui.core.ledger.owner import Alive, Owner
from mux_tui.core.ledger.prepare import prepare
from mux_tui.core.ledger.rows import RunDetail, RunRow, Summary
from mux_tui.core.ledger.search import Search
from mux_tui.core.ledger.writer import Statement, Writer
from mux_tui.core.task import Attempt, Decision, Outcome, Task

_INTERRUPTED = (
    "UPDATE runs SET status = 'interrupted', reason = 'interrupted', sentence = ?"
    " WHERE id = ? AND status = 'running' RETURNING id"
)

Label = Literal["good", "bad", "note"]
"""What an owner says of a run; `note`: only words."""

_SETTING = {
    # The clock may have been set back since the run began.
    "ended_at": "max(?, started_at)",
    # File work that came to nothing is not applied either.
    "applied": "coalesce(?, iif(kind = 'files', 0, NULL))",
}
"""Columns that are set to something else than the value itself."""


class Ledger:
    """An open ledger."""

    def __init__(
        self, path: Path, reader: Connection, writer: Writer, texts: bool
    ) -> None:
        """Use `open_ledger` instead.

        Args:
            path: The database.
            reader: For queries; a slow one does not hold up the writer.
            writer: For everything else.
            texts: Whether the words of tasks and answers are kept.
        """
        self.path = path
        self.search = Search(reader)
        """Runs by query."""

        self.keeping = Keeping(path, reader, writer, texts)
        """Old runs deleted, runs from elsewhere, copies."""

        self._reader = reader
        self._writer = writer
        self._texts = texts

    async def begin(self, task: Task, owner: Owner, repository: str = "") -> None:
        """Record that a task was accepted.

        Args:
            task: What was asked.
            owner: The process that does it.
            repository: The root of the repository around the work directory, or empty.

        Raises:
            LedgerError: It could not be written.
        """
        columns = encode.began(task, owner, time.time(), repository, self._texts)
        await self._writer.write(_insert_run(columns))

    async def decided(self, run_id: str, decision: Decision) -> None:
        """Record where a task goes.

        Raises:
            LedgerError: It could not be written.
        """
        columns = encode.decided(decision, self._texts)
        await self._write(run_id, _update_run(run_id, columns))

    async def attempted(self, run_id: str, attempt: Attempt) -> None:
        """Record an attempt; one with the same number is replaced.

        Raises:
            LedgerError: It could not be written.
        """
        await self._write(run_id, _put_attempt(run_id, self._of_attempt(attempt)))

    async def finish(self, outcome: Outcome) -> None:
        """Record how a task ended, all of its attempts, and what file work leaves.

        Raises:
            LedgerError: It could not be written.
        """
        run_id = outcome.run_id
        columns = encode.finished(outcome, self._texts) | {"ended_at": time.time()}
        columns |= work_columns.of_run(outcome, self._texts)
        attempts = (
            _put_attempt(run_id, self._of_attempt(attempt))
            for attempt in outcome.attempts
        )
        children = work_columns.children(outcome, self._texts)
        await self._write(
            run_id, _update_run(run_id, columns), *attempts, *children, synced=True
        )

    async def taken_back(self, run_id: str, at: float | None) -> None:
        """Record that the changes of a run are taken back, or are there again.

        Args:
            run_id: The run.
            at: Since when, in seconds since 1970; None: they are there again.

        Raises:
            LedgerError: It could not be written.
        """
        update = _update_run(run_id, {"taken_back_at": at})
        await self._write(run_id, update, synced=True)

    async def label(self, run_id: str, label: Label | None, text: str = "") -> None:
        """Record what its owner says of a run, in the place of what was said before.

        Args:
            run_id: The run.
            label: None: nothing any more.
            text: Words that go with it; kept also where those of tasks are not, for
                they were typed to be kept.

        Raises:
            LedgerError: It could not be written.
        """
        columns: Values = {"label": label, "label_text": text or None}
        columns["labelled_at"] = None if label is None else time.time()
        update = _update_run(run_id, encode.safe(columns))
        await self._write(run_id, update, synced=True)

    async def record_exchange(self, exchange: Exchange, owner: Owner) -> None:
        """Record a request through the proxy; one with the same id is replaced.

        Raises:
            LedgerError: It could not be written.
        """
        arrived = Arrived(exchange, time.time() - exchange.seconds)
        await self.record_exchanges((arrived,), owner)

    async def record_exchanges(self, arrived: Sequence[Arrived], owner: Owner) -> None:
        """Record several requests at once; see `exchanges.put`.

        Raises:
            LedgerError: None of them was written.
        """
        await self._writer.write(exchanges.put(arrived, owner, self._texts))

    async def exchanges(
        self, limit: int, before_id: int | None = None, session: str | None = None
    ) -> tuple[ExchangeRow, ...]:
        """A page of requests through the proxy, newest first.

        Args:
            limit: Most rows.
            before_id: Only rows older than this one: the last id of the page before.
            session: Only requests of this conversation of the client.

        Raises:
            LedgerError: It could not be read.
        """
        return await exchanges.page(self._reader, limit, before_id, session)

    async def sweep(self, alive: Alive) -> int:
        """Mark running tasks and requests whose process is gone as interrupted.

        Args:
            alive: Whether the process with this pid and start still runs.

        Returns:
            How many were marked.

        Raises:
            LedgerError: It could not be read or written.
        """
        gone = [
            (f"mux (process {pid}) ended before the task did", row)
            for row, pid, started in await queries.running(self._reader)
            if not alive(pid, started)
        ]
        marks: list[Statement] = [(_INTERRUPTED, values) for values in gone]
        marks += [
            exchanges.interrupted(row, pid)
            for row, pid, started in await exchanges.running(self._reader)
            if not alive(pid, started)
        ]
        for mark in marks:
            await self._writer.write(mark)
        return len(marks)

    async def recent(
        self,
        limit: int,
        before_id: int | None = None,
        *,
        route: str | None = None,
        status: str | None = None,
    ) -> tuple[RunRow, ...]:
        """A page of runs, newest first.

        Args:
            limit: Most rows.
            before_id: Only rows older than this one: the last id of the page before.
            route: Only rows that this route answered.
            status: Only rows that ended so; not together with `route`.

        Raises:
            LedgerError: It could not be read.
        """
        by: queries.Filter | None = "route" if route is not None else None
        if status is not None:
            by = "status"
        value = route or status or ""
        return await queries.recent(self._reader, limit, before_id, by, value)

    async def get(self, reference: str) -> RunDetail | None:
        """The run of that id, or of the only id beginning so; None: there is none.

        Raises:
            UsageError: Several ids begin so.
            LedgerError: It could not be read.
        """
        return await queries.get(self._reader, reference)

    async def details(self, after_id: int, limit: int) -> tuple[RunDetail, ...]:
        """A page of runs in full, oldest first, after the row with that id.

        Raises:
            LedgerError: It could not be read.
        """
        return await queries.details(self._reader, after_id, limit)

    async def summary(self, last: int = 200) -> Summary:
        """The newest runs at a glance.

        Raises:
            LedgerError: It could not be read.
        """
        return await queries.summary(self._reader, last)

    async def local_scores(self, last: int = 200) -> tuple[LocalScore, ...]:
        """How the local answers of the newest runs were scored.

        Raises:
            LedgerError: It could not be read.
        """
        return await local_scores(self._reader, last)

    def _of_attempt(self, attempt: Attempt) -> Values:
        columns = encode.attempted(attempt, self._texts)
        return columns | work_columns.of_attempt(attempt.work, self._texts)

    async def _write(
        self, run_id: str, *statements: Statement, synced: bool = False
    ) -> None:
        if not await self._writer.write(*statements, synced=synced):
            raise LedgerError(
                f"cannot record run {run_id}", "its beginning is not in the ledger"
            )


def _insert_run(columns: Values) -> Statement:
    names = ", ".join(columns)
    marks = ", ".join("?" for _ in columns)
    sql = f"INSERT INTO runs ({names}) VALUES ({marks}) RETURNING id"
    return sql, tuple(columns.values())


def _update_run(run_id: str, columns: Values) -> Statement:
    sets = ", ".join(f"{name} = {_SETTING.get(name, '?')}" for name in columns)
    sql = f"UPDATE runs SET {sets} WHERE run_id = ? RETURNING id"
    return sql, (*columns.values(), run_id)


def _put_attempt(run_id: str, columns: Values) -> Statement:
    names = ", ".join(columns)
    marks = ", ".join("?" for _ in columns)
    sets = ", ".join(f"{name} = excluded.{name}" for name in columns)
    sql = (
        f"INSERT INTO attempts (run, {names}) SELECT id, {marks} FROM runs"
        f" WHERE run_id = ? ON CONFLICT (run, number) DO UPDATE SET {sets} RETURNING id"
    )
    values: Sequence[str | int | float | None] = (*columns.values(), run_id)
    return sql, values


@asynccontextmanager
async def open_ledger(
    path: Path, settings: LedgerSettings
) -> AsyncGenerator[Ledger, None]:
    """Open the ledger at `path`, making it or bringing it up to date if need be.

    At the end everything handed over is written, and the file is closed.

    Args:
        path: The database; absolute.
        settings: Whether texts are kept, for how long, and how long to wait for
            others.

    Raises:
        LedgerError: It cannot be opened; nothing was changed.
        UsageError: A newer mux wrote it; nothing was changed.
    """
    make_place(path)
    lock = WriteLock(path, settings.busy_timeout)
    try:
        async with (
            connect(path, settings.busy_timeout) as connection,
            connect(path, settings.busy_timeout) as reader,
        ):
            await prepare(connection, lock)
            await reader.run("PRAGMA query_only = ON")
            writer = Writer(connection, lock, Identity.of(path))
            async with writer.working():
                ledger = Ledger(path, reader, writer, settings.store_prompts)
                async with ledger.keeping.forgetting(settings.keep_days):
                    yield ledger
    finally:
        lock.close()
