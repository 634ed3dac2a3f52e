"""Decisions of stored runs made again with other settings: values in, values out.

No model is asked and nothing is recorded. What was known then (the local model, the
tokens counted, the CLIs that were there) is read from the inputs that the row keeps, so
that only the settings differ.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, cast, get_args

from mux_tui.core.choices import CLOUD_ROUTES, Route, RouteChoice
from mux_tui.core.config.settings import Settings
from mux_tui.core.ledger.rows import AttemptRow, RunDetail
from mux_tui.core.routing.features import features
from mux_tui.core.routing.override import split_override
from mux_tui.core.routing.policy import decide
from mux_tui.core.routing.reconsider import Accept, Escalate, reconsider
from mux_tui.core.routing.situation import LocalState, LocalStatus, Situation
from mux_tui.core.task import (
    Attempt,
    Completion,
    Confidence,
    Decision,
    Kind,
    Verdict,
    VerdictStatus,
)
from mux_tui.core.work import Work

Where = Literal["local", "claude", "codex", "gemini", "none"]
"""Where a task goes at first; `none`: nobody is asked."""

Stage = Literal["decided", "reconsidered"]
"""`decided`: before any token. `reconsidered`: after the local model's answer."""

Known = Literal["passed here", "failed here", "answered here", "answered elsewhere"]
"""How a run had ended, as far as it matters. `answered here`: nothing proved it."""

_ENDS = ("local_down_and_cloud_unavailable", "cloud_not_allowed")


@dataclass(frozen=True)
class Move:
    """A run that would go elsewhere."""

    run_id: str
    stage: Stage
    before: Where
    after: Where
    sentence: str
    """Why, with the settings that are tried."""

    ended: Known | None
    """None: nobody had answered."""


@dataclass(frozen=True)
class Undecided:
    """A run whose decision cannot be made again."""

    run_id: str
    why: str


@dataclass(frozen=True)
class Trial:
    """What other settings would have done with stored runs."""

    runs: int
    moves: tuple[Move, ...]
    """In the order of the runs."""

    undecided: tuple[Undecided, ...]

    def __add__(self, other: "Trial") -> "Trial":
        """Of the runs of both."""
        return Trial(
            self.runs + other.runs,
            self.moves + other.moves,
            self.undecided + other.undecided,
        )


NOTHING = Trial(0, (), ())


@dataclass(frozen=True)
class Group:
    """Moves of one kind."""

    stage: Stage
    before: Where
    after: Where
    runs: int
    passed_here: int
    """Runs whose local answer had passed its checks."""

    failed_here: int


def tried(
    runs: Sequence[RunDetail], settings: Settings, present: Sequence[Route]
) -> Trial:
    """Decide about each run with these settings.

    Args:
        runs: As they are stored; replays are among them only by wish.
        settings: Those that are tried.
        present: Cloud routes whose CLI is here now; of those that a run did not look
            for.
    """
    moves: list[Move] = []
    undecided: list[Undecided] = []
    for run in runs:
        found = decided_again(run, settings, present)
        if isinstance(found, Move):
            moves.append(found)
        elif isinstance(found, Undecided):
            undecided.append(found)
    return Trial(len(runs), tuple(moves), tuple(undecided))


def groups(trial: Trial) -> tuple[Group, ...]:
    """The moves counted by kind, most of them first."""
    found: dict[tuple[Stage, Where, Where], list[Move]] = {}
    for move in trial.moves:
        found.setdefault((move.stage, move.before, move.after), []).append(move)
    counted = [
        Group(
            *kind,
            len(moves),
            sum(move.ended == "passed here" for move in moves),
            sum(move.ended == "failed here" for move in moves),
        )
        for kind, moves in found.items()
    ]
    return tuple(sorted(counted, key=lambda group: -group.runs))


def decided_again(
    run: RunDetail, settings: Settings, present: Sequence[Route]
) -> Move | Undecided | None:
    """Where a run would go; None: where it went."""
    situation = _situation(run, settings, present)
    if isinstance(situation, str):
        return Undecided(run.run_id, situation)

    decision = _decision(situation, settings)
    before, after = _stored(run), _where(decision)
    if before != after:
        return Move(
            run.run_id, "decided", before, after, decision.sentence, _ended(run)
        )

    return _later(run, decision, settings) if after == "local" else None


def _later(run: RunDetail, decision: Decision, settings: Settings) -> Move | None:
    """What would have become of the local model's last answer."""
    local = [one for one in run.attempts if one.route == "local"]
    if not local or local[-1].confidence is None or run.route is None:
        return None
    # It was to leave, and could not: nothing is new about that.
    stayed = len(local) == len(run.attempts) and run.reason != "cloud_not_allowed"

    step = reconsider(
        decision,
        [_attempt(one) for one in local],
        decision.fallbacks,
        settings.router,
        settings.verification,
        settings.cloud,
        settings.local_executor.max_attempts,
    )
    before = cast(Where, run.route)
    match step:
        case Escalate(route) if before == "local" and stayed:
            after: Where = route
        case Accept() if before != "local":
            after = "local"
        case _:
            return None
    sentence = step.sentence
    return Move(run.run_id, "reconsidered", before, after, sentence, _ended(run))


def _situation(
    run: RunDetail, settings: Settings, present: Sequence[Route]
) -> Situation | str:
    """What was known then; or why it is not known any more, as a clause."""
    if run.task is None:
        return "its text was not kept"
    factors = _factors(run)
    local = _local(factors)
    if local is None or "cloud_clis" not in factors or not run.decided_route:
        return "its decision was not kept whole"

    prompt = split_override(run.task)[1]
    needed = factors.get("context", {}).get("value")
    return Situation(
        text=run.task,
        features=features(prompt, settings.router),
        local=local,
        route=_choice(run.route_requested),
        kind=cast(Kind, run.kind) if run.kind in get_args(Kind) else None,
        # Of prompt and answer together: no more was kept, and no more is asked.
        prompt_tokens=needed if _is_count(needed) else None,
        tokens_exact="about" not in str(factors.get("context", {}).get("note")),
        present=_present(factors["cloud_clis"], present),
    )


def _decision(situation: Situation, settings: Settings) -> Decision:
    decision = decide(situation, settings.router, settings.cloud)
    free = settings.workflow.cloud_write_fallback
    if decision.kind != "files" or free or decision.reason == "route_requested":
        return decision

    # As the cascade does: changes to files are not handed on.
    stays = replace(settings.cloud, permission="never")
    return decide(situation, settings.router, stays)


def _factors(run: RunDetail) -> dict[str, dict[str, Any]]:
    found = run.decision.get("inputs")
    factors = cast("list[Any]", found) if isinstance(found, list) else []
    return {
        str(one.get("name")): one
        for one in (cast("dict[str, Any]", f) for f in factors if isinstance(f, dict))
    }


def _local(factors: Mapping[str, dict[str, Any]]) -> LocalState | None:
    told = factors.get("local_model", {})
    if told.get("value") not in get_args(LocalStatus):
        return None

    window = factors.get("context", {}).get("threshold")
    model = str(told.get("note") or "").partition(":")[0]
    status = cast(LocalStatus, told["value"])
    return LocalState(
        status, model=model, context_window=window if _is_count(window) else None
    )


def _present(told: Mapping[str, Any], present: Sequence[Route]) -> tuple[Route, ...]:
    """The CLIs that were there; of those that nobody looked for then, those of now."""
    found, looked = (
        str(told.get(name) or "").split(", ") for name in ("value", "threshold")
    )
    return tuple(
        route
        for route in CLOUD_ROUTES
        if route in found or (route not in looked and route in present)
    )


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _choice(word: str) -> RouteChoice:
    return cast(RouteChoice, word) if word in get_args(RouteChoice) else "auto"


def _where(decision: Decision) -> Where:
    return "none" if decision.ends else decision.route


def _stored(run: RunDetail) -> Where:
    if run.decided_reason in _ENDS or run.decided_route not in get_args(Where):
        return "none"

    return cast(Where, run.decided_route)


def _ended(run: RunDetail) -> Known | None:
    if run.route is None:
        verdicts = [one.verdict for one in run.attempts if one.route == "local"]
        return "failed here" if "fail" in verdicts else None
    if run.route != "local":
        return "answered elsewhere"
    if run.verdict == "pass":
        return "passed here"

    return "failed here" if run.verdict == "fail" else "answered here"


def _attempt(row: AttemptRow) -> Attempt:
    """An attempt as far as judging it needs it."""
    known = row.verdict in get_args(VerdictStatus)
    verdict = Verdict(cast(VerdictStatus, row.verdict), row.verdict_summary or "")
    score = row.confidence
    return Attempt(
        row.number,
        "local",
        row.backend,
        row.model or "",
        Completion(row.output or "") if row.output_length is not None else None,
        Confidence(score) if score is not None else None,
        verdict if known else None,
        Work(unusable=str(row.work.get("unusable") or "")) if row.work else None,
        row.fault or "",
        row.error or "",
    )
