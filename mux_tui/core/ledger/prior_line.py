"""A line of `run_ledger.jsonl` as a run.

That ledger knows no cloud route by name: `sota` is whichever CLI answered, told by the
model's name if at all. Its checks say that they passed when there were none.
"""

import math
import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from mux_tui.core.ledger.connection import Values
from mux_tui.core.ledger.encode import safe
from mux_tui.core.ledger.foreign_line import (
    ForeignRun,
    Line,
    imported,
    kept_text,
    key_of,
)
from mux_tui.core.text import one_line

_MILLISECONDS = 1e11
"""A time above this is in milliseconds: as seconds it would be in the year 5138."""

_LOCAL = ("local", "local_executor")
_CLOUD = (("claude", "claude"), ("codex", "codex"), ("gpt", "codex"))
_MODELS = (*_CLOUD, ("gemini", "gemini"))
_KINDS = {
    "local": "advisory",
    "sota": "advisory",
    "local_executor": "files",
    "executor": "files",
}
_REASONS = (
    ("local_down_and_sota_unavailable", "local_down_and_cloud_unavailable"),
    ("local_unavailable", "local_unavailable"),
    ("local_runtime_unavailable", "local_unavailable"),
    ("local_executor_failed", "local_failed"),
    ("local_impl", "local_preferred"),
    ("sota_write_fallback", "local_failed"),
)
_FAILED = ("local_executor_failed", "local_runtime_unavailable", "local_down")
_NO_CHECKS = "no verification commands"
_TEXTS = ("task", "output", "output_excerpt", "verify_summary")
_PLAIN = ("run_id", "ts", "timestamp", "route", "model", "reason", "runtime_status")


def moment(fields: Line) -> float | None:
    """When it began, in seconds since 1970; None: it does not say."""
    for name in ("ts", "timestamp", "started_at"):
        if (at := _moment(fields.get(name))) is not None:
            return at
    return None


def prior_run(fields: Line, started_at: float, texts: bool) -> ForeignRun:
    """The run of such a line.

    Args:
        fields: The line.
        started_at: When it began, in seconds since 1970.
        texts: Whether the words of tasks and answers may be kept.
    """
    key = key_of(fields)
    task, output = _words(fields, "task"), _words(fields, "output_excerpt", "output")
    route, reason = _route(fields), str(fields.get("reason") or "")
    columns: Values = {
        "run_id": _run_id(fields["run_id"], key),
        "started_at": started_at,
        "door": "import",
        "cwd": "",
        "task": task if texts else None,
        "task_length": _count(fields.get("task_length")) or len(task or ""),
        "kind": _KINDS.get(str(fields.get("route"))),
        "route_requested": "auto",
        "status": "failed" if _failed(route, reason) else "done",
        "reason": _reason(reason) or ("local_preferred" if route == "local" else None),
        "sentence": reason or None,
        "route": route,
        "gen_ai_response_model": _words(fields, "model"),
        "confidence": _number(fields.get("confidence")),
        "verdict": _verdict(fields),
        "verdict_summary": _words(fields, "verify_summary") if texts else None,
        "retries": _count(fields.get("retries")),
        "output": output if texts else None,
        "output_length": _count(fields.get("output_length"))
        or (None if output is None else len(output)),
        "files": "[]",
        "mux_version": "",
        "owner_pid": 0,
        "owner_started": 0.0,
    }
    kept = imported("run_ledger", key, _rest(fields, texts))
    whence: Values = {"imported": kept_text(kept), "import_key": key}
    return ForeignRun(safe(columns) | whence, key, "run_ledger")


def _rest(fields: Line, texts: bool) -> dict[str, Any]:
    """What no column holds just as it was written."""
    if not texts:
        # Anything else may quote a task.
        return {
            name: value
            for name, value in fields.items()
            if name in _PLAIN or isinstance(value, bool | int | float)
        }

    return {
        name: value
        for name, value in fields.items()
        if name not in _TEXTS
        or not isinstance(value, str)
        # Only one of the two is a column.
        or (name == "output" and "output_excerpt" in fields)
    }


def _run_id(written: str, key: str) -> str:
    """An id that can be asked for; a strange one is kept in `imported` alone."""
    plain = re.sub(r"[^a-z0-9-]+", "-", written.strip().lower()).strip("-")
    return plain if 0 < len(plain) <= 50 else f"old-{key[:12]}"


def _route(fields: Line) -> str | None:
    route = fields.get("route")
    if not isinstance(route, str) or route in ("", "none"):
        return None
    if route in _LOCAL:
        return "local"
    if route not in ("sota", "executor"):
        return one_line(route, 40)

    model = str(fields.get("model") or "").lower()
    return next((name for part, name in _MODELS if part in model), route)


def _failed(route: str | None, reason: str) -> bool:
    return route is None or reason.startswith(_FAILED)


def _reason(written: str) -> str | None:
    # `low_confidence; sota_unavailable`, `local_unavailable:still_unhealthy`
    known = (ours for theirs, ours in _REASONS if written.startswith(theirs))
    head = re.split("[;:]", written, maxsplit=1)[0].strip()
    return next(known, one_line(head, 60)) or None


def _verdict(fields: Line) -> str | None:
    ok = fields.get("verify_ok")
    if not isinstance(ok, bool):
        return None
    if ok and _NO_CHECKS in str(fields.get("verify_summary", "")).lower():
        return "unknown"

    return "pass" if ok else "fail"


def _words(fields: Line, *names: str) -> str | None:
    found = (fields[name] for name in names if isinstance(fields.get(name), str))
    return next(found, None)


def _number(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if math.isfinite(number) else None


def _count(value: Any) -> int | None:
    number = _number(value)
    return int(number) if number is not None and 0 <= number < 2**53 else None


def _moment(value: Any) -> float | None:
    number = _number(value)
    if isinstance(value, str):
        number = _stamp(value.strip())
    if number is None or abs(number) > _MILLISECONDS * 100:
        return None

    return number / 1000 if abs(number) > _MILLISECONDS else number


def _stamp(text: str) -> float | None:
    readers: tuple[Callable[[], float], ...] = (
        lambda: float(text),
        lambda: _seconds(datetime.fromisoformat(text)),
    )
    for reader in readers:
        try:
            number = reader()
        except (ValueError, OverflowError):
            continue
        return number if math.isfinite(number) else None
    return None


def _seconds(at: datetime) -> float:
    # It wrote UTC, sometimes without saying so.
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp()
