"""Changes to files as lines: what was read, tried, proposed and written."""

from mux_tui.core.proposal import Proposal
from mux_tui.core.task import Check
from mux_tui.core.text import one_line
from mux_tui.core.work import FileStat, Finding, Material, Work

MARKS = {"pass": "✓", "fail": "✗", "unknown": "○"}
"""What stands before a verdict."""

_KINDS = {"add": "A", "modify": "M", "delete": "D"}
_SURE = 0.995
_MOST = 20


def material(shown: Material) -> str:
    """What the local model was shown: `shows it 2 files and a map of 14`."""
    many = _count(len(shown.files), "file")
    names = ", ".join(one_line(file.path, 60) for file in shown.files[:3])
    more = f" and {len(shown.files) - 3} more" if len(shown.files) > 3 else ""
    told = f"  shows it {many}"
    told += f" ({names}{more})" if names else ""
    told += f" and the names of {shown.mapped}" if shown.mapped else ""
    return f"{told}: {shown.tokens:,} of {shown.budget:,} tokens"


def drafted(work: Work) -> str:
    """What an answer would do, or why it cannot be used."""
    if work.unusable:
        return f"✗ changes: {one_line(work.unusable, 400)}"

    return f"✓ changes: {sums(work)}"


def checked(check: Check) -> str:
    """One check, with the first line of what it says."""
    first = one_line(check.detail.split("\n", 1)[0], 160)
    told = first.removeprefix(f"{check.name}: ")
    return f"  {MARKS[check.status]} {check.name}" + (f": {told}" if told else "")


def sums(work: Work) -> str:
    """`2 files, +12 −3`."""
    return f"{_count(len(work.files), 'file')}, +{work.added} −{work.removed}"


def proposal_lines(proposal: Proposal) -> list[str]:
    """All that is to be known before a yes, besides the patch."""
    work = proposal.work
    lines = [f"in {one_line(str(proposal.root), 200)}: {sums(work)}"]
    lines += [_file(file) for file in work.files[:_MOST]]
    if len(work.files) > _MOST:
        lines.append(f"  and {len(work.files) - _MOST} more")
    if proposal.again:
        lines.append(f"  {proposal.again}")
    verdict = proposal.verdict
    if verdict is not None and verdict.status != "pass":
        lines.append(f"  not proved: {one_line(verdict.summary, 300)}")
    lines += [finding(one) for one in proposal.findings]
    lines += [f"  note: {one_line(note, 200)}" for note in work.notes]
    lines += [f"  left behind: {one_line(one, 200)}" for one in work.left_behind[:5]]
    if work.commands:
        lines.append("  commands that the model proposes; mux does not run them:")
        lines += [f"    {one_line(command, 200)}" for command in work.commands[:10]]
    return lines


def finding(found: Finding) -> str:
    """One thing that a review says: `  review: a.py:3: the bound is off by one`."""
    where = one_line(found.path, 120)
    if where and found.line:
        where += f":{found.line}"
    ends = {None: "", True: " (worked in)", False: " (not worked in)"}[found.fixed]
    said = one_line(found.text, 300)
    return f"  review: {f'{where}: ' if where else ''}{said}{ends}"


def _file(file: FileStat) -> str:
    told = f"  {_KINDS[file.kind]} {one_line(file.path, 160)} "
    told += f"+{file.added} −{file.removed}"
    if file.confidence < _SURE:
        told += f" (placed by likeness, {file.confidence:.0%} sure)"
    return f"{told}: {one_line(file.note, 160)}" if file.note else told


def _count(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"
