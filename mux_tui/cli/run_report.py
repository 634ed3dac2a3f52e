"""Recorded runs as text: a line in a list, or a page about one."""

from datetime import datetime

from mux_tui.cli.output import Output
from mux_tui.cli.run_work_report import changes, show_work, way_back
from mux_tui.core.ledger.rows import AttemptRow, RunDetail, RunRow, ended
from mux_tui.core.text import one_line

DETAIL_SCHEMA = "mux.ledger.show/4"

LIST_HEADER = (
    *("run", "when", "status", "route", "conf", "checks", "tokens", "seconds"),
    *("files", "label", "task"),
)
LIST_SPARE = ("checks", "tokens", "seconds", "conf", "label", "files")
"""What a narrow terminal does without, so that the task can be read."""

_ATTEMPTS_HEADER = (
    *("#", "route", "model", "ended", "conf", "checks", "tokens", "seconds"),
    "error",
)
_TASK_WIDTH = 48


def list_row(run: RunRow) -> tuple[str, ...]:
    """The run as the cells of a table."""
    task = f"({run.task_length} characters)" if run.excerpt is None else run.excerpt
    return (
        one_line(run.run_id),
        when(run.started_at),
        one_line(run.status, 20),
        one_line(run.route or "-", 20),
        number(run.confidence, 2),
        one_line(run.verdict or "-", 20),
        tokens(run.input_tokens, run.output_tokens),
        number(run.duration, 1),
        f"{run.files} {ended(run)}".rstrip() if run.files else "-",
        one_line(run.label or "-", 20),
        one_line(f"(replay) {task}" if run.replay_of else task, _TASK_WIDTH),
    )


def show_run(run: RunDetail, output: Output) -> None:
    """Write everything a reader may want to know of a run."""
    for name, value in _facts(run):
        if value:
            output.paragraph(f"{name:11} {one_line(value, 1000)}", " " * 12)
    if run.attempts:
        output.line()
        output.table([_attempt_row(one) for one in run.attempts], _ATTEMPTS_HEADER)
    show_work(run, output)
    for title, text in (("task", run.task), ("answer", run.output)):
        if text:
            output.line(f"\n{title}:")
            output.text(text)
            output.end_line()


def _facts(run: RunDetail) -> tuple[tuple[str, str], ...]:
    decided = run.decision.get("sentence", "")
    who = " · ".join(one for one in (run.route, run.backend, run.model) if one)
    cost = f", ${run.cost_usd:.4f}" if run.cost_usd else ""
    cached = f", {run.cached_tokens:,} of them cached" if run.cached_tokens else ""
    verdict = ": ".join(one for one in (run.verdict, run.verdict_summary) if one)
    return (
        ("run", run.run_id),
        ("when", f"{when(run.started_at)} through {run.door}"),
        ("directory", run.cwd),
        ("decided", f"{run.decided_route}: {decided}" if run.decided_route else ""),
        ("status", f"{run.status}: {run.sentence}" if run.sentence else run.status),
        ("answered by", who),
        ("confidence", number(run.confidence, 2)),
        ("checks", verdict),
        ("tokens", f"{tokens(run.input_tokens, run.output_tokens)}{cached}{cost}"),
        ("seconds", number(run.duration, 1)),
        ("changes", changes(run)),
        ("proved by", run.oracle or ""),
        ("files", "" if run.changes else ", ".join(map(str, run.files))),
        ("next step", run.next_step or ""),
        ("label", ": ".join(one for one in (run.label, run.label_text) if one)),
        ("repeats", run.replay_of or ""),
        ("repeated", ", ".join(run.replays)),
        ("imported", str(run.imported.get("source", ""))),
        ("way back", way_back(run)),
        ("mux", run.mux_version),
    )


def _attempt_row(attempt: AttemptRow) -> tuple[str, ...]:
    return (
        str(attempt.number),
        one_line(attempt.route, 20),
        one_line(attempt.model or attempt.model_requested or "-", 40),
        one_line(attempt.fault or attempt.finish_reason or "-", 20),
        number(attempt.confidence, 2),
        one_line(attempt.verdict or "-", 20),
        tokens(attempt.input_tokens, attempt.output_tokens),
        number(attempt.duration, 1),
        one_line(attempt.error or "", 100),
    )


def when(seconds: float) -> str:
    """Local time, to the minute."""
    try:
        return datetime.fromtimestamp(seconds).strftime("%Y-%m-%d %H:%M")
    except (OverflowError, ValueError, OSError):
        # A row from a broken clock is listed all the same.
        return "?"


def number(value: float | None, digits: int) -> str:
    """A number, or a dash for one that is not known."""
    return "-" if value is None else f"{value:.{digits}f}"


def tokens(read: int | None, written: int | None) -> str:
    """Tokens read and written: `120/34`."""
    if read is None and written is None:
        return "-"

    return "/".join("?" if count is None else str(count) for count in (read, written))
