"""What every screen may expect of the app that hosts it.

Screens import this and not the app, which imports them. What they want of it they post
as messages.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.app import App
from textual.notifications import SeverityLevel
from textual.reactive import var

from mux_tui.core.errors import MuxError
from mux_tui.core.text import one_line
from mux_tui.tui.desk import Desk
from mux_tui.tui.pulse import Pulse

if TYPE_CHECKING:
    from mux_tui.tui.glyphs import Glyphs
    from mux_tui.tui.theme_keeper import ThemeKeeper


@dataclass(frozen=True)
class Mode:
    """One of the screens that live as long as the cockpit does."""

    name: str
    letter: str
    """In the jump overlay."""

    key: str
    about: str
    """One line, for help and palette."""


ALL_MODES = (
    Mode("cockpit", "c", "f12", "tasks, decisions, answers"),
    Mode("ledger", "l", "f2", "every task that was ever run"),
    Mode("proxy", "p", "f3", "Claude Code on the local model"),
    Mode("hardware", "h", "f4", "this machine, and the models that fit it"),
    Mode("settings", "s", "f5", "every setting, and where it comes from"),
    Mode("doctor", "x", "f8", "what does not work, and what to do about it"),
)


class Host(App[int]):
    """The cockpit's app, as its screens see it."""

    desk: Desk
    glyphs: "Glyphs"
    themes: "ThemeKeeper"
    lent: bool = False
    """The terminal is another program's, and so is what the keyboard sends."""

    broken: var[bool] = var(False)
    """A file of settings was broken at the start and is not mended yet."""

    pulse: var[Pulse] = var(Pulse())
    """The last look at everything; widgets watch it."""

    def tell(
        self, text: str, severity: SeverityLevel = "information", seconds: float = 5.0
    ) -> None:
        """Say something for a few seconds; the text may be foreign."""
        self.notify(
            one_line(text, 400), severity=severity, timeout=seconds, markup=False
        )

    def tell_error(self, error: MuxError) -> None:
        """Say what went wrong, why, and what to do next."""
        self.tell(str(error), "error", 10.0)
