"""How long a prompt may be, in characters, and how its parts share that.

Reading is what costs time, and a server reads again only what changed. So the budget
bounds what is read at once: a first prompt, or what is left after old results were
cut. Between two cuts a conversation may grow to several budgets, since all but its
newest turn is in the server's cache.
"""

from dataclasses import dataclass

from mux_tui.core.config.settings import Proxy
from mux_tui.core.proxy.translate.facts import ModelTraits, Tier

CHARACTERS_PER_TOKEN = 3.5
"""Of English and code together."""

SAFE_CHARACTERS_PER_TOKEN = 3.0
"""The same where too many tokens would be an error instead of a wait."""

GROWTH = 4
"""A conversation is cut back when it has grown to so many budgets."""

_LADDER = 1.25
"""Budgets from measured speeds come in steps, so that a speed measured again does not
change every prompt by a few characters."""

_LEAST = 1000

_HEAD_SHARE: dict[Tier, float] = {"small": 0.7, "medium": 0.7, "large": 0.85}
_TOOLS_SHARE = 0.45
_RESULT_SHARE: dict[Tier, float] = {"small": 1 / 6, "medium": 1 / 6, "large": 1 / 4}
_LEAST_RESULT = 1200
_TURN_RESULTS = 3


@dataclass(frozen=True)
class Budget:
    """How many characters the parts of a prompt may have."""

    target: int
    """All of it, when it is cut."""

    ceiling: int
    """What a conversation may grow to before it is cut back to the target."""

    head: int
    """System prompt and tool definitions together."""

    tools: int
    """What tool definitions get at least, of `head`."""

    result: int
    """One tool result, when it arrives."""

    results: int
    """All tool results of one turn, when they arrive."""


def characters_for(
    traits: ModelTraits, proxy: Proxy, context_window: int | None
) -> int:
    """How many characters may be read at once.

    Until the model's reading speed is measured, the settings tell, by tier; then it is
    what the model reads in `proxy.prefill_seconds`. Never more than fits into the
    context window beside the answer.

    Args:
        traits: The model.
        proxy: The settings.
        context_window: In tokens; None: not known.
    """
    wanted = _wanted(traits, proxy)
    return min(wanted, room(traits.tier, proxy, context_window))


def room(tier: Tier, proxy: Proxy, context_window: int | None) -> int:
    """Characters that fit into the context window beside the answer."""
    if context_window is None:
        return 2**40

    tokens = context_window - min(_answer(tier, proxy), context_window // 2)
    return max(_LEAST // 2, round(tokens * SAFE_CHARACTERS_PER_TOKEN))


def budget_for(traits: ModelTraits, proxy: Proxy) -> Budget:
    """How a prompt for the model is divided."""
    wanted = _wanted(traits, proxy)
    fits = room(traits.tier, proxy, traits.context_window)
    ceiling = min(wanted * GROWTH, fits)
    # Cutting back less than by half would soon be done again.
    target = min(wanted, max(ceiling // 2, 1))
    result = max(_LEAST_RESULT, round(target * _RESULT_SHARE[traits.tier]))
    return Budget(
        target,
        ceiling,
        head=round(target * _HEAD_SHARE[traits.tier]),
        tools=round(target * _TOOLS_SHARE),
        result=result,
        results=_TURN_RESULTS * result,
    )


def _wanted(traits: ModelTraits, proxy: Proxy) -> int:
    if not traits.prefill_rate or traits.prefill_rate <= 0:
        return _seed(traits.tier, proxy)

    tokens = traits.prefill_rate * proxy.prefill_seconds
    return _step_below(tokens * CHARACTERS_PER_TOKEN)


def _step_below(characters: float) -> int:
    step = float(_LEAST)
    while step * _LADDER <= min(characters, 1e9):
        step *= _LADDER
    return round(step)


def _seed(tier: Tier, proxy: Proxy) -> int:
    match tier:
        case "small":
            return proxy.small_budget
        case "medium":
            return proxy.medium_budget
        case "large":
            return proxy.large_budget


def _answer(tier: Tier, proxy: Proxy) -> int:
    match tier:
        case "small":
            return proxy.small_max_tokens
        case "medium":
            return proxy.medium_max_tokens
        case "large":
            return proxy.large_max_tokens
