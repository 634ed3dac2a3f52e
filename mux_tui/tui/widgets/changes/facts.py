"""What is to be known of changes beside their lines: blocked, warned of, left behind.

All of it may be foreign text; it is made safe where it is drawn.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from mux_tui.core.change import ChangeKind, Refusal
from mux_tui.core.task import Route, Verdict
from mux_tui.core.work import FileStat, Finding, Work
from mux_tui.tui.widgets.changes.document import FileDiff, placed

SectionKind = Literal["fail", "warn", "soft"]


@dataclass(frozen=True)
class FileLine:
    """One file of a list."""

    path: str
    kind: ChangeKind
    added: int
    removed: int
    parts: int


@dataclass(frozen=True)
class Section:
    """Facts of one kind, a line each."""

    title: str
    lines: tuple[str, ...]
    kind: SectionKind = "warn"


def lines_of(files: Iterable[FileStat]) -> tuple[FileLine, ...]:
    """The files of some work."""
    return tuple(
        FileLine(file.path, file.kind, file.added, file.removed, max(1, file.hunks))
        for file in files
    )


def lines_in(files: Iterable[FileDiff]) -> tuple[FileLine, ...]:
    """The files of a patch."""
    return tuple(
        FileLine(file.path, file.kind, file.added, file.removed, file.parts)
        for file in files
    )


def sections_of(
    work: Work,
    verdict: Verdict | None,
    findings: Sequence[Finding] = (),
    reviewer: Route | None = None,
    again: str = "",
) -> tuple[Section, ...]:
    """All there is to know; a section that has nothing to say is left out."""
    title = f"review by {reviewer}" if reviewer else "review"
    none = ("no findings",) if reviewer and not findings else ()
    made = (
        Section("proposed once more", (again,) if again else ()),
        Section("blocked", tuple(map(_refusal, work.refused)), "fail"),
        Section("warnings", tuple(_warnings(work))),
        Section(title, none or tuple(map(_finding, findings)), "soft"),
        Section("commands, never run by mux", work.commands, "soft"),
        Section("left behind in the copy", work.left_behind, "soft"),
        Section("proof", tuple(_proof(verdict)), "soft"),
    )
    return tuple(section for section in made if section.lines)


def _refusal(refusal: Refusal) -> str:
    return f"{refusal.path or 'the draft'}: {refusal.why}"


def _warnings(work: Work) -> Iterator[str]:
    for file in work.files:
        for told in placed(file.confidence, file.note):
            yield f"{file.path}: {told}"
    yield from work.notes


def _finding(finding: Finding) -> str:
    line = f":{finding.line}" if finding.line is not None else ""
    place = f"{finding.path}{line}: " if finding.path else ""
    words = {None: "", True: "worked in", False: "not worked in"}[finding.fixed]
    told = ": ".join(part for part in (words, finding.note) if part)
    return f"{place}{finding.text}{f' ({told})' if told else ''}"


def _proof(verdict: Verdict | None) -> Iterator[str]:
    for check in verdict.checks if verdict else ():
        words = {"pass": "passed", "fail": "failed", "unknown": "says nothing"}
        detail = f": {check.detail}" if check.detail else ""
        yield f"{check.name} {words[check.status]} in {check.seconds:.1f} s{detail}"
