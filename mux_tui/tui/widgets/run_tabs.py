"""One tab for each run in the cockpit, on one line."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual import events, getters
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from mux_tui.core.text import one_line
from mux_tui.tui.glyphs import Glyphs
from mux_tui.tui.host import Host
from mux_tui.tui.widgets.fit import fit

if TYPE_CHECKING:
    from mux_tui.tui.story import Story

_LONGEST = 22
_SHORTEST = 6


@dataclass(frozen=True)
class Tab:
    """What a tab says."""

    number: int
    mark: str
    colour: str
    title: str
    """Safe to show."""


def tab_of(number: int, story: "Story", glyphs: Glyphs, asks: bool = False) -> Tab:
    """The tab of a run.

    Args:
        number: As the user sees it.
        story: What is known of the run.
        glyphs: What to draw with.
        asks: Whether it waits for an answer of the user.
    """
    mark, colour = glyphs.half, "$mark-busy"
    outcome = story.outcome
    if asks:
        mark, colour = "?", "$mark-warn"
    elif outcome is not None:
        if outcome.status != "done":
            mark, colour = glyphs.bad, "$mark-fail"
        elif outcome.route == "local":
            mark, colour = glyphs.on, "$route-local"
        else:
            mark, colour = glyphs.up, f"$route-{outcome.route or 'failed'}"
    return Tab(number, mark, colour, one_line(story.task.text, 60))


class RunTabs(Static):
    """The tabs; hidden while there is but one."""

    app = getters.app(Host)

    @dataclass
    class Chosen(Message):
        """A tab was clicked."""

        number: int

    def __init__(self) -> None:
        """Make it without tabs."""
        super().__init__(id="run-tabs")
        self._tabs: Sequence[Tab] = ()
        self._current = 0
        self._places: list[tuple[int, int, int]] = []
        """First and last column of each tab, and its number."""

    def show(self, tabs: Sequence[Tab], current: int) -> None:
        """Show these tabs, the one with the number `current` in front."""
        self._tabs, self._current = tabs, current
        self.display = len(tabs) > 1
        self._draw()

    def on_resize(self) -> None:
        """Draw for the new width."""
        self._draw()

    def on_click(self, event: events.Click) -> None:
        """A click on a tab chooses it."""
        for first, last, number in self._places:
            if first <= event.x < last:
                self.post_message(self.Chosen(number))

    def _draw(self) -> None:
        width = self.size.width
        if not width or not self._tabs:
            return
        each = (width - 2) // len(self._tabs) - 6
        room = min(_LONGEST, max(_SHORTEST, each))
        line, self._places = Content(""), []
        for tab in self._visible(width, room + 6):
            front = tab.number == self._current
            style = "bold $foreground" if front else "$text-soft"
            told = fit(Content.styled(tab.title, style), room, self.app.glyphs)
            number = Content.styled(f" {tab.number} ", style)
            mark = Content.styled(f"{tab.mark} ", tab.colour)
            part = number + mark + told + Content(" ")
            if front:
                part = part.stylize("on $selection-ground")
            first = line.cell_length
            line += part + Content(" ")
            self._places.append((first, first + part.cell_length, tab.number))
        self.update(line)

    def _visible(self, width: int, each: int) -> Sequence[Tab]:
        """As many tabs as fit, the current one among them."""
        most = max(1, width // max(1, each))
        at = next(
            (i for i, tab in enumerate(self._tabs) if tab.number == self._current), 0
        )
        first = max(0, min(at - most // 2, len(self._tabs) - most))
        return self._tabs[first : first + most]
