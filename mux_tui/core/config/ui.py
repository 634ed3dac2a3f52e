"""The settings of the screen; see `settings` for how their texts are used."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Ui:
    """How the cockpit looks and feels."""

    theme: str = "auto"
    """A theme's name (`mux themes list`); `auto`: mux-dark, or mux-ansi where the
    terminal has no true colour."""

    glyphs: Literal["auto", "unicode", "ascii"] = "auto"
    """Marks and bars: `ascii` draws them with plain characters; `auto`: as the locale
    tells."""

    reduced_motion: bool = False
    """Nothing moves: no animation, no blinking, no spinner."""

    screen_reader: bool = False
    """Line mode instead of the full screen: `mux` asks for tasks and tells what happens
    line by line, for screen readers and dumb terminals."""

    enter: Literal["send", "newline"] = "send"
    """What Enter does in the task; Ctrl-J does the other thing."""

    notify: Literal["off", "unfocused", "always"] = "unfocused"
    """When the terminal is told (bell and notification) that a task ended or asks."""

    keys: tuple[str, ...] = ()
    """Other keys for the cockpit's actions, each `ID=KEY` or `ID=KEY,KEY`; the ids are
    shown in the help (F1)."""
