"""What else a theme may say: the screen library's own variables, in `[variables]`.

Most of them follow from the roles. A theme names one only where it wants something
else. Their values end up in stylesheets, so only what cannot be more than a value is
let through.
"""

import re

from mux_tui.core.theme.colour import ANSI, is_hex

NAMES = frozenset(
    """
    block-cursor-background block-cursor-blurred-background
    block-cursor-blurred-foreground block-cursor-blurred-text-style
    block-cursor-foreground block-cursor-text-style block-hover-background border
    border-blurred button-color-foreground button-focus-text-style button-foreground
    footer-background footer-description-background footer-description-foreground
    footer-foreground footer-item-background footer-key-background
    footer-key-foreground input-cursor-background input-cursor-foreground
    input-cursor-text-style input-selection-background input-selection-foreground
    link-background link-background-hover link-color link-color-hover link-style
    link-style-hover markdown-h1-background markdown-h1-color markdown-h1-text-style
    markdown-h2-background markdown-h2-color markdown-h2-text-style
    markdown-h3-background markdown-h3-color markdown-h3-text-style
    markdown-h4-background markdown-h4-color markdown-h4-text-style
    markdown-h5-background markdown-h5-color markdown-h5-text-style
    markdown-h6-background markdown-h6-color markdown-h6-text-style
    screen-selection-background screen-selection-foreground scrollbar scrollbar-active
    scrollbar-background scrollbar-background-active scrollbar-background-hover
    scrollbar-corner-color scrollbar-hover text-disabled text-muted
    """.split()
)

_STYLES = frozenset("none not bold dim italic reverse strike underline".split())
_SHARE = re.compile(r"(?:100|[1-9]?\d)%")


def fault_of_variable(name: str, value: str) -> str:
    """What is wrong with a variable's value, ready to follow "must"; empty: nothing."""
    words = value.split()
    if name.endswith("-style"):
        good = bool(words) and _STYLES.issuperset(words)
        return "" if good else f"be words of {', '.join(sorted(_STYLES))}"

    good = value == "transparent" or _is_colour(words)
    return "" if good else "be #rrggbb, ansi_NAME or transparent"


def _is_colour(words: list[str]) -> bool:
    """One colour, or a colour and how much of it."""
    colour = len(words) in (1, 2) and (is_hex(words[0]) or words[0] in ANSI)
    return colour and (len(words) == 1 or _SHARE.fullmatch(words[1]) is not None)
