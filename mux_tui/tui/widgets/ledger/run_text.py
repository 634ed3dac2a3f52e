"""One run in full, as lines: the task, the decision, the attempts, everything.

All of it is foreign: a row may have been written by any program.
"""

import json
from collections.abc import Iterable
from typing import Any, TypeGuard, cast

from textual.content import Content

from mux_tui.core.ledger.exchange import record
from mux_tui.core.ledger.rows import AttemptRow, RunDetail
from mux_tui.core.text import one_line, printable
from mux_tui.tui.glyphs import Glyphs
from mux_tui.tui.widgets.ledger import wording
from mux_tui.tui.widgets.ledger.run_changes import changes_fact, work_lines

MOST_CHARACTERS = 20_000
"""Of a text that is shown here; all of it is a command away."""

_MOST = 50
"""Items of a list that are shown."""

_NAME = 11
_BAR = 10
_LEANS = {"local": "$route-local", "cloud": "$mark-warn"}
_KINDS = {
    "soft": "$text-soft",
    "pass": "$mark-pass",
    "fail": "$mark-fail",
    "busy": "$mark-busy",
}


def coloured(text: str, kind: str) -> Content:
    """Text in the colour of a kind of cell."""
    if not kind:
        return Content(text)

    return Content.styled(text, _KINDS.get(kind, f"$route-{kind}"))


def title_of(run: RunDetail, glyphs: Glyphs) -> Content:
    """Which run, and how it ended."""
    return Content(f"{one_line(run.run_id, 40)}  ") + coloured(
        *wording.end_of(run, glyphs)
    )


def task_lines(run: RunDetail, glyphs: Glyphs) -> list[Content]:
    """What was asked, and what became of it, at a glance; then the whole text."""
    lines = [
        _fact(name, value) for name, value in _facts(run, glyphs) if value is not None
    ]
    lines += [*work_lines(run), Content()]
    if run.task is None:
        kept = f"The task's {run.task_length:,} characters were not kept"
        lines.append(_soft(f"{kept} (ledger.store_prompts = false)."))
    else:
        lines += _whole(run.task, run.run_id)
    return lines


def _facts(run: RunDetail, glyphs: Glyphs) -> Iterable[tuple[str, Content | None]]:
    end = coloured(*wording.end_of(run, glyphs))
    when = f"{wording.moment_of(run.started_at)} through {one_line(run.door, 20)}"
    seconds = f", {run.duration:.1f} s" if run.duration is not None else ""
    yield "when", Content(when + seconds)
    yield "in", Content(one_line(run.repository or run.cwd, 200))
    yield "decided", _words(run.decision.get("sentence"))
    yield "chain", _chain(run, glyphs)
    yield "ended", end + Content(f"  {one_line(run.sentence or '', 300)}")
    yield "label", _label(run, glyphs)
    yield "replays", _replays(run)
    yield "model", _words(run.model)
    if run.verdict:
        checks = coloured(*wording.verdict_of(run.verdict, glyphs))
        yield (
            "checks",
            checks + Content(f"  {one_line(run.verdict_summary or '', 200)}"),
        )
    if run.input_tokens is not None or run.output_tokens is not None:
        tokens = wording.tokens_of(run.input_tokens, run.output_tokens, glyphs)
        cost = f", ${run.cost_usd:.4f}" if run.cost_usd else ""
        yield "tokens", Content(f"{tokens} in/out{cost}")
    yield "changes", changes_fact(run, glyphs)
    if run.files:
        files = "  ".join(one_line(str(file), 80) for file in run.files[:20])
        more = (
            f" {glyphs.cut} {len(run.files) - 20} more" if len(run.files) > 20 else ""
        )
        yield "files", Content(files + more)
    yield "next", _words(run.next_step)


def _replays(run: RunDetail) -> Content | None:
    told: list[str] = []
    if run.replay_of:
        told.append(f"repeats {wording.short_id(run.replay_of)}")
    if run.replays:
        told.append(
            f"repeated {len(run.replays):,} times"
            if len(run.replays) > 1
            else "repeated once"
        )
    if not told:
        return None

    return Content("; ".join(told)) + _soft("  see Replays")


def _label(run: RunDetail, glyphs: Glyphs) -> Content | None:
    if not run.label:
        return None

    label = coloured(*wording.label_of(run.label, glyphs))
    words = f"  {one_line(run.label_text, 500)}" if run.label_text else ""
    since = "" if run.labelled_at is None else wording.moment_of(run.labelled_at)
    return label + Content(words) + _soft(f"  {since}")


def _chain(run: RunDetail, glyphs: Glyphs) -> Content | None:
    if len(run.attempts) < 2:
        return None

    steps = [
        f"{one_line(attempt.route, 12)} ({one_line(_ended(attempt), 20)})"
        for attempt in run.attempts
    ]
    return Content(f" {glyphs.arrow} ".join(steps))


def decision_lines(run: RunDetail, glyphs: Glyphs) -> list[Content]:
    """Where it went and why: each input, its threshold, and what would flip it."""
    decision = run.decision
    if not run.decided_route:
        return [_soft("Nothing was decided: the run ended before.")]

    route = one_line(run.decided_route, 12)
    lines = [
        Content.styled(route.upper(), "bold")
        + Content(f"  {wording.spoken(run.decided_reason)}"),
        Content(one_line(str(decision.get("sentence") or ""), 500)),
        Content(),
        _heading("What was looked at"),
        *_factors(decision.get("inputs"), glyphs),
    ]
    for title, name in (
        ("What would have changed it", "flips"),
        ("Asked next if it fails", "fallbacks"),
    ):
        if values := _list(decision.get(name)):
            lines += [Content(), _heading(title)]
            lines += [
                Content(f"  {glyphs.more} {one_line(str(value), 300)}")
                for value in values
            ]
    return lines


def _factors(factors: Any, glyphs: Glyphs) -> list[Content]:
    some: list[Any] = [one for one in _list(factors) if isinstance(one, dict)]
    return [_factor(factor, glyphs) for factor in some]


def _list(value: Any) -> list[Any]:
    """As much of a list as is shown; what is none is empty."""
    return cast("list[Any]", value)[:_MOST] if isinstance(value, list) else []


def _factor(factor: dict[str, Any], glyphs: Glyphs) -> Content:
    value: Any = factor.get("value")
    threshold: Any = factor.get("threshold")
    name = one_line(str(factor.get("name", "")).replace("_", " "), 22).ljust(22)
    colour = _LEANS.get(str(factor.get("leans")), "")
    lean = str(factor.get("leans") or "neutral")
    shown = _value(value)
    bar = Content("")
    if _is_number(value) and _is_number(threshold):
        top = max(abs(float(value)), abs(float(threshold)), 1e-9)
        bar = Content.styled(glyphs.bar(abs(float(value)) / top, _BAR), colour) + " "
        shown = f"{shown} of {_value(threshold)}"
    weight: Any = factor.get("weight")
    if _is_number(weight):
        shown = f"{shown}  {float(weight):+.2f}"
    lean = f"  {one_line(lean, 10)}" if lean != "neutral" else ""
    note = one_line(str(factor.get("note") or ""), 200)
    return (
        Content(f"  {name} ")
        + bar
        + Content(shown)
        + Content.styled(lean, colour)
        + _soft(f"  {note}")
    )


def _value(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.2f}"

    return one_line(str(value), 60)


def _is_number(value: Any) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool)


def attempt_lines(run: RunDetail, glyphs: Glyphs) -> list[Content]:
    """Each try: who, how it ended, how far it was trusted and why, what checks said."""
    if not run.attempts:
        return [_soft("Nobody was asked.")]

    lines: list[Content] = []
    for attempt in run.attempts:
        lines += [*_attempt(attempt, glyphs), Content()]
    return lines[:-1]


def _attempt(attempt: AttemptRow, glyphs: Glyphs) -> list[Content]:
    who = one_line(f"{attempt.route} {attempt.model or attempt.model_requested or ''}")
    ended = _ended(attempt)
    mark = glyphs.bad if attempt.fault else glyphs.good
    tokens = wording.tokens_of(attempt.input_tokens, attempt.output_tokens, glyphs)
    seconds = wording.seconds_of(attempt.duration, glyphs)
    lines = [
        Content.styled(f"{attempt.number}. {who}", "bold"),
        coloured(f"   {mark} {ended}", "fail" if attempt.fault else "pass")
        + Content(f"  {seconds} s  {tokens} tokens"),
    ]
    if attempt.error:
        lines.append(Content.styled(f"   {one_line(attempt.error, 500)}", "$mark-fail"))
    if attempt.confidence is not None:
        bar = glyphs.bar(attempt.confidence, _BAR)
        lines.append(Content(f"   trusted {attempt.confidence:.2f} {bar}"))
        lines += [Content(" ") + line for line in _factors(attempt.factors, glyphs)]
    if attempt.verdict:
        checks = coloured(*wording.verdict_of(attempt.verdict, glyphs))
        summary = one_line(attempt.verdict_summary or "", 200)
        lines.append(Content("   checks ") + checks + Content(f"  {summary}"))
    lines += [
        _soft(f"   {glyphs.dot} {one_line(str(note), 200)}")
        for note in attempt.notes[:10]
    ]
    return lines


def _ended(attempt: AttemptRow) -> str:
    return one_line(wording.spoken(attempt.fault or attempt.finish_reason or "?"), 30)


def raw_lines(run: RunDetail) -> list[Content]:
    """Everything, as `mux ledger show --json` prints it."""
    return _whole(json.dumps(record(run), indent=2, ensure_ascii=False), run.run_id)


def _whole(text: str, run_id: str) -> list[Content]:
    lines = [Content(line) for line in printable(text[:MOST_CHARACTERS]).split("\n")]
    if len(text) > MOST_CHARACTERS:
        left = len(text) - MOST_CHARACTERS
        command = f"mux ledger show {wording.short_id(run_id)}"
        lines += [Content(), _soft(f"{left:,} more characters: {command}")]
    return lines


def _fact(name: str, value: Content) -> Content:
    return _soft(name.ljust(_NAME)) + value


def _words(text: Any) -> Content | None:
    return Content(one_line(str(text), 500)) if text else None


def _heading(text: str) -> Content:
    return Content.styled(text, "bold $text-soft")


def _soft(text: str) -> Content:
    return Content.styled(text, "$text-soft")
