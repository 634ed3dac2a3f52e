"""The part of a diff's view that compares, in a thread if that takes long."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from textual import getters, on
from textual.geometry import Size
from textual.message import Message
from textual.scroll_view import ScrollView

from mux_tui.tui.host import Host
from mux_tui.tui.widgets.answer.look import Look
from mux_tui.tui.widgets.changes.document import FileDiff
from mux_tui.tui.widgets.changes.layout import Layout

WIDE = 140
"""Columns of the terminal from which two contents stand side by side."""

NARROWEST = 100
"""Columns below which they cannot."""

_QUICK = 200_000
"""Bytes that are compared at once."""

Part = tuple[int, int]
"""A file, and which of its parts."""

Make = Callable[[Look], Sequence[FileDiff]]
"""Compares; called in a thread if that may take long."""

Marks = Callable[[int, int], bool]
"""Whether a part of a file is kept."""


class Comparing(ScrollView, can_focus=True, inherit_bindings=False):
    """Files, and where each of their lines stands."""

    app = getters.app(Host)

    @dataclass
    class Compared(Message):
        """Files are ready to be shown."""

        number: int
        files: Sequence[FileDiff]
        layout: Layout

    def __init__(self, id: str, *, names: bool) -> None:
        """Show nothing yet.

        Args:
            id: As for any widget.
            names: Whether files are headed by their names.
        """
        super().__init__(id=id, classes="" if names else "pane")
        self.files: Sequence[FileDiff] = ()
        self.current: Part | None = None
        self.wanted: bool | None = None
        """Side by side, as the user said; None: as the width is."""

        self.waiting = False
        """Something is being compared."""

        self.names = names
        self.laid = Layout((), split=False, names=names, heads=False)
        self.marks: Marks | None = None
        self._make: Make | None = None
        self._number = 0
        self._go_to: Part | None = None
        self._big = False

    @property
    def split(self) -> bool:
        """Whether both contents stand side by side."""
        wide = self.app.size.width
        if wide < NARROWEST:
            return False

        return wide >= WIDE if self.wanted is None else self.wanted

    def show(
        self,
        make: Make,
        size: int,
        marks: Marks | None = None,
        part: Part | None = None,
    ) -> None:
        """Show files, from their beginning or from one of their parts.

        Args:
            make: Compares them.
            size: How many bytes that is about.
            marks: Which parts are kept; None: that is no question here.
            part: The one to begin with; a part of -1 is the file's last one.
        """
        self._make, self.marks, self._go_to = make, marks, part
        self._big = size > _QUICK
        self._prepare()

    def on_mount(self) -> None:
        """Follow the theme: code is coloured when it is compared."""
        self.app.theme_changed_signal.subscribe(self, self._theme_changed)

    def _theme_changed(self, _: object) -> None:
        self.again()

    def again(self) -> None:
        """Compare and lay out once more, and stay where we are."""
        self._go_to = self.current
        self._prepare()

    def _prepare(self) -> None:
        if self._make is None:
            return
        self._number += 1
        work = partial(
            _compared,
            self._make,
            self.look(),
            self._number,
            (self.split, self.names, self.marks is not None),
        )
        if not self._big:
            self._take(work())
            return
        self.waiting = True
        self.refresh()
        self.run_worker(
            partial(self._compare, work),
            group="compare",
            exclusive=True,
            exit_on_error=False,
        )

    async def _compare(self, work: Callable[[], Compared]) -> None:
        self.post_message(await asyncio.to_thread(work))

    @on(Compared)
    def _ready(self, message: Compared) -> None:
        message.stop()
        if message.number == self._number:
            self._take(message)

    def _take(self, ready: Compared) -> None:
        self.waiting = False
        self.files, self.laid = ready.files, ready.layout
        self.virtual_size = Size(self.size.width, self.laid.height)
        self.go_to(self._first_part())
        self.refresh()

    def _first_part(self) -> Part | None:
        parts, wanted = self.laid.parts, self._go_to
        if wanted is None:
            return parts[0] if parts else None
        file, part = wanted
        if part >= 0:
            return wanted if wanted in parts else None
        return max((one for one in parts if one[0] == file), default=None)

    def on_resize(self) -> None:
        """Lay it out for the new width, if it is laid out otherwise there."""
        self.virtual_size = Size(self.size.width, self.laid.height)
        if self.laid.hunks and self.laid.split != self.split:
            self.again()

    def turn(self) -> bool:
        """Side by side, or one below the other; False: there is no room for it."""
        if self.app.size.width < NARROWEST:
            return False
        self.wanted = not self.split
        self.again()
        return True

    def look(self) -> Look:
        """What code is drawn with."""
        return Look(syntax=self.app.themes.code, glyphs=self.app.glyphs)

    def go_to(self, part: Part | None) -> None:
        """Make a part the current one, and show it from its head."""
        del part


def _compared(
    make: Make, look: Look, number: int, way: tuple[bool, bool, bool]
) -> Comparing.Compared:
    files = make(look)
    split, names, heads = way
    layout = Layout(files, split=split, names=names, heads=heads)
    return Comparing.Compared(number, files, layout)
