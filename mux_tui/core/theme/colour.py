"""Colours as text, `#rrggbb` or a terminal's own by name, and the contrast of two.

Contrast is that of WCAG 2: from 1 (the same) to 21 (black on white). A terminal's own
colours have none that could be known here.
"""

import re
from collections.abc import Iterable

ANSI = (
    "ansi_default",
    *(
        f"ansi_{bright}{name}"
        for bright in ("", "bright_")
        for name in (
            "black",
            "red",
            "green",
            "yellow",
            "blue",
            "magenta",
            "cyan",
            "white",
        )
    ),
)
"""The terminal's own colours; `ansi_default` is its text, or its background."""

BLACK = "#000000"
WHITE = "#ffffff"

_HEX = re.compile(r"#[0-9a-fA-F]{6}")
_STEPS = 50

Rgb = tuple[int, int, int]


def is_hex(text: str) -> bool:
    """Whether it is a colour written as `#rrggbb`."""
    return _HEX.fullmatch(text) is not None


def is_measurable(colour: str) -> bool:
    """Whether the colour is known here, and not only to a terminal."""
    return is_hex(colour)


def rgb(colour: str) -> Rgb:
    """Red, green and blue, each from 0 to 255, of `#rrggbb`."""
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def hexed(red: float, green: float, blue: float) -> str:
    """`#rrggbb` of parts from 0 to 255; what lies outside is moved inside."""
    parts = (min(255, max(0, round(part))) for part in (red, green, blue))
    return "#{:02x}{:02x}{:02x}".format(*parts)


def mix(one: str, other: str, share: float) -> str:
    """A colour between two; `share` of the `other`, from 0 to 1."""
    pairs = zip(rgb(one), rgb(other), strict=True)
    red, green, blue = (a + (b - a) * share for a, b in pairs)
    return hexed(red, green, blue)


def linear(part: int) -> float:
    """How much light one part of a colour stands for, from 0 to 1."""
    share = part / 255
    return share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4


def luminance(colour: str) -> float:
    """How bright a colour is, from 0 (black) to 1 (white)."""
    red, green, blue = map(linear, rgb(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """The contrast of two colours, from 1 to 21."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def readable(colour: str, grounds: Iterable[str], least: float) -> str:
    """The colour, moved towards black or white until it is readable on all grounds.

    Args:
        colour: The colour as wanted.
        grounds: What it stands on.
        least: The contrast wanted on each ground; where none reaches it, the nearest
            that there is.
    """
    behind = tuple(grounds)

    def worst(candidate: str) -> float:
        return min(contrast(candidate, ground) for ground in behind)

    end = max((BLACK, WHITE), key=worst)
    steps = (mix(colour, end, step / _STEPS) for step in range(_STEPS + 1))
    return next((candidate for candidate in steps if worst(candidate) >= least), end)
