"""Jumping: a letter on every pane and for every screen; pressing it goes there."""

from dataclasses import dataclass
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Static

from mux_tui.tui.dialogs.window import Window
from mux_tui.tui.host import ALL_MODES
from mux_tui.tui.keys import key
from mux_tui.tui.messages import ModeWanted

HELP_LETTER = "?"
RESERVED = frozenset(mode.letter for mode in ALL_MODES) | {HELP_LETTER}
"""Letters that mean screens everywhere, and can stand on no pane."""

_COLUMN = 13
_COLUMNS = 4


@dataclass(frozen=True)
class Spot:
    """A pane one can go to, and where its letter is painted."""

    letter: str
    pane: Widget
    x: int
    y: int


class JumpWindow(Window[str]):
    """Letters over a screen; answers the one that was pressed."""

    HELP = """
Every pane that is shown has a letter on its border; pressing it goes there. The letters
in the window go to the other screens. `esc` stays where you are.
"""
    DEFAULT_CSS = """
    JumpWindow #jump-screens { width: auto; }
    JumpWindow > .spot {
        position: absolute;
        width: 3;
        height: 1;
        background: $primary;
        color: $background;
        text-style: bold;
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        key(
            "ctrl+o",
            "close",
            "close",
            "Stay here, and close the letters",
            id="jump.close",
            show=False,
        ),
    ]

    def __init__(self, below: Screen[object]) -> None:
        """Make the letters for the screen they are painted over."""
        super().__init__("Jump")
        self._below = below
        self.spots: dict[str, Spot] = {}
        """By letter, as they are painted."""

    def compose_content(self) -> ComposeResult:
        """The letters of the screens."""
        yield Static(screens_content(), id="jump-screens")

    def on_mount(self) -> None:
        """Paint the letters."""
        self._place()

    def on_resize(self) -> None:
        """Panes have moved, and may be gone."""
        self.call_after_refresh(self._place)

    def _place(self) -> None:
        self.query(".spot").remove()
        self.spots = {spot.letter: spot for spot in spots_on(self._below)}
        for spot in self.spots.values():
            label = Static(Content(f"[{spot.letter}]"), classes="spot")
            label.styles.offset = (spot.x, spot.y)
            self.mount(label)

    def on_key(self, event: events.Key) -> None:
        """A letter is the answer."""
        letter = event.character or ""
        if letter in RESERVED or letter in self.spots:
            event.stop()
            self.dismiss(letter)

    def go(self, letter: str | None) -> None:
        """Go where that letter stands; None: nowhere."""
        modes = {mode.letter: mode.name for mode in ALL_MODES}
        if letter in modes:
            self.app.post_message(ModeWanted(modes[letter]))
        elif letter == HELP_LETTER:
            self.app.call_later(self.app.run_action, "help")
        elif letter in self.spots:
            enter(self.spots[letter].pane)


def spots_on(screen: Screen[object]) -> list[Spot]:
    """The panes that are shown, each with its letter."""
    found: list[Spot] = []
    for pane in screen.query(Widget):
        letter = getattr(pane, "jump_letter", "")
        if letter and pane.is_on_screen and pane.region.overlaps(screen.region):
            x, y, _, _ = _frame(pane).region.intersection(screen.region)
            found.append(Spot(letter, pane, x, y))
    return found


def _frame(pane: Widget) -> Widget:
    """Whose corner the letter is painted on: the box around it, if that is its own."""
    around = (node for node in pane.ancestors_with_self if isinstance(node, Widget))
    box = next((widget for widget in around if widget.has_class("pane")), pane)
    lettered = [one for one in box.query(Widget) if getattr(one, "jump_letter", "")]
    return box if box is pane or lettered == [pane] else pane


def enter(pane: Widget) -> None:
    """Give a pane the focus, or the first thing in it that can have it."""
    inside = (widget for widget in pane.query(Widget) if widget.focusable)
    target = pane if pane.focusable else next(inside, None)
    if target is not None:
        target.focus()


def screens_content() -> Content:
    """The screens and their letters, in columns."""
    places = [(mode.letter, mode.name) for mode in ALL_MODES]
    places.append((HELP_LETTER, "help"))
    content = Content()
    for number, (letter, name) in enumerate(places):
        if number and number % _COLUMNS == 0:
            content += "\n"
        content += Content.styled(letter, "bold $text-key") + f" {name:{_COLUMN}}"
    return content + Content.styled("\n\nor the letter shown on a pane", "$text-soft")
