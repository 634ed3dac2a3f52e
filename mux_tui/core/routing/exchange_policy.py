"""Where a request through the proxy goes: to the local model, or on to the real API.

A request stays here unless a reason speaks for the cloud, and the settings, the user's
permission and the client's own login all allow it. A turn that began somewhere is
finished there; only a prompt that no longer fits moves it.
"""

from mux_tui.core.config.settings import Cloud, Proxy
from mux_tui.core.exchange import ProxyReason
from mux_tui.core.routing.choice import available
from mux_tui.core.routing.exchange_inputs import claude_model_of, exchange_inputs
from mux_tui.core.routing.exchange_situation import (
    ExchangeDecision,
    ExchangeSituation,
    fits,
    needed_tokens,
    turns_in_flight,
)
from mux_tui.core.routing.intent import TIERS, EffortTier, tier_of
from mux_tui.core.routing.situation import readiness, shown_name
from mux_tui.core.text import one_line

__all__ = ["ExchangeDecision", "ExchangeSituation", "decide_exchange"]

_Wish = tuple[ProxyReason, str]
"""A reason that speaks for the cloud, and the clause that says it."""


def decide_exchange(
    situation: ExchangeSituation, proxy: Proxy, cloud: Cloud
) -> ExchangeDecision:
    """Decide where a request goes.

    Args:
        situation: The request, and what is known of this machine.
        proxy: Whether requests may be relayed, and who answers which effort.
        cloud: What may leave this machine.
    """
    tier = _tier(situation)
    if situation.kind == "side":
        sentence = "is answered by mux itself: it needs no model"
        return ExchangeDecision("none", "side_call", sentence, tier=tier)

    inputs = exchange_inputs(situation, tier, proxy, cloud)
    wish = _wish(situation, tier, proxy)
    if wish is None:
        why = f"stays local: nothing calls for more, and {readiness(situation.local)}"
        return ExchangeDecision("local", "local_preferred", why, "", inputs, tier)

    reason, why = wish
    if _is_held_here(situation, reason):
        why = f"stays local although {why}: a turn that began here is finished here"
        return ExchangeDecision("local", "sticky", why, "", inputs, tier)

    held_back = _hindrance(situation, proxy, cloud)
    if held_back is not None:
        code, but = held_back
        why = f"stays local although {why}: {but}"
        return ExchangeDecision("local", code, why, "", inputs, tier)

    model = _cloud_model(situation, tier, proxy)
    why = f"goes to {one_line(model, 80)}: {why}"
    return ExchangeDecision("cloud", reason, why, model, inputs, tier)


def _tier(situation: ExchangeSituation) -> EffortTier:
    last = situation.sticky.tier
    if last and (situation.agent_id or _is_under_way(situation)):
        # A sub-agent's prompt is written by a model: it works for the user's turn.
        return last

    return "medium" if situation.agent_id else tier_of(situation.intent, last)


def _is_under_way(situation: ExchangeSituation) -> bool:
    return not situation.begins_turn and situation.sticky.route is not None


def _is_held_here(situation: ExchangeSituation, reason: ProxyReason) -> bool:
    here = _is_under_way(situation) and situation.sticky.route == "local"
    return here and reason != "context_too_large"


def _wish(situation: ExchangeSituation, tier: EffortTier, proxy: Proxy) -> _Wish | None:
    """The strongest reason for the cloud."""
    if _is_under_way(situation) and situation.sticky.route == "cloud":
        return "sticky", "it goes on with a turn that began there"
    if not fits(situation):
        return "context_too_large", _overflow(situation)
    if not available(situation.local):
        return "local_unavailable", readiness(situation.local)
    if situation.intent == "try_again" and not situation.agent_id:
        return "user_unhappy", "you were not content with the last answer"
    if claude_model_of(tier, proxy):
        return "effort_tier", f"{_EFFORT[tier]}, which proxy.tier_{tier} sends there"
    if proxy.when_busy == "cloud" and turns_in_flight(situation):
        return "local_busy", _busy(situation)

    return None


def _hindrance(
    situation: ExchangeSituation, proxy: Proxy, cloud: Cloud
) -> _Wish | None:
    """What keeps a request here that would go; None: nothing."""
    if cloud.permission == "never":
        said = "the settings keep it on this machine (cloud.permission = never)"
        return "cloud_not_allowed", said
    if not proxy.relay:
        return "cloud_not_allowed", "requests are not passed on (proxy.relay = false)"
    if cloud.permission == "ask":
        said = "a proxy has nobody to ask (cloud.permission = ask)"
        return "cloud_not_allowed", said
    if not situation.has_credentials:
        said = "Claude Code sent no login of its own, so there is none to pass on"
        return "no_credentials", said

    return None


def _cloud_model(situation: ExchangeSituation, tier: EffortTier, proxy: Proxy) -> str:
    """The effort's own model; else a better one, a lesser one, or the client's."""
    if _is_under_way(situation) and situation.sticky.model:
        return situation.sticky.model

    at = TIERS.index(tier)
    for near in (*TIERS[at:], *reversed(TIERS[:at])):
        if named := claude_model_of(near, proxy):
            return named

    return situation.model_asked or proxy.cloud_model


_EFFORT: dict[EffortTier, str] = {
    "low": "it is small talk",
    "medium": "it is simple coding",
    "high": "it is a hard question",
}


def _busy(situation: ExchangeSituation) -> str:
    name = shown_name(situation.local)
    who = "a sub-agent need not wait" if situation.agent_id else "you need not wait"
    return f"{name} is answering another request, and {who}"


def _overflow(situation: ExchangeSituation) -> str:
    about = "" if situation.tokens_exact else "about "
    return (
        f"it needs {about}{needed_tokens(situation):,} tokens with the answer, and "
        f"{shown_name(situation.local)} holds {situation.local.context_window:,}"
    )
