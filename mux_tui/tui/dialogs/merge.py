"""Files have changed since a run wrote them: merge, or leave everything as it is?"""

from collections.abc import Sequence
from typing import ClassVar, Literal

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.widgets import Static

from mux_tui.core.text import one_line
from mux_tui.tui.dialogs.window import Window
from mux_tui.tui.keys import key

_SHOWN = 8


class MergeWindow(Window[bool]):
    """Asks; closing it leaves everything."""

    HELP = """\
    What a run wrote is to be taken back, or done again, but files are not as the run
    left them. A merge keeps both: what was changed since stays, and the run's part
    goes (or comes again). Nothing is done until you say so.

    * `m` merges, `l` or `esc` leaves all files as they are
    """

    DEFAULT_CSS = "MergeWindow #merge-text { width: auto; max-width: 76; }"
    BINDINGS: ClassVar[list[BindingType]] = [
        key("m", "answer(True)", "merge", "Merge", id="merge.merge"),
        key("l,n", "answer(False)", "leave", "Leave the files", id="merge.leave"),
    ]

    def __init__(
        self, act: Literal["undo", "redo"], paths: Sequence[str], *, conflicts: bool
    ) -> None:
        """Ask.

        Args:
            act: What is to be done.
            paths: The files that have changed; foreign text.
            conflicts: A merge was tried, and the same lines have changed.
        """
        what = "Take back" if act == "undo" else "Do again"
        super().__init__(f"{what}: merge with what changed since?")
        self.paths = paths
        self.conflicts = conflicts

    def compose_content(self) -> ComposeResult:
        """Which files, and what a merge would do."""
        yield Static(Content("\n").join(self._lines()), id="merge-text")

    def _lines(self) -> list[Content]:
        told = (
            "The same lines were changed since. A merge would write both into the"
            " file, between marks, for you to choose:"
            if self.conflicts
            else "These files were changed since; a merge keeps that:"
        )
        glyphs = self.app.glyphs
        names = [
            Content(f"  {glyphs.dot} {one_line(path, 70)}")
            for path in self.paths[:_SHOWN]
        ]
        if more := len(self.paths) - len(names):
            names.append(Content(f"  {glyphs.cut} and {more:,} more"))
        foot = Content.styled("Nothing is done until you say so.", "$text-soft")
        return [Content(told), *names, Content(""), foot]

    def action_answer(self, merge: bool) -> None:
        """Close with the answer."""
        self.dismiss(merge)

    def action_close(self) -> None:
        """Close; nothing is done."""
        self.dismiss(False)
