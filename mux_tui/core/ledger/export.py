"""The forms of an export. All of them go run by run: memory does not grow with it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from mux_tui.core.ledger.exchange import json_line
from mux_tui.core.ledger.query import EVERYTHING, Query
from mux_tui.core.ledger.rows import RunDetail
from mux_tui.core.ledger.store import Ledger
from mux_tui.core.ledger.tabular import (
    csv_header,
    csv_row,
    markdown_header,
    markdown_run,
)

Form = Literal["jsonl", "csv", "markdown"]


@dataclass(frozen=True)
class _Writing:
    suffix: str
    header: Callable[[], str]
    run: Callable[[RunDetail], str]


_FORMS: Mapping[Form, _Writing] = MappingProxyType(
    {
        "jsonl": _Writing(".jsonl", str, json_line),
        "csv": _Writing(".csv", csv_header, csv_row),
        "markdown": _Writing(".md", markdown_header, markdown_run),
    }
)

FORMS = tuple(_FORMS)


def suffix(form: Form) -> str:
    """How the name of such a file ends: `.csv`."""
    return _FORMS[form].suffix


async def export(
    ledger: Ledger,
    write: Callable[[str], object],
    form: Form = "jsonl",
    query: Query = EVERYTHING,
    now: float | None = None,
) -> int:
    """Write the runs of a query, oldest first.

    Args:
        ledger: Where they are.
        write: Gets the export piece by piece.
        form: How they are written.
        query: Which runs.
        now: What `7d` is counted from; None: the clock.

    Returns:
        How many were written.

    Raises:
        LedgerError: The ledger could not be read.
    """
    writing = _FORMS[form]
    if header := writing.header():
        write(header)
    count = 0
    async for run in ledger.search.details(query, now):
        write(writing.run(run))
        count += 1

    return count
