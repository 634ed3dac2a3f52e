"""How big a model is, from its name: as much as real names tell, and no more.

All parameters count, not the active ones: what a prompt may ask of a model goes with
all it has learnt. How fast it reads goes with the active ones (`A3B`), which is why the
budget follows the measured speed as soon as there is one.
"""

import re

from mux_tui.core.proxy.translate.facts import Tier

_MOST_BILLIONS = 10_000
_NAME_LIMIT = 1000

_NUMBER = r"[0-9]{1,5}(?:\.[0-9]{1,3}|_[0-9])?"
_BILLIONS = re.compile(
    # Nothing may stand before the number: in `A3B` it counts active parameters.
    # `E4B` of small Gemmas is what they need in memory, which is what matters here.
    rf"(?<![a-z0-9.])e?(?:([0-9]{{1,3}})x)?({_NUMBER})(b|t)(?![a-z0-9])",
    re.IGNORECASE | re.ASCII,
)
_MILLIONS = re.compile(
    # Below ten, it is the context: `Qwen2.5-7B-Instruct-1M`.
    r"(?<![a-z0-9.])([1-9][0-9]{1,3})m(?![a-z0-9])",
    re.IGNORECASE | re.ASCII,
)


def parameters_in(name: str) -> float | None:
    """How many parameters a model's name tells, in billions.

    Args:
        name: An id such as `mlx-community/Qwen3-30B-A3B-4bit`, a tag such as
            `qwen2.5-coder:7b`, or a path; its last part that tells counts.

    Returns:
        30.0 for the first example; experts are multiplied (`8x7B` is 56); None: the
        name does not tell.
    """
    parts = re.split(r"[/\\]", name[-_NAME_LIMIT:])
    found = (_billions(part) for part in reversed(parts))
    return next((number for number in found if number), None)


def _billions(part: str) -> float | None:
    if match := _BILLIONS.search(part):
        experts, number, unit = match.groups()
        billions = float(number.replace("_", ".")) * int(experts or 1)
        billions *= 1000 if unit in "tT" else 1
        return billions if 0 < billions <= _MOST_BILLIONS else None
    if match := _MILLIONS.search(part):
        return int(match[1]) / 1000

    return None


def tier_of(parameters: float | None) -> Tier:
    """The tier of so many billions; unknown is `small`, because a prompt that is too
    long for a model fails, and one that is too short only tells it less.

    The fraction does not count: a model sold as 8B has 8.2 billion.
    """
    if parameters is None or parameters < 9:
        return "small"

    return "medium" if parameters < 33 else "large"
