"""Stored runs, as the ledger gives them."""

from dataclasses import fields
from typing import Any

from mux_tui.core.ledger.rows import AttemptRow, FileRow, RunDetail


def a_run(**changes: Any) -> RunDetail:
    """A run that the local model has answered, and that its checks have passed."""
    empty: dict[str, Any] = {field.name: None for field in fields(RunDetail)}
    known: dict[str, Any] = {
        "id": 1,
        "run_id": "01aaaa-one",
        "started_at": 1_800_000_000.0,
        "duration": 4.0,
        "door": "cli",
        "cwd": "/",
        "task": "Say hello.",
        "task_length": 10,
        "kind": "advisory",
        "verify": [],
        "route_requested": "auto",
        "decided_route": "local",
        "decided_reason": "local_preferred",
        "decision": {},
        "status": "done",
        "reason": "local_preferred",
        "route": "local",
        "verdict": "pass",
        "confidence": 0.8,
        "files": [],
        "refused": [],
        "commands": [],
        "attempts": (),
        "changes": (),
        "findings": (),
        "imported": {},
        "replays": (),
        "owner_pid": 4242,
        "owner_started": 1.5,
        "mux_version": "0.1",
    }
    return RunDetail(**(empty | known | changes))


def an_attempt(**changes: Any) -> AttemptRow:
    """The local model's answer."""
    empty: dict[str, Any] = {field.name: None for field in fields(AttemptRow)}
    known: dict[str, Any] = {
        "number": 1,
        "route": "local",
        "backend": "chat_completions",
        "model": "qwen",
        "confidence": 0.8,
        "factors": [],
        "verdict": "pass",
        "verdict_summary": "1 of 1 checks passed",
        "checks": [],
        "notes": [],
        "output": "Hello.",
        "output_length": 6,
        "work": {},
    }
    return AttemptRow(**(empty | known | changes))


def a_file(path: str, before: str, after: str, **changes: Any) -> FileRow:
    """A file that a run has changed."""
    kind = "modify" if before and after else "add" if after else "delete"
    known: dict[str, Any] = {
        "added": 1,
        "removed": 1,
        "hunks": 1,
        "kept": 1,
        "executable": False,
        "confidence": 1.0,
        "note": None,
    }
    return FileRow(path, kind, before, after, **(known | changes))
