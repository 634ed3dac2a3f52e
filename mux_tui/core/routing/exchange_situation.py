"""All that a request's decision looks at, and what it says, as values."""

from dataclasses import dataclass

from mux_tui.core.exchange import ExchangeKind, ProxyReason, ProxyRoute
from mux_tui.core.routing.intent import EffortTier, Intent
from mux_tui.core.routing.situation import LocalState
from mux_tui.core.routing.stickiness import Sticky
from mux_tui.core.task import Factor


@dataclass(frozen=True)
class ExchangeSituation:
    """One request through the proxy, and what is known of this machine."""

    local: LocalState
    kind: ExchangeKind = "turn"
    prompt_tokens: int | None = None
    """Tokens of the prompt once it is trimmed; None: not counted."""

    tokens_exact: bool = False
    """Counted with the model's own tokenizer; False: an estimate."""

    max_tokens: int = 0
    """Tokens reserved for the answer, once they are capped."""

    in_flight: tuple[ExchangeKind, ...] = ()
    """The other requests that the local model is working on; only turns count."""

    agent_id: str = ""
    """The client's sub-agent; empty: its main conversation."""

    intent: Intent = "simple_code"
    """What the user's own words want. A sub-agent's words are not the user's."""

    begins_turn: bool = True
    """False: it goes on with a turn, with the results of tools."""

    sticky: Sticky = Sticky()
    has_credentials: bool = False
    """The client sent a login of its own that can be passed on."""

    model_asked: str = ""
    """The Claude model that the client named; empty: it named the local model."""


@dataclass(frozen=True)
class ExchangeDecision:
    """Where a request goes, and why."""

    route: ProxyRoute
    reason: ProxyReason
    sentence: str
    cloud_model: str = ""
    """With `cloud`: the Claude model to ask for; else empty."""

    inputs: tuple[Factor, ...] = ()
    tier: EffortTier = "medium"
    """The effort it was taken for."""


def needed_tokens(situation: ExchangeSituation) -> int | None:
    """Tokens of prompt and answer together; None: not counted."""
    if situation.prompt_tokens is None:
        return None

    return situation.prompt_tokens + situation.max_tokens


def fits(situation: ExchangeSituation) -> bool:
    """Whether prompt and answer fit, as far as that is known."""
    needed, window = needed_tokens(situation), situation.local.context_window
    return needed is None or window is None or needed <= window


def turns_in_flight(situation: ExchangeSituation) -> int:
    """How many other turns the local model is working on.

    Titles and other side calls are not counted: the client sends one beside every
    first turn, and each first turn would leave this machine.
    """
    return sum(kind == "turn" for kind in situation.in_flight)
