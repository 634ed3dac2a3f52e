"""Facts into columns.

Everything that came from outside passes `safe`: credentials are taken out, and what
SQLite cannot hold (lone surrogates, numbers beyond 64 bits) is replaced.
"""

import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from mux_tui import __version__
from mux_tui.core import genai
from mux_tui.core.events import plain
from mux_tui.core.ledger.connection import Value, Values
from mux_tui.core.ledger.owner import Owner
from mux_tui.core.redact import redact, redacted
from mux_tui.core.task import (
    Attempt,
    Confidence,
    Decision,
    Factor,
    Outcome,
    Task,
    Usage,
    Verdict,
)

CONVENTIONS: Mapping[str, str] = MappingProxyType(
    {
        "gen_ai_request_model": genai.REQUEST_MODEL,
        "gen_ai_response_model": genai.RESPONSE_MODEL,
        "gen_ai_response_finish_reasons": genai.FINISH_REASONS,
        "gen_ai_response_time_to_first_chunk": genai.TIME_TO_FIRST_CHUNK,
        "gen_ai_conversation_id": genai.CONVERSATION_ID,
        "gen_ai_agent_id": genai.AGENT_ID,
        "gen_ai_usage_input_tokens": genai.INPUT_TOKENS,
        "gen_ai_usage_output_tokens": genai.OUTPUT_TOKENS,
        "gen_ai_usage_cache_read_input_tokens": genai.CACHE_READ_TOKENS,
    }
)
"""Columns, and the attribute of OpenTelemetry's GenAI conventions each one holds.

A dot became an underscore. `finish_reasons` is a list there; one attempt has one.
"""

_LARGEST = 2**63 - 1


def began(
    task: Task, owner: Owner, started_at: float, repository: str, texts: bool
) -> Values:
    """The row of a task that has just been accepted.

    Args:
        task: What was asked.
        owner: The process that does it.
        started_at: Seconds since 1970, UTC.
        repository: The root of the repository around the work directory, or empty.
        texts: Whether the words of tasks and answers may be kept.
    """
    return safe(
        {
            "run_id": task.run_id,
            "started_at": started_at,
            "door": task.door,
            "cwd": str(task.place),
            "repository": repository or None,
            "task": task.text if texts else None,
            "task_length": len(task.text),
            "kind": task.kind,
            "verify": as_text(task.verify) if texts else None,
            "time_limit": task.time_limit,
            "route_requested": task.route,
            "replay_of": task.replay_of or None,
            "status": "running",
            "mux_version": __version__,
            "owner_pid": owner.pid,
            "owner_started": owner.started,
        }
    )


def decided(decision: Decision, texts: bool) -> Values:
    """What a decision adds to the row."""
    document = plain(decision)
    # The prompt is the task once more.
    del document["prompt"]
    document["inputs"] = _factors(decision.inputs, texts)
    return safe(
        {
            "kind": decision.kind,
            "decided_route": decision.route,
            "decided_reason": decision.reason,
            "decision": as_text(document),
        }
    )


def attempted(attempt: Attempt, texts: bool) -> Values:
    """One attempt, without the run it belongs to."""
    completion = attempt.completion
    text = completion.text if completion else ""
    confidence, verdict = attempt.confidence, attempt.verdict
    columns: Values = {
        "number": attempt.number,
        "route": attempt.route,
        "backend": attempt.backend,
        "gen_ai_request_model": attempt.model or None,
        "duration": max(attempt.seconds, 0.0),
        "confidence": confidence.score if confidence else None,
        "factors": as_text(_factors(confidence.factors, texts)) if confidence else None,
        "checks": _checks(verdict, texts),
        "fault": attempt.fault or None,
        "error": attempt.error if texts and attempt.error else None,
        "output": text if texts and completion else None,
        "output_length": len(text) if completion else None,
    } | _verdict(verdict)
    if completion:
        columns |= _usage(completion.usage) | {
            "gen_ai_response_model": completion.model or None,
            "gen_ai_response_finish_reasons": completion.finish_reason,
            "gen_ai_response_time_to_first_chunk": completion.first_token_seconds,
            "gen_ai_conversation_id": completion.session_id or None,
            "notes": as_text(completion.notes) if texts else None,
        }
    return safe(columns)


def finished(outcome: Outcome, texts: bool) -> Values:
    """What the end of a task adds to its row."""
    confidence: Confidence | None = outcome.confidence
    return safe(
        {
            "duration": max(outcome.seconds, 0.0),
            "status": outcome.status,
            "reason": outcome.reason,
            "sentence": outcome.sentence,
            "next_step": outcome.next_step or None,
            "route": outcome.route,
            "backend": outcome.backend or None,
            "gen_ai_response_model": outcome.model or None,
            "confidence": confidence.score if confidence else None,
            "retries": outcome.retries,
            "output": outcome.output if texts else None,
            "output_length": len(outcome.output),
            "files": as_text(outcome.files),
        }
        | _verdict(outcome.verdict)
        | _usage(outcome.usage)
    )


def _usage(usage: Usage) -> Values:
    return {
        "gen_ai_usage_input_tokens": usage.input_tokens,
        "gen_ai_usage_output_tokens": usage.output_tokens,
        "gen_ai_usage_cache_read_input_tokens": usage.cached_tokens,
        "reasoning_tokens": usage.reasoning_tokens,
        "cost_usd": usage.cost_usd,
    }


def _verdict(verdict: Verdict | None) -> Values:
    return {
        "verdict": verdict.status if verdict else None,
        "verdict_summary": verdict.summary if verdict else None,
    }


def _checks(verdict: Verdict | None, texts: bool) -> str | None:
    if verdict is None:
        return None

    checks = plain(verdict.checks)
    if not texts:
        # What a check prints quotes the answer.
        checks = [check | {"detail": ""} for check in checks]
    return as_text(checks)


def _factors(factors: tuple[Factor, ...], texts: bool) -> list[dict[str, Any]]:
    """Factors as JSON; without texts only their numbers, for words may be quoted."""
    documents: list[dict[str, Any]] = plain(factors)
    if texts:
        return documents

    quiet = {"note": ""}
    return [
        d | quiet | ({"value": None} if isinstance(d["value"], str) else {})
        for d in documents
    ]


def as_text(value: Any) -> str:
    """Any fact as JSON, without credentials."""
    # Redacted before it is written: escaping would hide the shape of a credential.
    document = redacted(plain(value))
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"))


def safe(columns: Mapping[str, Value]) -> Values:
    """The columns as they may be stored."""
    return {name: _safe_value(value) for name, value in columns.items()}


def _safe_value(value: Value) -> Value:
    match value:
        case str():
            return redact(value).encode("utf-8", "replace").decode()
        case int() if abs(value) > _LARGEST:
            return None
        case _:
            return value
