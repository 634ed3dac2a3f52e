"""File work into columns, and into rows of its own.

The names of files are kept always. What quotes the files, and anybody's words on them,
is kept only where texts are.
"""

from collections.abc import Iterator
from dataclasses import replace

from mux_tui.core.change import Refusal
from mux_tui.core.events import plain
from mux_tui.core.ledger.connection import Values
from mux_tui.core.ledger.encode import as_text, safe
from mux_tui.core.ledger.writer import Statement
from mux_tui.core.task import Outcome, Verdict
from mux_tui.core.work import FileStat, Finding, Work


def of_attempt(work: Work | None, texts: bool) -> Values:
    """What an attempt's file work adds to its row.

    Args:
        work: None: it is none.
        texts: Whether the words of tasks and answers may be kept.
    """
    if work is None:
        return {"work": None, "patch": None}

    kept = work if texts else _without_texts(work)
    document = plain(kept)
    del document["patch"]
    return safe({"work": as_text(document), "patch": kept.patch or None})


def of_run(outcome: Outcome, texts: bool) -> Values:
    """What the file work that counted adds to the row of its run."""
    work = outcome.work
    if work is None:
        return {"applied": 1} if outcome.applied else {"applied": None}

    kept = work if texts else _without_texts(work)
    return safe(
        {
            "applied": int(outcome.applied),
            "lines_added": work.added,
            "lines_removed": work.removed,
            "oracle": _oracle(outcome.verdict),
            "patch": kept.patch or None,
            "refused": as_text(kept.refused),
            "commands": as_text(kept.commands),
        }
    )


def children(outcome: Outcome, texts: bool) -> Iterator[Statement]:
    """The SQL that puts files and findings in the place of those recorded before."""
    if outcome.work is None:
        return

    rows = [_file(file, texts) for file in outcome.work.files]
    yield from _put("files", outcome.run_id, rows)
    rows = [_finding(finding, texts) for finding in outcome.findings]
    yield from _put("findings", outcome.run_id, rows)


def _put(table: str, run_id: str, rows: list[Values]) -> Iterator[Statement]:
    of_this = "FROM runs WHERE run_id = ?"
    yield f"DELETE FROM {table} WHERE run IN (SELECT id {of_this})", (run_id,)
    for number, columns in enumerate(rows, 1):
        names = ", ".join(columns)
        marks = ", ".join("?" for _ in columns)
        sql = f"INSERT INTO {table} (run, number, {names}) SELECT id, ?, {marks}"
        yield f"{sql} {of_this}", (number, *safe(columns).values(), run_id)


def _file(file: FileStat, texts: bool) -> Values:
    columns: Values = plain(file)
    return columns | {
        "executable": int(file.executable),
        "note": file.note if texts and file.note else None,
    }


def _finding(finding: Finding, texts: bool) -> Values:
    return {
        "text": finding.text if texts else None,
        "path": finding.path or None,
        "line": finding.line,
        "fixed": None if finding.fixed is None else int(finding.fixed),
        "note": finding.note if texts and finding.note else None,
    }


def _oracle(verdict: Verdict | None) -> str | None:
    checks = verdict.checks if verdict else ()
    return ", ".join(check.name for check in checks if check.status == "pass") or None


def _without_texts(work: Work) -> Work:
    """Names and numbers; a reason may quote the file that it is about."""
    return replace(
        work,
        files=tuple(replace(file, note="") for file in work.files),
        patch="",
        refused=tuple(Refusal(one.path, "") for one in work.refused),
        unusable="",
        summary="",
        commands=(),
        notes=(),
    )
