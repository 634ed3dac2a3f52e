"""How things are: what works, what does not, and what to do about it."""

from pydantic import Field

from mux_tui import __version__
from mux_tui.core.doctor.report import examine
from mux_tui.core.doctor.telling import document, told
from mux_tui.core.redact import redact
from mux_tui.core.status import look
from mux_tui.core.text import one_line
from mux_tui.mcp.engines import Engines
from mux_tui.mcp.jobs import Jobs
from mux_tui.mcp.results import Document

_MARKS = {"warning": "▲", "problem": "✗"}


class LocalTold(Document):
    """The model on this machine."""

    status: str
    model: str = ""
    detail: str = ""


class LedgerTold(Document):
    """The record of all runs."""

    path: str
    runs: int = 0
    local_share: float | None = Field(
        default=None, description="Of the last runs, the part done on this machine."
    )
    last_run_id: str | None = None
    last_status: str | None = None
    problem: str = ""


class HealthTold(Document):
    """A quick look; nothing is started."""

    schema_: str = Field(default="mux.mcp.health/1", serialization_alias="schema")
    version: str
    ready: bool = Field(description="Whether a task could be done now, by anybody.")
    local: LocalTold
    cloud: list[str] = Field(description="Cloud CLIs that were found.")
    permission: str = Field(
        description="May a task leave this machine: allow, ask, never."
    )
    apply: str = Field(description="When changes may be written: auto, ask, never.")
    ledger: LedgerTold
    running: list[str] = Field(description="Runs of this server that are under way.")
    takes_tasks: bool = Field(
        description="false: mux was started by a CLI that works for mux."
    )


class CheckUp(Document):
    """One finding."""

    id: str
    status: str
    summary: str
    detail: str = ""
    fix: str = ""


class DoctorTold(Document):
    """All findings, and what mends them."""

    schema_: str = Field(default="mux.doctor/1", serialization_alias="schema")
    status: str = Field(description="The worst of them: ok, warning, problem.")
    checks: list[CheckUp]
    todo: list[str]


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
        cloud=list(status.cloud),
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
        running=[job.id for job in jobs.running],
        takes_tasks=not nested,
    )


async def doctor(engines: Engines) -> DoctorTold:
    """Look for what does not work."""
    report = await examine(engines.environment, engines.cwd, engines.overrides)
    facts = document(report)
    return DoctorTold(
        status=report.status,
        checks=[
            CheckUp(**{name: check[name] for name in CheckUp.model_fields})
            for check in facts["checks"]
        ],
        todo=[one_line(redact(told(fix)), 500) for fix in report.todo],
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
