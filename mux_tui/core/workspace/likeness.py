"""Which lines of a file a text most resembles, when it stands nowhere in it."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

_MOST_LINES = 60_000
_MOST_SEARCH = 300
_MOST_LENGTH = 200
"""Of a line that is compared character by character."""

_MOST_RATIOS = 5_000
"""Pairs of lines that differ, in one search."""

_COMMON = 50
_STARTS = 6
_SIZES = (0, 1, -1, 2, -2, 3, -3)
_ANCHORS = 3
_ALIKE = 0.6
_WORD = re.compile(r"\w+")


@dataclass(frozen=True)
class Likeness:
    """A run of lines, and how much it is like the text."""

    start: int
    """The index of its first line."""

    end: int
    score: float
    """0 to 1."""

    pairs: tuple[tuple[int, int], ...]
    """Which line of the text (an index into it) is which of the file, both rising."""


class _Ratios:
    """How much two lines are alike, worked out once for a pair, and not for ever."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str], float] = {}

    def of(self, one: str, other: str) -> float:
        if one == other:
            return 1.0
        known = self._known.get((one, other))
        if known is not None:
            return known
        if max(len(one), len(other)) > _MOST_LENGTH or len(self._known) >= _MOST_RATIOS:
            return 0.0

        return self._known.setdefault((one, other), _ratio(one, other))


def _ratio(one: str, other: str) -> float:
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    if matcher.real_quick_ratio() < _ALIKE or matcher.quick_ratio() < _ALIKE:
        return 0.0

    return matcher.ratio()


def most_alike(lines: Sequence[str], search: Sequence[str]) -> list[Likeness]:
    """The runs of lines most like a text, best first; none of them overlap.

    Args:
        lines: The file's lines without the blanks around them.
        search: The text's lines, in the same way.
    """
    if len(lines) > _MOST_LINES or not 0 < len(search) <= _MOST_SEARCH:
        return []

    found = sorted(
        _candidates(lines, search), key=lambda one: (-one.score, one.end - one.start)
    )
    best: list[Likeness] = []
    for one in found:
        if all(one.end <= other.start or one.start >= other.end for other in best):
            best.append(one)

    return best


def _candidates(lines: Sequence[str], search: Sequence[str]) -> Iterator[Likeness]:
    ratios = _Ratios()
    for start in _starts(lines, search):
        for more in _SIZES:
            size = len(search) + more
            begin = max(0, start)
            end = min(len(lines), begin + size)
            if size > 0 and end > begin:
                yield _compared(lines[begin:end], search, begin, ratios)


def _starts(lines: Sequence[str], search: Sequence[str]) -> list[int]:
    """Where the text may begin, by lines that are the same; else by lines alike."""
    votes: Counter[int] = Counter()
    wanted = {line for line in search if line}
    places: defaultdict[str, list[int]] = defaultdict(list)
    for at, line in enumerate(lines):
        if line in wanted:
            places[line].append(at)
    for at, line in enumerate(search):
        here = places.get(line, [])
        if len(here) <= _COMMON:
            for place in here:
                votes[place - at] += 1 + len(line)
    if not votes:
        votes = _votes_of_anchors(lines, search)

    return [start for start, _ in votes.most_common(_STARTS)]


def _votes_of_anchors(lines: Sequence[str], search: Sequence[str]) -> Counter[int]:
    ratios = _Ratios()
    votes: Counter[int] = Counter()
    longest = sorted(range(len(search)), key=lambda at: -len(search[at]))
    for at in longest[:_ANCHORS]:
        anchor = search[at]
        words = set(_WORD.findall(anchor))
        for place, line in enumerate(lines):
            if not 0.5 <= (len(line) + 1) / (len(anchor) + 1) <= 2:
                continue
            if 2 * len(words.intersection(_WORD.findall(line))) < len(words):
                continue
            if (ratio := ratios.of(anchor, line)) >= _ALIKE:
                votes[place - at] += int(ratio * 100)

    return votes


def _compared(
    window: Sequence[str], search: Sequence[str], start: int, ratios: _Ratios
) -> Likeness:
    matcher = SequenceMatcher(None, search, window, autojunk=False)
    pairs: list[tuple[int, int]] = []
    alike = 0.0
    for kind, i, i_end, j, j_end in matcher.get_opcodes():
        if kind == "equal":
            pairs += zip(range(i, i_end), range(start + j, start + j_end), strict=True)
            alike += 2 * sum(len(line) + 1 for line in search[i:i_end])
        elif kind == "replace":
            # Not strict: what is left over on one side has no partner.
            for one, other in zip(range(i, i_end), range(j, j_end), strict=False):
                ratio = ratios.of(search[one], window[other])
                if ratio >= _ALIKE:
                    pairs.append((one, start + other))
                    alike += ratio * (len(search[one]) + len(window[other]) + 2)

    both = sum(len(line) + 1 for line in (*search, *window))
    return Likeness(start, start + len(window), alike / both, tuple(pairs))
