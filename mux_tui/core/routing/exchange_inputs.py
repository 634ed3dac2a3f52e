"""Every input of a request's decision, as the user sees it."""

from mux_tui.core.config.settings import Cloud, Proxy
from mux_tui.core.routing.choice import available
from mux_tui.core.routing.exchange_situation import (
    ExchangeSituation,
    fits,
    needed_tokens,
    turns_in_flight,
)
from mux_tui.core.routing.intent import EffortTier
from mux_tui.core.task import Factor
from mux_tui.core.text import one_line

EXCHANGE_INPUTS = (
    "turn",
    "context",
    "local_model",
    "intent",
    "effort",
    "in_flight",
    "relay",
    "cloud_permission",
    "login",
)
"""The names of all inputs, in the order they are shown."""


def exchange_inputs(
    situation: ExchangeSituation, tier: EffortTier, proxy: Proxy, cloud: Cloud
) -> tuple[Factor, ...]:
    """All inputs in the order of `EXCHANGE_INPUTS`."""
    return (
        _turn(situation),
        _context(situation),
        _local(situation),
        _intent(situation),
        _effort(tier, proxy),
        _in_flight(situation, proxy),
        *_allowed(situation, proxy, cloud),
    )


def claude_model_of(tier: EffortTier, proxy: Proxy) -> str:
    """The Claude model that the settings name for an effort; empty: the local model."""
    named = {
        "low": proxy.tier_low,
        "medium": proxy.tier_medium,
        "high": proxy.tier_high,
    }[tier].strip()
    return "" if named.lower() == "local" else named


def _turn(situation: ExchangeSituation) -> Factor:
    route = situation.sticky.route
    if situation.begins_turn or route is None:
        note = "" if situation.begins_turn else "where it began is not known"
        return Factor(
            "turn", "begins" if situation.begins_turn else "goes on", note=note
        )

    leans = "cloud" if route == "cloud" else "local"
    return Factor("turn", "goes on", leans=leans, note=f"it began {_place(leans)}")


def _place(route: str) -> str:
    return "in the cloud" if route == "cloud" else "here"


def _context(situation: ExchangeSituation) -> Factor:
    needed, window = needed_tokens(situation), situation.local.context_window
    if needed is None or window is None:
        missing = "it was not counted" if needed is None else "the window is unknown"
        return Factor("context", "unknown", window, note=missing)

    about = "" if situation.tokens_exact else "about "
    return Factor(
        "context",
        needed,
        window,
        leans="neutral" if fits(situation) else "cloud",
        note=f"{about}{situation.prompt_tokens:,} to read, once trimmed, and "
        f"{situation.max_tokens:,} to write",
    )


def _local(situation: ExchangeSituation) -> Factor:
    local = situation.local
    return Factor(
        "local_model",
        local.status,
        leans="neutral" if available(local) else "cloud",
        note=one_line(f"{local.model} {local.detail}".strip(), 160),
    )


def _intent(situation: ExchangeSituation) -> Factor:
    if situation.agent_id:
        note = "a sub-agent: its words are not the user's"
        return Factor("intent", situation.intent, note=note)

    unhappy = situation.begins_turn and situation.intent == "try_again"
    return Factor("intent", situation.intent, leans="cloud" if unhappy else "neutral")


def _effort(tier: EffortTier, proxy: Proxy) -> Factor:
    named = claude_model_of(tier, proxy)
    note = f"proxy.tier_{tier} = {one_line(named, 80) or 'local'}"
    return Factor("effort", tier, leans="cloud" if named else "neutral", note=note)


def _in_flight(situation: ExchangeSituation, proxy: Proxy) -> Factor:
    count = turns_in_flight(situation)
    acts = count > 0 and proxy.when_busy == "cloud"
    return Factor(
        "in_flight",
        count,
        leans="cloud" if acts else "neutral",
        note=f"other turns here; proxy.when_busy = {proxy.when_busy}",
    )


def _allowed(
    situation: ExchangeSituation, proxy: Proxy, cloud: Cloud
) -> tuple[Factor, Factor, Factor]:
    told = situation.has_credentials
    return (
        Factor("relay", proxy.relay, leans="neutral" if proxy.relay else "local"),
        Factor(
            "cloud_permission",
            cloud.permission,
            leans="neutral" if cloud.permission == "allow" else "local",
            note="a proxy cannot ask" if cloud.permission == "ask" else "",
        ),
        Factor(
            "login",
            "the client's own" if told else "none",
            leans="neutral" if told else "local",
        ),
    )
