"""Help for what has the focus, and every key that works at that moment."""

import inspect
from collections.abc import Iterator
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.dom import DOMNode
from textual.screen import Screen
from textual.widgets import Markdown

from mux_tui.tui.dialogs.scroll import WindowScroll
from mux_tui.tui.dialogs.window import Window
from mux_tui.tui.host import Host
from mux_tui.tui.keys import key
from mux_tui.tui.keys_here import KeyHere, is_ours, keys_of
from mux_tui.tui.widgets.key_table import KeyTable

_REMAP = """
## Other keys

The last column is the id of each action. Any of them can have another key, or several:

`mux config set ui.keys '["app.jump=f10", "app.help=f1,f11"]'`

or change `ui.keys` in the settings (F5). What cannot work is told at the start.
"""


class HelpWindow(Window[None]):
    """Help texts from the focus outwards, then the keys."""

    HELP = "You are reading it. `esc` closes it."
    DEFAULT_CSS = """
    HelpWindow WindowScroll { width: 112; max-height: 72vh; }
    HelpWindow Markdown { padding: 0; }
    HelpWindow Markdown > * { margin: 0 0 1 0; }
    HelpWindow MarkdownBlock > .code_inline {
        background: $panel !important;
        color: $text-key !important;
    }
    HelpWindow MarkdownH1, HelpWindow MarkdownH2 {
        content-align: left middle;
        text-style: bold;
        color: $primary;
        margin: 0;
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        key("j,down", "scroll(1)", "down", "Scroll down", id="help.down", show=False),
        key("k,up", "scroll(-1)", "up", "Scroll up", id="help.up", show=False),
    ]

    def __init__(self, screen: Screen[object], app: Host) -> None:
        """Make the help for a screen as it is now.

        Args:
            screen: What is to be explained.
            app: The app it belongs to.
        """
        super().__init__("Help")
        self.text = "\n\n".join(texts(screen))
        """Of the focused widget first, of the screen last; our own words only."""

        self.keys = keys_of(screen, app)
        """What works on it."""

    def compose_content(self) -> ComposeResult:
        """Words, keys, and how to have other keys."""
        with WindowScroll():
            if self.text:
                yield Markdown(self.text, open_links=False)
            yield KeyTable(sections(self.keys), [k for k in self.keys if not k.id])
            yield Markdown(_REMAP, open_links=False)

    def on_mount(self) -> None:
        """Arrow keys and page keys scroll."""
        self.query_one(WindowScroll).focus()

    def action_scroll(self, lines: int) -> None:
        """Scroll by lines."""
        self.query_one(WindowScroll).scroll_relative(y=lines, animate=False)


def texts(screen: Screen[object]) -> Iterator[str]:
    """The help texts of what has the focus and of all it stands in."""
    focused = screen.focused
    nodes: list[DOMNode] = [screen] if focused is None else focused.ancestors_with_self
    told: set[str] = set()
    for node in nodes:
        text = help_of(type(node))
        if text and text not in told:
            told.add(text)
            yield text


def help_of(kind: type[DOMNode]) -> str:
    """The help of a class of ours; empty: it has none."""
    for base in kind.__mro__:
        text = base.__dict__.get("HELP") if is_ours(base) else None
        if text:
            return inspect.cleandoc(text)

    return ""


def sections(keys: tuple[KeyHere, ...]) -> list[tuple[str, list[KeyHere]]]:
    """The keys under headings, by where they work."""
    here = [key for key in keys if key.id and not key.everywhere]
    everywhere = [key for key in keys if key.id and key.everywhere]
    return [("Keys here", here), ("Keys everywhere", everywhere)]
