"""From one indentation to another: a model's spaces, and a file's tabs."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

_WIDTHS = (4, 2, 8, 3)

Reindent = Callable[[str], str | None]
"""The line as the file would indent it; None: it cannot be."""


def indent_of(line: str) -> str:
    """The blanks that a line begins with."""
    return line[: len(line) - len(line.lstrip(" \t"))]


def reindenter(pairs: Iterable[tuple[str, str]]) -> Reindent | None:
    """The one shift that makes each first line's indentation its partner's.

    Args:
        pairs: Lines as a model wrote them, with those of the file.

    Returns:
        None: there is none.
    """
    indents = {
        (indent_of(one), indent_of(other)) for one, other in pairs if one.strip()
    }
    if not indents or all(one == other for one, other in indents):
        return _same

    return _by_prefix(indents) or _by_width(indents)


def _same(line: str) -> str | None:
    return line


@dataclass(frozen=True)
class _Prefixed:
    added: str
    removed: str

    def __call__(self, line: str) -> str | None:
        if not line.strip():
            return line
        if not line.startswith(self.removed):
            return None

        return self.added + line.removeprefix(self.removed)


@dataclass(frozen=True)
class _Widths:
    """`one` for each level becomes `other`, and `more` levels are added."""

    one: str
    other: str
    more: int

    def __call__(self, line: str) -> str | None:
        if not line.strip():
            return line
        indent = indent_of(line)
        if set(indent) - set(self.one):
            return None
        levels, rest = divmod(len(indent), len(self.one))
        if levels + self.more < 0:
            return None

        new = self.other * (levels + self.more) + " " * rest
        return new + line[len(indent) :]


def _by_prefix(indents: set[tuple[str, str]]) -> Reindent | None:
    one, other = min(indents, key=lambda pair: len(pair[0]))
    if other.endswith(one):
        shift = _Prefixed(other[: len(other) - len(one)], "")
        if all(theirs == shift.added + mine for mine, theirs in indents):
            return shift
    if one.endswith(other):
        shift = _Prefixed("", one[: len(one) - len(other)])
        if all(mine == shift.removed + theirs for mine, theirs in indents):
            return shift

    return None


def _by_width(indents: set[tuple[str, str]]) -> Reindent | None:
    for size in _WIDTHS:
        for one, other in ((" " * size, "\t"), ("\t", " " * size)):
            if shift := _fitting(one, other, indents):
                return shift

    return None


def _fitting(one: str, other: str, indents: set[tuple[str, str]]) -> _Widths | None:
    shifts: set[int] = set()
    for mine, theirs in indents:
        if set(mine) - set(one) or set(theirs) - set(other):
            return None
        levels, rest = divmod(len(mine), len(one))
        their_levels, their_rest = divmod(len(theirs), len(other))
        if rest or their_rest:
            return None
        shifts.add(their_levels - levels)

    # One indentation alone fits any width, unless the levels are the same.
    if len(shifts) != 1 or (len(indents) == 1 and shifts != {0}):
        return None

    return _Widths(one, other, shifts.pop())
