"""How sure the model was of each token it wrote.

A plain mean or quantile can be raised by padding, so these are the lowest that the
running mean and the running 10 % quantile ever got to; fewer than 48 tokens, or 24 of
code, are counted as if sure tokens filled them up. The whole answer is measured by the
scale for prose, and its code once more by a stricter one: code is said in fewer ways.
The weaker of the two counts.
"""

import math
from bisect import insort
from collections.abc import Sequence
from dataclasses import dataclass

from mux_tui.core.task import Factor

FEWEST = 5
"""Tokens below which log-probabilities say nothing."""

_FULL = 48
_FULL_CODE = 24
_MOST = 4_000
_FLOOR = -20.0

# Backends tell no offsets. A token is taken to be between 3 and 3.6 characters long, so
# that what is measured as code lies inside it.
_SHORT_TOKEN = 3.0
_LONG_TOKEN = 3.6

Span = tuple[int, int]
"""Where code begins and ends in an answer, in characters."""


@dataclass(frozen=True)
class Scale:
    """From a log-probability to a weight: a slope below a point, down to a limit."""

    name: str
    code_from: float
    """Nothing is taken away above this, in code."""

    prose_from: float
    slope: float
    limit: float

    def weight(self, value: float, *, code: bool) -> float:
        """Log-odds, never positive."""
        below = value - (self.code_from if code else self.prose_from)
        return max(self.limit, min(0.0, self.slope * below))


LOW_TENTH = Scale("token_low_tenth", -0.5, -1.8, 1.8, -1.6)
MEAN = Scale("token_mean", -0.2, -0.65, 3.0, -1.0)
LEAST = Scale("token_least_likely", -1.0, -2.8, 0.5, -0.5)


@dataclass(frozen=True)
class _Lows:
    low_tenth: float
    mean: float
    least: float


def token_factors(
    logprobs: Sequence[float], code: Sequence[Span] = ()
) -> tuple[Factor, ...]:
    """The factors of an answer's token log-probabilities.

    Args:
        logprobs: Natural log-probability of each token; empty: the server gives none.
        code: Where the answer holds code.
    """
    values = [_clean(value) for value in logprobs[:_MOST]]
    if len(values) < FEWEST:
        note = (
            f"too few tokens to tell: {len(values)}"
            if values
            else "the server gives no log-probabilities"
        )
        return (Factor("token_logprobs", "none", weight=0.0, note=note),)

    whole, inside = (
        _running_lows(values, _FULL),
        _running_lows(_of_code(values, code), _FULL_CODE),
    )
    return (
        _factor(LOW_TENTH, whole.low_tenth, inside.low_tenth, len(values)),
        _factor(MEAN, whole.mean, inside.mean, len(values)),
        _factor(LEAST, whole.least, inside.least, len(values)),
    )


def _of_code(values: Sequence[float], code: Sequence[Span]) -> list[float]:
    return [
        value
        for start, end in code
        for value in values[math.ceil(start / _SHORT_TOKEN) : int(end / _LONG_TOKEN)]
    ]


def _factor(scale: Scale, whole: float, inside: float, count: int) -> Factor:
    in_all = scale.weight(whole, code=False)
    in_code = scale.weight(inside, code=True)
    strict = in_code < in_all
    weight = min(in_all, in_code)
    return Factor(
        scale.name,
        round(inside if strict else whole, 3),
        scale.code_from if strict else scale.prose_from,
        weight=weight,
        leans="cloud" if weight < 0 else "neutral",
        note=f"in its code, of {count:,} tokens" if strict else f"of {count:,} tokens",
    )


def _clean(value: float) -> float:
    return 0.0 if math.isnan(value) else max(_FLOOR, min(0.0, value))


def _running_lows(values: Sequence[float], full: int) -> _Lows:
    """The lowest that the running quantile, the running mean and a token ever were."""
    ordered: list[float] = []
    total = low = mean = 0.0
    for count, value in enumerate(values, start=1):
        insort(ordered, value)
        total += value
        counted = max(count, full)
        rank = counted // 10
        low = min(low, ordered[rank] if rank < count else 0.0)
        mean = min(mean, total / counted)
    return _Lows(low, mean, min(values, default=0.0))
