"""Replays under way, and what came of them, as lines.

All of it is foreign: tasks, models and reasons of rows.
"""

from collections.abc import Sequence
from textwrap import wrap

from textual.content import Content

from mux_tui.core.replay.comparison import Comparison, Side, totals
from mux_tui.core.replay.planning import Order, Plan
from mux_tui.core.replay.subject import NotRepeated, Subject
from mux_tui.core.text import one_line
from mux_tui.tui.glyphs import Glyphs
from mux_tui.tui.repeating import Batch
from mux_tui.tui.widgets.ledger import wording

_KINDS = {"better": "$mark-pass", "worse": "$mark-fail", "unknown": "$text-soft"}
_WIDE_FROM = 90
_ID = 11
_ENDS = 19
_CHECKS = 20
_SECONDS = 14
_COMPARED = 10
_COST = 8
_WRAP = 62
"""Characters of a line in a question; it is asked in small terminals too."""


def now_line(batch: Batch, seconds: float, glyphs: Glyphs) -> Content:
    """How far it is, or how it ended, in one line."""
    if not batch.over:
        count = f"replaying {max(batch.number, 1):,} of {len(batch.subjects):,}"
        task = one_line(batch.subject.text, 60) if batch.subject else ""
        parts = [batch.server or task, f"{seconds:.0f} s", "R shows them"]
        told = f" {glyphs.dot} ".join(part for part in parts if part)
        return Content.styled(f"{glyphs.half} {count}", "$mark-busy") + Content(
            f"  {told}"
        )
    if batch.error is not None:
        return Content.styled(
            f"{glyphs.bad} {one_line(str(batch.error), 200)}", "$mark-fail"
        )

    mark = glyphs.off if batch.stopped else glyphs.good
    word = "stopped: replayed" if batch.stopped else "replayed"
    return Content(f"{mark} {word} {words_of(batch)}  R shows them")


def words_of(batch: Batch) -> str:
    """`5: 1 better, 3 same, 1 not repeated`."""
    found = totals(batch.comparisons)
    refused = len(batch.results) - found.runs + len(batch.plan.refused)
    counts = (
        (found.better, "better"),
        (found.same, "same"),
        (found.worse, "worse"),
        (found.unknown, "unknown"),
        (refused, "not repeated"),
    )
    told = ", ".join(f"{count:,} {word}" for count, word in counts if count)
    return f"{found.runs:,}: {told}" if told else f"{found.runs:,}"


def header_line(width: int) -> Content:
    """The names of the columns."""
    head = f"{'run':{_ID}}{'before > now':{_ENDS}}"
    if width >= _WIDE_FROM:
        head += f"{'checks':{_CHECKS}}{'cost':{_COST}}"
    head += f"{'seconds':{_SECONDS}}{'compared':{_COMPARED}}task"
    return Content.styled(head, "bold $text-soft").truncate(width)


def result_lines(batch: Batch, width: int, glyphs: Glyphs) -> list[Content]:
    """A line a subject: what came of it, or that it waits; then what is left out."""
    lines: list[Content] = []
    for place, subject in enumerate(batch.subjects):
        if place < len(batch.results):
            lines.append(_result(batch.results[place], subject, width, glyphs))
        else:
            now = subject is batch.subject
            word = "under way" if now else "not begun" if batch.over else "waits"
            mark = glyphs.half if now else glyphs.off
            style = "$mark-busy" if now else "$text-soft"
            told = Content.styled(f"{mark} {word}", style)
            lines.append(_line(subject, told, width))
    lines += [_refused(one, width, glyphs) for one in batch.plan.refused]
    return lines


def _result(
    result: Comparison | NotRepeated, subject: Subject, width: int, glyphs: Glyphs
) -> Content:
    if isinstance(result, NotRepeated):
        return _refused(result, width, glyphs)

    before, now = result.original, result.replay
    told = _pair(_end(before, glyphs), _end(now, glyphs), _ENDS, glyphs)
    if width >= _WIDE_FROM:
        told += _pair(_verdict(before, glyphs), _verdict(now, glyphs), _CHECKS, glyphs)
        told += Content(f"{wording.dollars_of(now.cost_usd, glyphs):{_COST}}")
    seconds = [
        Content(wording.seconds_of(one.seconds, glyphs)) for one in (before, now)
    ]
    told += _pair(seconds[0], seconds[1], _SECONDS, glyphs)
    style = _KINDS.get(result.word, "")
    told += Content.styled(result.word.ljust(_COMPARED), style)
    return _line(subject, told, width)


def _pair(before: Content, now: Content, width: int, glyphs: Glyphs) -> Content:
    line = before + Content.styled(f" {glyphs.arrow} ", "$text-soft") + now
    room = width - 1
    if line.cell_length > room:
        line = line.truncate(room)
    return line + " " * (width - line.cell_length)


def _end(side: Side, glyphs: Glyphs) -> Content:
    word = one_line(side.route or "nobody", 9)
    if side.status != "done":
        word = "cut off" if side.status == "interrupted" else one_line(side.status, 9)
    failed = side.status in ("failed", "declined", "interrupted")
    return Content.styled(word, "$mark-fail" if failed else "")


def _verdict(side: Side, glyphs: Glyphs) -> Content:
    text, kind = wording.verdict_of(side.verdict, glyphs)
    styles = {"pass": "$mark-pass", "fail": "$mark-fail"}
    return Content.styled(text, styles.get(kind, "$text-soft"))


def _refused(result: NotRepeated, width: int, glyphs: Glyphs) -> Content:
    told = Content.styled(
        f"{glyphs.off} not repeated: {one_line(result.why, 300)}", "$text-soft"
    )
    line = Content(wording.short_id(result.run_id).ljust(_ID)) + told
    return line.truncate(width) if line.cell_length > width else line


def _line(subject: Subject, told: Content, width: int) -> Content:
    line = Content(wording.short_id(subject.run.run_id).ljust(_ID)) + told
    if not told.plain.endswith(" "):
        line += "  "
    line += Content.styled(one_line(subject.text, 200), "$text-soft")
    return line.truncate(width) if line.cell_length > width else line


def totals_lines(batch: Batch, glyphs: Glyphs) -> list[Content]:
    """What the comparisons add up to."""
    found = totals(batch.comparisons)
    if not found.runs:
        return [Content.styled("Nothing is compared yet.", "$text-soft")]

    arrow = glyphs.arrow
    seconds = f"{_number(found.seconds_before, glyphs)} {arrow} "
    seconds += _number(found.seconds_now, glyphs)
    cost = f"${found.cost_before_usd:.2f} {arrow} ${found.cost_now_usd:.2f}"
    passed = f"{found.passed_before} {arrow} {found.passed_now}"
    facts = (
        ("replayed", words_of(batch)),
        ("passed", f"{passed} of {found.runs}"),
        ("median s", seconds),
        ("cost", cost),
    )
    return [
        Content.styled(f"{name:11}", "$text-soft") + Content(told)
        for name, told in facts
    ]


def notes_line(batch: Batch, place: int | None) -> Content:
    """What was different from the first time, of one of the results."""
    if place is None or place >= len(batch.results):
        return Content("")

    result = batch.results[place]
    notes = result.notes if isinstance(result, Comparison) else ()
    return Content.styled(
        "; ".join(one_line(note, 200) for note in notes), "$text-soft"
    )


def _number(value: float | None, glyphs: Glyphs) -> str:
    return wording.seconds_of(value, glyphs)


def plan_text(plan: Plan, order: Order) -> str:
    """What repeating would mean, in sentences, for a question.

    Args:
        plan: What would be repeated.
        order: How.
    """
    count = len(plan.subjects)
    lines = [
        f"{_runs(count)} {order_words(order)}. Nothing of yours is written: what"
        " changes files works in a copy."
    ]
    if plan.matching.runs > count + len(plan.refused):
        lines.append(f"{plan.matching} match; only the newest are taken.")
    lines += _left_out(plan.refused)
    if plan.leaving:
        size = sum(len(subject.text) for subject in plan.subjects)
        which = "It" if count == 1 else f"{plan.leaving:,} of them"
        text = f"text of {'' if count == 1 else 'at most '}{size:,} characters"
        lines.append(
            f"{which} would leave this machine, or might: {text},"
            " and of file work what its files hold."
        )
    elif count:
        lines.append("Nothing leaves this machine.")
    return "\n".join(part for line in lines for part in wrap(line, _WRAP))


def order_words(order: Order) -> str:
    """Who is asked."""
    if order.model:
        return f"by {one_line(order.model, 60)}"

    match order.route:
        case None:
            return "by who answered then"
        case "auto":
            return "by who is decided on now"
        case "local":
            return "by the model on this machine"
        case route:
            return f"by {route}"


def _runs(count: int) -> str:
    return "1 run is repeated" if count == 1 else f"{count:,} runs are repeated"


def _left_out(refused: Sequence[NotRepeated]) -> list[str]:
    if not refused:
        return []

    first = refused[0]
    told = f"{wording.short_id(first.run_id)}: {one_line(first.why, 120)}"
    if len(refused) == 1:
        return [f"Not repeated: {told}."]
    return [f"{len(refused):,} cannot be repeated, for instance {told}."]
