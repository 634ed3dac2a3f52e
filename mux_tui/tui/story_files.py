"""What is said of file work in a run's story: details of its stages, and notes."""

from collections.abc import Sequence

from mux_tui.core.task import Check, Outcome
from mux_tui.core.text import one_line
from mux_tui.core.work import FileStat, Finding, Material, Work

_MOST_FILES = 8
"""Files of a finished run that are named in its answer."""


def files_text(count: int) -> str:
    """`1 file`, `2 files`."""
    return f"{count:,} file{'' if count == 1 else 's'}"


def material_text(material: Material) -> str:
    """How much of the project is shown to the model."""
    left = f" · {len(material.left_out)} left out" if material.left_out else ""
    return f"{files_text(len(material.files))} · {material.tokens:,} tok{left}"


def work_text(work: Work, limit: int) -> str:
    """What a draft would do, or why it is none."""
    if work.unusable:
        return one_line(work.unusable, limit)

    return f"{files_text(len(work.files))} · +{work.added:,} -{work.removed:,}"


def check_text(check: Check, limit: int) -> str:
    """What one check of a proof says."""
    words = {"pass": "passed", "fail": "failed", "unknown": "says nothing"}
    return one_line(f"{check.name} {words[check.status]}", limit)


def findings_text(findings: Sequence[Finding]) -> str:
    """What a review found, and how much of it was worked in."""
    if not findings:
        return "no findings"

    fixed = sum(finding.fixed is True for finding in findings)
    count = f"{len(findings)} finding{'' if len(findings) == 1 else 's'}"
    return f"{count} · {fixed} worked in" if fixed else count


def written_text(files: Sequence[str], notes: Sequence[str]) -> str:
    """What was written, and how to take it back."""
    more = "".join(f"; {one_line(note, 200)}" for note in notes)
    return f"wrote {files_text(len(files))}; u takes it back{more}"


def changed_text(outcome: Outcome) -> str:
    """The files of a finished run with their figures; empty: it is about none."""
    work = outcome.work
    if work is None or not work.files:
        return ""

    told = [_file(file) for file in work.files[:_MOST_FILES]]
    if hidden := len(work.files) - len(told):
        told.append(f"and {hidden:,} more")
    return f"{', '.join(told)}: d shows the changes"


def lines_text(added: int, removed: int) -> str:
    """`+14 -3`; what is not, is left out."""
    parts = [f"+{added:,}"] if added else []
    parts += [f"-{removed:,}"] if removed else []
    return " ".join(parts) or "no lines"


def _file(file: FileStat) -> str:
    part = ""
    if file.kept is not None and file.kept < file.hunks:
        part = f" ({file.kept} of {file.hunks} parts)" if file.kept else " (skipped)"
    figures = lines_text(file.added, file.removed)
    return f"{one_line(file.path, 120)} {figures}{part}"


def not_applied_text(outcome: Outcome) -> str:
    """Why a run that went well has written nothing; empty: it has, or had nothing."""
    if outcome.status != "done" or outcome.applied or outcome.work is None:
        return ""

    said = one_line(outcome.sentence, 300) or "nothing was written"
    return f"not applied: {said}; d shows the changes"
