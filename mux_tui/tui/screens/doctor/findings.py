"""The list of findings, with the numbered fixes below those that have any."""

from typing import ClassVar

from textual import getters
from textual.binding import BindingType
from textual.content import Content
from textual.widgets.option_list import Option

from mux_tui.core.doctor.check import Check, Report
from mux_tui.tui.host import Host
from mux_tui.tui.keys import key
from mux_tui.tui.screens.doctor.wording import row
from mux_tui.tui.widgets.options import Options


class Findings(Options):
    """What was found; the one with the cursor is shown below in detail."""

    HELP = """
## Findings

Each line is one thing that was looked at:

- **ok**: it works.
- **note**: it is not there, and not needed.
- **warning**: mux works, with less.
- **problem**: mux cannot do its work until this is mended.

Below warnings and problems stand the fixes, each with a number. Press the number: what
mux can do itself it does, after asking; any other command is copied for you to paste.
"""
    BINDINGS: ClassVar[list[BindingType]] = [
        key(
            "enter",
            "select",
            "detail",
            "Show all that is known of this finding",
            id="doctor.detail",
        ),
    ]
    app = getters.app(Host)
    jump_letter = "f"

    def __init__(self) -> None:
        """Make an empty list."""
        super().__init__(id="findings", classes="pane", markup=False)
        self._report: Report | None = None
        self._drawn = 0

    @property
    def current(self) -> Check | None:
        """The finding with the cursor."""
        if self._report is None or self.highlighted is None:
            return None
        return self._report.checks[self.highlighted]

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """There is a detail once there is a report."""
        return action != "select" or self._report is not None

    def show(self, report: Report) -> None:
        """List its findings; the cursor stays on the finding it was on."""
        before = self.current
        self._report = report
        ids = [check.id for check in report.checks]
        self._draw()
        if before is not None and before.id in ids:
            self.highlighted = ids.index(before.id)
        else:
            self.highlighted = _worst(report)

    def say(self, text: Content) -> None:
        """Show some words instead of findings."""
        self._report = None
        self.clear_options()
        self.add_option(Option(text, disabled=True))

    def on_resize(self) -> None:
        """Break the lines anew."""
        if self._report is not None and self._drawn != self._room:
            kept = self.highlighted
            self._draw()
            self.highlighted = kept

    @property
    def _room(self) -> int:
        return self.scrollable_content_region.width

    def _draw(self) -> None:
        report = self._report
        self._drawn = self._room
        self.clear_options()
        if report is not None and self._drawn:
            glyphs = self.app.glyphs
            self.add_options(
                Option(row(check, report, glyphs, self._drawn), id=check.id)
                for check in report.checks
            )


def _worst(report: Report) -> int | None:
    """Where the first finding is that is as bad as it gets."""
    found = (
        n for n, check in enumerate(report.checks) if check.status == report.status
    )
    return next(found, 0 if report.checks else None)
