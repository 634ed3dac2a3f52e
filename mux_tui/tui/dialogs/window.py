"""The frame that every small window has: a title, its content, and the keys below."""

from typing import ClassVar, TypeVar

from textual import getters
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen

from mux_tui.tui.dialogs.once import ClosesOnce
from mux_tui.tui.host import Host
from mux_tui.tui.keys import key
from mux_tui.tui.safe import plain
from mux_tui.tui.steady import Steady
from mux_tui.tui.widgets.key_line import KeyLine

Answer = TypeVar("Answer")


class Window(ClosesOnce[Answer], Steady, ModalScreen[Answer]):
    """A small window; `esc` closes it without an answer."""

    app = getters.app(Host)
    DEFAULT_CSS = """
    Window > .window { min-width: 40; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        key("escape", "close", "close", "Close this window", id="window.close"),
    ]

    def __init__(self, title: str) -> None:
        """Make one.

        Args:
            title: In the frame; may be foreign text.
        """
        super().__init__()
        self.heading: Content = plain(title, 100)

    def compose(self) -> ComposeResult:
        """The frame around the content, and the key line."""
        with Vertical(classes="window") as window:
            window.border_title = self.heading  # pyright: ignore[reportAttributeAccessIssue]
            yield from self.compose_content()
        yield KeyLine()

    def compose_content(self) -> ComposeResult:
        """What stands in the frame."""
        yield from ()

    def action_close(self) -> None:
        """Close it; whoever opened it gets None."""
        self.dismiss(None)
