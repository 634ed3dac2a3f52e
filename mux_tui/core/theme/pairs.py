"""Which colours meet on a screen, and whether a person can tell them apart.

WCAG 2 asks for 4.5 where something is read and 3 where it is only seen; themes that
promise a high contrast keep 7 and 4.5.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from mux_tui.core.theme.colour import contrast, is_measurable, luminance
from mux_tui.core.theme.roles import GROUNDS, MARK, TEXT
from mux_tui.core.theme.theme_file import ThemeFile

Kind = Literal["text", "mark"]

HIGH_TEXT = 7.0
HIGH_MARK = 4.5

_ROUTES = tuple(f"route-{name}" for name in ("local", "claude", "codex", "gemini"))
_MARKS = tuple(f"mark-{name}" for name in ("pass", "fail", "warn", "busy", "idle"))
_NEWS = ("primary", "secondary", "accent", "success", "warning", "error")
_READ = ("foreground", "text-soft", "text-key", *_NEWS, *_ROUTES, "route-failed")
_SEEN = ("text-faint", "line", "line-focus", "bar-fill", "bar-track")
_MIDDLE = 0.18
"""The luminance that is as far from black as from white."""


@dataclass(frozen=True)
class Pair:
    """Two roles that meet."""

    front: str
    behind: str
    kind: Kind


@dataclass(frozen=True)
class Weak:
    """A pair that is too close, or another promise that a theme does not keep."""

    pair: Pair
    contrast: float
    least: float

    def __str__(self) -> str:
        return (
            f"{self.pair.front} on {self.pair.behind}: "
            f"{self.contrast:.2f}, needs {self.least:g} ({self.pair.kind})"
        )


def _pairs() -> Iterator[Pair]:
    for ground in GROUNDS:
        yield from (Pair(front, ground, "text") for front in _READ)
        yield from (Pair(front, ground, "mark") for front in (*_MARKS, *_SEEN))
    for row in ("cursor", "cursor-rest"):
        yield Pair(f"{row}-text", f"{row}-ground", "text")
        yield from (Pair(r, f"{row}-ground", "text") for r in _ROUTES)
        yield from (Pair(m, f"{row}-ground", "mark") for m in _MARKS)
        yield Pair("route-failed", f"{row}-ground", "text")
        yield Pair("text-soft", f"{row}-ground", "text")
    yield Pair("selection-text", "selection-ground", "text")
    for change in ("added", "removed"):
        ground = f"diff-{change}-ground"
        yield Pair(f"diff-{change}", ground, "text")
        yield Pair("foreground", ground, "text")
        yield Pair("diff-gutter", ground, "text")
        yield Pair(f"diff-{change}", "background", "text")
    yield Pair("diff-hunk", "background", "text")
    yield Pair("diff-gutter", "background", "text")


PAIRS: tuple[Pair, ...] = tuple(_pairs())
"""Every pair that the screens use."""


def least_of(kind: Kind, high_contrast: bool) -> float:
    """The contrast that a pair needs."""
    if kind == "text":
        return HIGH_TEXT if high_contrast else TEXT

    return HIGH_MARK if high_contrast else MARK


def weak_pairs(theme: ThemeFile) -> tuple[Weak, ...]:
    """The pairs that are too close; of a terminal's own colours none is known."""
    found: list[Weak] = []
    for pair in PAIRS:
        front, behind = theme.palette[pair.front], theme.palette[pair.behind]
        if not (is_measurable(front) and is_measurable(behind)):
            continue
        measured = contrast(front, behind)
        least = least_of(pair.kind, theme.high_contrast)
        if measured < least:
            found.append(Weak(pair, measured, least))

    return tuple(found)


def misnamed(theme: ThemeFile) -> str:
    """What is wrong with a theme's word for its brightness; empty: nothing."""
    background = theme.palette["background"]
    if not is_measurable(background):
        return ""
    if theme.dark == (luminance(background) < _MIDDLE):
        return ""

    written = "true" if theme.dark else "false"
    return f"dark = {written}, but the background {background} is not"
