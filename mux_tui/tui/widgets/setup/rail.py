"""The rail: all steps on one line, each with a mark for how it stands."""

from collections.abc import Sequence

from textual import getters
from textual.content import Content
from textual.widgets import Static

from mux_tui.core.setup.steps import Place, Step
from mux_tui.tui.glyphs import Glyphs
from mux_tui.tui.host import Host
from mux_tui.tui.widgets.fit import fit

NAMES: dict[Step, str] = {
    "hardware": "Hardware",
    "model": "Model",
    "download": "Download",
    "serve": "Serve",
    "connect": "Connect",
    "summary": "Write",
}

_WORDS: dict[Place, str] = {
    "done": "",
    "skipped": " skipped",
    "passed": " not needed",
    "here": "",
    "ahead": "",
}
_STYLES: dict[Place, str] = {
    "done": "$mark-pass",
    "skipped": "$mark-warn",
    "passed": "$text-soft",
    "here": "$primary",
    "ahead": "$mark-idle",
}

Trail = Sequence[tuple[Step, Place]]


class Rail(Static):
    """Where the setup is, and where it has been."""

    app = getters.app(Host)
    trail: Trail = ()

    def show(self, trail: Trail) -> None:
        """Show these steps."""
        self.trail = trail
        self._draw()

    def on_resize(self) -> None:
        """Say more, or less."""
        self._draw()

    def _draw(self) -> None:
        if self.size.width:
            self.update(rail(self.trail, self.app.glyphs, self.size.width))


def rail(trail: Trail, glyphs: Glyphs, width: int) -> Content:
    """The line for that width: with words for skipped steps, where there is room."""
    for gap, words in (("   ", True), ("  ", True), ("  ", False), (" ", False)):
        line = Content(gap).join(_one(*step, glyphs, words) for step in trail)
        if line.cell_length + 1 < width:
            break
    return fit(Content(" ") + line, width, glyphs)


def _one(step: Step, place: Place, glyphs: Glyphs, words: bool) -> Content:
    mark = {
        "done": glyphs.good,
        "skipped": glyphs.rule,
        "passed": glyphs.dot,
        "here": glyphs.more,
        "ahead": glyphs.off,
    }[place]
    name = NAMES[step] + (_WORDS[place] if words else "")
    style = "bold" if place == "here" else "$text-soft" if place != "done" else ""
    return Content.assemble((f"{mark} ", _STYLES[place]), (name, style))
