"""What a model might say: headings, code, lists, tables and prose, always the same."""

import random

_WORDS = (
    "the function returns a value when cache is empty so we read config and update"
    " state before writing file to disk"
).split()


def answer(size: int, seed: int = 1) -> str:
    """An answer in Markdown, `size` characters long."""
    dice = random.Random(seed)
    parts: list[str] = []
    length = number = 0
    while length < size:
        number += 1
        part = _part(dice, number)
        parts.append(part)
        length += len(part)
    return "".join(parts)[:size]


def _part(dice: random.Random, number: int) -> str:
    kind = dice.random()
    if kind < 0.15:
        return f"\n\n## Step {number}\n\n"
    if kind < 0.35:
        code = "".join(
            f"def f{j}(x, y={j}):\n    return {{'{dice.choice(_WORDS)}': x + y}}\n"
            for j in range(dice.randint(2, 6))
        )
        return f"\n\n```python\n{code}```\n\n"
    if kind < 0.55:
        items = "".join(
            f"- **{dice.choice(_WORDS)}** `{dice.choice(_WORDS)}` {_words(dice, 8)}\n"
            for _ in range(4)
        )
        return f"\n{items}\n"
    if kind < 0.6:
        rows = "".join(f"| {_words(dice, 1)} | {_words(dice, 1)} |\n" for _ in range(3))
        return f"\n| a | b |\n|---|---|\n{rows}\n"
    return f"\n\n{_words(dice, 40)}.\n\n"


def _words(dice: random.Random, count: int) -> str:
    return " ".join(dice.choice(_WORDS) for _ in range(count))
