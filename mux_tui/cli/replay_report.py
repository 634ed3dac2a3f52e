"""Replays as text: what is about to be done, how it goes, and what came of it."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from mux_tui.cli.output import Output
from mux_tui.cli.run_report import number
from mux_tui.core.text import one_line

if TYPE_CHECKING:
    from mux_tui.cli.diagnostics import Diagnostics
    from mux_tui.core.replay.comparison import Comparison, Side, Totals
    from mux_tui.core.replay.planning import Order, Plan
    from mux_tui.core.replay.policy import Group, Move, Trial
    from mux_tui.core.replay.rerunning import Began, Ended, ReplayEvent
    from mux_tui.core.replay.subject import NotRepeated

_HEADER = (
    *("run", "result", "checks", "route", "seconds", "conf", "tokens", "lines"),
    *("cost", "model", "replay"),
)
_SPARE = ("tokens", "conf", "cost", "lines", "model", "seconds")
"""What a narrow terminal does without."""

_MOVES = 40
"""Runs listed one by one; JSON has all of them."""

_STAGES = {"decided": "at once", "reconsidered": "after its answer"}


def tell_plan(plan: "Plan", order: "Order", diagnostics: "Diagnostics") -> None:
    """Say what is about to be done, before it is."""
    many = _runs(len(plan.subjects))
    model = f", model {one_line(order.model, 80)}" if order.model else ""
    what = f"{many} of {plan.matching} that match{model}"
    diagnostics.note(f"{what}; your files stay as they are:")
    for subject in plan.subjects:
        route = order.route_for(subject)
        checks = order.verify or subject.verify
        told = f"  {one_line(subject.run.run_id, 40)} → {route}"
        told += f" in {one_line(str(subject.cwd), 80)}: {one_line(subject.text, 60)}"
        told += f"  [{one_line('; '.join(checks), 100)}]" if checks else ""
        diagnostics.note(told)
    tell_refused(plan.refused, diagnostics)
    if plan.leaving:
        diagnostics.warn(f"{_runs(plan.leaving)} may leave this machine")


def tell_refused(refused: "Sequence[NotRepeated]", diagnostics: "Diagnostics") -> None:
    """Say which runs cannot be repeated, and why."""
    for one in refused:
        why = one_line(one.why, 300)
        diagnostics.note(f"  {one_line(one.run_id, 40)} cannot be repeated: {why}")


def tell_event(event: "ReplayEvent", diagnostics: "Diagnostics") -> None:
    """Say what has just happened."""
    from mux_tui.core.events import AttemptStarted, Escalated, Notice
    from mux_tui.core.replay.rerunning import Began, Copying, Ended, ServerTold, Told

    match event:
        case ServerTold(text):
            diagnostics.note(f"… model server {one_line(text, 200)}")
        case Copying(number, of, subject):
            where = one_line(str(subject.cwd), 200)
            diagnostics.note(f"{number}/{of} copying {where}")
        case Began():
            diagnostics.note(_began(event))
        case Told(AttemptStarted(number, route, _, model)):
            by = f"{route} ({one_line(model, 60)})" if model else route
            diagnostics.note(f"  attempt {number}: {by}")
        case Told(Escalated(sentence=text) | Notice(text)):
            diagnostics.note(f"  {one_line(text, 200)}")
        case Told():
            pass
        case Ended():
            diagnostics.note(_ended(event))


def show_replays(
    comparisons: "Sequence[Comparison]", sums: "Totals", output: Output
) -> None:
    """Write the table, and what it adds up to."""
    output.table([_row(one) for one in comparisons], _HEADER, _SPARE)
    output.line()
    for name, value in _sums(sums):
        output.paragraph(f"{name:8} {value}", " " * 9)
    for one in comparisons:
        for note in one.notes:
            shown = one_line(note, 300)
            output.paragraph(f"{one_line(one.original.run_id, 40)}: {shown}", "  ")


def show_trial(trial: "Trial", groups: "Sequence[Group]", output: Output) -> None:
    """Write what other settings would have done."""
    if not trial.moves:
        output.line(f"none of {_runs(trial.runs)} would have gone elsewhere")
    for group in groups:
        output.paragraph(_group(group, trial.runs))
    if trial.undecided:
        whys = ", ".join(dict.fromkeys(one_line(o.why, 80) for o in trial.undecided))
        many = _runs(len(trial.undecided))
        output.paragraph(f"{many} could not be decided again: {whys}")
    if trial.moves:
        output.line()
        rows = [_move(move) for move in trial.moves[:_MOVES]]
        header = ("run", "then", "now", "when", "had", "why")
        output.table(rows, header)


def _began(event: "Began") -> str:
    subject = event.subject
    return (
        f"{event.number}/{event.of} {one_line(subject.run.run_id, 40)}"
        f" again as {event.run.task.run_id}: {one_line(subject.text, 60)}"
    )


def _ended(event: "Ended") -> str:
    from mux_tui.core.replay.comparison import Comparison

    result = event.result
    if not isinstance(result, Comparison):
        return f"  not repeated: {one_line(result.why, 300)}"

    checks = _pair(_grade(result.original), _grade(result.replay))
    told = f"  {result.word}: {checks}, {number(result.replay.seconds, 1)} s"
    if result.replay.status == "done":
        return told

    return f"{told} ({one_line(result.replay.reason or '', 40)})"


def _row(one: "Comparison") -> tuple[str, ...]:
    before, now = one.original, one.replay
    return (
        one_line(before.run_id, 40),
        one.word,
        _pair(_grade(before), _grade(now)),
        _pair(one_line(before.route or "-", 20), one_line(now.route or "-", 20)),
        _pair(number(before.seconds, 1), number(now.seconds, 1)),
        _pair(number(before.confidence, 2), number(now.confidence, 2)),
        _pair(_tokens(before), _tokens(now)),
        _pair(_lines(before), _lines(now)),
        _pair(_cost(before), _cost(now)),
        _pair(one_line(before.model or "-", 30), one_line(now.model or "-", 30)),
        one_line(now.run_id, 40),
    )


def _grade(side: "Side") -> str:
    if side.grade == "unknown":
        return "unproved"

    return side.grade or one_line(side.status, 20)


def _pair(before: str, now: str) -> str:
    return before if before == now else f"{before} → {now}"


def _tokens(side: "Side") -> str:
    return "-" if side.output_tokens is None else f"{side.output_tokens:,}"


def _lines(side: "Side") -> str:
    return f"+{side.lines_added or 0} −{side.lines_removed or 0}" if side.files else "-"


def _cost(side: "Side") -> str:
    return "-" if side.cost_usd is None else f"${side.cost_usd:.4f}"


def _sums(sums: "Totals") -> tuple[tuple[str, str], ...]:
    counts = (
        f"{getattr(sums, word)} {word}"
        for word in ("better", "worse", "same", "unknown")
    )
    passed = _pair(str(sums.passed_before), str(sums.passed_now))
    seconds = _pair(number(sums.seconds_before, 1), number(sums.seconds_now, 1))
    costs = (f"${cost:.4f}" for cost in (sums.cost_before_usd, sums.cost_now_usd))
    return (
        ("runs", f"{sums.runs}: {', '.join(counts)}"),
        ("passed", f"{passed} of {sums.runs}"),
        ("seconds", f"{seconds} (median)"),
        ("cost", _pair(*costs)),
    )


def _group(group: "Group", runs: int) -> str:
    places = {"local": "stayed here", "none": "been asked of nobody"}
    after = places.get(group.after, f"gone to {group.after}")
    before = {"local": "this machine", "none": "nobody"}.get(group.before, group.before)
    told = f"{group.runs:,} of {runs:,} would have {after} {_STAGES[group.stage]}"
    told += f" instead of {before}"
    if group.before == "local":
        told += f"; {group.passed_here:,} of them had passed here"
        told += f", {group.failed_here:,} had failed"
    return told


def _move(move: "Move") -> tuple[str, ...]:
    return (
        one_line(move.run_id, 40),
        move.before,
        move.after,
        _STAGES[move.stage],
        move.ended or "-",
        one_line(move.sentence, 100),
    )


def _runs(count: int) -> str:
    return "1 run" if count == 1 else f"{count:,} runs"
