"""Every input of a decision, as the user sees it: name, value, threshold, meaning."""

from typing import Literal

from mux_tui.core.config.settings import Cloud, Router
from mux_tui.core.routing.choice import available, fits, listed, needed_tokens
from mux_tui.core.routing.override import split_override
from mux_tui.core.routing.situation import Situation
from mux_tui.core.task import Factor, RouteChoice
from mux_tui.core.text import one_line

INPUTS = (
    "route_choice",
    "routing_word",
    "local_model",
    "context",
    "keywords",
    "cloud_permission",
    "cloud_clis",
    "escalate_on",
    "kind",
    "form",
    "size",
    "code_share",
    "traceback",
    "paths",
    "repository",
)
"""The names of all inputs, in the order they are shown."""

Leaning = Literal["local", "cloud", "neutral"]

_UNWEIGHED = "shown; the rules do not weigh it"


def inputs(situation: Situation, router: Router, cloud: Cloud) -> tuple[Factor, ...]:
    """All inputs in the order of `INPUTS`."""
    return (
        *_requested(situation),
        _local(situation),
        _context(situation),
        _keywords(situation, router),
        *_cloud(situation, router, cloud),
        *_text(situation),
        _repository(situation),
    )


def _requested(situation: Situation) -> tuple[Factor, Factor]:
    word, _ = split_override(situation.text)
    outranked = word is not None and situation.route != "auto"
    return (
        Factor("route_choice", situation.route, leans=_side(situation.route)),
        Factor(
            "routing_word",
            f"@{word}" if word else "none",
            leans="neutral" if outranked else _side(word),
            note="the route choice outranks it" if outranked else "",
        ),
    )


def _side(route: RouteChoice | None) -> Leaning:
    if route is None or route == "auto":
        return "neutral"

    return "local" if route == "local" else "cloud"


def _local(situation: Situation) -> Factor:
    local = situation.local
    told = (local.model, local.detail)
    return Factor(
        "local_model",
        local.status,
        leans="local" if available(local) else "cloud",
        note=one_line(": ".join(part for part in told if part), 200),
    )


def _context(situation: Situation) -> Factor:
    needed, window = needed_tokens(situation), situation.local.context_window
    if needed is None or window is None:
        missing = (
            "the task was not counted" if needed is None else "the window is unknown"
        )
        return Factor("context", "unknown", window, note=missing)

    about = "" if situation.tokens_exact else "about "
    source = one_line(situation.local.context_source, 80)
    return Factor(
        "context",
        needed,
        window,
        leans="neutral" if fits(situation) else "cloud",
        note=f"{about}{situation.prompt_tokens:,} to read and {situation.max_tokens:,} "
        f"to write{f'; window told by {source}' if source else ''}",
    )


def _keywords(situation: Situation, router: Router) -> Factor:
    words = situation.features.keywords
    hard = len(words) >= router.keyword_threshold
    return Factor(
        "keywords",
        len(words),
        router.keyword_threshold,
        leans="cloud" if hard else "neutral",
        note=listed(words),
    )


def _cloud(
    situation: Situation, router: Router, cloud: Cloud
) -> tuple[Factor, Factor, Factor]:
    found = [route for route in cloud.order if route in situation.present]
    never = cloud.permission == "never"
    return (
        Factor(
            "cloud_permission", cloud.permission, leans="local" if never else "neutral"
        ),
        Factor(
            "cloud_clis",
            ", ".join(found) or "none",
            ", ".join(cloud.order) or "none",
            leans="neutral" if found else "local",
            note="found, of those in cloud.order",
        ),
        Factor(
            "escalate_on",
            ", ".join(router.escalate_on) or "none",
            leans="neutral" if router.escalate_on else "local",
            note="reasons that may leave this machine",
        ),
    )


def _text(situation: Situation) -> tuple[Factor, ...]:
    told = situation.features
    kind = situation.kind or told.kind
    why = "as asked for" if situation.kind else one_line(told.kind_note, 160)
    size = f"{told.lines:,} lines, {told.bytes:,} bytes; {_UNWEIGHED}"
    return (
        Factor("kind", kind, note=why),
        Factor("form", told.form, note=_UNWEIGHED),
        Factor("size", told.chars, note=size),
        Factor("code_share", told.code_share, note=_UNWEIGHED),
        Factor("traceback", told.traceback, note=_UNWEIGHED),
        Factor(
            "paths",
            len(told.paths),
            note=one_line(", ".join(told.paths[:5]), 160) or _UNWEIGHED,
        ),
    )


def _repository(situation: Situation) -> Factor:
    place = situation.repository
    tests = {True: "with tests", False: "without tests", None: "tests not looked for"}
    note = f"{one_line(place.name, 80)} {tests[place.has_tests]}; {_UNWEIGHED}"
    return Factor("repository", "git" if place.is_git else "none", note=note.strip())
