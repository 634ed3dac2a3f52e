"""Changes in full: the files on the left, what one of them does on the right."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar, TypeVar

from textual import getters, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Static

from mux_tui.core.text import one_line
from mux_tui.tui.dialogs.window import Window
from mux_tui.tui.keys import key
from mux_tui.tui.widgets.changes.comparing import NARROWEST, Make, Marks, Part
from mux_tui.tui.widgets.changes.facts import FileLine, Section
from mux_tui.tui.widgets.changes.file_list import FileList, FileStrip, States
from mux_tui.tui.widgets.changes.view import DiffView
from mux_tui.tui.widgets.head import Head
from mux_tui.tui.widgets.key_line import KeyLine

Answer = TypeVar("Answer")

_WIDTHS: list[tuple[int, str]] | None = [
    (0, "-narrow"),
    (NARROWEST, "-normal"),
    (140, "-wide"),
]
_HEIGHTS: list[tuple[int, str]] | None = [(0, "-low"), (30, "-tall")]


@dataclass(frozen=True)
class Shown:
    """What such a window is about."""

    title: str
    """May be foreign text."""

    files: Sequence[FileLine]
    sections: tuple[Section, ...]
    make: Callable[[int], Make]
    """Compares one of the files."""

    size: Callable[[int], int]
    """How many bytes that is about."""


class ChangesWindow(Window[Answer]):
    """Looks at changes, as large as the screen."""

    HELP = """\
    What a run does to files. `n` and `N` go from part to part, `]` and `[` from file to
    file; `tab` goes to the other pane. `?` shows all that is to be known of them.
    """

    # Of windows that are made of this one, too.
    SCOPED_CSS = False
    # Not DEFAULT_CSS, which the app's stylesheet overrules.
    CSS = """
    ChangesWindow {
        align: left top;
        background: $background;
        layout: vertical;

        #changes-head { height: auto; max-height: 6; }
        #changes-facts { height: auto; text-wrap: nowrap; text-overflow: ellipsis; }
        #changes-strip { display: none; background: $surface; }
        #changes-body { height: 1fr; }
        #files { width: 34; height: 1fr; }
        #diff { width: 1fr; height: 1fr; }

        &.-wide #files { width: 44; }

        &.-narrow {
            #changes-head { border: none !important; padding: 0; height: 2; }
            #changes-facts { height: 2; }
            #changes-strip { display: block; }
            #files { display: none; }
        }
    }
    """
    HORIZONTAL_BREAKPOINTS = _WIDTHS
    VERTICAL_BREAKPOINTS = _HEIGHTS

    BINDINGS: ClassVar[list[BindingType]] = [
        key("n", "part(1)", "part", "Go to the next part", id="changes.next_part"),
        key(
            "N",
            "part(-1)",
            "part before",
            "Go to the part before",
            id="changes.part_before",
            show=False,
        ),
        key(
            "right_square_bracket",
            "file(1)",
            "file",
            "Go to the next file",
            id="changes.next_file",
            label="]",
        ),
        key(
            "left_square_bracket",
            "file(-1)",
            "file before",
            "Go to the file before",
            id="changes.file_before",
            label="[",
            show=False,
        ),
        key(
            "s",
            "split",
            "split",
            "Put both contents side by side, or one below the other",
            id="changes.split",
        ),
        key(
            "question_mark",
            "facts",
            "facts",
            "Show all that is to be known of these changes",
            id="changes.facts",
            label="?",
        ),
    ]

    diff = getters.query_one(DiffView)
    list_ = getters.query_one(FileList)

    def __init__(self, shown: Shown) -> None:
        """Show changes, from the first file."""
        super().__init__(shown.title)
        self.shown = shown
        self.file = 0
        """The file in view."""

        self._part = 0

    @property
    def states(self) -> States | None:
        """How much of each file is kept; None: that is no question here."""
        return None

    @property
    def marks(self) -> Marks | None:
        """Which parts of the file in view are kept."""
        return None

    def facts(self) -> Content:
        """What stands at the top."""
        return Content("")

    def compose(self) -> ComposeResult:
        """Head, facts, files, one file; the key line."""
        yield Head(id="head")
        with Vertical(id="changes-head", classes="pane") as head:
            head.border_title = self.heading  # pyright: ignore[reportAttributeAccessIssue]
            yield Static(id="changes-facts")
        yield FileStrip(id="changes-strip")
        with Horizontal(id="changes-body"):
            yield FileList(self.shown.files, self.shown.sections, self.states)
            yield DiffView()
        yield KeyLine()

    def on_mount(self) -> None:
        """Begin with the first part of the first file."""
        self.diff.focus()
        self.call_after_refresh(self.see, 0, 0)

    def on_resize(self) -> None:
        """Say more, or less."""
        self.call_after_refresh(self.say)

    @property
    def narrow(self) -> bool:
        """Whether there is room for one column only."""
        return self.app.size.width < NARROWEST

    def see(self, file: int, part: int) -> None:
        """Show a file from one of its parts; -1: the last one."""
        if not 0 <= file < len(self.shown.files):
            self.say()
            return
        self.file, self._part = file, part
        shown = self.shown
        self.diff.show(shown.make(file), shown.size(file), self.marks, (0, part))
        self.list_.go_to(file)
        self.say()

    @on(FileList.Chosen)
    def _chosen(self, message: FileList.Chosen) -> None:
        message.stop()
        if message.file != self.file:
            self.see(message.file, 0)

    @on(DiffView.Moved)
    def _moved(self, message: DiffView.Moved) -> None:
        message.stop()
        self.say()

    def say(self) -> None:
        """Bring what stands around the files up to date."""
        facts = self.facts()
        self.query_one("#changes-facts", Static).update(facts)
        strip = self.query_one(FileStrip)
        strip.show(self.shown.files, self.states, self.file)
        self._say_where()

    def _say_where(self) -> None:
        dot = f" {self.app.glyphs.dot} "
        count = len(self.shown.files)
        if not count:
            self.diff.border_title = "no files"
            return
        file = self.shown.files[self.file]
        title = Content(one_line(file.path, 200)) + Content(self._part_text(dot))
        self.diff.border_title = title  # pyright: ignore[reportAttributeAccessIssue]
        where = f"file {self.file + 1}/{count}"
        form = "side by side" if self.diff.split else "unified"
        ways = "" if self.narrow else f"{dot}{form}"
        self.diff.border_subtitle = Content(f"{where}{ways}")  # pyright: ignore[reportAttributeAccessIssue]

    def _part_text(self, dot: str) -> str:
        parts = len(self.diff.laid.parts)
        current: Part | None = self.diff.current
        if current is None or parts < 1:
            return ""

        return f"{dot}part {current[1] + 1}/{parts}"

    def action_part(self, by: int) -> None:
        """Go to another part, of another file where this one has no more."""
        if not self.diff.waiting and not self.diff.step(by):
            self.see(self.file + by, 0 if by > 0 else -1)

    def action_file(self, by: int) -> None:
        """Go to another file."""
        self.see(self.file + by, 0)

    def action_split(self) -> None:
        """Side by side, or one below the other."""
        if not self.diff.turn():
            least = f"Side by side needs {NARROWEST} columns"
            self.app.tell(least, "warning")
        self.say()

    def action_facts(self) -> None:
        """Show all that is to be known."""
        from mux_tui.tui.dialogs.changes_facts import FactsWindow

        self.app.push_screen(FactsWindow(self.shown.sections))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Keys that would do nothing are not offered."""
        if action == "facts":
            return bool(self.shown.sections)
        if action == "split":
            return not self.narrow
        if action == "file":
            return len(self.shown.files) > 1
        return True
