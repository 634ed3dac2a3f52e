"""Evidence from token log-probabilities."""

import math
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mux_tui.core.routing.evidence.tokens import FEWEST, Span, token_factors

values = st.floats(-15, 0)


EVERYWHERE: tuple[Span, ...] = ((0, 1_000_000),)


def total(logprobs: list[float], code: Sequence[Span] = ()) -> float:
    return math.fsum(f.weight or 0.0 for f in token_factors(logprobs, code))


@given(
    st.lists(values, max_size=120),
    st.lists(values, max_size=120),
    st.lists(st.tuples(st.integers(0, 300), st.integers(0, 300)), max_size=4),
    st.lists(st.tuples(st.integers(0, 300), st.integers(0, 300)), max_size=4),
)
def test_what_is_appended_never_raises_it(
    first: list[float], more: list[float], code: list[Span], later: list[Span]
) -> None:
    assert total(first + more, code + later) <= total(first, code) + 1e-12


@given(st.lists(values, min_size=FEWEST, max_size=60))
def test_code_is_measured_more_strictly(logprobs: list[float]) -> None:
    assert total(logprobs, EVERYWHERE) <= total(logprobs)


def test_prose_around_code_is_not_measured_as_code() -> None:
    prose, code = [-1.2] * 60, [-0.01] * 60
    told = total(code + prose, ((0, 120),))
    assert told == total(code + prose)
    assert told > total(code + prose, EVERYWHERE)


@pytest.mark.parametrize(
    ("logprobs", "said"),
    [((), "the server gives no log-probabilities"), ((-9.0, -9.0), "too few tokens")],
)
def test_what_cannot_be_told_weighs_nothing(
    logprobs: tuple[float, ...], said: str
) -> None:
    (factor,) = token_factors(logprobs)
    assert factor.weight == 0
    assert factor.leans == "neutral"
    assert said in factor.note


def test_values_that_are_no_log_probabilities_are_harmless() -> None:
    odd = [math.nan, -math.inf, math.inf, 3.0, -0.1, -0.1]
    assert math.isfinite(total(odd))


def test_padding_with_certain_tokens_does_not_hide_the_uncertain_ones() -> None:
    assert total([-3.0] * 24 + [0.0] * 2000) == total([-3.0] * 24)
