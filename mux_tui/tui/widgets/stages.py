"""The steps of a run with their times, one a line, or all on one."""

from typing import TYPE_CHECKING

from textual.content import Content

from mux_tui.tui.glyphs import Glyphs
from mux_tui.tui.widgets.fit import fit

if TYPE_CHECKING:
    from mux_tui.tui.stage_list import Stage, StageState

_NAME = 15
_TIME = 7

_LOOKS: "dict[StageState, tuple[str, str]]" = {
    "waiting": ("off", "$mark-idle"),
    "busy": ("half", "$mark-busy"),
    "done": ("good", "$mark-pass"),
    "failed": ("bad", "$mark-fail"),
    "unknown": ("off", "$text-soft"),
}


def seconds_text(seconds: float | None) -> str:
    """A duration in few cells: `0.00 s`, `4.1 s`, `31 s`, `3:07`."""
    if seconds is None:
        return ""
    if seconds < 1:
        return f"{seconds:.2f} s"
    if seconds < 100:
        return f"{seconds:.1f} s" if seconds < 20 else f"{seconds:.0f} s"
    if seconds < 3600:
        return f"{seconds // 60:.0f}:{seconds % 60:02.0f}"

    return f"{seconds / 3600:.1f} h"


def stage_lines(
    stages: "list[Stage]", glyphs: Glyphs, width: int, most: int, now: float
) -> list[Content]:
    """One line a stage, the last `most` of them.

    Args:
        stages: From the first to the last.
        glyphs: What to draw with.
        width: Cells of a line.
        most: How many lines there may be.
        now: By the clock that the stages were told with.
    """
    shown = stages[-most:]
    if len(shown) < len(stages):
        shown = stages[-(most - 1) :]
    lines = [_line(stage, glyphs, width, now) for stage in shown]
    if hidden := len(stages) - len(shown):
        more = f"{glyphs.cut} {hidden} earlier: press ?"
        lines.insert(0, Content.styled(more, "$text-soft"))
    return lines


def _line(stage: "Stage", glyphs: Glyphs, width: int, now: float) -> Content:
    name, colour = _LOOKS[stage.state]
    words = "$text-soft" if stage.state == "waiting" else ""
    line = Content.styled(f"{getattr(glyphs, name)} ", colour)
    line += Content.styled(f"{stage.name:{_NAME}}", words)
    line += Content.styled(f"{seconds_text(stage.lasted(now)):>{_TIME}}", words)
    detail = f"  {ascii_only(stage.detail, glyphs)}" if stage.detail else ""
    line += Content.styled(detail, "$text-soft")
    return fit(line, width, glyphs)


def stage_row(stages: "list[Stage]", glyphs: Glyphs, width: int, now: float) -> Content:
    """All stages on one line; where they do not fit, the first ones go."""
    parts = [_short(stage, glyphs, now) for stage in stages]
    cut = Content("")
    while len(parts) > 1 and sum(p.cell_length + 2 for p in parts) > width:
        parts.pop(0)
        cut = Content.styled(f"{glyphs.cut} ", "$text-soft")
    row = cut + Content("  ").join(parts)
    return fit(row, width, glyphs)


def _short(stage: "Stage", glyphs: Glyphs, now: float) -> Content:
    name, colour = _LOOKS[stage.state]
    mark = Content.styled(f"{getattr(glyphs, name)} ", colour)
    told = ""
    if stage.state == "busy":
        told = stage.detail or seconds_text(stage.lasted(now))
    elif stage.name.startswith("ask"):
        told = stage.detail.rpartition(" · ")[2]
    words = f"{stage.name} {told}".rstrip()
    return mark + Content.styled(
        ascii_only(words, glyphs), "$text-soft" if stage.state == "waiting" else ""
    )


_ASCII = str.maketrans({"≥": ">=", "·": "-", "…": "~", "→": ">"})


def ascii_only(text: str, glyphs: Glyphs) -> str:
    """Text of ours with twins for the few signs that are not ASCII, where asked for."""
    return text.translate(_ASCII) if glyphs.ascii else text
