"""What a recorded run did to files, or would have done, as lines.

All of it is foreign: a row may have been written by any program.
"""

from collections.abc import Iterator
from typing import Any, cast

from textual.content import Content

from mux_tui.core.ledger.rows import FileRow, RunDetail, ended
from mux_tui.core.text import one_line
from mux_tui.tui.glyphs import Glyphs
from mux_tui.tui.story_files import files_text, lines_text
from mux_tui.tui.widgets.ledger import wording

_MOST = 50
"""Items of each kind that are shown."""

_ENDS = {
    "": ("", ""),
    "proposed": ("proposed, not written", "$text-soft"),
    "applied": ("written; U takes it back", "$mark-pass"),
    "taken back": ("written, and taken back; U does it again", "$mark-warn"),
}


def changes_fact(run: RunDetail, glyphs: Glyphs) -> Content | None:
    """How much it was, and what became of it; None: it is no file work."""
    if not run.changes:
        return None

    figures = lines_text(run.lines_added or 0, run.lines_removed or 0)
    told, colour = _ENDS[ended(run)]
    since = ""
    if run.taken_back_at is not None:
        since = f" ({wording.moment_of(run.taken_back_at)})"
    words = f"  {glyphs.dot} {told}{since}" if told else ""
    return Content(f"{files_text(len(run.changes))}  {figures}") + Content.styled(
        words, colour
    )


def change_lines(run: RunDetail, glyphs: Glyphs) -> list[Content]:
    """Files, findings, and what was refused, where there is no patch to show."""
    lines = [line for line in (changes_fact(run, glyphs),) if line is not None]
    lines += [_file(file) for file in run.changes[:_MOST]]
    lines += list(work_lines(run))
    if not run.patch:
        lines += [Content(""), Content.styled(_no_patch(run), "$text-soft")]
    return lines


def work_lines(run: RunDetail) -> Iterator[Content]:
    """What is to be known beside the lines: findings, refusals, commands."""
    found = [_finding(one) for one in run.findings[:_MOST]]
    refused = [_refusal(one) for one in run.refused[:_MOST]]
    commands = [Content(f"  {one_line(str(one), 300)}") for one in run.commands[:_MOST]]
    for title, some in (
        ("Found by the review", found),
        ("Blocked", refused),
        ("Commands it proposed; mux ran none", commands),
    ):
        if some:
            yield Content("")
            yield Content.styled(title, "bold $text-soft")
            yield from some


def _file(file: FileRow) -> Content:
    part = ""
    if file.kept is not None and file.kept < file.hunks:
        part = f"  {file.kept} of {file.hunks} parts" if file.kept else "  skipped"
    kind = one_line(file.kind[:1].upper(), 1)
    figures = f"  {lines_text(file.added, file.removed)}{part}"
    return Content(f"  {kind} {one_line(file.path, 200)}") + Content.styled(
        figures, "$text-soft"
    )


def _finding(row: Any) -> Content:
    line = f":{row.line}" if row.line is not None else ""
    place = f"{one_line(row.path, 120)}{line}: " if row.path else ""
    ends = {True: " (worked in)", False: " (not worked in)"}
    text = one_line(row.text or "(its words were not kept)", 300)
    return Content(f"  {place}{text}{ends.get(row.fixed, '')}")


def _refusal(value: Any) -> Content:
    fields = cast("dict[str, Any]", value) if isinstance(value, dict) else {}
    path, why = str(fields.get("path", "")), str(fields.get("why", ""))
    told = f"  {one_line(path, 160)}: {one_line(why, 160)}"
    return Content.styled(told, "$mark-fail")


def _no_patch(run: RunDetail) -> str:
    if run.task is None:
        return "The lines were not kept (ledger.store_prompts = false)."

    return "The lines were not kept: there were too many."
