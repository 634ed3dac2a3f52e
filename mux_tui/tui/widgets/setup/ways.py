"""What went wrong in a step, and the ways on, each with its number."""

from textual import getters
from textual.content import Content
from textual.widgets import Static

from mux_tui.core.setup.facts import Failure
from mux_tui.core.text import one_line
from mux_tui.tui.glyphs import Glyphs
from mux_tui.tui.host import Host

MOST = 9
"""Numbers that are keys."""


class Ways(Static):
    """Shown only when there is a failure."""

    app = getters.app(Host)
    failure: Failure | None = None

    def show(self, failure: Failure | None) -> None:
        """Show this one; None: there is none."""
        self.failure = failure
        self.set_class(failure is not None, "-some")
        if failure is not None:
            self.update(ways_text(failure, self.app.glyphs))


def ways_text(failure: Failure, glyphs: Glyphs) -> Content:
    """What, why, what next; then the ways."""
    error = failure.error
    why = f": {one_line(error.why, 400)}" if error.why else ""
    text = Content.styled(
        f"{glyphs.bad} {one_line(error.what, 300)}{why}", "bold $mark-fail"
    )
    if error.next_step:
        text += Content.styled(f"\n  {one_line(error.next_step, 300)}", "$text-soft")
    for number, way in enumerate(failure.ways[:MOST], start=1):
        text += Content.assemble(
            "\n", (f"  {number}", "bold $text-key"), f"  {way.words}"
        )
    return text
