"""From a job, an outcome or a recorded run to what a call gives back.

Field names are those of the core's facts.
"""

from dataclasses import replace
from typing import Any

from mux_tui.core.ledger.rows import RunDetail
from mux_tui.core.mcp_documents import (
    AttemptTold,
    CheckTold,
    RunTold,
    UsageTold,
    VerdictTold,
)
from mux_tui.core.task import Attempt, Outcome, Status, Usage, Verdict
from mux_tui.core.text import one_line
from mux_tui.core.work import Work
from mux_tui.mcp.jobs import Job

_MOST = 200_000
"""Characters of an answer, and of a patch: they are sent twice."""

_ALL_OF_IT = "the rest is in the resource mux://runs/"


def of_job(job: Job) -> RunTold:
    """A job as it is now."""
    outcome = job.outcome if job.over else None
    task = job.run.task
    if outcome is not None:
        told = of_outcome(outcome, job.notes)
    else:
        asked = job.question.message if job.question else ""
        told = RunTold(
            run_id=job.id,
            status="running",
            stage=job.story.sentence,
            waits_for=asked,
            notes=job.notes,
            next_step=f'Call mux_job with run_id "{job.id}" for the result, or '
            "mux_cancel to end it",
        )
    kind = job.story.kind or task.kind
    route = job.story.decided_route
    return replace(told, apply=task.apply, kind=kind, decided_route=route)


def of_outcome(outcome: Outcome, notes: tuple[str, ...]) -> RunTold:
    """A run that has ended."""
    work = outcome.work or Work()
    findings = (f"review: {one_line(one.text)}" for one in outcome.findings)
    return RunTold(
        run_id=outcome.run_id,
        status=outcome.status,
        route=outcome.route,
        backend=outcome.backend,
        model=clean(outcome.model),
        reason=outcome.reason,
        sentence=clean(outcome.sentence),
        confidence=outcome.confidence.score if outcome.confidence else None,
        verdict=_verdict(outcome.verdict),
        retries=outcome.retries,
        applied=outcome.applied,
        files=tuple(map(clean, outcome.files)),
        proposed=tuple(map(clean, work.paths)),
        usage=_usage(outcome.usage),
        seconds=round(outcome.seconds, 3),
        attempts=tuple(map(_attempt, outcome.attempts)),
        next_step=clean(_next_step(outcome)),
        **_texts(outcome.run_id, outcome.output, work.patch, (*notes, *findings)),
    )


def of_row(run: RunDetail) -> RunTold:
    """A recorded run of whatever door."""
    verdict = None
    if run.verdict:
        verdict = VerdictTold(status=run.verdict, summary=run.verdict_summary or "")
    return RunTold(
        run_id=run.run_id,
        status=run.status,
        decided_route=run.decided_route,
        route=run.route,
        backend=run.backend or "",
        model=clean(run.model or ""),
        reason=run.reason,
        sentence=clean(run.sentence or ""),
        confidence=run.confidence,
        verdict=verdict,
        retries=run.retries or 0,
        kind=run.kind,
        applied=bool(run.applied),
        files=tuple(clean(str(path)) for path in run.files),
        proposed=tuple(clean(one.path) for one in run.changes),
        usage=UsageTold(
            input_tokens=run.input_tokens,
            output_tokens=run.output_tokens,
            cached_tokens=run.cached_tokens,
            cost_usd=run.cost_usd,
        ),
        seconds=run.duration,
        next_step=clean(run.next_step or ""),
        **_texts(run.run_id, run.output or "", run.patch or "", ()),
    )


def failed(told: RunTold) -> bool:
    """Whether the call that wanted the task has not got what it wanted."""
    status: set[Status] = {"running", "done"}
    return told.status not in status


def as_text(told: RunTold) -> str:
    """A run as text, for clients that show only that."""
    if told.status == "running":
        waits = f"\nIt waits for an answer: {told.waits_for}" if told.waits_for else ""
        head = f"mux is at it: {told.stage}.{waits}"
        return f"{head}\n\nrun {told.run_id} goes on. {told.next_step}."

    changed = told.patch if told.proposed else told.output
    if told.applied:
        changed = f"Wrote {', '.join(told.files)}."
    return "\n\n".join(part for part in (changed, _footer(told)) if part.strip())


def clean(text: str) -> str:
    """Text that every encoding can carry."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _footer(told: RunTold) -> str:
    who = f"{told.route} ({told.model})" if told.model else (told.route or "nobody")
    sure = "" if told.confidence is None else f", confidence {told.confidence:.2f}"
    proof = f", proof {told.verdict.status}" if told.verdict else ""
    lines = [f"[mux: {told.status}, answered by {who}{sure}{proof}; run {told.run_id}]"]
    if told.status != "done" or told.proposed:
        lines.append(told.sentence)
    lines += told.notes
    if told.next_step:
        lines.append(f"Next: {told.next_step}")
    return "\n".join(line for line in lines if line)


def _next_step(outcome: Outcome) -> str:
    if outcome.status == "done" and outcome.work and not outcome.applied:
        return "Apply the patch with `git apply`, if it is wanted"
    return outcome.next_step


def _texts(
    run_id: str, output: str, patch: str, notes: tuple[str, ...]
) -> dict[str, Any]:
    """Answer and patch, as far as they are sent, and the notes on that."""
    said = [clean(note) for note in notes]
    if len(output) > _MOST:
        said.append(f"the answer is cut: {_ALL_OF_IT}{run_id}")
        output = f"{output[:_MOST]}…"
    if len(patch) > _MOST:
        # Half a patch is none.
        said.append(f"the patch is too long: mux ledger show --patch {run_id}")
        patch = ""
    return {"output": clean(output), "patch": clean(patch), "notes": tuple(said)}


def _verdict(verdict: Verdict | None) -> VerdictTold | None:
    if verdict is None:
        return None

    checks = tuple(
        CheckTold(clean(c.name), c.status, clean(c.detail)) for c in verdict.checks
    )
    summary = clean(verdict.summary)
    return VerdictTold(status=verdict.status, summary=summary, checks=checks)


def _usage(usage: Usage) -> UsageTold:
    return UsageTold(
        input_tokens=usage.input_tokens,
        output_tokens=usage.output_tokens,
        cached_tokens=usage.cached_tokens,
        reasoning_tokens=usage.reasoning_tokens,
        cost_usd=usage.cost_usd,
    )


def _attempt(attempt: Attempt) -> AttemptTold:
    return AttemptTold(
        number=attempt.number,
        route=attempt.route,
        backend=attempt.backend,
        model=clean(attempt.model),
        fault=attempt.fault,
        error=clean(attempt.error),
        confidence=attempt.confidence.score if attempt.confidence else None,
        verdict=attempt.verdict.status if attempt.verdict else None,
        seconds=round(attempt.seconds, 3),
    )
