"""Export for people and for their programs: CSV and Markdown.

A cell of a CSV file that begins like a formula would be run by a spreadsheet. The words
in the ledger are foreign, so an apostrophe is put before such a cell.
"""

import csv
import io
import re
from typing import Any

from mux_tui.core.ledger.exchange import timestamp
from mux_tui.core.ledger.rows import FileRow, RunDetail, ended
from mux_tui.core.text import one_line, printable

_COLUMNS: tuple[str, ...] = (
    *("run_id", "timestamp", "status", "route", "reason", "sentence", "kind", "door"),
    *("decided_route", "backend", "model", "confidence", "verdict"),
    *("verdict_summary", "retries", "duration", "input_tokens", "output_tokens"),
    *("cached_tokens", "cost_usd", "repository", "cwd", "file_count", "lines_added"),
    *("lines_removed", "changes", "oracle", "files", "label", "label_text"),
    *("replay_of", "task", "output"),
)

_FORMULA = re.compile("[=+\\-@\uff1d\uff0b\uff0d\uff20]")
_FENCE = re.compile("`{3,}")


def csv_header() -> str:
    """The first line: the names of the columns."""
    return _csv_line(_COLUMNS)


def csv_row(run: RunDetail) -> str:
    """The run as one record, with its line end; texts may hold line ends in quotes."""
    return _csv_line([_cell(_value(run, name)) for name in _COLUMNS])


def _csv_line(cells: "list[Any] | tuple[str, ...]") -> str:
    line = io.StringIO()
    csv.writer(line, lineterminator="\n").writerow(cells)
    return line.getvalue()


def _value(run: RunDetail, name: str) -> Any:
    if name == "timestamp":
        return timestamp(run.started_at)
    if name == "files":
        return "\n".join(map(str, run.files))
    if name == "file_count":
        return len(run.changes)
    if name == "changes":
        return ended(run)

    return getattr(run, name)


def _cell(value: Any) -> Any:
    if not isinstance(value, str):
        return value

    text = printable(value)
    # Spreadsheets pass over white space before they look for a formula.
    return f"'{text}" if _FORMULA.match(text.lstrip()) else text


def markdown_header() -> str:
    """The title."""
    return "# Runs\n"


def markdown_run(run: RunDetail) -> str:
    """The run as a section: its facts, its task and its answer."""
    facts = "".join(
        f"- {name}: {_escaped(text)}\n" for name, text in _facts(run) if text
    )
    texts = "".join(
        f"\n### {title}\n\n{_fenced(text)}"
        for title, text in (("Task", run.task), ("Answer", run.output))
        if text
    )
    return f"\n## {_escaped(run.run_id)}\n\n{facts}{texts}"


def _facts(run: RunDetail) -> tuple[tuple[str, str], ...]:
    who = " · ".join(one for one in (run.route, run.backend, run.model) if one)
    verdict = ": ".join(one for one in (run.verdict, run.verdict_summary) if one)
    return (
        ("when", timestamp(run.started_at)),
        ("status", ": ".join(one for one in (run.status, run.sentence) if one)),
        ("answered by", who),
        ("decided", str(run.decision.get("sentence") or "")),
        ("confidence", _number(run.confidence, ".2f")),
        ("checks", verdict),
        ("seconds", _number(run.duration, ".1f")),
        ("tokens read", _number(run.input_tokens, "d")),
        ("tokens written", _number(run.output_tokens, "d")),
        ("cost in USD", _number(run.cost_usd, ".4f")),
        ("directory", run.cwd),
        ("changes", _changes(run)),
        ("proved by", run.oracle or ""),
        ("files", ", ".join(_file(file) for file in run.changes)),
        ("label", ": ".join(one for one in (run.label, run.label_text) if one)),
        ("repeats", run.replay_of or ""),
    )


def _changes(run: RunDetail) -> str:
    if not run.changes:
        return ""

    many = f"{len(run.changes)} file{'s' if len(run.changes) > 1 else ''}"
    lines = f"+{run.lines_added or 0} −{run.lines_removed or 0}"
    return f"{many}, {lines}, {ended(run)}"


def _file(file: FileRow) -> str:
    return f"{file.path} (+{file.added} −{file.removed})"


def _number(value: float | None, form: str) -> str:
    return "" if value is None else format(value, form)


def _escaped(text: str) -> str:
    """One line that Markdown takes for words."""
    return re.sub(r"([\\`*_\[\]<>#|!])", r"\\\1", one_line(text, 1000))


def _fenced(text: str) -> str:
    safe = printable(text).rstrip("\n")
    fences = _FENCE.findall(safe)
    fence = "`" * max([3, *(len(found) + 1 for found in fences)])
    return f"{fence}text\n{safe}\n{fence}\n"
