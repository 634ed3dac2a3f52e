"""The ways on after a failure, as keys, words and actions; values in, values out."""

from dataclasses import dataclass
from typing import Literal

from mux_tui.core.errors import MuxError, WeightsError
from mux_tui.core.model_server.server_log import explains_memory
from mux_tui.core.setup.choices import ModelChoice
from mux_tui.core.weights.hub.fault import HubError

WayAction = Literal[
    "retry",
    "starter",
    "smaller_model",
    "less_context",
    "another_model",
    "other_server",
    "cloud_only",
    "show_log",
    "skip",
]


@dataclass(frozen=True)
class Way:
    """One way on."""

    key: str
    """One letter, different from those of the others."""

    words: str
    action: WayAction


RETRY = Way("r", "try again", "retry")
STARTER = Way("t", "take the small starter instead", "starter")
SMALLER = Way("m", "take a smaller model", "smaller_model")
LESS = Way("c", "give it less context", "less_context")
ANOTHER = Way("a", "choose another model", "another_model")
SERVER = Way("o", "use another server", "other_server")
CLOUD = Way("x", "go on without a local model", "cloud_only")
LOG = Way("l", "show the server's log", "show_log")
SKIP = Way("s", "skip this step", "skip")

_NO_HUB = ("offline", "unreachable", "not_a_hub", "busy")
_TOO_LARGE = ("disk_full", "cannot_write")


def ways_to_choose() -> tuple[Way, ...]:
    """After what runs here could not be found out."""
    return (RETRY, CLOUD, SKIP)


def ways_to_fetch(error: MuxError) -> tuple[Way, ...]:
    """After a download that failed."""
    if isinstance(error, HubError):
        if error.fault in _NO_HUB:
            return (RETRY, STARTER, SERVER, CLOUD, SKIP)
        if error.fault in _TOO_LARGE:
            return (SMALLER, STARTER, SERVER, CLOUD, RETRY, SKIP)
        return (RETRY, ANOTHER, STARTER, SERVER, CLOUD, SKIP)
    if isinstance(error, WeightsError):
        return (RETRY, SMALLER, SERVER, CLOUD, SKIP)

    return (ANOTHER, STARTER, SERVER, CLOUD, SKIP)


def ways_to_serve(choice: ModelChoice, log: tuple[str, ...] = ()) -> tuple[Way, ...]:
    """After a server that could not be started, or does not answer."""
    if choice.kind == "server":
        return (RETRY, SERVER, ANOTHER, CLOUD, SKIP)
    if explains_memory(log):
        return (SMALLER, LESS, LOG, SERVER, CLOUD, RETRY, SKIP)

    return (RETRY, SMALLER, LESS, LOG, SERVER, CLOUD, SKIP)
