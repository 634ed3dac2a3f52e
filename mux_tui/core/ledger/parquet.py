"""Export as Parquet, for programs that analyse tables; an extra of its own.

One row a run. What is a list or an object in the JSON Lines is JSON in a text here,
with the same names, so that the columns stay the same for every ledger.
"""

import json
from collections.abc import Mapping
from dataclasses import fields
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any, get_origin

from mux_tui.core.errors import EnvironmentProblem
from mux_tui.core.ledger.exchange import record
from mux_tui.core.ledger.export_file import replaced, unwritable
from mux_tui.core.ledger.query import EVERYTHING, Query
from mux_tui.core.ledger.rows import RunDetail
from mux_tui.core.ledger.store import Ledger

_ROWS = 1_000
"""Runs of a row group: as many are in memory together."""

_HIDDEN = ("id", "owner_pid", "owner_started")
_LATEST = 253_402_300_799.0
"""The end of the year 9999, in seconds since 1970."""

_TYPES: Mapping[type, str] = {
    bool: "bool_",
    int: "int64",
    float: "float64",
    str: "string",
}


async def export_parquet(
    ledger: Ledger, path: Path, query: Query = EVERYTHING, now: float | None = None
) -> int:
    """Write the runs of a query to `path`, oldest first, replacing what was there.

    Returns:
        How many were written.

    Raises:
        EnvironmentProblem: The library is not installed, or the file cannot be written;
            what was there is unchanged.
        LedgerError: The ledger cannot be read.
    """
    arrow, writing = _libraries()
    kinds = _kinds()
    schema = arrow.schema(
        [
            ("timestamp", arrow.timestamp("ms", tz="UTC")),
            *((name, getattr(arrow, kind)()) for name, kind in kinds.items()),
        ]
    )
    count = 0
    rows: list[RunDetail] = []
    try:
        with (
            replaced(path, "wb") as file,
            writing.ParquetWriter(file, schema, compression="zstd") as writer,
        ):
            async for run in ledger.search.details(query, now):
                rows.append(run)
                count += 1
                if len(rows) == _ROWS:
                    writer.write_table(_table(arrow, schema, kinds, rows))
                    rows = []
            writer.write_table(_table(arrow, schema, kinds, rows))
    except (OSError, ValueError) as error:
        raise unwritable(path, error) from error
    return count


def _libraries() -> tuple[Any, Any]:
    try:
        return import_module("pyarrow"), import_module("pyarrow.parquet")
    except ImportError as error:
        raise EnvironmentProblem(
            "cannot write Parquet",
            "pyarrow is not installed",
            "Install mux with it: mux-tui[parquet]",
        ) from error


@cache
def _kinds() -> Mapping[str, str]:
    """The columns, and what stands in each."""
    return {
        one.name: _kind(one.type)
        for one in fields(RunDetail)
        if one.name not in _HIDDEN
    }


def _kind(type_: Any) -> str:
    if get_origin(type_) in (tuple, list, dict):
        return "string"

    return next(name for kind, name in _TYPES.items() if type_ in (kind, kind | None))


def _table(
    arrow: Any, schema: Any, kinds: Mapping[str, str], rows: list[RunDetail]
) -> Any:
    documents = [record(run) for run in rows]
    columns: dict[str, list[Any]] = {
        name: [_cell(document[name], kind) for document in documents]
        for name, kind in kinds.items()
    }
    columns["timestamp"] = [_milliseconds(run.started_at) for run in rows]
    return arrow.Table.from_pydict(columns, schema=schema)


def _cell(value: Any, kind: str) -> Any:
    """The value as its column takes it."""
    if isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))

    return float(value) if kind == "float64" and value is not None else value


def _milliseconds(seconds: float) -> int | None:
    # A row from a broken clock is exported all the same, without this.
    return int(seconds * 1000) if 0 <= seconds <= _LATEST else None
