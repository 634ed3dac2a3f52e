"""What would have changed the route: each claim is asked of the rules again."""

from dataclasses import replace
from typing import get_args

from hypothesis import given
from hypothesis import strategies as st

from mux_tui.core.config.settings import Cloud, Router
from mux_tui.core.routing.flips import flips
from mux_tui.core.routing.policy import decide
from mux_tui.core.routing.situation import LocalStatus, Situation
from mux_tui.core.task import CLOUD_ROUTES
from tests.core.routing.situations import CLOUD, ROUTER, local, situation

_REASONS = ROUTER.escalate_on


@st.composite
def any_situation(draw: st.DrawFn) -> Situation:
    texts = ("hi", "security", "security migration refactor", "@claude hi", "@local x")
    status = draw(st.sampled_from(get_args(LocalStatus)))
    return situation(
        draw(st.sampled_from(texts)),
        present=tuple(draw(st.lists(st.sampled_from(CLOUD_ROUTES), unique=True))),
        prompt_tokens=draw(st.sampled_from([None, 10, 7000, 100_000])),
        route=draw(st.sampled_from(["auto", "local", "claude", "gemini"])),
        local=local(status, draw(st.sampled_from([None, 1000, 8192]))),
    )


situations = any_situation()
routers = st.builds(
    Router,
    keyword_threshold=st.integers(1, 4),
    escalate_on=st.lists(st.sampled_from(_REASONS), unique=True).map(tuple),
)
clouds = st.builds(
    Cloud,
    permission=st.sampled_from(["allow", "ask", "never"]),
    order=st.lists(st.sampled_from(CLOUD_ROUTES), unique=True).map(tuple),
)


@given(situations, routers, clouds)
def test_every_flip_comes_true_when_it_is_decided_again(
    task: Situation, router: Router, cloud: Cloud
) -> None:
    now = decide(task, router, cloud)
    found = flips(task, router, cloud)
    for flip in found:
        other = decide(flip.situation, flip.router, flip.cloud)
        assert other.route == flip.route != now.route
        assert (flip.situation, flip.router, flip.cloud) != (task, router, cloud)
    assert now.flips == tuple(flip.sentence for flip in found)


@given(situations, routers, clouds)
def test_deciding_twice_gives_the_same(
    task: Situation, router: Router, cloud: Cloud
) -> None:
    assert decide(task, router, cloud) == decide(task, router, cloud)


def sentences(task: Situation, router: Router = ROUTER, cloud: Cloud = CLOUD) -> str:
    return "\n".join(decide(task, router, cloud).flips)


def test_the_one_keyword_that_decided_is_named() -> None:
    assert "without the word 'security', it would stay local" in sentences(
        situation("What is the security impact?")
    )


def test_as_many_keywords_are_named_as_it_takes() -> None:
    text = sentences(situation("refactor the security migration"))
    assert "without the words" in text
    two = replace(ROUTER, keyword_threshold=2)
    assert "without the word 'security', it would" in sentences(
        situation("security migration"), two
    )


def test_the_context_that_would_do_is_named() -> None:
    told = sentences(situation(prompt_tokens=8000))
    assert "with a context of 9,200 tokens instead of 8,192, it would stay" in told


def test_a_running_model_would_keep_it() -> None:
    told = sentences(situation(status="unreachable"))
    assert "if the local model were running, it would stay local" in told


def test_a_cloud_that_is_missing_or_forbidden_is_named() -> None:
    assert "if claude were installed, it would go to claude" in sentences(
        situation("security", present=())
    )
    never = Cloud(permission="never")
    assert "with cloud.permission = allow, it would go to claude" in sentences(
        situation("security"), cloud=never
    )


def test_a_reason_left_out_is_named() -> None:
    router = replace(ROUTER, escalate_on=())
    told = sentences(situation("security"), router)
    assert "with high_complexity in router.escalate_on, it would go to claude" in told
