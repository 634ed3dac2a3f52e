"""The facts of one task: what was asked, decided, tried, judged and concluded.

All are frozen values. They travel unchanged from the core to every door and into the
ledger, so their fields are the vocabulary of the whole program.
"""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from mux_tui.core.choices import CLOUD_ROUTES as CLOUD_ROUTES
from mux_tui.core.choices import Apply as Apply
from mux_tui.core.choices import Route as Route
from mux_tui.core.choices import RouteChoice as RouteChoice
from mux_tui.core.work import Finding, Work

Kind = Literal["advisory", "files"]
"""`advisory`: answer in text. `files`: the task asks for files to be changed."""

Door = Literal["cli", "tui", "mcp", "demo"]
"""Through which shell a task came in."""

Reason = Literal[
    "local_preferred",
    "route_requested",
    "high_complexity",
    "context_too_large",
    "local_unavailable",
    "low_confidence",
    "verification_failures",
    "local_failed",
    "local_down_and_cloud_unavailable",
    "cloud_unavailable",
    "cloud_failed",
    "cloud_not_allowed",
    "verification_failed",
    "changes_declined",
    "base_changed",
    "write_refused",
    "time_limit",
    "cancelled",
    "interrupted",
    "error",
]
"""Why a task went where it went, or ended as it did; for the ledger and for scripts.

`cloud_unavailable`: no cloud CLI could be started. `cloud_failed`: at least one was,
and all failed. `changes_declined`: nobody said yes to the proposed changes.
`base_changed`: the files have changed since, and what was proposed no longer fits.
`write_refused`: the files cannot be written. `interrupted`: mux itself ended in the
middle.
"""

Status = Literal["running", "done", "failed", "declined", "cancelled", "interrupted"]
"""How a task ended; `running` until it has."""

FinishReason = Literal["stop", "length", "tool_calls", "content_filter", "unknown"]
"""Why the model stopped writing. `unknown`: the backend does not say."""

VerdictStatus = Literal["pass", "fail", "unknown"]
"""What the proof says. `unknown` never counts as `pass`."""


@dataclass(frozen=True)
class Task:
    """What a user asked for."""

    text: str
    """The prompt, as typed; a leading `@route` word is still in it."""

    cwd: Path
    """The work directory: absolute, existing, never guessed out of the prompt."""

    run_id: str
    """Unique, sortable by time, made by `ledger.run_id.new_run_id`."""

    route: RouteChoice = "auto"
    kind: Kind | None = None
    """None: to be told from the text."""

    door: Door = "cli"
    verify: tuple[str, ...] = ()
    """Commands that prove the answer; empty: those of the settings."""

    time_limit: float | None = None
    """Seconds for the whole task; None: only the limits of each backend."""

    apply: Apply = "ask"
    """File work: when changes are written."""

    replay_of: str = ""
    """The run that this one repeats, to be compared with it; empty: it repeats none."""

    home: Path | None = None
    """The user's directory that `cwd` is a copy of; None: it is no copy."""

    @property
    def place(self) -> Path:
        """The directory it is about, as the user knows it."""
        return self.home or self.cwd


@dataclass(frozen=True)
class Factor:
    """One input of a decision or of a confidence score, as shown to the user."""

    name: str
    value: str | float | int | bool
    threshold: str | float | int | None = None
    """What `value` is compared with; None: it is not compared."""

    weight: float | None = None
    """Its part of a score, in log-odds; None: not part of a sum."""

    leans: Literal["local", "cloud", "neutral"] = "neutral"
    note: str = ""
    """One short sentence on what it means here."""


@dataclass(frozen=True)
class Decision:
    """Where a task goes, decided before any token."""

    route: Route
    reason: Reason
    sentence: str
    inputs: tuple[Factor, ...] = ()
    flips: tuple[str, ...] = ()
    """What would have changed the route, one sentence each."""

    fallbacks: tuple[Route, ...] = ()
    """Who is asked next, in order, if this route fails."""

    kind: Kind = "advisory"
    prompt: str = ""
    """The task without a routing word: what the backends are asked."""

    @property
    def ends(self) -> bool:
        """Whether nobody is asked at all; `sentence` says why."""
        return self.reason in ("local_down_and_cloud_unavailable", "cloud_not_allowed")


@dataclass(frozen=True)
class Usage:
    """Tokens and money of one attempt, as the backend tells; None: it does not."""

    input_tokens: int | None = None
    """The whole prompt; `cached_tokens` are included in it."""

    output_tokens: int | None = None
    """Everything generated; `reasoning_tokens` are included in it."""

    cached_tokens: int | None = None
    reasoning_tokens: int | None = None
    cost_usd: float | None = None


@dataclass(frozen=True)
class Completion:
    """A backend's whole answer; the last thing it yields."""

    text: str
    finish_reason: FinishReason = "unknown"
    reasoning: str = ""
    """What a thinking model wrote for itself, kept apart from `text`."""

    model: str = ""
    """The model's own name, as the backend tells it."""

    usage: Usage = field(default_factory=Usage)
    logprobs: tuple[float, ...] = ()
    """Natural log-probability of each generated token; empty: not told."""

    first_token_seconds: float | None = None
    """From the request to the first text or reasoning."""

    seconds: float = 0.0
    session_id: str = ""
    """The backend's own conversation id, to resume by; empty: none."""

    notes: tuple[str, ...] = ()
    """Faults that did not stop the answer, such as skipped stream events."""


@dataclass(frozen=True)
class Confidence:
    """How far one answer may be trusted, from evidence."""

    score: float
    """0 to 1: the logistic function of the summed factor weights."""

    factors: tuple[Factor, ...] = ()


@dataclass(frozen=True)
class Check:
    """One piece of proof: a command or a built-in check, and what came of it."""

    name: str
    status: VerdictStatus
    detail: str = ""
    """The lines that matter, safe to show; empty when it passed."""

    seconds: float = 0.0


@dataclass(frozen=True)
class Verdict:
    """What all checks together say of an answer."""

    status: VerdictStatus
    summary: str
    checks: tuple[Check, ...] = ()


@dataclass(frozen=True)
class Attempt:
    """One try of one backend: an answer or a failure, never both."""

    number: int
    """From 1, in the order they were made."""

    route: Route
    backend: str
    """Which backend of that route: `chat_completions`, `claude`, `scripted`, …"""

    model: str = ""
    completion: Completion | None = None
    confidence: Confidence | None = None
    verdict: Verdict | None = None
    work: Work | None = None
    """File work: what it would do to the files; None: it is none, or it failed."""

    fault: str = ""
    """A `BackendFault`, or empty."""

    error: str = ""
    """The sentence that goes with `fault`."""

    partial: str = ""
    """What had been streamed before it failed; never an answer."""

    seconds: float = 0.0


@dataclass(frozen=True)
class Outcome:
    """How a task ended: the last word of a run, and its row in the ledger."""

    run_id: str
    status: Status
    reason: Reason
    sentence: str
    """The reason, for people."""

    route: Route | None = None
    """Whose answer `output` is; None: nobody's."""

    backend: str = ""
    model: str = ""
    output: str = ""
    confidence: Confidence | None = None
    verdict: Verdict | None = None
    usage: Usage = field(default_factory=Usage)
    """Of all attempts together, and of a review."""

    attempts: tuple[Attempt, ...] = ()
    files: tuple[str, ...] = ()
    """Files that were written or deleted, relative to the work directory."""

    work: Work | None = None
    """File work: the changes that counted at the end, written or not."""

    findings: tuple[Finding, ...] = ()
    """What a review held against them."""

    applied: bool = False
    """Whether the changes, or the kept part of them, were written."""

    retries: int = 0
    seconds: float = 0.0
    next_step: str = ""
    """What the user can do now; empty when all is well."""
