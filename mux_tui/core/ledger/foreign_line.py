"""One line of somebody else's ledger, as rows of ours.

Two kinds of lines are known: those of our own export, and those of `run_ledger.jsonl`,
which an older program of the same name wrote. Nothing of a line is lost: what has no
column of its own is kept as it was, under `imported`.
"""

import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, cast

from mux_tui.core.ledger.connection import Values
from mux_tui.core.ledger.encode import as_text
from mux_tui.core.redact import redact

Source = Literal["mux", "run_ledger"]
Line = Mapping[str, Any]

_OURS = ("task_length", "started_at", "mux_version", "attempts")


class ForeignLineError(ValueError):
    """A line that holds no run; the message says why."""


@dataclass(frozen=True)
class Children:
    """Rows that belong to a run, by table."""

    attempts: tuple[Values, ...] = ()
    files: tuple[Values, ...] = ()
    findings: tuple[Values, ...] = ()


@dataclass(frozen=True)
class ForeignRun:
    """A run from elsewhere, by the names of columns."""

    columns: Values
    key: str
    """The same for the same line, wherever it stands."""

    source: Source
    children: Children = field(default_factory=Children)


def parsed(line: bytes) -> dict[str, Any]:
    """The line as an object.

    Raises:
        ForeignLineError: It is none, or not one of a run.
    """
    try:
        # What JSON has no number for is kept as it is written, as a text.
        value: Any = json.loads(
            line.decode("utf-8-sig"), parse_constant=str, parse_float=_number
        )
    except UnicodeDecodeError as error:
        raise ForeignLineError("it is not UTF-8") from error
    except RecursionError as error:
        raise ForeignLineError("it is nested too deep") from error
    except ValueError as error:
        raise ForeignLineError("it is not JSON") from error

    if not isinstance(value, dict):
        raise ForeignLineError("it is not an object")

    fields = cast("dict[str, Any]", value)
    if not isinstance(fields.get("run_id"), str) or not fields["run_id"].strip():
        raise ForeignLineError("it has no run_id")
    return fields


def source_of(fields: Line) -> Source:
    """Who wrote the line."""
    return "mux" if all(name in fields for name in _OURS) else "run_ledger"


def key_of(fields: Line) -> str:
    """A name for what the line says, whatever the order of its fields."""
    text = json.dumps(fields, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def imported(source: Source, key: str, fields: Line) -> dict[str, Any]:
    """What is kept of a line beside its columns.

    Each name gets a prefix, so that no search in an export takes it for the run's own.
    """
    kept = {f"was_{redact(name)}": value for name, value in fields.items()}
    return {"source": source, "key": key, "fields": kept}


def kept_text(document: Any) -> str:
    """Anything from elsewhere as JSON, without credentials."""
    text = as_text(document).encode("utf-8", "replace").decode()
    without = redact(text)
    try:
        json.loads(without)
    except (ValueError, RecursionError):
        # What names and values look like together was no credential, but JSON.
        return text
    return without


def _number(written: str) -> float | str:
    number = float(written)
    return number if math.isfinite(number) else written
