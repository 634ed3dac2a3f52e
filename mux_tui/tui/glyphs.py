"""The marks that the screens draw with, and their twins for terminals without Unicode.

A mark always stands beside a word or in a column with a name: it is never the only
sign, and neither is its colour.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Glyphs:
    """One set of marks; each is one cell wide."""

    ascii: bool
    on: str
    """Here, ready, local."""

    half: str
    """Under way, or half of it."""

    off: str
    """Not here, not begun."""

    up: str
    """Handed to a stronger model."""

    good: str
    bad: str
    warn: str
    more: str
    """What can be opened, or comes next."""

    open: str
    """What is open."""

    down: str
    """More below."""

    cut: str
    """Text was cut here."""

    dot: str
    """Between two facts."""

    arrow: str
    rule: str
    upright: str
    full: str
    """A filled cell of a bar."""

    dark: str
    medium: str
    light: str
    """Other parts of a bar, from heavy to light."""

    empty: str
    """An empty cell of a bar."""

    caret: str
    levels: str
    """From low to high, for sparklines."""

    def bar(self, share: float, width: int) -> str:
        """A bar `width` cells long, filled up to `share` (0 to 1)."""
        filled = round(min(max(share, 0.0), 1.0) * width)
        return self.full * filled + self.empty * (width - filled)

    def spark(self, values: list[float], top: float | None = None) -> str:
        """One cell a value, from nothing to `top`; None: the largest value."""
        top = max(values, default=0.0) if top is None else top
        last = len(self.levels) - 1
        return "".join(
            self.levels[round(min(max(v / top, 0.0), 1.0) * last) if top > 0 else 0]
            for v in values
        )


UNICODE = Glyphs(
    ascii=False,
    on="●",
    half="◐",
    off="○",
    up="▲",
    good="✓",
    bad="✗",
    warn="!",
    more="▸",
    open="▾",
    down="↓",
    cut="…",
    dot="·",
    arrow="→",
    rule="─",
    upright="│",
    full="█",
    dark="▓",
    medium="▒",
    light="░",
    empty="·",
    caret="▌",
    levels="▁▂▃▄▅▆▇█",
)

ASCII = Glyphs(
    ascii=True,
    on="*",
    half="~",
    off="o",
    up="^",
    good="+",
    bad="x",
    warn="!",
    more=">",
    open="v",
    down="v",
    cut="~",
    dot="-",
    arrow=">",
    rule="-",
    upright="|",
    full="#",
    dark="=",
    medium="-",
    light=".",
    empty=".",
    caret="_",
    levels="_.-=+*#@",
)


def choose_glyphs(
    wanted: Literal["auto", "unicode", "ascii"], variables: Mapping[str, str]
) -> Glyphs:
    """The set to draw with; `auto`: as the locale's variables tell."""
    if wanted != "auto":
        return UNICODE if wanted == "unicode" else ASCII

    names = (variables.get(name, "") for name in ("LC_ALL", "LC_CTYPE", "LANG"))
    locale = next((name for name in names if name), "")
    # Programs started outside of a shell have no locale on macOS, and Unicode there.
    told = locale.upper().replace("-", "")
    return ASCII if told and "UTF8" not in told else UNICODE
