"""What the settings screen says around its lists."""

from collections.abc import Mapping, Sequence
from typing import Any

from textual.content import Content

from mux_tui.core.config.variables import variable_of
from mux_tui.core.ledger.local_scores import Effect, LocalScore, effect_of
from mux_tui.core.text import one_line
from mux_tui.tui.glyphs import Glyphs
from mux_tui.tui.widgets.settings.facts import Fact
from mux_tui.tui.widgets.settings.words import when

_HELD = "The values from before hold on."
_MOST_PROBLEMS = 3
_STEP = 0.1


def effect(threshold: Fact, scores: Sequence[LocalScore]) -> str:
    """What a threshold would have done with the last local answers, and another one."""
    if not scores:
        return ""

    now = float(threshold.value)
    wanted = float(threshold.shown)
    if wanted == now:
        wanted = now + _STEP if now + _STEP <= 1 else now - _STEP
    told = ", ".join(_kept(effect_of(at, scores)) for at in (now, wanted))
    answers = "answer" if len(scores) == 1 else f"{len(scores)} answers"
    return f"last {answers} from here: {told}"


def _kept(effect: Effect) -> str:
    share = effect.share or 0.0
    return f"{effect.threshold:.2f} keeps {share:.0%} ({effect.failed} failed)"


def saved(changes: Mapping[str, Any], file: str) -> str:
    """What was saved, and when it holds."""
    count = len(changes)
    what = next(iter(changes)) if count == 1 else f"{count} settings"
    later = [
        f"{told[0].upper()}{told[1:]}"
        for told in dict.fromkeys(map(when, changes))
        if told
    ]
    return ". ".join([f"Saved {what} in {file}", *later])


def nothing(looked_for: str) -> Content:
    """What stands there when no setting is shown."""
    if not looked_for:
        return Content("Reading your settings.")

    return Content(f"No setting speaks of {one_line(looked_for, 60)!r}.\n\nesc clears")


def banner(problems: Sequence[str], glyphs: Glyphs, at_start: bool) -> Content:
    """What is wrong with the files, and the way out.

    Args:
        problems: One line each.
        glyphs: The signs.
        at_start: It was so when mux was opened, and no values held before.
    """
    mark = Content.styled(f"{glyphs.bad} ", "bold $mark-fail")
    lines = [
        mark + Content(one_line(problem, 300)) for problem in problems[:_MOST_PROBLEMS]
    ]
    if (more := len(problems) - _MOST_PROBLEMS) > 0:
        lines.append(Content(f"  and {more} more"))
    held = "Meanwhile holds what allows the least." if at_start else _HELD
    out = f"{held} o opens the file; it is read again when saved."
    return Content("\n").join([*lines, Content.styled(out, "$text-soft")])


def foot(fact: Fact | None, unsaved: int, glyphs: Glyphs, width: int) -> Content:
    """What else is known of a setting, and how much is not saved; two lines."""
    first = "" if fact is None else _facts(fact, glyphs, width)
    if not unsaved:
        return Content(f"{first}\nno unsaved changes")

    word = "change" if unsaved == 1 else "changes"
    count = f"{glyphs.warn} {unsaved} unsaved {word}"
    keys = f" {glyphs.dot} ^s saves, remarks stay"
    return Content(f"{first}\n") + Content.styled(count, "bold $mark-warn") + keys


def _facts(fact: Fact, glyphs: Glyphs, width: int) -> str:
    """As much as fits, the most wanted last: when a change takes effect."""
    gap = f" {glyphs.dot} "
    takes = when(fact.name) or "a change holds at once"
    for parts in ([fact.name, variable_of(fact.name), takes], [fact.name, takes]):
        if len(line := gap.join(parts)) <= width:
            return line

    return takes
