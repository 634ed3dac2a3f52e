"""Cutting a growing Markdown text into blocks that are finished and one that is open.

A finished block never changes any more, whatever follows: it is drawn once. What is
open stays small, for an element that grows too long is cut in two which read as one.
Every character that came in is in the `source` of exactly one block, in order; and
however the text was split on its way, the blocks are the same.
"""

from copy import copy

from mux_tui.tui.widgets.answer import shape
from mux_tui.tui.widgets.answer.block import LINES, PART, Block, Draft, Kind


class Splitter:
    """Makes blocks of a text that comes in pieces."""

    def __init__(self) -> None:
        self._reset()

    def _reset(self) -> None:
        self._rest = ""
        self._inside = False
        """The line that goes on has begun in a part that was taken."""

        self._draft: Draft | None = None
        self._columns: list[int] = []
        """Where the contents of the list items around the next line begin."""

        self._before: list[str] = []
        """Blank lines that go with the next block."""

        self._follows: Draft | None = None
        """What was cut, when the next line goes on with it."""

        self._done: list[Block] = []

    def feed(self, text: str) -> list[Block]:
        """Take the next piece; the blocks which it finished."""
        text = self._rest + text
        start = 0
        while True:
            end = text.find("\n", start, start + PART + 1) + 1
            if not end:
                if len(text) - start <= PART:
                    break
                end = start + PART
            self._take(text[start:end])
            start = end

        self._rest = text[start:]
        return self._given()

    def flush(self) -> list[Block]:
        """The text is over: what is left, as blocks. The next text may come."""
        if self._rest:
            self._take(self._rest)
        self._finish()
        if self._before:
            self._give_blanks()
        given = self._given()
        self._reset()
        return given

    def peek(self) -> list[Block]:
        """What is open, as it reads if nothing else comes; nothing is changed.

        The end of the last line is left out while it may still turn into a mark.
        """
        twin = copy(self)
        twin._draft = self._draft.twin() if self._draft else None
        twin._columns = list(self._columns)
        twin._before = list(self._before)
        twin._done = []
        if not self._inside and shape.is_undecided(self._rest):
            twin._rest = ""
        return twin.flush()

    def _given(self) -> list[Block]:
        given, self._done = self._done, []
        return given

    def _take(self, source: str) -> None:
        """One line with its end, a part of a long one, or the last one without."""
        line = source.replace("\r", "").removesuffix("\n")
        inside = self._inside
        self._inside = len(source) >= PART and not source.endswith("\n")
        if inside:
            self._go_on(source, line)
        elif not (self._draft and self._keep(self._draft, source, line)):
            self._begin(source, line)
        if self._draft and self._draft.full():
            self._cut(self._draft)

    def _go_on(self, source: str, line: str) -> None:
        """More of a long line."""
        draft = self._draft
        if draft and draft.kind != "text":
            draft.lines[-1] += line
            draft.sources[-1] += source
            draft.size += len(source)
        else:
            # What is inside of so long a line is not worth parsing.
            follows = draft or self._follows
            self._close(tail=False)
            indent = follows.indent if follows else 0
            self._draft = draft = Draft("raw", indent, head=False, joined=True)
            draft.fence = follows.fence if follows else None
            draft.add(source, line)
        if draft.kind == "raw" and not (self._inside or draft.fence or draft.end):
            self._close(tail=False)

    def _keep(self, draft: Draft, source: str, line: str) -> bool:
        """Give the line to a block that only its own end ends; whether it took it."""
        if draft.fence:
            indent, rest = shape.measure(line)
            closed = draft.fence.closed_by(indent, rest)
            if draft.kind == "text":
                draft.add(source, shape.dedent(line, draft.indent))
            elif closed:
                draft.sources.append(source)
            else:
                draft.add(source, shape.dedent(line, draft.fence.indent))
            if closed:
                self._close()
            return True

        if draft.end:
            draft.add(source, shape.dedent(line, draft.indent))
            if draft.end in line.lower():
                self._close()
            return True

        return draft.indented and self._keep_indented(draft, source, line)

    def _keep_indented(self, draft: Draft, source: str, line: str) -> bool:
        indent, rest = shape.measure(line)
        if not rest:
            draft.blanks.append(source)
            if len(draft.blanks) >= LINES:
                self._finish()
            return True

        if indent < draft.indent + 4:
            self._finish()
            return False

        for blank in draft.blanks:
            draft.add(blank, "")
        draft.blanks.clear()
        draft.add(source, shape.dedent(line, draft.indent + 4))
        return True

    def _begin(self, source: str, line: str) -> None:
        """A line that may begin a block or go on with a paragraph."""
        indent, rest = shape.measure(line)
        if not rest:
            self._blank(source)
        elif not self._begin_special(source, line, indent, rest):
            self._text(source, line, indent, rest)

    def _blank(self, source: str) -> None:
        self._follows = None
        if self._draft:
            self._draft.sources.append(source)
            self._close()
        else:
            self._before.append(source)
            if len(self._before) >= LINES:
                self._give_blanks()

    def _give_blanks(self) -> None:
        """Finish a block of blank lines: nothing to draw, but nothing is lost."""
        self._done.append(Block("text", "".join(self._before), ""))
        self._before.clear()

    def _begin_special(self, source: str, line: str, indent: int, rest: str) -> bool:
        """Begin what needs no blank line before it; whether the line did."""
        # Nobody calls a language by so long a name: the line is text.
        fence = None if self._inside else shape.opened_fence(indent, rest)
        heading = not fence and shape.is_heading(rest)
        rule = not fence and not heading and shape.is_rule(rest)
        end = shape.verbatim_end(rest)
        if not (fence or heading or rule or end):
            return False

        inside = [column for column in self._columns if column <= indent]
        base = inside[-1] if inside else 0
        if indent - base >= 4 and not (fence and inside):
            return False

        if rule and self._draft and shape.is_underline(rest) and not self._columns:
            return False

        self._finish()
        self._columns = inside
        self._follows = None
        draft = self._open("code" if fence else "raw" if end else "text", base)
        draft.fence, draft.end = fence, end
        if fence:
            draft.preface += source
        else:
            draft.add(source, shape.dedent(line, base))
            if not end or end in line.lower():
                self._close()
        return True

    def _text(self, source: str, line: str, indent: int, rest: str) -> None:
        """A line of a paragraph, a list, a table, a quote, or of indented code."""
        underline = bool(self._draft and not self._columns and shape.is_underline(rest))
        columns = [] if underline else shape.contents(indent, rest)
        if columns or not self._draft:
            while self._columns and indent < self._columns[-1]:
                self._columns.pop()
        base = self._columns[-1] if self._columns else 0
        if not self._draft and indent >= base + 4:
            self._open("code", base).add(source, shape.dedent(line, base + 4))
            return

        draft = self._draft or self._open("text", base)
        if columns:
            if len(self._columns) == draft.depth:
                draft.items = len(draft.lines)
            self._columns += columns
            draft.fence = shape.opened_fence(columns[-1], shape.after_markers(rest))
        if len(draft.lines) == 1 and not draft.above and shape.is_delimiter(rest):
            draft.table = f"{draft.lines[0]}\n{shape.dedent(line, draft.indent)}\n"
        draft.add(source, shape.dedent(line, draft.indent))
        if underline:
            self._close()

    def _open(self, kind: Kind, indent: int) -> Draft:
        follows, self._follows = self._follows, None
        goes_on = follows if kind == "text" else None
        self._draft = draft = Draft(kind, indent, head=not goes_on)
        draft.depth = len(self._columns)
        draft.preface = "".join(self._before)
        self._before.clear()
        if goes_on:
            draft.table = draft.above = goes_on.table
        return draft

    def _finish(self) -> None:
        """End the open block, whatever it is."""
        if self._draft:
            self._draft.sources += self._draft.blanks
            self._close()

    def _close(self, tail: bool = True) -> None:
        if self._draft:
            self._done.append(self._draft.block(len(self._draft.lines), tail))
            self._follows = None if tail else self._draft
        self._draft = None

    def _cut(self, draft: Draft) -> None:
        """Finish what there is of a block that has grown too long."""
        seam = draft.seam()
        if draft.kind == "text" and not draft.fence and seam >= len(draft.lines):
            self._close(tail=False)
            return

        self._done.append(draft.block(seam, tail=False))
        inside_line = self._inside and seam >= len(draft.lines)
        kind: Kind = "code" if draft.fence else draft.kind
        self._draft = rest = Draft(kind, draft.indent, False, inside_line)
        rest.fence, rest.end, rest.depth = draft.fence, draft.end, draft.depth
        rest.lines, rest.sources = draft.lines[seam:], draft.sources[seam:]
        if inside_line:
            rest.add("", "")
        rest.size = sum(map(len, rest.sources))
