"""A decision in words and bars: what was looked at, and what would have changed it."""

from dataclasses import replace
from typing import TYPE_CHECKING

from textual.content import Content

from mux_tui.core.text import one_line
from mux_tui.tui.glyphs import Glyphs
from mux_tui.tui.widgets.fit import fit
from mux_tui.tui.widgets.stages import ascii_only, stage_row

if TYPE_CHECKING:
    from mux_tui.core.task import Decision, Factor
    from mux_tui.tui.story import Story

_NAME = 12
_BAR = 8

_WEIGHED = {
    "local_model": "local model",
    "context": "context",
    "keywords": "hard words",
    "cloud_clis": "cloud",
}
"""Inputs that always decide, in this order, and what they are called here."""

_ASKED = {"route_choice": "asked for", "routing_word": "asked for"}
"""Inputs that decide when the user said something."""

_NOTHING = ("auto", "none")


def summary_line(story: "Story", glyphs: Glyphs) -> Content:
    """Who does it, with which model: `● LOCAL  qwen`."""
    decision = story.decision
    if decision is None:
        return Content.styled(f"{glyphs.half} deciding", "$mark-busy")
    if decision.ends:
        return Content.styled(f"{glyphs.bad} STAYS UNDONE", "bold $route-failed")

    line = _route(decision.route, glyphs)
    if story.route and story.route != decision.route:
        arrow = Content.styled(f" {glyphs.arrow} ", "$text-soft")
        line = line + arrow + _route(story.route, glyphs)
    model = story.model or _local_model(decision)
    return line + Content.styled(f"  {one_line(model, 60)}", "$text-soft")


def _route(route: str, glyphs: Glyphs) -> Content:
    mark = glyphs.on if route == "local" else glyphs.up
    return Content.styled(f"{mark} {route.upper()}", f"bold $route-{route}")


def _local_model(decision: "Decision") -> str:
    if decision.route != "local":
        return ""
    told = next((f.note for f in decision.inputs if f.name == "local_model"), "")
    return told.partition(":")[0]


def decision_lines(story: "Story", glyphs: Glyphs, width: int) -> list[Content]:
    """The decision from its sentence to the last input.

    Args:
        story: The run.
        glyphs: What to draw with.
        width: Cells of a line; sentences may be longer, and wrap.
    """
    decision = story.decision
    if decision is None:
        return [Content.styled(one_line(story.task.text, 200), "$text-soft")]

    lines = [Content(ascii_only(decision.sentence, glyphs))]
    lines += _handed(story, decision, glyphs)
    lines.append(Content(""))
    lines += _confidence(story, glyphs, width)
    shown = {factor.name: factor for factor in decision.inputs}
    if (cloud := shown.get("cloud_clis")) and (said := shown.get("cloud_permission")):
        told = f"{cloud.value} {glyphs.dot} {said.value}"
        leans = said.leans if said.leans != "neutral" else cloud.leans
        shown["cloud_clis"] = replace(cloud, value=told, threshold=None, leans=leans)
    for name, word in _ASKED.items():
        if name in shown and shown[name].value not in _NOTHING:
            lines += _input(word, shown[name], glyphs, width)
    for name, word in _WEIGHED.items():
        if name in shown:
            lines += _input(word, shown[name], glyphs, width)
    if decision.flips:
        lines += [Content(""), Content.styled("what would flip it", "$text-soft bold")]
        lines += [_flip(flip, glyphs) for flip in decision.flips]
    return lines + _others(decision, glyphs, width)


def _handed(story: "Story", decision: "Decision", glyphs: Glyphs) -> list[Content]:
    """Why somebody else does it now, and how much leaves this machine for it."""
    lines: list[Content] = []
    if story.route and story.route != decision.route:
        said = f"{glyphs.up} then {story.route}: {story.why}"
        lines.append(Content(ascii_only(said, glyphs)))
    if story.leaves:
        leaving = f"{glyphs.up} leaves this machine: {story.leaves:,} characters"
        lines.append(Content.styled(leaving, "$mark-warn"))
    return lines


def _confidence(story: "Story", glyphs: Glyphs, width: int) -> list[Content]:
    least = story.threshold
    if story.confidence is None:
        # Its place is kept, so that nothing moves when it comes.
        wanted = f"needs {least:.2f}"
        return [_row("confidence", 0.0, wanted, "neutral", glyphs, width)]

    score = story.confidence.score
    sign, lean = (">=" if glyphs.ascii else "≥", "local")
    if score < least:
        sign, lean = "<", "cloud"
    figures = f"{score:.2f} {sign} {least:.2f}"
    return [_row("confidence", score, figures, lean, glyphs, width)]


def _input(name: str, factor: "Factor", glyphs: Glyphs, width: int) -> list[Content]:
    """A row, and the note where it says why the factor leans."""
    value, least = factor.value, factor.threshold
    if _number(value) and _number(least):
        share = float(value) / float(least) if least else 1.0
        figures = f"{value:,} of {least:,}"
        lines = [_row(name, share, figures, factor.leans, glyphs, width)]
    else:
        words = one_line(str(value), max(8, width - _NAME - 9)).replace("_", " ")
        lines = [_plain(name, words, factor.leans, glyphs, width)]
    if factor.name == "keywords" and factor.note:
        note = one_line(factor.note, max(8, width - _NAME))
        lines.append(Content.styled(" " * _NAME + note, "$text-soft"))
    return lines


def _number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _row(
    name: str, share: float, figures: str, leans: str, glyphs: Glyphs, width: int
) -> Content:
    bar = glyphs.bar(share, _BAR)
    filled = bar.rstrip(glyphs.empty)
    colour = "$mark-warn" if leans == "cloud" else "$bar-fill"
    line = Content.styled(f"{name:{_NAME}}", "$text-soft")
    line += Content.styled(filled, colour)
    line += Content.styled(bar[len(filled) :], "$bar-track")
    return _leaning(line + Content(f" {figures}"), leans, glyphs, width)


def _plain(name: str, words: str, leans: str, glyphs: Glyphs, width: int) -> Content:
    line = Content.styled(f"{name:{_NAME}}", "$text-soft") + Content(words)
    return _leaning(line, leans, glyphs, width)


def _leaning(line: Content, leans: str, glyphs: Glyphs, width: int) -> Content:
    """The row with its leaning at the right edge."""
    if leans == "neutral":
        return fit(line, width, glyphs)

    word = f"{glyphs.arrow} {leans}"
    room = width - len(word) - 1
    line = fit(line, room, glyphs)
    colour = "$mark-warn" if leans == "cloud" else "$text-soft"
    pad = " " * max(1, width - line.cell_length - len(word))
    return line + Content(pad) + Content.styled(word, colour)


def _flip(flip: str, glyphs: Glyphs) -> Content:
    mark = Content.styled(f"{glyphs.more} ", "$text-soft")
    return mark + Content(ascii_only(one_line(flip), glyphs))


def _others(decision: "Decision", glyphs: Glyphs, width: int) -> list[Content]:
    """What was looked at besides."""
    known = {*_WEIGHED, *_ASKED, "cloud_permission"}
    rest = [factor for factor in decision.inputs if factor.name not in known]
    if not rest:
        return []

    lines = [Content(""), Content.styled("also looked at", "$text-soft bold")]
    for factor in rest:
        value = one_line(str(factor.value), 40).replace("_", " ")
        name = Content.styled(f"{factor.name.replace('_', ' '):{_NAME}}", "$text-soft")
        lines.append(fit(name + Content(value), width, glyphs))
    return lines


def score_lines(story: "Story", glyphs: Glyphs, width: int) -> list[Content]:
    """What the confidence is made of, strongest first."""
    if story.confidence is None:
        return []

    factors = [f for f in story.confidence.factors if f.weight]
    factors.sort(key=lambda factor: -abs(factor.weight or 0))
    lines = [Content(""), Content.styled("what the answer scored", "$text-soft bold")]
    for factor in factors:
        name = Content.styled(f"{factor.name.replace('_', ' '):{_NAME + 4}}", "")
        row = name + Content(f"{factor.weight:+.2f}  {one_line(factor.note, 200)}")
        lines.append(fit(row, width, glyphs))
    return lines


def brief_lines(story: "Story", glyphs: Glyphs, width: int, now: float) -> Content:
    """Decision and stages on two lines, for small screens."""
    facts = Content("")
    if story.confidence is not None:
        sign = "<" if story.confidence.score < story.threshold else "≥"
        told = f"  conf {story.confidence.score:.2f}{sign}{story.threshold:.2f}"
        facts = Content(ascii_only(told, glyphs))
    if story.leaves:
        leaving = f"  {glyphs.up} {story.leaves:,} characters leave"
        facts += Content.styled(leaving, "$mark-warn")
    why = Content.styled("? why", "$text-key")
    room = width - why.cell_length - 1
    first = fit(summary_line(story, glyphs) + facts, room, glyphs)
    first += Content(" " * (room - first.cell_length + 1)) + why
    return first + Content("\n") + stage_row(story.stages, glyphs, width, now)
