"""A report to hand on: as a document and as text, both without credentials.

A finding can quote what another program wrote: the end of a log, an address.
"""

from typing import Any

from mux_tui.core.doctor.check import SCHEMA, CheckStatus, Fix, Report
from mux_tui.core.events import plain
from mux_tui.core.redact import redact, redacted
from mux_tui.core.text import one_line

MARKS: dict[CheckStatus, str] = {
    "ok": "✓",
    "note": "–",
    "warning": "▲",
    "problem": "✗",
}


def document(report: Report) -> dict[str, Any]:
    """The report as JSON values."""
    facts = {"schema": SCHEMA, "status": report.status} | plain(report)
    return redacted(facts)


def as_text(report: Report) -> str:
    """The report as lines to paste somewhere: findings, then what to do."""
    lines = [f"mux doctor: {report.status}", ""]
    for check in report.checks:
        lines.append(f"{check.status:8} {check.id:13} {one_line(check.summary)}")
        lines += [f"{'':23}{one_line(line)}" for line in check.detail.splitlines()]
    if report.todo:
        lines += ["", "what to do:"]
    for number, fix in enumerate(report.todo, start=1):
        lines.append(f"[{number}] {one_line(told(fix))}")
    return redact("\n".join(lines)) + "\n"


def told(fix: Fix) -> str:
    """A fix on one line."""
    return f"{fix.does}: {fix.command}" if fix.command else fix.does
