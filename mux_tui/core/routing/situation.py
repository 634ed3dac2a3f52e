"""All that is known before the first attempt, as one value."""

from dataclasses import dataclass
from typing import Literal

from mux_tui.core.routing.features import Features
from mux_tui.core.task import Kind, Route, RouteChoice
from mux_tui.core.text import one_line

LocalStatus = Literal["ready", "startable", "crashed", "unreachable", "not_configured"]
"""`startable`: not running, and mux can start it. `crashed`: mux had started it, and it
died. `unreachable`: somebody else's server does not answer."""


@dataclass(frozen=True)
class LocalState:
    """The model on this machine."""

    status: LocalStatus
    detail: str = ""
    """One line on the status; foreign text."""

    model: str = ""
    """Its name, for people; empty: not known."""

    context_window: int | None = None
    """Tokens it can hold, prompt and answer together; None: not known."""

    context_source: str = ""
    """Who says so: the model's files, the server, the settings."""


@dataclass(frozen=True)
class Repository:
    """The work directory, as far as decisions look at it."""

    is_git: bool = False
    has_tests: bool | None = None
    """None: not looked."""

    name: str = ""


@dataclass(frozen=True)
class Situation:
    """The inputs of a decision, besides the settings."""

    text: str
    """The task as typed, its routing word included."""

    features: Features
    """Of the task without its routing word."""

    local: LocalState
    route: RouteChoice = "auto"
    """What the user asked for outside the text."""

    kind: Kind | None = None
    """What the user says it is; None: as the features tell."""

    prompt_tokens: int | None = None
    """Tokens of everything the local model would read; None: not counted."""

    tokens_exact: bool = False
    """Counted with the model's own tokenizer; False: an estimate."""

    max_tokens: int = 0
    """Tokens reserved for the answer."""

    present: tuple[Route, ...] = ()
    """Cloud routes whose CLI was found."""

    repository: Repository = Repository()


def readiness(local: LocalState) -> str:
    """How the local model is, as a clause."""
    name = shown_name(local)
    detail = one_line(local.detail, 160).rstrip(".")
    detail = f" ({detail})" if detail else ""
    match local.status:
        case "ready":
            return f"{name} is ready"
        case "startable":
            return f"{name} can be started"
        case "crashed":
            return f"the server of {name} has died or hangs{detail}"
        case "unreachable":
            return f"the server of {name} does not answer{detail}"
        case "not_configured":
            return f"no local model is set up{detail}"


def shown_name(local: LocalState) -> str:
    """What people call the local model, safe to show."""
    return one_line(local.model, 80) or "the local model"
