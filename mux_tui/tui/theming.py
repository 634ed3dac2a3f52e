"""Theme files as Textual wears them, and which of them to wear.

Stylesheets name roles (`$route-local`, `$mark-fail`, `$line-focus`: the variables of
`core.theme.roles`) and never colours. Every theme has all of them, Textual's own
included, for which they are worked out.
"""

from collections.abc import Mapping

from textual.theme import Theme

from mux_tui.core.theme.colour import ANSI, is_hex
from mux_tui.core.theme.roles import ROLES, complete
from mux_tui.core.theme.theme_file import RESERVED, ThemeFile

DARK = "mux-dark"
PLAIN = "mux-ansi"
MONO = "mux-mono"

_TRUE_COLOUR = ("truecolor", "24bit")
_TRUE_TERMS = ("alacritty", "foot", "ghostty", "kitty", "wezterm")
_TRUE_PROGRAMS = ("iTerm.app", "WezTerm", "ghostty", "vscode")

_WIDGETS = {
    "block-cursor-foreground": "cursor-text",
    "block-cursor-background": "cursor-ground",
    "block-cursor-blurred-foreground": "cursor-rest-text",
    "block-cursor-blurred-background": "cursor-rest-ground",
    "block-hover-background": "cursor-rest-ground",
    "border": "line-focus",
    "border-blurred": "line",
    "button-color-foreground": "background",
    "button-foreground": "foreground",
    "footer-background": "panel",
    "footer-foreground": "text-soft",
    "footer-description-foreground": "text-soft",
    "footer-key-foreground": "text-key",
    "foreground-disabled": "text-faint",
    "foreground-muted": "text-soft",
    "input-cursor-background": "foreground",
    "input-cursor-foreground": "background",
    "input-selection-background": "selection-ground",
    "input-selection-foreground": "selection-text",
    "link-background-hover": "primary",
    "link-color": "primary",
    "link-color-hover": "background",
    "markdown-h1-color": "primary",
    "markdown-h2-color": "primary",
    "markdown-h3-color": "primary",
    "markdown-h4-color": "foreground",
    "markdown-h5-color": "foreground",
    "markdown-h6-color": "text-soft",
    "screen-selection-background": "selection-ground",
    "screen-selection-foreground": "selection-text",
    "scrollbar": "line",
    "scrollbar-active": "line-focus",
    "scrollbar-background": "background",
    "scrollbar-background-active": "background",
    "scrollbar-background-hover": "background",
    "scrollbar-corner-color": "background",
    "scrollbar-hover": "text-soft",
    "text-disabled": "text-faint",
    "text-muted": "text-soft",
}
"""Textual's variables, each with the role that it follows."""

_ANSI = {
    "ansi-background": "ansi_default",
    "ansi-foreground": "ansi_default",
    "button-color-foreground": "ansi_black",
}
"""What Textual's widgets want to know besides, of a terminal's own colours."""

_BASE = frozenset(role.variable for role in ROLES if not role.section)


def to_textual(theme: ThemeFile) -> Theme:
    """The theme as Textual wears it, all roles among its variables."""
    colours = theme.palette.colours
    widgets = {name: colours[role] for name, role in _WIDGETS.items()}
    if theme.ansi:
        widgets |= _ANSI
    roles = {name: value for name, value in colours.items() if name not in _BASE}
    return Theme(
        name=theme.name,
        primary=colours["primary"],
        secondary=colours["secondary"],
        accent=colours["accent"],
        foreground=colours["foreground"],
        background=colours["background"],
        surface=colours["surface"],
        panel=colours["panel"],
        success=colours["success"],
        warning=colours["warning"],
        error=colours["error"],
        dark=theme.dark,
        ansi=theme.ansi,
        variables={**widgets, **roles, **theme.variables},
    )


def defaults_of(theme: Theme) -> dict[str, str]:
    """The roles that a theme does not give; of ours none, of Textual's most."""
    if all(role.variable in theme.variables for role in ROLES if role.section):
        return {}

    generated = theme.to_color_system().generate()
    good = ANSI.__contains__ if theme.ansi else is_hex
    given = {name: generated[name] for name in _BASE if good(generated[name])}
    required = (role.variable for role in ROLES if role.default is None)
    ansi = theme.ansi or not given.keys() >= set(required)
    return dict(complete(given, ansi).colours)


def choose(wanted: str, variables: Mapping[str, str]) -> str:
    """The theme to wear.

    Args:
        wanted: The setting: a theme's name, or `auto`.
        variables: The environment, which tells what the terminal can show.
    """
    if wanted != RESERVED:
        return wanted
    if variables.get("NO_COLOR"):
        return MONO

    return DARK if has_true_colour(variables) else PLAIN


def has_true_colour(variables: Mapping[str, str]) -> bool:
    """Whether the terminal says that it can show any colour."""
    if variables.get("COLORTERM", "").lower() in _TRUE_COLOUR:
        return True
    if variables.get("TEXTUAL_COLOR_SYSTEM", "") == "truecolor":
        return True

    term = variables.get("TERM", "")
    if term.endswith("-direct") or any(name in term for name in _TRUE_TERMS):
        return True
    return variables.get("TERM_PROGRAM", "") in _TRUE_PROGRAMS
