"""What the tools and resources of the MCP server return, as facts.

They stand here and not with the server, so that `mux spec` can print their schemas
without loading the protocol's library: a schema is read off these classes by both. A
document is complete: what does not apply is null or empty, and never missing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mux_tui.core.events import plain
from mux_tui.core.ledger.rows import RunRow
from mux_tui.core.schema.json_schema import Schema, document_schema

RUN_IN_FULL = "mux.mcp.run_detail/1"
"""The id of a recorded run as the resource `mux://runs/ID` gives it."""


@dataclass(frozen=True)
class CheckTold:
    """One check of a proof."""

    name: str
    status: str
    """`pass`, `fail` or `unknown`."""

    detail: str = ""


@dataclass(frozen=True)
class VerdictTold:
    """What all checks say together."""

    status: str
    """`pass`, `fail` or `unknown`."""

    summary: str
    checks: tuple[CheckTold, ...] = ()


@dataclass(frozen=True)
class UsageTold:
    """Tokens and money of all attempts; null: not told."""

    input_tokens: int | None = None
    output_tokens: int | None = None
    cached_tokens: int | None = None
    reasoning_tokens: int | None = None
    cost_usd: float | None = None


@dataclass(frozen=True)
class AttemptTold:
    """One try of one backend."""

    number: int
    route: str
    backend: str
    model: str
    fault: str = ""
    error: str = ""
    confidence: float | None = None
    verdict: str | None = None
    seconds: float = 0.0


@dataclass(frozen=True)
class RunTold:
    """A task: how it is, or how it ended."""

    run_id: str
    status: str
    """`running`, or how it ended: `done`, `failed`, `declined`, `cancelled`,
    `interrupted`."""

    stage: str = ""
    """While it runs: what happens, in one sentence."""

    waits_for: str = ""
    """While it runs: the question that its user has to answer."""

    decided_route: str | None = None
    """Where it was sent first."""

    route: str | None = None
    """Whose answer it is; null: nobody's."""

    backend: str = ""
    model: str = ""
    reason: str | None = None
    """Why it ended so, one word."""

    sentence: str = ""
    """The same for people."""

    confidence: float | None = None
    """0 to 1, from evidence."""

    verdict: VerdictTold | None = None
    retries: int = 0
    kind: str | None = None
    apply: str | None = None
    """When changes are written: `auto`, `ask`, `never`."""

    applied: bool = False
    """Whether changes were written."""

    files: tuple[str, ...] = ()
    """Files that were written or deleted."""

    proposed: tuple[str, ...] = ()
    """Files that it would change."""

    patch: str = ""
    """Its changes as a unified diff."""

    output: str = ""
    """The answer."""

    usage: UsageTold = UsageTold()
    seconds: float | None = None
    attempts: tuple[AttemptTold, ...] = ()
    notes: tuple[str, ...] = ()
    """What was done otherwise than asked for, or left out here."""

    next_step: str = ""
    """What can be done now."""


@dataclass(frozen=True)
class RunsTold:
    """The newest runs, of whatever door."""

    runs: tuple[RunRow, ...]


@dataclass(frozen=True)
class LocalTold:
    """The model on this machine."""

    status: str
    model: str = ""
    detail: str = ""


@dataclass(frozen=True)
class LedgerTold:
    """The record of all runs."""

    path: str
    runs: int = 0
    local_share: float | None = None
    """Of the last runs, the part done on this machine."""

    last_run_id: str | None = None
    last_status: str | None = None
    problem: str = ""


@dataclass(frozen=True)
class HealthTold:
    """A quick look; nothing is started."""

    version: str
    ready: bool
    """Whether a task could be done now, by anybody."""

    local: LocalTold
    cloud: tuple[str, ...]
    """Cloud CLIs that were found."""

    permission: str
    """May a task leave this machine: `allow`, `ask`, `never`."""

    apply: str
    """When changes may be written: `auto`, `ask`, `never`."""

    ledger: LedgerTold
    running: tuple[str, ...]
    """Runs of this server that are under way."""

    takes_tasks: bool
    """false: mux was started by a CLI that works for mux."""


@dataclass(frozen=True)
class CheckUp:
    """One finding."""

    id: str
    status: str
    summary: str
    detail: str = ""
    fix: str = ""


@dataclass(frozen=True)
class DoctorTold:
    """All findings, and what mends them."""

    status: str
    """The worst of them: `ok`, `warning`, `problem`."""

    checks: tuple[CheckUp, ...]
    todo: tuple[str, ...]


Told = RunTold | RunsTold | HealthTold | DoctorTold

IDS: Mapping[type[Told], str] = {
    RunTold: "mux.mcp.run/1",
    RunsTold: "mux.mcp.runs/1",
    HealthTold: "mux.mcp.health/1",
    DoctorTold: "mux.mcp.doctor/1",
}
"""What each says of itself, as `schema`."""


def as_document(told: Told) -> dict[str, Any]:
    """A document as JSON values."""
    return {"schema": IDS[type(told)]} | plain(told)


def schema_of(kind: type[Told]) -> Schema:
    """The JSON Schema of a kind of document."""
    id = IDS[kind]
    return document_schema(id, kind, first={"schema": {"const": id}})
