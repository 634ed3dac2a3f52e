"""Code to the letter, coloured by Pygments, in rows no wider than there is room.

Only languages that are listed here are coloured: their lexers are known to be quick on
whatever a model calls by their name.
"""

from collections.abc import Callable
from functools import lru_cache
from time import thread_time
from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.style import Style

from mux_tui.core.text import one_line
from mux_tui.tui.widgets.answer.look import Look
from mux_tui.tui.widgets.answer.rows import Piece, Row, before, chop
from mux_tui.tui.widgets.answer.visible import visible

if TYPE_CHECKING:
    from pygments.lexer import Lexer
    from pygments.token import _TokenType  # pyright: ignore[reportPrivateUsage]
    from rich.syntax import SyntaxTheme

_LANGUAGES = frozenset(
    "bash c c# c++ clojure cmake cpp cs csharp css dart diff docker dockerfile elixir"
    " erlang ex fish fsharp go golang graphql groovy haskell hcl hs html http ini java"
    " javascript js json json5 jsonc jsx julia kotlin kt latex less lua make makefile"
    " markdown md nginx nix objc objective-c ocaml patch perl php pl powershell"
    " properties proto protobuf ps1 py py3 pycon python python3 pytb r rb rs ruby rust"
    " sass scala scss sh shell sql svelte swift terraform tex tf toml ts tsx typescript"
    " vb vim vue xml yaml yml zig zsh".split()
)

_NAMES = {
    "jsonc": "json",
    "jsx": "javascript",
    "kt": "kotlin",
    "patch": "diff",
    "svelte": "html",
    "tsx": "typescript",
    "vb": "vb.net",
    "vue": "html",
}
"""Languages drawn as another one, of which they are a dialect."""

_LONGEST = 400
"""Characters of a line above which code is machine-made: it has no colours."""

_PATIENCE = 0.06
"""Seconds of work after which a block is shown without colours: some lexers take time
with the square of what they read."""

_TOKENS = 64
"""Between two looks at the clock."""


def code_rows(text: str, language: str, look: Look, width: int) -> list[Row]:
    """The rows of code; the rest of a line that is too long follows under a mark."""
    width = max(1, width - 2)
    upright = look.glyphs.upright
    bar, mark = (f"{upright} ", look.faint), (f"{upright}{look.goes_on}", look.faint)
    rows: list[Row] = []
    for line in code_lines(text, language, look):
        rows += before(chop(line, width), bar, mark)
    return rows


def top_row(language: str, look: Look, width: int) -> Row:
    """The upper edge of a frame, with what the fence calls the code."""
    name = one_line(visible(language), max(1, width - 4))
    edge = f"{look.corners[0]} {name} " if name else look.corners[0]
    rule = look.glyphs.rule * max(0, width - cell_len(edge))
    return Row([(edge + rule, look.faint)], decoration=True)


def bottom_row(look: Look, width: int) -> Row:
    """The lower edge of a frame."""
    edge = look.corners[1] + look.glyphs.rule * max(0, width - 1)
    return Row([(edge, look.faint)], decoration=True)


def code_lines(text: str, language: str, look: Look) -> list[list[Piece]]:
    """The code line by line, in pieces; of one colour where it takes long to read."""
    text = visible(text.expandtabs(4))
    lines = text.split("\n")
    if look.syntax and all(len(line) <= _LONGEST for line in lines):
        lexer = _lexer(language)
        style_of = _styler(look.syntax, look.code)
        if lexer and (coloured := _coloured(text, lexer, style_of)):
            return coloured

    return [[(line, look.code)] for line in lines]


def _coloured(
    text: str, lexer: "Lexer", style_of: "Callable[[_TokenType], Style]"
) -> list[list[Piece]] | None:
    """The code in colours; None: the lexer was slow, or did not keep to the letter."""
    lines: list[list[Piece]] = [[]]
    length = 0
    until = thread_time() + _PATIENCE
    for count, (_, kind, value) in enumerate(lexer.get_tokens_unprocessed(text)):
        length += len(value)
        if not count % _TOKENS and thread_time() > until:
            return None

        style = style_of(kind)
        first, *others = value.split("\n")
        if first:
            lines[-1].append((first, style))
        lines.extend([(other, style)] if other else [] for other in others)

    return lines if length == len(text) else None


@lru_cache(64)
def _lexer(language: str) -> "Lexer | None":
    """The lexer of a listed language."""
    name = (language.lower().split() or [""])[0].strip("{}.")
    if name not in _LANGUAGES:
        return None

    # Pygments costs time at the start of the cockpit, and not every answer has code.
    from pygments.lexers import (
        get_lexer_by_name,  # pyright: ignore[reportUnknownVariableType]
    )
    from pygments.util import ClassNotFound

    try:
        return get_lexer_by_name(_NAMES.get(name, name))
    except ClassNotFound:
        return None


@lru_cache(8)
def _styler(theme: "SyntaxTheme", base: Style) -> "Callable[[_TokenType], Style]":
    """Styles of kinds of tokens, drawn upon `base`; no backgrounds."""

    @lru_cache(1024)
    def style_of(kind: "_TokenType") -> Style:
        found = theme.get_style_for_token(kind)
        return base + Style(
            color=found.color,
            bold=found.bold,
            italic=found.italic,
            underline=found.underline,
        )

    return style_of
