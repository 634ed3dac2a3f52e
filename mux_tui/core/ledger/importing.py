"""Adding the runs of other ledgers' files, in memory that does not grow with them.

The files are read twice. The first time tells when each run began, which goes into a
temporary database; the second time adds them in the order of time, so that a list shows
them where they belong: runs that are older than the newest one here get ids below the
first one. An import that is stopped is finished by doing it again.
"""

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO

from mux_tui.core.errors import EnvironmentProblem
from mux_tui.core.ledger.connection import Connection, Values
from mux_tui.core.ledger.faults import shown
from mux_tui.core.ledger.foreign_line import (
    ForeignLineError,
    ForeignRun,
    Line,
    Source,
    key_of,
    parsed,
    source_of,
)
from mux_tui.core.ledger.own_line import own_key, own_moment, own_run
from mux_tui.core.ledger.prior_line import moment, prior_run
from mux_tui.core.ledger.writer import Statement, Writer

_BATCH = 500
_LONGEST = 64 * 1024 * 1024
"""Bytes of a line; a longer one is no run."""

_TOLD = 1_000
"""Damaged lines that are named; more are only counted."""


@dataclass(frozen=True)
class Damage:
    """A line that holds no run, and was left out."""

    file: str
    line: int
    why: str


@dataclass(frozen=True)
class Imported:
    """What an import did."""

    lines: int
    """Those that are not empty."""

    added: int
    known: int
    """Were there already."""

    damaged: int
    damages: tuple[Damage, ...]
    """The first of them."""


@dataclass(frozen=True)
class _Place:
    """Where a run stands."""

    started_at: float
    file: int
    line: int
    offset: int


class Importer:
    """Adds runs to one ledger."""

    def __init__(self, reader: Connection, writer: Writer, texts: bool) -> None:
        """Nothing is read yet; `texts`: whether words are kept."""
        self._reader = reader
        self._writer = writer
        self._texts = texts
        self._lines = self._added = self._known = self._damaged = 0
        self._damages: list[Damage] = []

    async def take_in(
        self, files: Sequence[Path], tell: Callable[[int], None] | None = None
    ) -> Imported:
        """Add the runs of the files; see `Keeping.take_in`."""
        with ExitStack() as stack:
            streams = [stack.enter_context(_opened(file)) for file in files]
            # An empty name: a private file that is gone when it is closed.
            places = stack.enter_context(closing(sqlite3.connect("")))
            places.execute("CREATE TABLE places (at REAL, file, line, offset)")
            for number, file in enumerate(files):
                found = self._scanned(streams[number], number, file)
                places.executemany("INSERT INTO places VALUES (?, ?, ?, ?)", found)
            places.execute("CREATE INDEX by_time ON places (at, file, line)")
            newest = "SELECT max(started_at) FROM runs"
            last = (await self._reader.run(newest))[0][0]
            last = float("-inf") if last is None else last
            for newer in (False, True):
                for batch in _batches(places, last, newer=newer):
                    found = [_found(streams[place.file], place) for place in batch]
                    await self._add(found, newer=newer)
                    if tell:
                        tell(self._added + self._known)
        return Imported(
            self._lines, self._added, self._known, self._damaged, tuple(self._damages)
        )

    def _scanned(
        self, stream: BinaryIO, number: int, file: Path
    ) -> Iterator[tuple[float, int, int, int]]:
        at = file.stat().st_mtime
        for line, offset, content in _lines(stream):
            self._lines += 1
            try:
                at = _began(_fields(content), at)
            except ForeignLineError as error:
                self._damaged += 1
                if len(self._damages) < _TOLD:
                    self._damages.append(Damage(str(file), line, str(error)))
                continue
            yield at, number, line, offset

    async def _add(self, found: Sequence["_Found"], *, newer: bool) -> None:
        known = await self._there(found)
        # The oldest first: the search index is quick only with rising numbers.
        ordered = found if newer else found[::-1]
        fresh: dict[str, ForeignRun] = {
            one.key: self._run(one) for one in ordered if one.key not in known
        }
        self._known += len(found) - len(fresh)
        while fresh:
            first = await self._first_id(len(fresh), newer=newer)
            statements: list[Statement] = []
            places: list[int] = []
            for id, run in enumerate(fresh.values(), first):
                places.append(len(statements))
                statements.append(_insert(run, id))
                statements.extend(_children(run))
            counts = await self._writer.write_all(statements, synced=True)
            added = sum(counts[place] for place in places)
            self._added += added
            if added == len(fresh):
                return
            # Another mux took some of the numbers, or some of the runs.
            there = await self._there(found)
            fresh = {key: run for key, run in fresh.items() if key not in there}

    async def _first_id(self, count: int, *, newer: bool) -> int:
        sql = "SELECT (SELECT min(id) FROM runs), (SELECT max(id) FROM runs)"
        low, high = (await self._reader.run(sql))[0]
        return (high or 0) + 1 if newer else (1 if low is None else low) - count

    def _run(self, found: "_Found") -> ForeignRun:
        if found.source == "mux":
            return own_run(found.fields, self._texts)
        return prior_run(found.fields, found.place.started_at, self._texts)

    async def _there(self, found: Sequence["_Found"]) -> set[str]:
        """The keys of those runs that the ledger has."""
        keys = [one.key for one in found]
        sql = f"SELECT import_key FROM runs WHERE import_key IN ({_marks(keys)})"
        there = {row[0] for row in await self._reader.run(sql, keys)}
        # A run of ours is one run, whatever has been added to it since.
        own = {str(o.fields["run_id"]): o.key for o in found if o.source == "mux"}
        sql = f"SELECT run_id FROM runs WHERE run_id IN ({_marks([*own])})"
        return there | {own[row[0]] for row in await self._reader.run(sql, [*own])}


def _marks(values: Sequence[str]) -> str:
    return ", ".join("?" for _ in values)


def _fields(content: bytes) -> dict[str, Any]:
    if len(content) > _LONGEST:
        raise ForeignLineError("it is too long")

    return parsed(content)


def _began(fields: Line, before: float) -> float:
    """When the run of a line began; without a time, as the one before it."""
    if source_of(fields) == "mux":
        return own_moment(fields)

    at = moment(fields)
    return before if at is None else at


@dataclass(frozen=True)
class _Found:
    """A line that was found again."""

    place: _Place
    fields: Line
    source: Source
    key: str


def _found(stream: BinaryIO, place: _Place) -> _Found:
    stream.seek(place.offset)
    try:
        fields = _fields(stream.readline(_LONGEST + 1))
        _began(fields, 0.0)
    except ForeignLineError as error:
        raise EnvironmentProblem(
            "a file was changed while it was read",
            f"line {place.line}: {error}",
            "Import it again",
        ) from error

    source = source_of(fields)
    key = own_key(fields) if source == "mux" else key_of(fields)
    return _Found(place, fields, source, key)


def _opened(file: Path) -> BinaryIO:
    try:
        return file.open("rb")
    except (OSError, ValueError) as error:
        why = (error.strerror if isinstance(error, OSError) else None) or str(error)
        raise EnvironmentProblem(
            f"cannot read {shown(file)}", why, "Nothing was added"
        ) from error


def _lines(stream: BinaryIO) -> Iterator[tuple[int, int, bytes]]:
    """The lines that are not empty, each with its number from 1 and its offset."""
    number, offset = 1, 0
    read = partial(stream.readline, _LONGEST + 1)
    while content := read():
        if content.strip():
            yield number, offset, content
        offset += len(content)
        while content and not content.endswith(b"\n"):
            content = read()
            offset += len(content)
        number += 1


def _batches(
    places: sqlite3.Connection, last: float, *, newer: bool
) -> Iterator[list[_Place]]:
    """Places in the order in which their runs get ids: away from those that are there.

    Args:
        places: All of them.
        last: When the newest run that is there began.
        newer: Those after it, the oldest first; else the others, the newest first.
    """
    sign, order = (">", "ASC") if newer else ("<=", "DESC")
    cursor = places.execute(
        f"SELECT at, file, line, offset FROM places WHERE at {sign} ?"
        f" ORDER BY at {order}, file {order}, line {order}",
        (last,),
    )
    while rows := cursor.fetchmany(_BATCH):
        yield [_Place(*row) for row in rows]


def _insert(run: ForeignRun, id: int) -> Statement:
    # Two lines may have one id and differ: both are kept.
    taken = "EXISTS (SELECT 1 FROM runs WHERE run_id = ?)"
    columns = dict(run.columns)
    run_id = str(columns.pop("run_id"))
    names = ", ".join(columns)
    marks = ", ".join("?" for _ in columns)
    sql = (
        f"INSERT INTO runs (id, run_id, {names})"
        f" SELECT ?, iif({taken}, ?, ?), {marks} WHERE true"
        " ON CONFLICT DO NOTHING RETURNING id"
    )
    other = f"{run_id}-{run.key[:8]}" if run.source == "run_ledger" else run_id
    return sql, (id, run_id, other, run_id, *columns.values())


def _children(run: ForeignRun) -> Iterator[Statement]:
    of = run.children
    tables = ("attempts", of.attempts), ("files", of.files), ("findings", of.findings)
    for table, rows in tables:
        for number, columns in enumerate(rows, 1):
            yield _child(table, {"number": number} | columns, run.key)


def _child(table: str, columns: Values, key: str) -> Statement:
    names = ", ".join(columns)
    marks = ", ".join("?" for _ in columns)
    sql = (
        f"INSERT INTO {table} (run, {names}) SELECT id, {marks} FROM runs"
        " WHERE import_key = ? ON CONFLICT DO NOTHING"
    )
    return sql, (*columns.values(), key)
