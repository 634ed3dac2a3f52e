"""What a run did to files, or would have done, looked at afterwards."""

from collections.abc import Sequence
from dataclasses import dataclass

from textual.content import Content

from mux_tui.core.work import Work
from mux_tui.tui.dialogs.changes import ChangesWindow, Shown
from mux_tui.tui.story_files import files_text
from mux_tui.tui.widgets.answer.look import Look
from mux_tui.tui.widgets.changes.comparing import Make
from mux_tui.tui.widgets.changes.document import FileDiff
from mux_tui.tui.widgets.changes.facts import Section, lines_in
from mux_tui.tui.widgets.changes.patch_read import read_patch
from mux_tui.tui.widgets.changes.words import figures_text


@dataclass(frozen=True)
class Past:
    """Changes that nothing is asked about any more."""

    title: str
    """May be foreign text."""

    end: str
    """What became of them, in a few words of ours."""

    work: Work
    sections: tuple[Section, ...]


class PastWindow(ChangesWindow[None]):
    """Only looks."""

    def __init__(self, past: Past, diffs: Sequence[FileDiff]) -> None:
        """Show changes.

        Args:
            past: What is known of them.
            diffs: The files of their patch.
        """
        super().__init__(_shown(past, diffs))
        self.past = past

    def facts(self) -> Content:
        """How much it is, and what became of it."""
        past = self.past
        size = f"{figures_text(past.work)} in {files_text(len(self.shown.files))}"
        told = Content(f"{size}   ") + Content.styled(past.end, "$text-soft")
        if not self.narrow:
            return told

        return Content(" ") + self.heading + Content("\n ") + told


def read_past(past: Past) -> Sequence[FileDiff]:
    """The files of its patch; blocks for as long as it takes to read."""
    return read_patch(past.work.patch)


def _shown(past: Past, diffs: Sequence[FileDiff]) -> Shown:
    def make(file: int) -> Make:
        def made(_: Look) -> tuple[FileDiff, ...]:
            return (diffs[file],)

        return made

    return Shown(past.title, lines_in(diffs), past.sections, make, lambda _: 0)
