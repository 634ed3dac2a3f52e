"""How findings are said on the screen: pure functions from a report to content."""

import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from textual.content import Content

from mux_tui.core.doctor.check import Check, CheckStatus, Fix, Report
from mux_tui.core.redact import redact
from mux_tui.core.text import one_line
from mux_tui.tui.glyphs import Glyphs
from mux_tui.tui.safe import plain

_COLOURS: dict[CheckStatus, str] = {
    "ok": "$mark-pass",
    "note": "$mark-idle",
    "warning": "$mark-warn",
    "problem": "$mark-fail",
}
_WORD = 8
_NAME = 14
_LEFT = 2 + _WORD + _NAME
_SHORTEST = 16
LAST_KEY = 9
"""Fixes with a higher number have no key of their own."""


def mark(status: CheckStatus, glyphs: Glyphs) -> Content:
    """The sign and the word for a status."""
    signs = {
        "ok": glyphs.good,
        "note": glyphs.off,
        "warning": glyphs.warn,
        "problem": glyphs.bad,
    }
    return Content.styled(f"{signs[status]} {status:{_WORD}}", _COLOURS[status])


def name_of(check: Check) -> str:
    """A finding's id as words."""
    return check.id.replace("_", " ")


def row(check: Check, report: Report, glyphs: Glyphs, width: int) -> Content:
    """A finding in the list, with its numbered fixes below it."""
    name = plain(name_of(check), _NAME - 1).plain
    known = check.status in ("ok", "note")
    colour = "$text-soft" if known else ""
    head = mark(check.status, glyphs) + Content.styled(
        f"{name:{_NAME}}", "" if known else "bold"
    )
    first, *rest = _wrapped(check.summary, width - _LEFT)
    lines = [head + Content.styled(first, colour)]
    lines += [Content.styled(" " * _LEFT + line, colour) for line in rest]
    for number in report.numbers(check):
        lines += _fix_lines(number, report.todo[number - 1], width)
    return Content("\n").join(lines)


def _fix_lines(number: int, fix: Fix, width: int) -> Iterator[Content]:
    key = f"[{number}]"
    indent = " " * (_LEFT - len(key) - 1)
    told = plain(fix.does)
    line = Content(indent) + Content.styled(key, "bold $text-key") + f" {told}"
    if not fix.command:
        yield line
        return

    command = Content.styled(one_line(fix.command), "$text-soft")
    if line.cell_length + 3 + command.cell_length <= width:
        yield line + Content("   ") + command
    else:
        yield line
        yield Content(" " * _LEFT) + command


def _wrapped(text: str, width: int) -> list[str]:
    return textwrap.wrap(one_line(text), max(width, _SHORTEST)) or [""]


@dataclass(frozen=True)
class Counts:
    """How many findings there are of each kind."""

    of: dict[CheckStatus, int]

    @classmethod
    def in_report(cls, report: Report) -> "Counts":
        """Count them."""
        counts: dict[CheckStatus, int] = dict.fromkeys(_COLOURS, 0)
        for check in report.checks:
            counts[check.status] += 1
        return cls(counts)

    def told(self, dot: str) -> str:
        """In words, without what there is none of."""
        words = [
            f"{count} {_plural(status, count)}"
            for status, count in self.of.items()
            if count
        ]
        return f" {dot} ".join(words)


def _plural(status: CheckStatus, count: int) -> str:
    return status if status == "ok" or count == 1 else f"{status}s"


def title(report: Report, seconds: float, at: float, glyphs: Glyphs) -> str:
    """What the list's border says once the examination is done."""
    clock = datetime.fromtimestamp(at).astimezone().strftime("%H:%M")
    counts = Counts.in_report(report).told(glyphs.dot)
    return f"Doctor {glyphs.dot} {counts} {glyphs.dot} {seconds:.1f} s, {clock}"


def detail(check: Check, report: Report, glyphs: Glyphs) -> Content:
    """All that is known of a finding, and what each of its fixes would do."""
    nothing = Content("")
    summary = Content.styled(one_line(check.summary), "bold")
    lines = [mark(check.status, glyphs) + summary]
    if check.detail:
        told = (plain(redact(line), 400) for line in check.detail.splitlines())
        lines += [nothing, *told]
    numbers = report.numbers(check) or (None,) * len(check.ways)
    for number, fix in zip(numbers, check.ways, strict=True):
        lines += [nothing, *_explained(number, fix, check)]
    if not check.detail and not check.ways:
        rest = Content.styled("Nothing more to say, and nothing to do.", "$text-soft")
        lines += [nothing, rest]
    return Content("\n").join(lines)


def _explained(number: int | None, fix: Fix, check: Check) -> Iterator[Content]:
    sign = f"[{number}] " if number and number <= LAST_KEY else ""
    yield Content.styled(sign, "bold $text-key") + plain(fix.does)
    if fix.command:
        yield Content("    ") + plain(fix.command)
    key = f"{number}" if number and number <= LAST_KEY else "f"
    if fix is not check.ways[0] and key == "f":
        return
    does = "runs this here, once you say yes" if fix.steps else "copies this"
    yield Content.styled(f"    {key} {does}", "$text-soft")


def told_fix(check: Check | None, fix: Fix) -> str:
    """A fix as a command: the problem first, for that is what one looks for."""
    return (
        f"Fix {check.id.replace('_', ' ')}: {fix.does}" if check else f"Fix: {fix.does}"
    )
