"""Where two sequences of lines differ, in bounded time.

Lines that are unique on both sides are matched first and cut the rest into pieces
(patience); a piece is searched for its shortest difference (Myers), but only as far as
pays: beyond, it is one replacement, which is right and merely longer to read.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Hashable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

_MOST_LINES = 200_000
_MOST_STEPS = 200
_MOST_LEVELS = 12


class Region(NamedTuple):
    """Items `before[start:end]` become `after[start:end]`; either may be empty."""

    before_start: int
    before_end: int
    after_start: int
    after_end: int


class _Match(NamedTuple):
    before: int
    after: int
    size: int


def regions(before: Sequence[Hashable], after: Sequence[Hashable]) -> list[Region]:
    """The places where `after` differs from `before`, in order, none touching."""
    numbers: dict[Hashable, int] = {}
    a = [numbers.setdefault(item, len(numbers)) for item in before]
    b = [numbers.setdefault(item, len(numbers)) for item in after]
    matches = sorted(_Search(a, b).all())
    return list(_between(matches, len(a), len(b)))


def _between(matches: Sequence[_Match], a_size: int, b_size: int) -> Iterator[Region]:
    i = j = 0
    for match in (*matches, _Match(a_size, b_size, 0)):
        if (i, j) != (match.before, match.after):
            yield Region(i, match.before, j, match.after)
        i, j = match.before + match.size, match.after + match.size


class _Search:
    def __init__(self, a: list[int], b: list[int]) -> None:
        self._a = a
        self._b = b
        self._matches: list[_Match] = []
        self._open = [(Region(0, len(a), 0, len(b)), 0)]

    def all(self) -> list[_Match]:
        huge = max(len(self._a), len(self._b)) > _MOST_LINES
        while self._open:
            whole, level = self._open.pop()
            piece = self._trim(whole)
            if _is_empty(piece) or huge:
                continue
            anchors = self._anchors(piece) if level < _MOST_LEVELS else []
            if anchors:
                self._cut(piece, anchors, level + 1)
            else:
                self._matches += self._shortest(piece)

        return self._matches

    def _trim(self, piece: Region) -> Region:
        a, b = self._a, self._b
        i, i_end, j, j_end = piece
        while i < i_end and j < j_end and a[i] == b[j]:
            i, j = i + 1, j + 1
        while i < i_end and j < j_end and a[i_end - 1] == b[j_end - 1]:
            i_end, j_end = i_end - 1, j_end - 1
        if i > piece.before_start:
            size = i - piece.before_start
            self._matches.append(_Match(piece.before_start, piece.after_start, size))
        if i_end < piece.before_end:
            self._matches.append(_Match(i_end, j_end, piece.before_end - i_end))

        return Region(i, i_end, j, j_end)

    def _anchors(self, piece: Region) -> list[tuple[int, int]]:
        """Lines that stand once on both sides, as far as their order is the same."""
        a = range(piece.before_start, piece.before_end)
        b = range(piece.after_start, piece.after_end)
        in_a = Counter(self._a[i] for i in a)
        in_b = Counter(self._b[j] for j in b)
        places = {self._b[j]: j for j in b if in_b[self._b[j]] == 1}
        pairs = [
            (i, places[self._a[i]])
            for i in a
            if in_a[self._a[i]] == 1 and self._a[i] in places
        ]
        return _longest_rising(pairs)

    def _cut(self, piece: Region, anchors: list[tuple[int, int]], level: int) -> None:
        self._matches += [_Match(i, j, 1) for i, j in anchors]
        edges = [
            (piece.before_start - 1, piece.after_start - 1),
            *anchors,
            (piece.before_end, piece.after_end),
        ]
        for (i, j), (i_end, j_end) in pairwise(edges):
            inner = Region(i + 1, i_end, j + 1, j_end)
            if not _is_empty(inner):
                self._open.append((inner, level))

    def _shortest(self, piece: Region) -> list[_Match]:
        """The matches of the shortest difference; none if it is a long one."""
        a = self._a[piece.before_start : piece.before_end]
        b = self._b[piece.after_start : piece.after_end]
        steps = _steps(a, b)
        if steps is None:
            return []

        return [
            _Match(piece.before_start + i, piece.after_start + j, size)
            for i, j, size in _walked_back(steps, len(a), len(b))
        ]


def _is_empty(piece: Region) -> bool:
    """One of its sides is: there is nothing to match."""
    return (
        piece.before_start == piece.before_end or piece.after_start == piece.after_end
    )


def _longest_rising(pairs: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The longest run of pairs, in order, whose second parts rise as well."""
    tops: list[int] = []
    at_top: list[int] = []
    earlier: list[int] = []
    for number, (_, j) in enumerate(pairs):
        place = bisect_left(tops, j)
        earlier.append(at_top[place - 1] if place else -1)
        if place == len(tops):
            tops.append(j)
            at_top.append(number)
        else:
            tops[place] = j
            at_top[place] = number

    found: list[tuple[int, int]] = []
    number = at_top[-1] if at_top else -1
    while number >= 0:
        found.append(pairs[number])
        number = earlier[number]
    return found[::-1]


def _steps(a: list[int], b: list[int]) -> list[dict[int, int]] | None:
    """How far each diagonal comes after each number of edits; None: too many."""
    reach = {1: 0}
    history: list[dict[int, int]] = []
    for edits in range(min(_MOST_STEPS, len(a) + len(b)) + 1):
        history.append(dict(reach))
        for k in range(-edits, edits + 1, 2):
            down = k == -edits or (
                k != edits and reach.get(k - 1, -1) < reach.get(k + 1, -1)
            )
            i = reach[k + 1] if down else reach[k - 1] + 1
            j = i - k
            while i < len(a) and j < len(b) and a[i] == b[j]:
                i, j = i + 1, j + 1
            reach[k] = i
            if i >= len(a) and j >= len(b):
                return history

    return None


def _walked_back(
    history: list[dict[int, int]], i: int, j: int
) -> Iterator[tuple[int, int, int]]:
    for edits in range(len(history) - 1, -1, -1):
        reach = history[edits]
        k = i - j
        down = k == -edits or (
            k != edits and reach.get(k - 1, -1) < reach.get(k + 1, -1)
        )
        before = k + 1 if down else k - 1
        i_before = reach[before] if edits else 0
        j_before = i_before - before if edits else 0
        # Behind the one edit stands the run that both sides share.
        begun = i_before if down or not edits else i_before + 1
        size = i - begun
        if size:
            yield i - size, j - size, size
        i, j = i_before, j_before
