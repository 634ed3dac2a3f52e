"""Making a case out of foreign text, and many of them into one each."""

import re
from collections.abc import Iterable
from itertools import islice

from mux_tui.core.text import one_line, printable
from mux_tui.core.verification.oracle.facts import Case, CaseOutcome

MOST_CASES = 50_000
_NAME = 300
_DETAIL_LINES = 15
_LINE = 300

_ESCAPES = re.compile(
    r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-_])"
)
_WORST: tuple[CaseOutcome, ...] = ("skip", "pass", "fail")


def case(name: str, outcome: CaseOutcome, detail: str = "") -> Case:
    """A case, its name and detail made safe and short."""
    return Case(one_line(plain(name), _NAME), outcome, "\n".join(tail(detail)))


def plain(text: str) -> str:
    """Text without the colours that some runners write whatever they are told."""
    return _ESCAPES.sub("", text)


def tail(text: str, most: int = _DETAIL_LINES) -> list[str]:
    """The last lines of a text, safe to show."""
    # Blank lines do not count; what is far from the end is not worth making safe.
    last = text.rstrip().rsplit("\n", most * 4)[-most * 4 :]
    lines = (printable(plain(line[: _LINE * 4])).rstrip() for line in last)
    return [_cut(line) for line in lines if line][-most:]


def _cut(line: str) -> str:
    return line if len(line) <= _LINE else line[: _LINE - 1] + "…"


def merged(cases: Iterable[Case]) -> tuple[Case, ...]:
    """One case a name, the worst of those that share it, in the order they came."""
    found: dict[str, Case] = {}
    for one in islice(cases, MOST_CASES):
        known = found.get(one.name)
        if known is None or _WORST.index(one.outcome) > _WORST.index(known.outcome):
            found[one.name] = one

    return tuple(found.values())


def numbered(names: Iterable[str]) -> list[str]:
    """The names, the second and later of the same told apart: two of them are more
    than one, wherever they are."""
    counts: dict[str, int] = {}
    told: list[str] = []
    for name in islice(names, MOST_CASES):
        counts[name] = counts.get(name, 0) + 1
        told.append(name if counts[name] == 1 else f"{name} ({counts[name]})")
    return told
