"""Where requests go: every reason, its order, and what holds it back."""

import re
from dataclasses import replace
from typing import Any, get_args

import pytest

from mux_tui.core.config.settings import Cloud, Proxy
from mux_tui.core.exchange import ProxyReason
from mux_tui.core.routing.exchange_inputs import EXCHANGE_INPUTS
from mux_tui.core.routing.exchange_policy import (
    ExchangeDecision,
    ExchangeSituation,
    decide_exchange,
)
from mux_tui.core.routing.stickiness import Stickiness, Sticky
from tests.core.routing.situations import WINDOW, local

OPEN = Proxy(relay=True)
SONNET = "claude-sonnet-5"
OPUS = "claude-opus-4-8"
TIERED = Proxy(relay=True, tier_high=OPUS)
EAGER = Proxy(relay=True, when_busy="cloud")
CROWDED = replace(TIERED, when_busy="cloud")
HERE = Sticky("local", "medium")
THERE = Sticky("cloud", "high", OPUS)


def decide(
    proxy: Proxy = OPEN, permission: Any = "allow", **others: Any
) -> ExchangeDecision:
    """Decide a small request that may leave this machine."""
    plain = ExchangeSituation(
        local(),
        prompt_tokens=1000,
        tokens_exact=True,
        max_tokens=500,
        has_credentials=True,
    )
    return decide_exchange(replace(plain, **others), proxy, Cloud(permission))


TOO_LARGE: dict[str, Any] = {"prompt_tokens": WINDOW}
DOWN: dict[str, Any] = {"local": local("unreachable")}
UNHAPPY: dict[str, Any] = {"intent": "try_again"}
HARD: dict[str, Any] = {"intent": "hard_question"}
BUSY: dict[str, Any] = {"in_flight": ("turn",)}
LATER: dict[str, Any] = {"begins_turn": False}


@pytest.mark.parametrize(
    ("proxy", "others", "route", "reason"),
    [
        (OPEN, {}, "local", "local_preferred"),
        (OPEN, {"kind": "side"}, "none", "side_call"),
        (OPEN, TOO_LARGE, "cloud", "context_too_large"),
        (OPEN, DOWN, "cloud", "local_unavailable"),
        (OPEN, {"local": local("crashed")}, "cloud", "local_unavailable"),
        (OPEN, {"local": local("not_configured")}, "cloud", "local_unavailable"),
        (OPEN, {"local": local("startable")}, "local", "local_preferred"),
        (OPEN, UNHAPPY, "cloud", "user_unhappy"),
        (OPEN, HARD, "local", "local_preferred"),
        (TIERED, HARD, "cloud", "effort_tier"),
        (TIERED, {"intent": "chit_chat"}, "local", "local_preferred"),
        (OPEN, BUSY, "local", "local_preferred"),
        (EAGER, BUSY, "cloud", "local_busy"),
        (EAGER, BUSY | {"agent_id": "a1"}, "cloud", "local_busy"),
        (OPEN, LATER | {"sticky": THERE}, "cloud", "sticky"),
        (
            TIERED,
            LATER | HARD | {"sticky": replace(HERE, tier="high")},
            "local",
            "sticky",
        ),
        (Proxy(), TOO_LARGE, "local", "cloud_not_allowed"),
        (OPEN, TOO_LARGE | {"has_credentials": False}, "local", "no_credentials"),
    ],
)
def test_every_reason(
    proxy: Proxy, others: dict[str, Any], route: str, reason: str
) -> None:
    decision = decide(proxy, **others)
    assert (decision.route, decision.reason) == (route, reason)


def test_every_reason_code_is_reached_by_the_table_above() -> None:
    """The table is the whole vocabulary; a new reason needs a new row."""
    mark = test_every_reason.pytestmark[0]  # pyright: ignore[reportFunctionMemberAccess]
    assert {row[3] for row in mark.args[1]} == set(get_args(ProxyReason))


def test_the_strongest_reason_is_told() -> None:
    """Each reason hides those after it."""
    every = TOO_LARGE | UNHAPPY | BUSY
    decision = decide(CROWDED, **every | {"local": local("crashed")})
    assert decision.reason == "context_too_large"
    assert decide(CROWDED, **UNHAPPY | BUSY | DOWN).reason == "local_unavailable"
    assert decide(CROWDED, **UNHAPPY | BUSY).reason == "user_unhappy"
    assert decide(CROWDED, **HARD | BUSY).reason == "effort_tier"
    assert decide(CROWDED, **BUSY).reason == "local_busy"


@pytest.mark.parametrize(
    ("proxy", "permission", "told", "reason", "words"),
    [
        (OPEN, "never", True, "cloud_not_allowed", "= never"),
        (OPEN, "ask", True, "cloud_not_allowed", "nobody to ask"),
        (Proxy(), "allow", True, "cloud_not_allowed", "proxy.relay = false"),
        (OPEN, "allow", False, "no_credentials", "no login of its own"),
    ],
)
@pytest.mark.parametrize(
    "others", [TOO_LARGE, DOWN, UNHAPPY, LATER | {"sticky": THERE}]
)
def test_what_holds_a_request_back_is_said(
    proxy: Proxy, permission: str, told: bool, reason: str, words: str, others: Any
) -> None:
    decision = decide(proxy, permission, has_credentials=told, **others)
    assert (decision.route, decision.reason) == ("local", reason)
    assert decision.sentence.startswith("stays local although ")
    assert words in decision.sentence
    assert decision.cloud_model == ""


def test_nothing_is_held_back_where_nothing_speaks_for_the_cloud() -> None:
    decision = decide(Proxy(), "never", has_credentials=False)
    assert decision.reason == "local_preferred"
    assert decision.sentence == (
        "stays local: nothing calls for more, and tiny is ready"
    )


@pytest.mark.parametrize("kind", ["side", "count", "warm"])
def test_side_calls_do_not_keep_the_model_busy(kind: str) -> None:
    """The client sends its title call beside each first turn."""
    assert decide(EAGER, in_flight=(kind, kind)).reason == "local_preferred"


def test_the_sentence_tells_the_numbers() -> None:
    decision = decide(prompt_tokens=9000, tokens_exact=False)
    assert decision.sentence == (
        f"goes to {Proxy().cloud_model}: it needs about 9,500 tokens with the answer, "
        "and tiny holds 8,192"
    )


@pytest.mark.parametrize(
    ("tokens", "window"), [(None, WINDOW), (1_000_000, None), (WINDOW - 500, WINDOW)]
)
def test_what_is_not_known_to_be_too_large_stays(
    tokens: int | None, window: int | None
) -> None:
    decision = decide(prompt_tokens=tokens, local=local(window=window))
    assert decision.reason == "local_preferred"


def test_a_foreign_name_cannot_paint_the_sentence() -> None:
    state = replace(local("crashed"), model="x\x1b[31m", detail="a\nb")
    sentence = decide(local=state).sentence
    assert re.search(r"[\x00-\x1f]", sentence) is None


def test_all_inputs_are_given_in_their_order() -> None:
    for others in ({}, TOO_LARGE, LATER | {"sticky": THERE}, {"agent_id": "a1"}):
        names = tuple(factor.name for factor in decide(TIERED, **others).inputs)
        assert names == EXCHANGE_INPUTS


def test_the_inputs_lean_where_the_reasons_go() -> None:
    decision = decide(CROWDED, **TOO_LARGE | HARD | BUSY | DOWN)
    leaning = {factor.name for factor in decision.inputs if factor.leans == "cloud"}
    assert leaning == {"context", "local_model", "effort", "in_flight"}
    decision = decide(Proxy(), "ask", has_credentials=False)
    leaning = {factor.name for factor in decision.inputs if factor.leans == "local"}
    assert leaning == {"relay", "cloud_permission", "login"}


@pytest.mark.parametrize(
    ("proxy", "others", "model"),
    [
        (OPEN, TOO_LARGE, Proxy().cloud_model),
        (OPEN, TOO_LARGE | {"model_asked": "claude-opus-9"}, "claude-opus-9"),
        (TIERED, TOO_LARGE, OPUS),
        (replace(OPEN, tier_low=SONNET), TOO_LARGE, SONNET),
        (replace(TIERED, tier_low=SONNET), {"intent": "chit_chat"}, SONNET),
        (replace(TIERED, tier_low=SONNET), HARD, OPUS),
        (TIERED, UNHAPPY, OPUS),
        (TIERED, LATER | {"sticky": replace(THERE, model=SONNET)}, SONNET),
    ],
)
def test_which_claude_model_is_asked(
    proxy: Proxy, others: dict[str, Any], model: str
) -> None:
    """The effort's own, the next better, the next lesser, the client's, ours."""
    assert decide(proxy, **others).cloud_model == model


def test_a_sub_agent_is_not_the_user() -> None:
    """What the model writes to a sub-agent is no complaint and no hard question."""
    assert decide(TIERED, **UNHAPPY | {"agent_id": "a1"}).reason == "local_preferred"
    assert decide(TIERED, **HARD | {"agent_id": "a1"}).reason == "local_preferred"


def test_a_sub_agent_has_the_effort_of_the_turn_it_works_for() -> None:
    decision = decide(TIERED, agent_id="a1", sticky=Sticky(tier="high"))
    assert (decision.reason, decision.cloud_model) == ("effort_tier", OPUS)


class Conversation:
    """Requests of one conversation, one after the other."""

    def __init__(self, proxy: Proxy) -> None:
        self.proxy = proxy
        self.kept = Stickiness()

    def ask(self, agent: str = "", **others: Any) -> tuple[str, str]:
        """Send a request, remember its decision, and tell route and reason."""
        sticky = self.kept.of("s", agent)
        decision = decide(self.proxy, sticky=sticky, agent_id=agent, **others)
        model = decision.cloud_model
        self.kept.note("s", agent, decision.route, decision.tier, model)
        return decision.route, decision.reason


def test_a_relayed_turn_stays_in_the_cloud_until_the_next_one() -> None:
    talk = Conversation(OPEN)
    assert talk.ask(intent="simple_code") == ("local", "local_preferred")
    assert talk.ask(intent="try_again") == ("cloud", "user_unhappy")
    for _ in range(3):
        assert talk.ask(intent="try_again", **LATER) == ("cloud", "sticky")
    assert talk.ask(intent="simple_code") == ("local", "local_preferred")


def test_the_next_turn_stays_in_the_cloud_if_its_effort_says_so() -> None:
    talk = Conversation(TIERED)
    assert talk.ask(intent="hard_question") == ("cloud", "effort_tier")
    assert talk.ask(intent="hard_question") == ("cloud", "effort_tier")
    assert talk.ask(intent="chit_chat") == ("local", "local_preferred")


def test_a_local_turn_never_flips_but_for_its_size() -> None:
    talk = Conversation(CROWDED)
    assert talk.ask(intent="simple_code") == ("local", "local_preferred")
    for others in (BUSY, DOWN, UNHAPPY, BUSY | DOWN):
        assert talk.ask(**LATER, **others) == ("local", "sticky")
    assert talk.ask(**LATER, **TOO_LARGE) == ("cloud", "context_too_large")
    assert talk.ask(**LATER) == ("cloud", "sticky")


def test_a_title_call_changes_nothing() -> None:
    talk = Conversation(OPEN)
    talk.ask(intent="try_again")
    assert talk.ask(kind="side") == ("none", "side_call")
    assert talk.ask(**LATER) == ("cloud", "sticky")


def test_trying_again_twice_climbs_the_efforts() -> None:
    talk = Conversation(OPEN)
    talk.ask(intent="chit_chat")
    talk.ask(intent="try_again")
    assert talk.kept.of("s").tier == "medium"
    talk.ask(intent="try_again")
    assert talk.kept.of("s").tier == "high"


def test_sub_agents_go_their_own_way() -> None:
    """A sub-agent that found the model busy does not take the main turn along."""
    talk = Conversation(EAGER)
    talk.ask(intent="simple_code")
    assert talk.ask("a1", **BUSY) == ("cloud", "local_busy")
    assert talk.ask("a1", **LATER) == ("cloud", "sticky")
    assert talk.ask(**LATER) == ("local", "local_preferred")


def test_a_turn_whose_beginning_was_not_seen_is_decided_by_its_words() -> None:
    decision = decide(TIERED, **LATER | HARD)
    assert (decision.route, decision.reason) == ("cloud", "effort_tier")
