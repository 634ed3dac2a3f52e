"""What came in, put on the page: answers, the thinking before them, notes between them.

Finished blocks go onto the page once; what is open stands at its end and is replaced.
"""

from collections.abc import Sequence

from mux_tui.tui.widgets.answer.block import Block
from mux_tui.tui.widgets.answer.blocks import Splitter
from mux_tui.tui.widgets.answer.entry import Entry
from mux_tui.tui.widgets.answer.page import Page
from mux_tui.tui.widgets.answer.thinking import Thinking


class Transcript:
    """Writes onto a page."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.thinkings: list[Thinking] = []
        """One for each answer that was thought about."""

        self._splitter = Splitter()
        self._open: list[Entry] = []
        self._thinking: Thinking | None = None
        """That of the answer that is being written."""

    def write(self, text: str) -> None:
        """More of the answer."""
        self._place(self._splitter.feed(text))

    def think(self, text: str, now: float | None) -> None:
        """More of the thinking before the answer."""
        thinking = self._thinking or self._begin_thinking()
        thinking.count(text, now)
        self._place_thoughts(thinking, thinking.splitter.feed(text))

    def note(self, text: str) -> None:
        """A line of our own; another answer follows."""
        self.end()
        self.page.append(Entry("note", text=text))

    def end(self) -> None:
        """The answer is complete."""
        self._place(self._splitter.flush())
        self._clear_open()
        if thinking := self._thinking:
            self._place_thoughts(thinking, thinking.splitter.flush())
            self._label(thinking)
        self._thinking = None

    def refresh(self, *, caret: bool) -> None:
        """Show what is open as it is now.

        Args:
            caret: Whether the mark of being written stands at the end.
        """
        self._show_open(self._splitter.peek(), caret)
        if thinking := self._thinking:
            self._label(thinking)
            if thinking.open:
                self._show_live(thinking, thinking.splitter.peek())

    def toggle(self, thinking: Thinking) -> None:
        """Open or close a fold."""
        thinking.open = not thinking.open
        for entry in (*thinking.thoughts, *thinking.live):
            self.page.hide(entry, not thinking.open)
        self._label(thinking)

    def thinking_at(self, y: int) -> Thinking | None:
        """The thinking whose fold stands on a line."""
        found = self.page.at(y)
        entry = found[0] if found else None
        return next((each for each in self.thinkings if each.fold is entry), None)

    def _place(self, blocks: Sequence[Block]) -> None:
        if blocks:
            self._clear_open()
        for block in blocks:
            self.page.append(Entry("block", block))

    def _clear_open(self) -> None:
        for entry in self._open:
            self.page.remove(entry)
        self._open.clear()

    def _show_open(self, blocks: Sequence[Block], caret: bool) -> None:
        while len(self._open) > max(len(blocks), caret):
            self.page.remove(self._open.pop())
        for index in range(max(len(blocks), caret)):
            block = blocks[index] if index < len(blocks) else _NOTHING
            marked = caret and index >= len(blocks) - 1
            if index == len(self._open):
                self._open.append(Entry("block", block, caret=marked))
                self.page.append(self._open[index])
            elif (entry := self._open[index]).block != block or entry.caret != marked:
                entry.block, entry.caret = block, marked
                self.page.change(entry)

    def _begin_thinking(self) -> Thinking:
        self._clear_open()
        self._thinking = thinking = Thinking()
        self.thinkings.append(thinking)
        self.page.append(thinking.fold)
        return thinking

    def _label(self, thinking: Thinking) -> None:
        label = thinking.label(self.page.look.glyphs)
        if thinking.fold.text != label:
            thinking.fold.text = label
            self.page.change(thinking.fold)

    def _place_thoughts(self, thinking: Thinking, blocks: Sequence[Block]) -> None:
        for entry in thinking.live:
            self.page.remove(entry)
        thinking.live.clear()
        thinking.thoughts += self._put_below(thinking, thinking.thoughts, blocks)

    def _show_live(self, thinking: Thinking, blocks: Sequence[Block]) -> None:
        if [entry.block for entry in thinking.live] != list(blocks):
            self._place_thoughts(thinking, ())
            thinking.live += self._put_below(thinking, thinking.thoughts, blocks)

    def _put_below(
        self, thinking: Thinking, above: Sequence[Entry], blocks: Sequence[Block]
    ) -> list[Entry]:
        last = above[-1] if above else thinking.fold
        entries: list[Entry] = []
        for block in blocks:
            entry = Entry("thought", block, hidden=not thinking.open)
            if self.page.insert(entry, last):
                entries.append(entry)
                last = entry
        return entries


_NOTHING = Block("text", "", "")
"""What the mark of being written stands in before the first word."""
