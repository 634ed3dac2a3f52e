"""How code is coloured: from the theme's own palette, or as a Pygments style does."""

import difflib

from mux_tui.core.text import one_line

OWN_STYLE = "theme"
"""The word for the theme's own colours."""

_LONGEST_COMPARED = 60


def fault_of_style(name: str) -> str:
    """What is wrong with a style's name, ready to follow "must"; empty: nothing."""
    if name == OWN_STYLE:
        return ""

    # Late: it looks for plugins, which only files that name a style pay for.
    from pygments.styles import get_all_styles

    known = sorted(get_all_styles())
    if name in known:
        return ""

    near = difflib.get_close_matches(name[:_LONGEST_COMPARED], known, 1)
    guess = f", nearest is {one_line(near[0])}" if near else ""
    return f"be {OWN_STYLE}, or the name of a Pygments style{guess}"
