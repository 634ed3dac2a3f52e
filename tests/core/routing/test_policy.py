"""Where a task goes: the rules, their order, and what they say."""

from dataclasses import replace
from typing import Any

import pytest

from mux_tui.core.config.settings import Cloud, Router
from mux_tui.core.routing.inputs import INPUTS
from mux_tui.core.routing.policy import decide
from mux_tui.core.routing.situation import LocalState, LocalStatus, Situation
from mux_tui.core.task import CLOUD_ROUTES, Route
from tests.core.routing.situations import CLOUD, ROUTER, local, situation

NEVER = Cloud(permission="never")
TOO_LONG: dict[str, Any] = {"prompt_tokens": 8000}


def test_an_ordinary_task_stays_local_and_says_so() -> None:
    decision = decide(situation(), ROUTER, CLOUD)
    assert (decision.route, decision.reason) == ("local", "local_preferred")
    assert decision.sentence == (
        "stays local: nothing in the task calls for a stronger model, and tiny is ready"
    )
    assert decision.fallbacks == ("claude", "codex", "gemini")


def test_one_keyword_is_enough_with_the_default_threshold() -> None:
    decision = decide(situation("What is the security impact?"), ROUTER, CLOUD)
    assert (decision.route, decision.reason) == ("claude", "high_complexity")
    assert "'security'" in decision.sentence
    assert decision.fallbacks == ("codex", "gemini")


def test_fewer_keywords_than_the_threshold_stay_local() -> None:
    router = Router(keyword_threshold=2)
    assert decide(situation("security?"), router, CLOUD).route == "local"


def test_a_prompt_that_does_not_fit_goes_to_the_cloud() -> None:
    decision = decide(situation(**TOO_LONG), ROUTER, CLOUD)
    assert decision.reason == "context_too_large"
    assert "9,200 tokens" in decision.sentence
    assert "about" not in decision.sentence


def test_an_estimate_is_said_to_be_one() -> None:
    task = situation(**TOO_LONG, tokens_exact=False)
    assert "about 9,200 tokens" in decide(task, ROUTER, CLOUD).sentence


def test_a_prompt_that_just_fits_stays() -> None:
    assert decide(situation(prompt_tokens=8192 - 1200), ROUTER, CLOUD).route == "local"
    assert decide(situation(prompt_tokens=8193 - 1200), ROUTER, CLOUD).route == "claude"


@pytest.mark.parametrize(
    "unknown", [{"prompt_tokens": None}, {"local": local(window=None)}]
)
def test_what_was_not_counted_decides_nothing(unknown: dict[str, Any]) -> None:
    assert decide(situation(**unknown), ROUTER, CLOUD).route == "local"


@pytest.mark.parametrize("status", ["crashed", "unreachable", "not_configured"])
def test_without_a_local_model_the_cloud_is_asked_at_once(status: LocalStatus) -> None:
    decision = decide(situation(status=status), ROUTER, CLOUD)
    assert (decision.route, decision.reason) == ("claude", "local_unavailable")


def test_a_model_that_can_be_started_counts_as_there() -> None:
    decision = decide(situation(status="startable"), ROUTER, CLOUD)
    assert decision.route == "local"
    assert "can be started" in decision.sentence


def test_the_order_of_the_reasons() -> None:
    everything = situation("@gemini security", "crashed", **TOO_LONG)
    asked = replace(everything, route="codex")
    plain = situation("security", "crashed", **TOO_LONG)
    assert decide(asked, ROUTER, CLOUD).route == "codex"
    assert decide(everything, ROUTER, CLOUD).route == "gemini"
    assert decide(plain, ROUTER, CLOUD).reason == "local_unavailable"
    running = replace(plain, local=local())
    assert decide(running, ROUTER, CLOUD).reason == "context_too_large"


def test_the_routing_word_is_taken_off_the_prompt_even_when_outranked() -> None:
    decision = decide(situation("@claude say hello", route="local"), ROUTER, CLOUD)
    assert decision.prompt == "say hello"
    assert decision.route == "local"
    assert "--route local asks for it" in decision.sentence


@pytest.mark.parametrize("text", ["@claude hi", "@local hi"])
def test_a_forced_route_has_no_fallbacks(text: str) -> None:
    decision = decide(situation(text), ROUTER, CLOUD)
    assert decision.reason == "route_requested"
    assert decision.fallbacks == ()


def test_a_forced_route_that_is_not_installed_says_so() -> None:
    decision = decide(situation(route="gemini", present=()), ROUTER, CLOUD)
    assert decision.route == "gemini"
    assert "was not found" in decision.sentence


@pytest.mark.parametrize("route", CLOUD_ROUTES)
@pytest.mark.parametrize("cloud", [NEVER, Cloud(order=())])
def test_a_forced_route_that_is_forbidden_is_refused(
    route: Route, cloud: Cloud
) -> None:
    decision = decide(situation(route=route), ROUTER, cloud)
    assert (decision.route, decision.reason) == ("local", "cloud_not_allowed")
    assert decision.fallbacks == ()


@pytest.mark.parametrize(
    "task",
    [
        situation(),
        situation("security"),
        situation(**TOO_LONG),
        situation(status="crashed"),
        situation(status="unreachable"),
        situation("@claude hi"),
    ],
)
def test_permission_never_leaves_no_cloud_route(task: Situation) -> None:
    decision = decide(task, ROUTER, NEVER)
    assert decision.route == "local"
    assert decision.fallbacks == ()


def test_a_reason_that_may_not_leave_is_said() -> None:
    decision = decide(situation("security"), ROUTER, NEVER)
    assert decision.reason == "local_preferred"
    assert "although the task speaks of 'security'" in decision.sentence
    assert "cloud.permission = never" in decision.sentence


def test_a_reason_without_anybody_to_ask_is_said() -> None:
    decision = decide(situation("security", present=()), ROUTER, CLOUD)
    assert decision.route == "local"
    assert "no cloud CLI was found (claude, codex, gemini)" in decision.sentence


@pytest.mark.parametrize(
    ("task", "reason"),
    [
        (situation("security"), "high_complexity"),
        (situation(**TOO_LONG), "context_too_large"),
        (situation(status="crashed"), "local_unavailable"),
    ],
)
def test_escalate_on_decides_which_reasons_leave(task: Situation, reason: str) -> None:
    left_out = tuple(word for word in ROUTER.escalate_on if word != reason)
    router = replace(ROUTER, escalate_on=left_out)
    decision = decide(task, router, CLOUD)
    assert decision.route == "local"
    assert f"router.escalate_on leaves out {reason}" in decision.sentence


def test_the_next_reason_may_leave_when_the_first_may_not() -> None:
    router = replace(ROUTER, escalate_on=("high_complexity",))
    decision = decide(situation("security", **TOO_LONG), router, CLOUD)
    assert decision.reason == "high_complexity"


def test_a_crashed_server_without_a_cloud_is_started_again() -> None:
    decision = decide(situation(status="crashed", present=()), ROUTER, CLOUD)
    assert (decision.route, decision.reason) == ("local", "local_preferred")
    assert "started again" in decision.sentence


@pytest.mark.parametrize("status", ["unreachable", "not_configured"])
@pytest.mark.parametrize("cloud", [CLOUD, NEVER])
def test_nobody_at_all_has_its_own_reason(status: LocalStatus, cloud: Cloud) -> None:
    decision = decide(situation(status=status, present=()), ROUTER, cloud)
    assert decision.reason == "local_down_and_cloud_unavailable"
    assert decision.sentence.startswith("cannot be done")


def test_the_order_of_the_settings_is_the_order_asked() -> None:
    cloud = Cloud(order=("gemini", "claude"))
    decision = decide(situation("security"), ROUTER, cloud)
    assert (decision.route, decision.fallbacks) == ("gemini", ("claude",))


def test_only_what_was_found_is_a_fallback() -> None:
    decision = decide(situation(present=("gemini",)), ROUTER, CLOUD)
    assert decision.fallbacks == ("gemini",)


def test_a_local_task_has_no_fallbacks_when_no_later_reason_may_leave() -> None:
    router = replace(ROUTER, escalate_on=("high_complexity",))
    assert decide(situation(), router, CLOUD).fallbacks == ()


def test_asking_first_is_said() -> None:
    decision = decide(situation("security"), ROUTER, Cloud(permission="ask"))
    assert decision.sentence.startswith("goes to claude, if you allow it:")


def test_every_input_is_a_factor_in_a_stable_order() -> None:
    for task in (situation(), situation("@claude x", "crashed", present=())):
        names = tuple(factor.name for factor in decide(task, ROUTER, CLOUD).inputs)
        assert names == INPUTS


def test_factors_carry_value_threshold_and_leaning() -> None:
    task = situation("security", **TOO_LONG)
    factors = {factor.name: factor for factor in decide(task, ROUTER, CLOUD).inputs}
    assert (factors["keywords"].value, factors["keywords"].threshold) == (1, 1)
    assert factors["keywords"].leans == "cloud"
    assert (factors["context"].value, factors["context"].threshold) == (9200, 8192)
    assert factors["local_model"].leans == "local"


def test_the_kind_is_the_users_before_it_is_ours() -> None:
    task = situation("create a Flask app in ./api")
    assert decide(task, ROUTER, CLOUD).kind == "files"
    asked = replace(task, kind="advisory")
    assert decide(asked, ROUTER, CLOUD).kind == "advisory"


def test_foreign_text_is_made_safe() -> None:
    evil = LocalState("crashed", "\x1b[31mgone\nbad", "ti\x1b]0;x\x07ny")
    decision = decide(situation(local=evil, present=()), ROUTER, CLOUD)
    told = [decision.sentence, *decision.flips, *(f.note for f in decision.inputs)]
    assert not any("\x1b" in line or "\n" in line for line in told)
