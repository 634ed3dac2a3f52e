"""The app's ways out to the terminal, the clipboard and the browser, guarded.

Every line that any widget draws goes through the guard; what is copied is what can be
seen; and a link is opened only after its whole target was shown.
"""

from collections.abc import Sequence
from urllib.parse import urlsplit

from textual._xterm_parser import XTermParser
from textual.driver import Driver
from textual.events import Event, Paste
from textual.filter import LineFilter
from textual.widget import Widget

from mux_tui.core.text import one_line, printable
from mux_tui.tui.host import Host
from mux_tui.tui.safe import Guard
from mux_tui.tui.terminal.driver import TerminalDriver
from mux_tui.tui.terminal.typed import Typed

_SCHEMES = ("http", "https")
_LONGEST_TARGET = 2000


class SafeHost(Host):
    """An app from which nothing foreign gets out unseen."""

    _guard = Guard()

    def get_driver_class(self) -> type[Driver]:
        """Ours for terminals; a program that serves the screen brings its own."""
        chosen = super().get_driver_class()
        return TerminalDriver if issubclass(TerminalDriver, chosen) else chosen

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Textual's, and the guard against foreign escape sequences."""
        return [self._guard, *super().get_line_filters()]

    def copy_to_clipboard(self, text: str) -> None:
        """Copy what can be seen: pasted into a shell, nothing hidden is obeyed."""
        super().copy_to_clipboard(printable(text))

    async def on_typed(self, message: Typed) -> None:
        """Text came all at once: into the text field that has the focus, as pasted."""
        message.stop()
        if is_text_field(self.focused):
            await self.on_event(Paste(message.text))
            return
        for event in XTermParser().feed(message.raw):
            if isinstance(event, Event):
                event.set_sender(self)
                await self.on_event(event)

    def open_url(self, url: str, *, new_tab: bool = True) -> None:
        """Ask, and open the page if the answer is yes; only pages of the web."""
        if not is_web_page(url):
            self.tell(f"Not opened, for it is no web page: {one_line(url, 200)}")
            return
        self.run_worker(
            self._open_asked(url), group="links", exclusive=True, exit_on_error=False
        )

    async def _open_asked(self, url: str) -> None:
        from mux_tui.tui.dialogs.confirm import Confirm

        if await self.push_screen_wait(Confirm("Open in the browser?", url)):
            super().open_url(url)


def is_text_field(widget: Widget | None) -> bool:
    """Whether text can be pasted into it."""
    # Late: most starts show no field of one line.
    from textual.widgets import Input, TextArea

    return isinstance(widget, (Input, TextArea))


def is_web_page(url: str) -> bool:
    """Whether the address is a web page's, to the letter what is shown of it."""
    if len(url) > _LONGEST_TARGET or not url.isascii() or not url.isprintable():
        return False
    try:
        parts = urlsplit(url)
    except ValueError:
        return False

    return parts.scheme in _SCHEMES and bool(parts.hostname) and " " not in url
