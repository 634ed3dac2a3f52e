"""How things are: what works, what does not, and what to do about it."""

from dataclasses import fields

from mux_tui import __version__
from mux_tui.core.doctor.report import examine
from mux_tui.core.doctor.telling import document, told
from mux_tui.core.mcp_documents import (
    CheckUp,
    DoctorTold,
    HealthTold,
    LedgerTold,
    LocalTold,
)
from mux_tui.core.redact import redact
from mux_tui.core.status import look
from mux_tui.core.text import one_line
from mux_tui.mcp.engines import Engines
from mux_tui.mcp.jobs import Jobs

_MARKS = {"warning": "▲", "problem": "✗"}


async def health(engines: Engines, jobs: Jobs, nested: bool) -> HealthTold:
    """Look at everything a task would meet.

    Raises:
        MuxError: The settings are wrong, or the engine cannot be opened.
    """
    async with engines.engine(engines.cwd) as engine:
        status = await look(engine.settings, engines.environment, engine.local)
        apply = engine.settings.workflow.apply
    summary = status.summary
    return HealthTold(
        version=__version__,
        ready=status.ready,
        local=LocalTold(
            status=status.local.status,
            model=one_line(status.local.model),
            detail=one_line(redact(status.local.detail)),
        ),
        cloud=status.cloud,
        permission=status.permission,
        apply=apply,
        ledger=LedgerTold(
            path=str(status.ledger_path),
            runs=summary.total if summary else 0,
            local_share=summary.local_share if summary else None,
            last_run_id=summary.last_run_id if summary else None,
            last_status=summary.last_status if summary else None,
            problem=one_line(status.ledger_problem),
        ),
        running=tuple(job.id for job in jobs.running),
        takes_tasks=not nested,
    )


async def doctor(engines: Engines) -> DoctorTold:
    """Look for what does not work."""
    report = await examine(engines.environment, engines.cwd, engines.overrides)
    facts = document(report)
    return DoctorTold(
        status=report.status,
        checks=tuple(
            CheckUp(**{field.name: check[field.name] for field in fields(CheckUp)})
            for check in facts["checks"]
        ),
        todo=tuple(one_line(redact(told(fix)), 500) for fix in report.todo),
    )


def health_text(told: HealthTold) -> str:
    """Health as text."""
    ready = "ready" if told.ready else "not ready"
    model = f" {told.local.model}" if told.local.model else ""
    cloud = ", ".join(told.cloud) or "no CLI found"
    lines = [
        f"mux {told.version} is {ready}",
        f"local: {told.local.status}{model}",
        f"cloud: {cloud} (permission: {told.permission})",
        f"ledger: {told.ledger.runs} runs",
    ]
    return "\n".join(lines)


def doctor_text(report: DoctorTold) -> str:
    """A report as text."""
    lines = [f"mux doctor: {report.status}"]
    for check in report.checks:
        mark = _MARKS.get(check.status, "✓")
        lines.append(f"{mark} {check.id}: {check.summary}")
    lines += [f"to do: {one}" for one in report.todo]
    return "\n".join(lines)
