"""How code is coloured under a theme; apart, for Pygments is not needed to start."""

from collections.abc import Mapping

from pygments.token import Token
from rich.style import Style
from rich.syntax import ANSISyntaxTheme, PygmentsSyntaxTheme, SyntaxTheme

from mux_tui.core.theme.syntax import OWN_STYLE

_CODE = {
    Token.Comment: ("text-soft", "italic"),
    Token.Comment.Preproc: ("secondary", ""),
    Token.Keyword: ("primary", "bold"),
    Token.Keyword.Constant: ("secondary", ""),
    Token.Keyword.Type: ("accent", ""),
    Token.Name.Builtin: ("accent", ""),
    Token.Name.Class: ("warning", ""),
    Token.Name.Decorator: ("secondary", ""),
    Token.Name.Exception: ("error", ""),
    Token.Name.Function: ("accent", ""),
    Token.Name.Namespace: ("warning", ""),
    Token.Name.Tag: ("primary", ""),
    Token.Number: ("secondary", ""),
    Token.Operator.Word: ("primary", "bold"),
    Token.String: ("success", ""),
    Token.String.Escape: ("warning", ""),
    Token.String.Interpol: ("warning", ""),
    Token.Generic.Deleted: ("diff-removed", ""),
    Token.Generic.Inserted: ("diff-added", ""),
    Token.Generic.Subheading: ("diff-hunk", ""),
    Token.Generic.Heading: ("primary", "bold"),
    Token.Generic.Emph: ("foreground", "italic"),
    Token.Generic.Strong: ("foreground", "bold"),
    Token.Error: ("error", ""),
}
"""The colour and style of each kind of word in code; others are as the text is."""


def code_colours(variables: Mapping[str, str], style: str = OWN_STYLE) -> SyntaxTheme:
    """How code is coloured.

    Args:
        variables: The app's `theme_variables`.
        style: A Pygments style's name, or `theme`: the roles' own colours.
    """
    if style != OWN_STYLE:
        return PygmentsSyntaxTheme(style)

    styles: dict[tuple[str, ...], Style] = {
        token: Style.parse(f"{words} {_rich(variables[role])}".strip())
        for token, (role, words) in _CODE.items()
    }
    return ANSISyntaxTheme(styles)


def _rich(colour: str) -> str:
    """Rich's name of a colour."""
    return colour.removeprefix("ansi_")
