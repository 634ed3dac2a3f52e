"""What happens after an attempt: accept it, ask again, ask someone stronger, or stop.

Each kind of trouble has its reason code. It may send the task on when it stands in
`router.escalate_on`, the settings let tasks leave, and a cloud route is left; else the
outcome is stated here.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from mux_tui.core.config.settings import Cloud, Escalation, Router, Verification
from mux_tui.core.task import Attempt, Decision, Reason, Route
from mux_tui.core.text import one_line


@dataclass(frozen=True)
class Accept:
    """The task is done."""

    reason: Reason
    sentence: str
    number: int
    """Which attempt's answer it is; not always the last one's."""


@dataclass(frozen=True)
class Retry:
    """The local model is asked once more."""

    why: str
    """What was wrong, with the lines that say so."""


@dataclass(frozen=True)
class Escalate:
    """The next cloud route is asked."""

    route: Route
    reason: Reason
    sentence: str
    why: str
    """What was wrong, as a clause: for the one who is asked next."""


@dataclass(frozen=True)
class GiveUp:
    """Nobody is left who could do better."""

    reason: Reason
    sentence: str


Step = Accept | Retry | Escalate | GiveUp

_NOT_THERE = ("not_found", "not_logged_in")
_LOCAL_GONE = ("connection", "not_found")


@dataclass(frozen=True)
class _Case:
    decision: Decision
    attempts: tuple[Attempt, ...]
    remaining: tuple[Route, ...]
    router: Router
    verification: Verification
    cloud: Cloud
    most_unusable: int

    @property
    def last(self) -> Attempt:
        return self.attempts[-1]

    @property
    def local(self) -> tuple[Attempt, ...]:
        return tuple(a for a in self.attempts if a.route == "local")

    def troubles(self, attempt: Attempt) -> list[tuple[Escalation, str]]:
        """What is wrong with an attempt, in the order it is acted upon."""
        doubt = _doubt(attempt, self.router)
        failure = _failure(attempt, self.verification)
        if attempt.work is None:
            return [*doubt, *failure]

        # Of changes to files a proof says more than the tokens that they are made of.
        proved = attempt.verdict is not None and attempt.verdict.status == "pass"
        return [*failure, *([] if proved else doubt)]

    @property
    def hindrance(self) -> str:
        """Why no cloud route can be asked now; empty: one can."""
        if self.cloud.permission == "never":
            return "the settings keep it on this machine (cloud.permission = never)"
        if self.remaining:
            return ""
        if self.decision.reason == "route_requested":
            return "the route was asked for, so nobody else is asked"

        return "no cloud CLI is left to ask"


def reconsider(
    decision: Decision,
    attempts: Sequence[Attempt],
    remaining: Sequence[Route],
    router: Router,
    verification: Verification,
    cloud: Cloud,
    most_unusable: int = 1,
) -> Step:
    """Judge the last attempt.

    Args:
        decision: Where the task went at first.
        attempts: All attempts so far, oldest first; at least one.
        remaining: The decision's fallbacks that were not asked yet.
        router: Thresholds, retries, and which reasons may leave this machine.
        verification: Whether an unknown verdict is a failure.
        cloud: What may leave.
        most_unusable: How often the local model may give an answer to file work that
            cannot be read as changes.
    """
    case = _Case(
        decision,
        tuple(attempts),
        tuple(remaining),
        router,
        verification,
        cloud,
        most_unusable,
    )
    return _after_local(case) if case.last.route == "local" else _after_cloud(case)


def unavailable(attempts: Sequence[Attempt]) -> bool:
    """Whether no cloud attempt got as far as being asked."""
    return all(a.fault in _NOT_THERE for a in attempts if a.route != "local")


def _doubt(attempt: Attempt, router: Router) -> list[tuple[Escalation, str]]:
    confidence = attempt.confidence
    if confidence is None or confidence.score >= router.min_confidence:
        return []

    why = (
        f"confidence in its answer is {confidence.score:.2f}, below "
        f"{router.min_confidence:.2f}"
    )
    return [("low_confidence", why)]


def _failure(
    attempt: Attempt, verification: Verification
) -> list[tuple[Escalation, str]]:
    verdict = attempt.verdict
    if attempt.fault:
        told = one_line(attempt.error, 200) or attempt.fault
        if attempt.route == "local" and attempt.fault in _LOCAL_GONE:
            return [("local_unavailable", f"the local model is not there: {told}")]

        # A CLI's error mostly begins with its name: `claude exited with status 1`.
        who = (
            "" if told.startswith(f"{attempt.route} ") else f"{attempt.route} failed: "
        )
        return [("local_failed", f"{who}{told}")]
    if verdict is None or verdict.status == "pass":
        return []
    if verdict.status == "unknown" and not verification.strict:
        return []

    doubt = "its answer is not proved" if verdict.status == "unknown" else "it failed"
    why = f"{doubt}: {one_line(verdict.summary, 200)}"
    return [("verification_failures", why)]


def _after_local(case: _Case) -> Step:
    troubles = case.troubles(case.last)
    for reason, why in troubles:
        if reason == "verification_failures" and _may_retry(case):
            return Retry(_failing_lines(case.last) or why)
        if reason in case.router.escalate_on and not case.hindrance:
            route = case.remaining[0]
            return Escalate(route, reason, f"goes to {route}: {why}", why)

    if not troubles:
        return Accept(case.decision.reason, _accepted(case.last), case.last.number)

    # Of file work the first trouble is the proof's, and doubt adds nothing to it.
    reason, why = troubles[-1 if case.last.work is None else 0]
    hindrance = case.hindrance or f"router.escalate_on leaves out {reason}"
    return _local_ending(case, reason, f"{why}; {hindrance}")


def _may_retry(case: _Case) -> bool:
    verdict = case.last.verdict
    # The same answer to the same question is not worth a second wait when nothing
    # could be checked.
    failed = verdict is not None and verdict.status == "fail"
    unusable = [a for a in case.local if a.work is not None and a.work.unusable]
    if case.last.work is not None and case.last.work.unusable:
        return failed and len(unusable) < case.most_unusable

    tried = len(case.local) - len(unusable)
    return failed and tried <= case.router.max_local_retries


def _failing_lines(attempt: Attempt) -> str:
    checks = attempt.verdict.checks if attempt.verdict else ()
    return "\n".join(
        f"{check.name}: {check.detail}".rstrip(": ")
        for check in checks
        if check.status == "fail"
    )


def _local_ending(case: _Case, reason: Escalation, why: str) -> Accept | GiveUp:
    if reason == "low_confidence":
        return Accept(
            "low_confidence",
            f"the local answer is given although {why}",
            case.last.number,
        )
    if reason == "verification_failures" or _disproved(case):
        return GiveUp("verification_failed", f"not done: {why}")
    if case.last.fault in _LOCAL_GONE:
        return GiveUp("local_down_and_cloud_unavailable", f"not done: {why}")

    return GiveUp("local_failed", f"not done: {why}")


def _disproved(case: _Case) -> bool:
    return any(a.verdict and a.verdict.status == "fail" for a in case.local)


def _accepted(attempt: Attempt) -> str:
    who = attempt.route if attempt.route != "local" else "the local model"
    model = f" ({one_line(attempt.model, 80)})" if attempt.model else ""
    told = [f"{who}{model} answered"]
    if attempt.confidence is not None:
        told.append(f"confidence {attempt.confidence.score:.2f}")
    if attempt.verdict is not None:
        told.append(one_line(attempt.verdict.summary, 200))
    return "; ".join(told)


def _after_cloud(case: _Case) -> Step:
    failures = _failure(case.last, case.verification)
    if not failures:
        return Accept(_why_it_left(case), _accepted(case.last), case.last.number)

    reason, why = failures[0]
    goes_on = bool(case.last.fault) or reason in case.router.escalate_on
    if goes_on and not case.hindrance:
        route = case.remaining[0]
        sentence = f"goes to {route}: {why}"
        return Escalate(route, _why_it_left(case), sentence, why)
    if not case.last.fault:
        return GiveUp("verification_failed", f"not done: {why}; {_end_of_line(case)}")

    return _cloud_ending(case, f"{why}; {_end_of_line(case)}")


def _end_of_line(case: _Case) -> str:
    return case.hindrance or "router.escalate_on leaves out verification_failures"


def _why_it_left(case: _Case) -> Reason:
    """Why the task left this machine in the first place."""
    if not case.local:
        return case.decision.reason

    for reason, _ in case.troubles(case.local[-1]):
        if reason in case.router.escalate_on:
            return reason

    return case.decision.reason


def _cloud_ending(case: _Case, why: str) -> Accept | GiveUp:
    gone = unavailable(case.attempts)
    doubtful = [a for a in case.local if _only_doubtful(case, a)]
    if doubtful:
        reason = "cloud_unavailable" if gone else "cloud_failed"
        sentence = f"the local answer is given, doubtful as it is: {why}"
        return Accept(reason, sentence, doubtful[-1].number)
    if _disproved(case):
        return GiveUp("verification_failed", f"not done: {why}")
    if gone and _local_was_down(case):
        return GiveUp("local_down_and_cloud_unavailable", f"not done: {why}")

    return GiveUp("cloud_unavailable" if gone else "cloud_failed", f"not done: {why}")


def _only_doubtful(case: _Case, attempt: Attempt) -> bool:
    return attempt.completion is not None and not _failure(attempt, case.verification)


def _local_was_down(case: _Case) -> bool:
    if case.decision.reason == "local_unavailable":
        return True

    return any(a.fault in _LOCAL_GONE for a in case.local)
