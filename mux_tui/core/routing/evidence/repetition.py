"""A model that loops: the same words, or the same line, again and again."""

import re
from collections import Counter

from mux_tui.core.task import Factor

_LONGEST_UNIT = 16
_FEWEST_ROUNDS = 4
SHORT_LOOP = 8
LONG_LOOP = 24
_LINE_CHARS = 12
SAME_LINES = 5
MANY_LINES = 9

SHORT_WEIGHT = -1.2
LONG_WEIGHT = -2.4

_WORD = re.compile(r"\S+")
_LETTERS = re.compile(r"[^\W\d_]{2}")


def repetition_factor(text: str) -> Factor:
    """The factor `repetition`: the words that a loop takes, or the lines that recur."""
    loop = _longest_loop(_WORD.findall(text))
    line, times = _commonest_line(text)
    if loop >= LONG_LOOP or times >= MANY_LINES:
        weight = LONG_WEIGHT
    elif loop >= SHORT_LOOP or times >= SAME_LINES:
        weight = SHORT_WEIGHT
    else:
        weight = 0.0

    notes = [f"{loop} words in a loop"] if loop >= SHORT_LOOP else []
    if times >= SAME_LINES:
        notes.append(f"one line {times} times: {line[:60]}")
    return Factor(
        "repetition",
        max(loop, times if times >= SAME_LINES else 0),
        SHORT_LOOP,
        weight=weight,
        leans="cloud" if weight else "neutral",
        note="; ".join(notes),
    )


def _longest_loop(words: list[str]) -> int:
    """Words of the longest stretch in which a unit of up to 16 words comes 4 times."""
    longest = 0
    for unit in range(1, _LONGEST_UNIT + 1):
        run = 0
        for same in map(str.__eq__, words, words[unit:]):
            run = run + 1 if same else 0
            if run > longest and run >= unit * (_FEWEST_ROUNDS - 1):
                longest = max(longest, run + unit)
    return longest


def _commonest_line(text: str) -> tuple[str, int]:
    lines = Counter(
        line
        for raw in text.split("\n")
        if len(line := raw.strip()) >= _LINE_CHARS and _LETTERS.search(line)
    )
    return max(lines.items(), key=lambda item: item[1], default=("", 0))
