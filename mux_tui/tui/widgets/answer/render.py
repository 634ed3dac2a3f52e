"""Drawing one block of an answer: from Markdown to lines of a given width.

Markdown is parsed here block by block, so that a block which is finished is drawn once.
HTML is shown as it was written, link definitions and line ends too: what a model wrote
is not left out.
"""

from collections.abc import Iterator, Sequence
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING

from rich.style import Style

from mux_tui.tui.widgets.answer.block import Block
from mux_tui.tui.widgets.answer.code import bottom_row, code_rows, top_row
from mux_tui.tui.widgets.answer.inline import pieces
from mux_tui.tui.widgets.answer.look import Look
from mux_tui.tui.widgets.answer.rows import Line, Row, before, chop, finish, wrap
from mux_tui.tui.widgets.answer.table import Align, Table, table_rows
from mux_tui.tui.widgets.answer.visible import visible

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

NARROWEST = 12
"""Cells; a narrower pane shows the left part of lines as wide as this."""

_DEEPEST = 24
"""Levels of lists (two each) and quotes in each other that are drawn as such. The time
that brackets without end take grows with it."""

_SET_APART = {"heading_open", "fence", "code_block", "table_open", "hr"}
"""What stands between empty lines, however it was written."""


def render(block: Block, look: Look, width: int) -> list[Line]:
    """The block's lines, each `width` cells wide (at least `NARROWEST`)."""
    width = max(width, NARROWEST)
    margin = min(block.indent, width // 3)
    rows = _rows(block, look, width - margin)
    if margin:
        space = (" " * margin, look.text)
        rows = before(rows, space, space)
    if block.joined and rows and not rows[0].decoration:
        rows[0].joint = ""
    return [finish(row, width, look.text) for row in rows]


def prose(text: str, look: Look, width: int, bar: str = "") -> list[Line]:
    """Text to the letter, faint and wrapped, behind a bar of decoration."""
    width = max(width, NARROWEST)
    mark = (bar, look.faint)
    shown = visible(text.expandtabs(4))
    rows = before(wrap([(shown, look.faint)], width - len(bar)), mark, mark)
    return [finish(row, width, look.text) for row in rows]


def empty(look: Look, width: int) -> Line:
    """An empty line."""
    return finish(Row([]), max(width, NARROWEST), look.text)


def _rows(block: Block, look: Look, width: int) -> list[Row]:
    if not block.text and (block.kind != "code" or not block.tail):
        return []

    match block.kind:
        case "text":
            tokens = _parser().parse(block.text)
            if any(token.level >= _DEEPEST - 1 for token in tokens):
                # The parser leaves out what is nested deeper.
                return _raw(block.text, look.text, width)
            return _Drawing(look).siblings(tokens, width)
        case "raw":
            return _raw(block.text, look.text, width)
        case "code":
            return list(_framed(block, look, width))


def _framed(block: Block, look: Look, width: int) -> Iterator[Row]:
    if block.head:
        yield top_row(block.language, look, width)
    if block.text or not block.tail:
        yield from code_rows(block.text, block.language, look, width)
    if block.tail:
        yield bottom_row(look, width)


def _raw(text: str, style: Style, width: int) -> list[Row]:
    shown = visible(text.expandtabs(4))
    return [row for line in shown.split("\n") for row in chop([(line, style)], width)]


@cache
def _parser() -> "MarkdownIt":
    # It costs time at the start of the cockpit, which shows no answer yet.
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark", {"maxNesting": _DEEPEST})
    parser.enable(["table", "strikethrough"])
    # A definition stands in a block of its own: nobody would ever look it up.
    return parser.disable("reference")


class _Drawing:
    """Turns block tokens into rows; each level is drawn into the room of its parent."""

    def __init__(self, look: Look) -> None:
        self._look = look

    def siblings(
        self, tokens: "Sequence[Token]", width: int, base: Style | None = None
    ) -> list[Row]:
        """Blocks one below the other."""
        base = base or self._look.text
        rows: list[Row] = []
        above: Token | None = None
        for inside in _elements(tokens):
            if above and _apart(above, inside[0]):
                rows.append(Row([]))
            rows += self._element(inside, max(1, width), base)
            above = inside[0]
        return rows

    def _element(self, tokens: "Sequence[Token]", width: int, base: Style) -> list[Row]:
        first = tokens[0]
        match first.type:
            case "paragraph_open":
                return wrap(pieces(tokens[1].children or [], self._look, base), width)
            case "heading_open":
                return self._heading(first.tag, tokens[1], width)
            case "bullet_list_open" | "ordered_list_open":
                return self._list(tokens[1:-1], width, base)
            case "blockquote_open":
                return self._quote(tokens[1:-1], width)
            case "table_open":
                return table_rows(self._table(tokens), self._look, width)
            case "fence" | "code_block":
                return self._code(first, width)
            case "hr":
                rule = self._look.glyphs.rule * width
                return [Row([(rule, self._look.faint)], decoration=True)]
            case _:
                return _raw(first.content.rstrip("\n"), base, width)

    def _heading(self, tag: str, inline: "Token", width: int) -> list[Row]:
        style = self._look.heading
        mark = (f"{'#' * int(tag[1])} ", style)
        rows = wrap(
            pieces(inline.children or [], self._look, style), width - len(mark[0])
        )
        space = (" " * len(mark[0]), style)
        return before(rows, mark, space, decoration=False)

    def _list(self, tokens: "Sequence[Token]", width: int, base: Style) -> list[Row]:
        rows: list[Row] = []
        items = list(_elements(tokens))
        marks = [
            f"{item[0].info}{item[0].markup}" if item[0].info else self._look.bullet
            for item in items
        ]
        room = max(map(len, marks), default=0) + 1
        for mark, item in zip(marks, items, strict=True):
            inside = self.siblings(item[1:-1], width - room, base) or [Row([])]
            first = (f"{mark:>{room - 1}} ", base)
            rows += before(inside, first, (" " * room, base), decoration=False)
        return rows

    def _quote(self, tokens: "Sequence[Token]", width: int) -> list[Row]:
        bar = (f"{self._look.glyphs.upright} ", self._look.faint)
        return before(self.siblings(tokens, width - 2, self._look.quote), bar, bar)

    def _code(self, token: "Token", width: int) -> list[Row]:
        text = token.content.removesuffix("\n")
        return [
            top_row(token.info, self._look, width),
            *code_rows(text, token.info, self._look, width),
            bottom_row(self._look, width),
        ]

    def _table(self, tokens: "Sequence[Token]") -> Table:
        table = Table()
        for token, inline in pairwise(tokens):
            if token.type == "tr_open" and table.head:
                table.body.append([])
            elif token.type == "th_open":
                bold = self._look.text + Style(bold=True)
                table.head.append(pieces(inline.children or [], self._look, bold))
                table.aligns.append(_align(token))
            elif token.type == "td_open":
                style = self._look.text
                table.body[-1].append(pieces(inline.children or [], self._look, style))
        return table


def _align(token: "Token") -> Align:
    match token.attrs.get("style"):
        case "text-align:right":
            return "right"
        case "text-align:center":
            return "center"
        case _:
            return "left"


def _elements(tokens: "Sequence[Token]") -> "Iterator[Sequence[Token]]":
    """The tokens of each element on the uppermost level."""
    start = depth = 0
    for index, token in enumerate(tokens):
        depth += token.nesting
        if depth == 0:
            yield tokens[start : index + 1]
            start = index + 1


def _apart(above: "Token", below: "Token") -> bool:
    """Whether an empty line stands between two elements: where one was written."""
    if above.type in _SET_APART or below.type in _SET_APART:
        return True

    return not (above.map and below.map) or above.map[1] < below.map[0]
