"""The file work of a recorded run as text: files, findings, what may not be changed."""

from datetime import datetime
from typing import Any, cast

from mux_tui.cli.output import Output
from mux_tui.core.ledger.rows import FileRow, FindingRow, RunDetail, ended
from mux_tui.core.text import one_line

_MARKS = {"add": "A", "modify": "M", "delete": "D"}
_FIXED = {None: "", True: " (worked in)", False: " (not worked in)"}
_LONGEST = 400
_SURE = 0.995
_HEADER = ("", "file", "lines", "kept", "before", "after", "note")
_DIGEST = 12
"""Digits of a digest that tell two contents apart; JSON has all of them."""


def changes(run: RunDetail) -> str:
    """`2 files, +12 −3, applied`; empty: there are none."""
    if not run.changes:
        return ""

    many = f"{len(run.changes)} file{'s' if len(run.changes) > 1 else ''}"
    lines = f"+{run.lines_added or 0} −{run.lines_removed or 0}"
    return f"{many}, {lines}, {ended(run) or 'undecided'}{_since(run)}"


def way_back(run: RunDetail) -> str:
    """What takes the changes back, does them again, or shows them."""
    match ended(run):
        case "applied":
            return f"mux ledger undo {run.run_id}"
        case "taken back":
            return f"mux ledger redo {run.run_id}"
        case _:
            return f"mux ledger show {run.run_id} --patch" if run.patch else ""


def show_work(run: RunDetail, output: Output) -> None:
    """Write what file work has left; nothing where it was none."""
    if run.changes:
        output.line()
        output.table([_file_row(file) for file in run.changes], _HEADER, _HEADER[4:])
    for title, lines in (
        ("review", [_finding(found) for found in run.findings]),
        ("not to be changed", [_refusal(one) for one in run.refused]),
        ("commands that the model proposed; none was run", map(str, run.commands)),
    ):
        if texts := [one_line(text, _LONGEST) for text in lines]:
            output.line(f"\n{title}:")
            for text in texts:
                output.paragraph(f"  {text}", "    ")


def _since(run: RunDetail) -> str:
    if run.taken_back_at is None:
        return ""
    try:
        return f" {datetime.fromtimestamp(run.taken_back_at):%Y-%m-%d %H:%M}"
    except (OverflowError, ValueError, OSError):
        # A row from a broken clock is shown all the same.
        return ""


def _file_row(file: FileRow) -> tuple[str, ...]:
    kept = "-" if file.kept is None else f"{file.kept} of {file.hunks}"
    notes = [file.note or ""]
    if file.confidence < _SURE:
        notes.insert(0, f"placed by likeness, {file.confidence:.0%} sure")
    return (
        _MARKS.get(file.kind, "?"),
        one_line(file.path, 160),
        f"+{file.added} −{file.removed}",
        kept,
        one_line(file.before, _DIGEST + 1).rstrip("…")[:_DIGEST] or "-",
        one_line(file.after, _DIGEST + 1).rstrip("…")[:_DIGEST] or "-",
        one_line("; ".join(filter(None, notes)), 160),
    )


def _finding(found: FindingRow) -> str:
    where = found.path or ""
    if where and found.line is not None:
        where += f":{found.line}"
    note = f": {found.note}" if found.note else ""
    said = found.text or "(its text is not kept)"
    return f"{f'{where}: ' if where else ''}{said}{_FIXED[found.fixed]}{note}"


def _refusal(one: Any) -> str:
    if not isinstance(one, dict):
        return ""

    fields = cast("dict[str, Any]", one)
    return ": ".join(str(fields[n]) for n in ("path", "why") if fields.get(n))
