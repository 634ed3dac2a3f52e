"""The setup's small windows: a model that is not listed, and a server's log."""

from pathlib import Path

from textual import on
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Input, Static

from mux_tui.core.errors import MuxError
from mux_tui.core.paths import Paths
from mux_tui.core.setup.choices import ModelChoice
from mux_tui.core.text import printable
from mux_tui.tui.dialogs.scroll import WindowScroll
from mux_tui.tui.dialogs.window import Window
from mux_tui.tui.safe import plain

_ABOUT = """\
OWNER/NAME of a model on a hub, the directory of one that is on this disk,
or the address of a server that speaks OpenAI's protocol:"""


class OwnModel(Window[ModelChoice]):
    """A field for a model; closing it chooses none."""

    HELP = """
A model that is not listed: a hub's OWNER/NAME, a directory, or a server's address such
as `127.0.0.1:11434`. `⏎` takes it, `esc` goes back to the list.
"""
    DEFAULT_CSS = """
    OwnModel .window { width: 80; }
    OwnModel Input { margin: 1 0; }
    OwnModel #why { height: auto; }
    """

    def __init__(self, paths: Paths, cwd: Path) -> None:
        """Ask.

        Args:
            paths: Where models are installed.
            cwd: Where relative paths begin.
        """
        super().__init__("Another model")
        self._paths, self._cwd = paths, cwd

    def compose_content(self) -> ComposeResult:
        """The field, and what may be written into it."""
        yield Static(Content(_ABOUT))
        yield Input(placeholder="mlx-community/Qwen2.5-Coder-7B-Instruct-4bit")
        yield Static(id="why", classes="fail")

    @on(Input.Submitted)
    def _answered(self, event: Input.Submitted) -> None:
        from mux_tui.core.setup.whereabouts import model_named

        if not event.value.strip():
            return
        try:
            self.dismiss(model_named(event.value, self._cwd, self._paths))
        except MuxError as error:
            self.query_one("#why", Static).update(plain(str(error), 400))


class LogWindow(Window[None]):
    """The end of the model server's log."""

    HELP = "The end of the model server's log. `esc` closes it."

    def __init__(self, lines: tuple[str, ...]) -> None:
        """Show these lines, which may be foreign."""
        super().__init__("The model server's log")
        self.lines = lines or ("The log is empty.",)

    def compose_content(self) -> ComposeResult:
        """The lines."""
        with WindowScroll():
            yield Static(Content(printable("\n".join(self.lines))))

    def on_mount(self) -> None:
        """Its end is what matters."""
        scroll = self.query_one(VerticalScroll)
        scroll.focus()
        self.call_after_refresh(scroll.scroll_end, animate=False)
