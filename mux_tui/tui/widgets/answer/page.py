"""All the lines of an answer, of which only those that are looked at must be drawn.

What was not drawn yet has a guessed height. So a long answer, or a new width, costs
what is visible; the rest is drawn in slices of time. The page is a ring: when there are
too many lines, the earliest ones go.
"""

from bisect import bisect_right
from collections import deque
from time import perf_counter

from mux_tui.tui.widgets.answer.entry import Entry
from mux_tui.tui.widgets.answer.look import Look
from mux_tui.tui.widgets.answer.rows import Line, keep_equal


class Page:
    """Entries one below the other."""

    def __init__(self, look: Look, width: int, most: int) -> None:
        """Make an empty page.

        Args:
            look: How it is drawn.
            width: Cells.
            most: Lines to keep; a tenth more at times.
        """
        self.look = look
        self.width = width
        self.gone = 0
        """How many lines the first line has moved up, in all."""

        self._most = most
        self._dropped = 0
        self._entries: list[Entry] = []
        self._tops: list[int] = [0]
        self._known = 0
        """Up to which entry `_tops` is right."""

        self._undrawn: deque[Entry] = deque()
        self._touched: int | None = None
        """The first line that is not as it was painted."""

    @property
    def height(self) -> int:
        """Lines, as far as that is known."""
        self._measure()
        return self._tops[-1]

    @property
    def entries(self) -> tuple[Entry, ...]:
        """What there is, from the top."""
        return tuple(self._entries)

    @property
    def settled(self) -> bool:
        """Everything is drawn."""
        while self._undrawn and (self._undrawn[0].drawn or self._undrawn[0].hidden):
            self._undrawn.popleft()
        return not self._undrawn

    def restyle(self, look: Look, width: int) -> None:
        """Draw everything anew, when it is looked at."""
        self.look, self.width = look, width
        self._undrawn.clear()
        self._known = 0
        for entry in self._entries:
            self._spoil(entry)

    def append(self, entry: Entry) -> None:
        """Put an entry at the end."""
        self._spoil(entry)
        self._entries.append(entry)

    def insert(self, entry: Entry, after: Entry) -> bool:
        """Put an entry below another one; False: that one is gone."""
        index = self._index(after)
        if index < 0:
            return False

        self._spoil(entry)
        self._entries.insert(index + 1, entry)
        self._touch(index + 1)
        return True

    def remove(self, entry: Entry) -> None:
        """Take an entry away, if it is still there."""
        index = self._index(entry)
        if index >= 0:
            self._touch(index)
            del self._entries[index]
        entry.drawn = True

    def hide(self, entry: Entry, hidden: bool) -> None:
        """Let an entry take no room, or show it again."""
        index = self._index(entry)
        entry.hidden = hidden
        if index >= 0:
            self._spoil(entry)
            self._touch(index)

    def change(self, entry: Entry) -> None:
        """An entry says something else now."""
        index = self._index(entry)
        if index >= 0:
            self._spoil(entry)
            self._known = min(self._known, index)

    def at(self, y: int) -> tuple[Entry, int] | None:
        """The entry at a line, and which of its lines that is."""
        self._measure()
        if not 0 <= y < self._tops[-1]:
            return None

        index = bisect_right(self._tops, y) - 1
        return self._entries[index], y - self._tops[index]

    def top(self, entry: Entry) -> int | None:
        """The first line of an entry; None: it is gone."""
        index = self._index(entry)
        self._measure()
        return self._tops[index] if index >= 0 else None

    def line(self, y: int) -> Line | None:
        """The line; None: there is none, or it was not drawn."""
        found = self.at(y)
        if found is None:
            return None

        entry, offset = found
        return entry.lines[offset] if entry.drawn else None

    def take_touched(self) -> int | None:
        """The first line that changed since this was asked; None: none did.

        What `draw_some` draws does not count.
        """
        touched, self._touched = self._touched, None
        return touched

    def draw(self, top: int, bottom: int) -> None:
        """Draw what stands between two lines; what is above stays where it is."""
        while (found := self._undrawn_between(top, bottom)) is not None:
            self._draw(found)

    def draw_end(self, rows: int) -> None:
        """Draw the last `rows` lines."""
        while (found := self._undrawn_between(self.height - rows, None)) is not None:
            self._draw(found)

    def draw_some(self, seconds: float) -> None:
        """Draw what nobody looks at yet, for about so long."""
        until = perf_counter() + seconds
        while self._undrawn and perf_counter() < until:
            entry = self._undrawn.popleft()
            if not entry.drawn and not entry.hidden:
                entry.draw(self.look, self.width, first=entry is self._entries[0])
                self._known = 0

    def trim(self) -> int:
        """Let go of the earliest lines if there are too many; by how many it moved."""
        before = self.height
        if before <= self._most + self._most // 10:
            return 0

        count = min(bisect_right(self._tops, before - self._most), len(self._entries))
        count = min(max(1, count - 1), len(self._entries) - 1)
        first = self._entries[0]
        mark = first.height if first.kind == "cut" else 0
        self._dropped += self._tops[count] - mark
        for entry in self._entries[:count]:
            entry.drawn = True
        self._entries[:count] = [self._cut_mark()]
        self._known = 0
        moved = before - self.height
        self.gone += moved
        return moved

    def _cut_mark(self) -> Entry:
        cut = self.look.glyphs.cut
        lines = f"{self._dropped:,} earlier lines not shown"
        mark = Entry("cut", text=f"{cut} {lines}: save to see all")
        mark.draw(self.look, self.width, first=True)
        return mark

    def _spoil(self, entry: Entry) -> None:
        entry.estimate(self.width)
        self._undrawn.append(entry)

    def _draw(self, index: int) -> None:
        entry = self._entries[index]
        before = entry.lines
        entry.draw(self.look, self.width, first=index == 0)
        same = keep_equal(before, entry.lines)
        self._touch(index, same)

    def _touch(self, index: int, line: int = 0) -> None:
        """An entry changed from one of its lines on."""
        if self._known < index:
            self._measure()
        self._known = min(self._known, index)
        top = self._tops[index] + line
        self._touched = top if self._touched is None else min(top, self._touched)

    def _undrawn_between(self, top: int, bottom: int | None) -> int | None:
        """The first entry, or the last one if there is no bottom, that is not drawn."""
        self._measure()
        last = len(self._entries)
        if bottom is not None:
            last = min(last, bisect_right(self._tops, max(0, bottom - 1)))
        first = max(0, bisect_right(self._tops, max(0, top)) - 1)
        downwards = range(first, last)
        for index in downwards if bottom is not None else reversed(downwards):
            entry = self._entries[index]
            if not entry.drawn and not entry.hidden:
                return index
        return None

    def _index(self, entry: Entry) -> int:
        """Where an entry is, looked for from the end; -1: nowhere."""
        for index in range(len(self._entries) - 1, -1, -1):
            if self._entries[index] is entry:
                return index
        return -1

    def _measure(self) -> None:
        """Add up the heights behind the last one that is known."""
        self._known = min(self._known, len(self._entries))
        if len(self._tops) > self._known + 1:
            del self._tops[self._known + 1 :]
        total = self._tops[self._known]
        for index in range(self._known, len(self._entries)):
            total += self._entries[index].height
            self._tops.append(total)
        self._known = len(self._entries)
