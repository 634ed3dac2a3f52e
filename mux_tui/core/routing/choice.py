"""The rules: which route, by which reason, said in one sentence.

First what the user asked for, then the first reason to leave this machine that holds
and may be acted upon, else the local model.
"""

from dataclasses import dataclass

from mux_tui.core.config.settings import Cloud, Escalation, Router
from mux_tui.core.routing.override import split_override
from mux_tui.core.routing.situation import (
    LocalState,
    Situation,
    readiness,
    shown_name,
)
from mux_tui.core.task import Reason, Route
from mux_tui.core.text import one_line


@dataclass(frozen=True)
class Choice:
    """A route and why."""

    route: Route
    reason: Reason
    sentence: str
    forced: bool = False
    """The user named the route: nobody else is asked."""


def available(local: LocalState) -> bool:
    """Whether the local model answers, or will once it is started."""
    return local.status in ("ready", "startable")


def permitted_routes(present: tuple[Route, ...], cloud: Cloud) -> tuple[Route, ...]:
    """The cloud routes that may be asked and can be, first to last."""
    if cloud.permission == "never":
        return ()

    return tuple(route for route in cloud.order if route in present)


def no_cloud(present: tuple[Route, ...], cloud: Cloud) -> str:
    """Why no cloud route can be asked, as a clause; empty: one can."""
    if cloud.permission == "never":
        return "the settings keep it on this machine (cloud.permission = never)"
    if not cloud.order:
        return "cloud.order names no cloud CLI"
    if not permitted_routes(present, cloud):
        return f"no cloud CLI was found ({', '.join(cloud.order)})"

    return ""


def choose(situation: Situation, router: Router, cloud: Cloud) -> Choice:
    """Apply the rules."""
    forced = _forced(situation, cloud)
    if forced is not None:
        return forced

    reasons = _reasons(situation, router)
    routes = permitted_routes(situation.present, cloud)
    for reason, why in reasons:
        if reason in router.escalate_on and routes:
            return Choice(routes[0], reason, f"goes to {routes[0]}{_ask(cloud)}: {why}")

    blocked = no_cloud(situation.present, cloud)
    if situation.local.status in ("unreachable", "not_configured"):
        hindrance = blocked or "router.escalate_on leaves out local_unavailable"
        sentence = f"cannot be done: {reasons[0][1]}, and {hindrance}"
        return Choice("local", "local_down_and_cloud_unavailable", sentence)

    return Choice("local", "local_preferred", _stays(situation, reasons, blocked))


def _forced(situation: Situation, cloud: Cloud) -> Choice | None:
    word, _ = split_override(situation.text)
    route = word if situation.route == "auto" else situation.route
    if route is None:
        return None

    how = f"the word @{route}" if situation.route == "auto" else f"--route {route}"
    if route == "local":
        state = readiness(situation.local)
        return Choice(
            route,
            "route_requested",
            f"stays local: {how} asks for it, and {state}",
            True,
        )

    refusal = _refusal(route, cloud)
    if refusal:
        sentence = f"the task is not sent to {route}, which {how} asks for: {refusal}"
        return Choice("local", "cloud_not_allowed", sentence, True)

    missing = "" if route in situation.present else "; its command was not found"
    sentence = f"goes to {route}{_ask(cloud)}: {how} asks for it{missing}"
    return Choice(route, "route_requested", sentence, True)


def _refusal(route: Route, cloud: Cloud) -> str:
    if cloud.permission == "never":
        return "the settings keep tasks on this machine (cloud.permission = never)"
    if route not in cloud.order:
        return f"cloud.order leaves out {route}"

    return ""


def _ask(cloud: Cloud) -> str:
    return ", if you allow it" if cloud.permission == "ask" else ""


def _reasons(situation: Situation, router: Router) -> list[tuple[Escalation, str]]:
    """Every reason to leave this machine that holds, the strongest first."""
    reasons: list[tuple[Escalation, str]] = []
    if not available(situation.local):
        reasons.append(("local_unavailable", readiness(situation.local)))
    if not fits(situation):
        reasons.append(("context_too_large", _overflow(situation)))
    words = situation.features.keywords
    if len(words) >= router.keyword_threshold:
        mark = "marks" if len(words) == 1 else "mark"
        why = f"the task speaks of {listed(words)}, which {mark} a hard task"
        reasons.append(("high_complexity", why))
    return reasons


def needed_tokens(situation: Situation) -> int | None:
    """Tokens of prompt and answer together; None: not counted."""
    if situation.prompt_tokens is None:
        return None

    return situation.prompt_tokens + situation.max_tokens


def fits(situation: Situation) -> bool:
    """Whether prompt and answer fit, as far as that is known."""
    needed, window = needed_tokens(situation), situation.local.context_window
    return needed is None or window is None or needed <= window


def _overflow(situation: Situation) -> str:
    about = "" if situation.tokens_exact else "about "
    return (
        f"it needs {about}{needed_tokens(situation):,} tokens with the answer, and "
        f"{shown_name(situation.local)} holds {situation.local.context_window:,}"
    )


def _stays(
    situation: Situation, reasons: list[tuple[Escalation, str]], blocked: str
) -> str:
    state = readiness(situation.local)
    if not reasons:
        return (
            f"stays local: nothing in the task calls for a stronger model, and {state}"
        )

    reason, why = reasons[0]
    hindrance = blocked or f"router.escalate_on leaves out {reason}"
    again = ", so it is started again" if situation.local.status == "crashed" else ""
    return f"stays local although {why}: {hindrance}{again}"


def listed(words: tuple[str, ...]) -> str:
    """Words as a list in a sentence, each in quotes, safe to show."""
    quoted = [f"'{one_line(word, 60)}'" for word in words]
    if len(quoted) < 2:
        return "".join(quoted)

    return f"{', '.join(quoted[:-1])} and {quoted[-1]}"
