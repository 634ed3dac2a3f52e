"""Merging three versions of a file, line by line.

Its own, not git's: it needs no program, gives the same result on every machine, and
runs in the thread that does the rest. Bytes in, bytes out; line ends stay as they are.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

_MOST_PAIRS = 4_000_000
"""Equal pairs of lines beyond which looking for the best match takes too long."""


@dataclass(frozen=True)
class Merged:
    """A file with the changes of both sides."""

    content: bytes
    conflicts: int = 0
    """Places where both sides differ, given in full between markers."""


@dataclass(frozen=True)
class _Match:
    """Lines that are the same in the base and in one side."""

    base: int
    side: int
    size: int


def merged(
    base: bytes, ours: bytes, theirs: bytes, names: tuple[str, str]
) -> Merged | None:
    """Merge two versions that come from one.

    Args:
        base: What both come from.
        ours: One version.
        theirs: The other.
        names: What the two are called at conflict markers.

    Returns:
        None: one of them is no text.
    """
    if b"\0" in base + ours + theirs:
        return None
    texts = [text.splitlines(keepends=True) for text in (base, ours, theirs)]
    out: list[bytes] = []
    conflicts = 0
    for common, mine, yours in _regions(*texts):
        if mine == yours or common == yours:
            out += mine
        elif common == mine:
            out += yours
        else:
            out += _marked(mine, yours, names)
            conflicts += 1

    return Merged(b"".join(out), conflicts)


def _regions(
    base: list[bytes], ours: list[bytes], theirs: list[bytes]
) -> list[tuple[list[bytes], list[bytes], list[bytes]]]:
    """Cut the three into pieces: those that are alike in all, and those between."""
    regions: list[tuple[list[bytes], list[bytes], list[bytes]]] = []
    b = o = t = 0
    for anchor, mine, yours, size in _anchors(base, ours, theirs):
        regions.append((base[b:anchor], ours[o:mine], theirs[t:yours]))
        same = base[anchor : anchor + size]
        regions.append((same, same, same))
        b, o, t = anchor + size, mine + size, yours + size

    return [*regions, (base[b:], ours[o:], theirs[t:])]


def _anchors(
    base: list[bytes], ours: list[bytes], theirs: list[bytes]
) -> list[tuple[int, int, int, int]]:
    """Where all three agree: a position in each, and a number of lines."""
    left, right = _matches(base, ours), _matches(base, theirs)
    anchors: list[tuple[int, int, int, int]] = []
    i = j = 0
    while i < len(left) and j < len(right):
        a, c = left[i], right[j]
        start = max(a.base, c.base)
        end = min(a.base + a.size, c.base + c.size)
        if start < end:
            mine, yours = a.side + start - a.base, c.side + start - c.base
            anchors.append((start, mine, yours, end - start))
        if a.base + a.size < c.base + c.size:
            i += 1
        else:
            j += 1

    return anchors


def _matches(base: list[bytes], side: list[bytes]) -> list[_Match]:
    head = _common(base, side)
    tail = _common(base[head:][::-1], side[head:][::-1])
    inner_base, inner_side = (
        base[head : len(base) - tail],
        side[head : len(side) - tail],
    )
    found = [_Match(0, 0, head)]
    if _pairs(inner_base, inner_side) <= _MOST_PAIRS:
        matcher = SequenceMatcher(None, inner_base, inner_side, autojunk=False)
        found += [
            _Match(head + block.a, head + block.b, block.size)
            for block in matcher.get_matching_blocks()
        ]
    found.append(_Match(len(base) - tail, len(side) - tail, tail))
    return [match for match in found if match.size]


def _common(one: Sequence[bytes], other: Sequence[bytes]) -> int:
    pairs = zip(one, other, strict=False)
    differing = (number for number, (a, b) in enumerate(pairs) if a != b)
    return next(differing, min(len(one), len(other)))


def _pairs(one: list[bytes], other: list[bytes]) -> int:
    left, right = Counter(one), Counter(other)
    return sum(count * right[line] for line, count in left.items())


def _marked(
    mine: list[bytes], yours: list[bytes], names: tuple[str, str]
) -> list[bytes]:
    end = b"\r\n" if any(line.endswith(b"\r\n") for line in mine + yours) else b"\n"
    ours, theirs = (name.encode(errors="replace") for name in names)
    return [
        b"<<<<<<< " + ours + end,
        *_closed(mine, end),
        b"=======" + end,
        *_closed(yours, end),
        b">>>>>>> " + theirs + end,
    ]


def _closed(lines: list[bytes], end: bytes) -> list[bytes]:
    if not lines or lines[-1].endswith((b"\n", b"\r")):
        return lines

    return [*lines[:-1], lines[-1] + end]
