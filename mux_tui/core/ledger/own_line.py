"""A line of our own export as a run with its attempts, files and findings.

`exchange.record` the other way round. What a newer mux has added to its lines is kept
under `imported`, and is there again in the next export.
"""

import math
from collections.abc import Mapping
from dataclasses import fields as fields_of
from typing import Any, cast, get_origin

from mux_tui.core.ledger.connection import Values
from mux_tui.core.ledger.encode import safe
from mux_tui.core.ledger.foreign_line import (
    Children,
    ForeignLineError,
    ForeignRun,
    Line,
    imported,
    kept_text,
    key_of,
)
from mux_tui.core.ledger.rows import (
    AttemptRow,
    FileRow,
    FindingRow,
    RunDetail,
    column_of,
)

_DERIVED = ("timestamp", "file_count")
_OF_THIS_MACHINE: Values = {"owner_pid": 0, "owner_started": 0.0}
_DEFAULTS: Mapping[Any, Any] = {str: "", int: 0, float: 0.0, bool: False}
_PLAIN_OF_WORK = ("files", "refused", "left_behind")


def own_moment(line: Line) -> float:
    """When the run of such a line began.

    Raises:
        ForeignLineError: It does not say.
    """
    at = line["started_at"]
    if not _is(at, float):
        raise ForeignLineError("it has no started_at")

    return float(at)


def own_key(line: Line) -> str:
    """The key of such a line: that of the line it was imported from, if it was."""
    kept = _object(line.get("imported")).get("key")
    return kept if isinstance(kept, str) and kept else key_of(line)


def own_run(line: Line, texts: bool) -> ForeignRun:
    """The run of such a line.

    Args:
        line: The line.
        texts: Whether the words of tasks and answers may be kept.

    """
    facts = dict(line)
    decision = _object(facts.get("decision"))
    if decision:
        routes = {"route": facts.get("decided_route")}
        reasons = {"reason": facts.get("decided_reason")}
        facts["decision"] = routes | reasons | decision
    attempts = [_attempt(one) for one in _objects(facts.get("attempts"))]
    changes = [_unnamed(one, "change") for one in _objects(facts.get("changes"))]
    findings = _objects(facts.get("findings"))
    if not texts:
        _without_texts(facts, attempts, changes, findings)
    kept = _object(facts.pop("imported", None))
    columns = _columns(RunDetail, facts, ("id", *_OF_THIS_MACHINE))
    key = own_key(line)
    if texts and not kept and (rest := _unknown(facts)):
        kept = imported("mux", key, rest)
    whence: Values = {"imported": kept_text(kept) if kept else None, "import_key": key}
    children = Children(
        tuple(_columns(AttemptRow, one) for one in attempts),
        tuple(_columns(FileRow, one) for one in changes),
        tuple(_columns(FindingRow, one) for one in findings),
    )
    columns = safe(columns | _OF_THIS_MACHINE) | whence
    return ForeignRun(columns, key, "mux", children)


def _columns(kind: type[Any], facts: Line, without: tuple[str, ...] = ()) -> Values:
    """The columns of one of the dataclasses for rows."""
    columns: Values = {}
    for one in fields_of(kind):
        origin = get_origin(one.type)
        if origin is tuple or one.name in without or one.name == "imported":
            continue
        value = facts.get(one.name)
        if origin in (dict, list):
            columns[column_of(one.name)] = kept_text(value) if value else None
        elif _is(value, one.type):
            columns[column_of(one.name)] = value
        else:
            columns[column_of(one.name)] = _DEFAULTS.get(one.type)
    return columns


def _is(value: Any, kind: Any) -> bool:
    """Whether a value is fit for a field of that type."""
    if isinstance(value, bool) or kind in (bool, bool | None):
        return isinstance(value, bool) and kind in (bool, bool | None)
    if isinstance(value, int) and not -(2**63) <= value < 2**63:
        return False
    if isinstance(value, float) and not math.isfinite(value):
        return False
    if kind is float:
        return isinstance(value, int | float)

    return isinstance(value, kind | int if kind == float | None else kind)


def _attempt(fields: Line) -> dict[str, Any]:
    attempt = _unnamed(fields, "attempt")
    work = _object(attempt.get("work"))
    if "files" in work:
        work["files"] = [_unnamed(one, "change") for one in _objects(work["files"])]
    attempt["work"] = work
    return attempt


def _unnamed(fields: Line, whose: str) -> dict[str, Any]:
    """The fields without the names of their own that an export gives them."""
    return {name.removeprefix(f"{whose}_"): value for name, value in fields.items()}


def _unknown(facts: Line) -> dict[str, Any]:
    known = {one.name for one in fields_of(RunDetail)} | {*_DERIVED}
    return {name: value for name, value in facts.items() if name not in known}


def _object(value: Any) -> dict[str, Any]:
    return dict(cast("dict[str, Any]", value)) if isinstance(value, dict) else {}


def _objects(value: Any) -> list[dict[str, Any]]:
    found = cast("list[Any]", value) if isinstance(value, list) else []
    return [_object(one) for one in found if isinstance(one, dict)]


def _without_texts(
    facts: dict[str, Any],
    attempts: list[dict[str, Any]],
    changes: list[dict[str, Any]],
    findings: list[dict[str, Any]],
) -> None:
    """Leave names and numbers; the same that recording leaves without texts."""
    for name in ("task", "verify", "output", "patch", "commands", "imported"):
        facts[name] = None
    facts["refused"] = [one | {"why": ""} for one in _objects(facts.get("refused"))]
    decision = _object(facts.get("decision"))
    if decision:
        facts["decision"] = decision | {"inputs": _quiet(decision.get("inputs"))}
    for one in attempts:
        one |= dict.fromkeys(("error", "notes", "output", "patch"))
        one["factors"] = _quiet(one.get("factors"))
        one["checks"] = [c | {"detail": ""} for c in _objects(one.get("checks"))]
        one["work"] = _quiet_work(_object(one["work"]))
    for one in changes:
        one["note"] = None
    for one in findings:
        one |= {"text": None, "note": None}


def _quiet(factors: Any) -> list[dict[str, Any]]:
    return [
        one | {"note": ""} | ({"value": None} if _is(one.get("value"), str) else {})
        for one in _objects(factors)
    ]


def _quiet_work(work: dict[str, Any]) -> dict[str, Any]:
    if not work:
        return {}

    files = [one | {"note": ""} for one in _objects(work.get("files"))]
    refused = [one | {"why": ""} for one in _objects(work.get("refused"))]
    quiet = {name: work[name] for name in _PLAIN_OF_WORK if name in work}
    return quiet | {"files": files, "refused": refused}
