"""How far to trust one answer, from evidence.

An answer begins with a fixed trust; evidence takes away from it. The weights are
log-odds: their sum is the logit of the score. Length adds nothing, and neither does
anything that a longer answer could contain.
"""

import math
from dataclasses import replace

from mux_tui.core.routing.evidence.repetition import repetition_factor
from mux_tui.core.routing.evidence.shape import code_spans, shape_factors
from mux_tui.core.routing.evidence.tokens import token_factors
from mux_tui.core.routing.evidence.wording import wording_factors
from mux_tui.core.routing.fences import parts
from mux_tui.core.routing.override import split_override
from mux_tui.core.task import Completion, Confidence, Factor
from mux_tui.core.text import one_line

START_WEIGHT = 1.4
"""Log-odds of an answer that nothing speaks against: 0.80."""

_READ = 60_000


def score(completion: Completion, task_text: str) -> Confidence:
    """Score one answer.

    Args:
        completion: The whole answer; its first 60,000 characters are read.
        task_text: What was asked, for the checks of format and echo.
    """
    _, asked = split_override(task_text)
    text = completion.text[:_READ]
    answer = parts(text)
    factors = (
        Factor("start", "answered", weight=START_WEIGHT, note="what any answer gets"),
        *shape_factors(completion, answer, asked),
        *token_factors(completion.logprobs, code_spans(text, answer)),
        *wording_factors(answer.prose),
        repetition_factor(text),
    )
    total = math.fsum(factor.weight or 0.0 for factor in factors)
    safe = tuple(replace(f, note=one_line(f.note, 200)) for f in factors)
    return Confidence(1 / (1 + math.exp(-total)), safe)
