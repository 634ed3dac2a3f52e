"""Hunks: the changed lines of a file with some around them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, NamedTuple

from mux_tui.core.workspace.diff.regions import Region, regions

LineKind = Literal["context", "added", "removed"]

CONTEXT = 3
_MOST_KEPT = 1024 * 1024
"""Bytes; larger changes are not held in memory for their diff's sake."""


@dataclass(frozen=True)
class Line:
    """One line of a hunk."""

    kind: LineKind
    text: str
    """Without its `\\n`; foreign text, with its `\\r` if it has one."""

    before: int | None
    """Its number in the file before, from 1; None: it is added."""

    after: int | None
    """Its number in the file after, from 1; None: it is removed."""

    ended: bool = True
    """False: the file ends with it, without a newline."""


@dataclass(frozen=True)
class Hunk:
    """A run of lines in which something changes."""

    number: int
    """From 0, in the order of the file: what a selection names."""

    before_start: int
    """The first of its lines in the file before, from 1; with no line of that file in
    it, the line which it follows."""

    before_count: int
    after_start: int
    after_count: int
    lines: tuple[Line, ...]

    @property
    def header(self) -> str:
        """As in a unified diff: `@@ -1,3 +1,4 @@`."""
        before = f"{self.before_start},{self.before_count}"
        return f"@@ -{before} +{self.after_start},{self.after_count} @@"


class Counts(NamedTuple):
    """How many lines a change adds and removes."""

    added: int
    removed: int


def is_binary(content: bytes | None) -> bool:
    """Whether a content is no text that can be shown: it has a NUL, or is not UTF-8."""
    if content is None:
        return False
    if b"\0" in content:
        return True
    try:
        content.decode()
    except UnicodeDecodeError:
        return True

    return False


def hunks(
    before: bytes | None, after: bytes | None, context: int = CONTEXT
) -> tuple[Hunk, ...]:
    """What changes between two contents; nothing of binary ones.

    Args:
        before: None: there was no such file.
        after: None: it is deleted.
        context: How many unchanged lines to show around a change.
    """
    if is_binary(before) or is_binary(after):
        return ()

    old, new = lines_of(before), lines_of(after)
    found = changed_groups(before, after, context)
    return tuple(
        _hunk(number, group, old, new, context) for number, group in enumerate(found)
    )


def counts(before: bytes | None, after: bytes | None) -> Counts:
    """How many lines are added and removed; none of binary contents."""
    if is_binary(before) or is_binary(after):
        return Counts(0, 0)

    found = _regions(before or b"", after or b"")
    return Counts(
        sum(part.after_end - part.after_start for part in found),
        sum(part.before_end - part.before_start for part in found),
    )


def lines_of(content: bytes | None) -> list[bytes]:
    """A content's lines, each with its newline; the last may have none."""
    if not content:
        return []

    lines = [line + b"\n" for line in content.split(b"\n")]
    last = lines.pop()[:-1]
    return [*lines, last] if last else lines


def changed_groups(
    before: bytes | None, after: bytes | None, context: int
) -> list[list[Region]]:
    """The changed regions, those in one group whose surroundings would touch."""
    groups: list[list[Region]] = []
    for region in _regions(before or b"", after or b""):
        near = groups and region.before_start - groups[-1][-1].before_end <= 2 * context
        if near:
            groups[-1].append(region)
        else:
            groups.append([region])

    return groups


def _regions(before: bytes, after: bytes) -> tuple[Region, ...]:
    """Kept for a while: they are asked for again while one change is looked at."""
    if len(before) + len(after) > _MOST_KEPT:
        return tuple(regions(lines_of(before), lines_of(after)))

    return _kept_regions(before, after)


@lru_cache(maxsize=16)
def _kept_regions(before: bytes, after: bytes) -> tuple[Region, ...]:
    return tuple(regions(lines_of(before), lines_of(after)))


def _hunk(
    number: int,
    group: Sequence[Region],
    old: Sequence[bytes],
    new: Sequence[bytes],
    context: int,
) -> Hunk:
    lead = min(context, group[0].before_start)
    tail = min(context, len(old) - group[-1].before_end)
    start = group[0].before_start - lead
    end = group[-1].before_end + tail
    new_start = group[0].after_start - lead
    new_end = group[-1].after_end + tail
    lines = _lines(group, old, new, start, end)
    return Hunk(
        number,
        start + (end > start),
        end - start,
        new_start + (new_end > new_start),
        new_end - new_start,
        tuple(lines),
    )


def _lines(
    group: Sequence[Region],
    old: Sequence[bytes],
    new: Sequence[bytes],
    start: int,
    end: int,
) -> Iterator[Line]:
    at = start
    shift = group[0].after_start - group[0].before_start
    for region in group:
        for i in range(at, region.before_start):
            yield _line("context", old[i], i, i + shift)
        for i in range(region.before_start, region.before_end):
            yield _line("removed", old[i], i, None)
        for j in range(region.after_start, region.after_end):
            yield _line("added", new[j], None, j)
        at = region.before_end
        shift = region.after_end - region.before_end
    for i in range(at, end):
        yield _line("context", old[i], i, i + shift)


def _line(kind: LineKind, raw: bytes, before: int | None, after: int | None) -> Line:
    return Line(
        kind,
        raw.decode().removesuffix("\n"),
        None if before is None else before + 1,
        None if after is None else after + 1,
        raw.endswith(b"\n"),
    )
