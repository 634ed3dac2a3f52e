"""A task that has ended, as a trace: the task, and in it each attempt."""

from collections.abc import Iterator

from mux_tui import __version__
from mux_tui.core import genai
from mux_tui.core.task import Attempt, Outcome, Route
from mux_tui.core.telemetry import words
from mux_tui.core.telemetry.facts import (
    Attributes,
    EventFacts,
    Measure,
    RunFacts,
    SpanFacts,
    Terms,
    Told,
    Value,
)
from mux_tui.core.telemetry.measures import first_chunk, lasted, tokens

_AGENT = "mux"
_FAILED = ("failed", "interrupted")

PROVIDERS: dict[Route, str] = {
    "local": "local",
    "claude": "anthropic",
    "codex": "openai",
    "gemini": "gcp.gemini",
}
"""What the conventions call who answers; `local` is a name of ours."""


def told_of_run(facts: RunFacts, terms: Terms) -> Told:
    """The trace of a task and its measures."""
    outcome = facts.outcome
    root = SpanFacts(
        id=outcome.run_id,
        name=f"{genai.INVOKE_AGENT} {_AGENT}",
        kind="internal",
        started=facts.started,
        ended=facts.ended,
        attributes=_of_run(facts, terms),
        events=tuple(_events(facts)),
        failed=outcome.status in _FAILED,
        failure=words.line(outcome.sentence) if terms.content else "",
        children=tuple(_span(facts, one, terms) for one in outcome.attempts),
    )
    duration = Measure(
        genai.METRIC_AGENT_DURATION,
        max(facts.ended - facts.started, 0.0),
        words.known(_agent() | {genai.ERROR_TYPE: _error(outcome)}),
    )
    of_attempts = [
        measure
        for one, span in zip(outcome.attempts, root.children, strict=True)
        for measure in _measures(one, span)
    ]
    return Told(root, (duration, *of_attempts))


def _agent() -> dict[str, Value | None]:
    return {
        genai.OPERATION: genai.INVOKE_AGENT,
        genai.PROVIDER: _AGENT,
        genai.AGENT_NAME: _AGENT,
        genai.AGENT_VERSION: __version__,
    }


def _of_run(facts: RunFacts, terms: Terms) -> Attributes:
    task, outcome, decision = facts.task, facts.outcome, facts.decision
    told: dict[str, Value | None] = _agent() | {
        "mux.run.id": outcome.run_id,
        "mux.replay_of": task.replay_of,
        "mux.door": task.door,
        "mux.kind": decision.kind if decision else task.kind,
        "mux.status": outcome.status,
        "mux.reason": outcome.reason,
        "mux.route": outcome.route,
        "mux.route.requested": task.route,
        "mux.route.decided": decision.route if decision else None,
        "mux.reason.decided": decision.reason if decision else None,
        "mux.verdict": outcome.verdict.status if outcome.verdict else None,
        "mux.confidence": outcome.confidence.score if outcome.confidence else None,
        "mux.attempts": len(outcome.attempts),
        "mux.retries": outcome.retries,
        "mux.cost.usd": outcome.usage.cost_usd,
        genai.INPUT_TOKENS: outcome.usage.input_tokens,
        genai.OUTPUT_TOKENS: outcome.usage.output_tokens,
        genai.CACHE_READ_TOKENS: outcome.usage.cached_tokens,
        genai.REASONING_TOKENS: outcome.usage.reasoning_tokens,
        genai.ERROR_TYPE: _error(outcome),
    }
    told |= _of_files(outcome)
    if terms.content:
        told |= {
            "mux.sentence": words.line(outcome.sentence),
            genai.INPUT_MESSAGES: words.message("user", task.text),
        }
        if outcome.output:
            told[genai.OUTPUT_MESSAGES] = words.message("assistant", outcome.output)
    return words.known(told)


def _of_files(outcome: Outcome) -> dict[str, Value | None]:
    if outcome.work is None:
        return {}

    return {
        "mux.files": len(outcome.work.files),
        "mux.lines.added": outcome.work.added,
        "mux.lines.removed": outcome.work.removed,
        "mux.applied": outcome.applied,
    }


def _error(outcome: Outcome) -> str:
    return outcome.reason if outcome.status in _FAILED else ""


def _times(facts: RunFacts, attempt: Attempt) -> tuple[float, float]:
    ended = facts.attempts_ended.get(attempt.number, facts.ended)
    return max(ended - max(attempt.seconds, 0.0), facts.started), ended


def _events(facts: RunFacts) -> Iterator[EventFacts]:
    """Where the task was asked once more, or handed on."""
    attempts = facts.outcome.attempts
    for before, after in zip(attempts, attempts[1:], strict=False):
        why: dict[str, Value | None] = {
            "mux.from": before.route,
            "mux.to": after.route,
            "mux.verdict": before.verdict.status if before.verdict else None,
            "mux.confidence": before.confidence.score if before.confidence else None,
            genai.ERROR_TYPE: before.fault,
        }
        what = "mux.retried" if before.route == after.route else "mux.escalated"
        yield EventFacts(what, _times(facts, before)[1], words.known(why))


def _span(facts: RunFacts, attempt: Attempt, terms: Terms) -> SpanFacts:
    started, ended = _times(facts, attempt)
    model = words.name(attempt.model)
    return SpanFacts(
        id=f"{facts.outcome.run_id}/{attempt.number}",
        name=f"{genai.CHAT} {model}".strip(),
        kind="client",
        started=started,
        ended=ended,
        attributes=_of_attempt(attempt, model, terms),
        failed=bool(attempt.fault),
        failure=words.line(attempt.error) if terms.content else "",
    )


def _of_attempt(attempt: Attempt, model: str, terms: Terms) -> Attributes:
    told: dict[str, Value | None] = {
        genai.OPERATION: genai.CHAT,
        genai.PROVIDER: PROVIDERS[attempt.route],
        genai.REQUEST_MODEL: model,
        genai.ERROR_TYPE: attempt.fault,
        "mux.attempt": attempt.number,
        "mux.route": attempt.route,
        "mux.backend": attempt.backend,
        "mux.verdict": attempt.verdict.status if attempt.verdict else None,
        "mux.confidence": attempt.confidence.score if attempt.confidence else None,
    }
    if attempt.route == "local" and terms.address:
        told |= {
            genai.SERVER_ADDRESS: terms.address,
            genai.SERVER_PORT: terms.port,
        }
    if (done := attempt.completion) is not None:
        reasons = () if done.finish_reason == "unknown" else (done.finish_reason,)
        told |= {
            genai.RESPONSE_MODEL: words.name(done.model),
            genai.FINISH_REASONS: reasons or None,
            genai.CONVERSATION_ID: words.name(done.session_id),
            genai.REQUEST_STREAM: True if done.first_token_seconds else None,
            genai.TIME_TO_FIRST_CHUNK: done.first_token_seconds,
            genai.INPUT_TOKENS: done.usage.input_tokens,
            genai.OUTPUT_TOKENS: done.usage.output_tokens,
            genai.CACHE_READ_TOKENS: done.usage.cached_tokens,
            genai.REASONING_TOKENS: done.usage.reasoning_tokens,
            "mux.cost.usd": done.usage.cost_usd,
        }
        if terms.content:
            told[genai.OUTPUT_MESSAGES] = words.message(
                "assistant", done.text, done.finish_reason
            )
    return words.known(told)


def _measures(attempt: Attempt, span: SpanFacts) -> Iterator[Measure]:
    done = attempt.completion
    # Without the checks, which are no part of the model's work.
    yield lasted(span, done.seconds if done and done.seconds else attempt.seconds)
    if done is not None:
        yield from first_chunk(span, done.first_token_seconds)
        yield from tokens(span, done.usage.input_tokens, done.usage.output_tokens)
