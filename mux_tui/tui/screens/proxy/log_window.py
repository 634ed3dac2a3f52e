"""The ends of the logs: the proxy's, and the model server's."""

import asyncio
from pathlib import Path
from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from mux_tui.core.paths import Paths
from mux_tui.tui.dialogs.window import Window
from mux_tui.tui.keys import key

_LINES = 300


class LogWindow(Window[None]):
    """One log's last lines; `tab` shows the other one's."""

    HELP = """
The last lines of the proxy's log and of the model server's. `tab` shows the other one,
`r` reads it again.
"""
    DEFAULT_CSS = """
    LogWindow .window { width: 90%; height: 90%; }
    LogWindow VerticalScroll { height: 1fr; }
    LogWindow #log-text { width: 1fr; height: auto; }
    """
    AUTO_FOCUS = "VerticalScroll"
    BINDINGS: ClassVar[list[BindingType]] = [
        key("tab", "other", "other log", "Show the other log", id="log.other"),
        key("r", "read", "read again", "Read the log again", id="log.read"),
    ]

    def __init__(self, paths: Paths) -> None:
        """Show the proxy's log first.

        Args:
            paths: Where the logs are.
        """
        super().__init__("Log of the proxy")
        self._logs = [("proxy", paths.proxy_log), ("model server", paths.server_log)]

    def compose_content(self) -> ComposeResult:
        """The text."""
        with VerticalScroll():
            yield Static(id="log-text")

    def on_mount(self) -> None:
        """Read it."""
        self.action_read()

    def action_other(self) -> None:
        """Show the other log."""
        self._logs.reverse()
        self.action_read()

    @work(group="log", exclusive=True, exit_on_error=False)
    async def action_read(self) -> None:
        """Read the log's end, and show it."""
        from mux_tui.core.model_server.server_log import tail

        name, path = self._logs[0]
        lines = await asyncio.to_thread(tail, path, _LINES)
        self.query_one(".window").border_title = f"Log of the {name}"
        text = "\n".join(lines) if lines else _nothing(name, path)
        self.query_one("#log-text", Static).update(Content(text))
        self.query_one(VerticalScroll).scroll_end(animate=False)


def _nothing(name: str, path: Path) -> str:
    return f"Nothing is in {path}.\n\nThe {name} writes there once mux has started it."
