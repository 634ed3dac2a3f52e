"""What all screens of the cockpit have: head, key line, and a notice when too small."""

from collections.abc import Callable
from typing import Any, ClassVar

from textual import getters
from textual.app import ComposeResult
from textual.containers import Container
from textual.content import Content
from textual.events import ScreenResume
from textual.geometry import Size
from textual.message import Message
from textual.screen import Screen
from textual.widgets import Static

from mux_tui.tui.host import Host
from mux_tui.tui.steady import Steady
from mux_tui.tui.widgets.head import Head
from mux_tui.tui.widgets.key_line import KeyLine

SMALLEST = (60, 15)
"""Columns and rows below which only a notice is shown."""

_WIDTHS = [(0, "-tiny"), (SMALLEST[0], "-narrow"), (100, "-normal"), (140, "-wide")]
_HEIGHTS = [(0, "-flat"), (SMALLEST[1], "-low"), (30, "-tall")]


class MuxScreen(Steady, Screen[None]):
    """A mode's screen: subclasses compose what stands between head and key line.

    `-narrow`, `-normal`, `-wide` and `-low`, `-tall` are classes of the screen by its
    size, for stylesheets. `-tiny` and `-flat`: too small for anything.
    """

    HORIZONTAL_BREAKPOINTS = _WIDTHS
    VERTICAL_BREAKPOINTS = _HEIGHTS
    MODE: ClassVar[str] = ""
    """Its name among the modes."""

    HELP: ClassVar[str | None] = None
    """What this screen is for and how it is used, in Markdown, shown by F1."""

    app = getters.app(Host)
    _seen = False
    _painted = False

    def compose(self) -> ComposeResult:
        """Head, body, key line."""
        # Now, and not at the first resize, which would style everything once more.
        self.add_class(*_classes_of(self.app.size), update=False)
        yield Head(id="head")
        with Container(id="body"):
            yield from self.compose_body()
        yield Static(id="too-small")
        yield KeyLine()

    def compose_body(self) -> ComposeResult:
        """What stands between head and key line."""
        yield from ()

    def _on_screen_resume(self, event: ScreenResume) -> None:
        # Everything has its styles when it is seen first.
        event.refresh_styles = event.refresh_styles and self._seen
        self._seen = True

    def _compositor_refresh(self) -> None:
        # While the app starts, what is painted would be thrown away.
        if not self.app._batch_count:  # pyright: ignore[reportPrivateUsage]
            self._painted = True
            super()._compositor_refresh()

    async def _invoke_and_clear_callbacks(self) -> None:
        # What waits for the first frame would be done before it, and hold it up.
        if self._painted:
            await super()._invoke_and_clear_callbacks()

    def sentence_for(self, action: str) -> str:
        """What an action does as things are now, for the palette; empty: what its
        binding says.

        Args:
            action: As its binding names it, with its parameters.
        """
        return ""

    def after_paint(self, call: Callable[..., Any], *arguments: Any) -> None:
        """Call it once what was changed until now is painted.

        Textual's `call_after_refresh` does not wait for widgets that have not told the
        screen of their change yet.
        """
        self._layout_required = True
        self.call_after_refresh(call, *arguments)

    def take(self, wanted: Message) -> None:
        """Show what was asked for elsewhere: a run, a query, a setting, a task.

        Args:
            wanted: One of `messages`; the app has shown this screen already.
        """

    def on_resize(self) -> None:
        """Say what is missing when it is too small."""
        width, height = self.size
        least = "x".join(map(str, SMALLEST))
        text = (
            f"mux needs {least} (now {width}x{height}).\n\n"
            "What runs goes on. Enlarge the window, or use\n"
            "  mux run ... --json\n  mux status\n\n^q quit"
        )
        self.query_one("#too-small", Static).update(Content(text))


def _classes_of(size: Size) -> list[str]:
    widths = [name for least, name in _WIDTHS if size.width >= least]
    heights = [name for least, name in _HEIGHTS if size.height >= least]
    return [widths[-1], heights[-1]]
