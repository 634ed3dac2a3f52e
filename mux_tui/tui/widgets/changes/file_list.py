"""The files of some changes, with marks for what is kept, and what to know of them."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual import events, getters
from textual.binding import BindingType
from textual.content import Content
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.widgets import Static

from mux_tui.core.text import one_line
from mux_tui.tui.glyphs import Glyphs
from mux_tui.tui.host import Host
from mux_tui.tui.keys import key
from mux_tui.tui.story_files import lines_text
from mux_tui.tui.widgets.changes.facts import FileLine, Section
from mux_tui.tui.widgets.changes.kept import State
from mux_tui.tui.widgets.fit import fit

_KINDS = {"add": "A", "modify": "M", "delete": "D"}
_MARKS: dict[State, str] = {"all": "[x]", "part": "[-]", "none": "[ ]"}
_PARTS = ("cursor", "cursor-rest", "soft", "title", "fail", "warn", "text")
_SHOWN = 60
"""Lines of one section; all of them are a key away."""

_AROUND = 12
"""Files on either side of the current one that are looked at for the strip."""

States = Callable[[int], State]
"""How much of a file is kept."""


@dataclass(frozen=True)
class _Row:
    kind: Literal["file", "figures", "title", "text", "blank"]
    file: int = -1
    text: str = ""
    style: str = "text"


class FileList(ScrollView, can_focus=True, inherit_bindings=False):
    """Two rows a file; below them what is blocked, warned of, found."""

    app = getters.app(Host)
    HELP = """\
    The files that change: `A` is new, `M` is changed, `D` goes away. `[x]` is kept,
    `[-]` in part, `[ ]` is skipped. Below them stands what is to be known before a yes.
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = {f"changes--{part}" for part in _PARTS}
    DEFAULT_CSS = """
    FileList {
        overflow-x: hidden;
        scrollbar-size-vertical: 1;
        padding: 0;

        & > .changes--cursor { color: $cursor-text; background: $cursor-ground; }
        & > .changes--cursor-rest {
            color: $cursor-rest-text; background: $cursor-rest-ground;
        }
        & > .changes--soft { color: $text-soft; }
        & > .changes--title { color: $text-soft; text-style: bold; }
        & > .changes--fail { color: $mark-fail; }
        & > .changes--warn { color: $mark-warn; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        key(keys, action, word, sentence, id=f"files.{id}", show=False)
        for keys, action, word, sentence, id in (
            ("k,up", "move(-1)", "up", "To the file above", "up"),
            ("j,down", "move(1)", "down", "To the file below", "down"),
            ("g,home", "edge(False)", "first", "To the first file", "first"),
            ("G,end", "edge(True)", "last", "To the last file", "last"),
            ("pageup", "page(-1)", "page up", "One page up the list", "page_up"),
            ("pagedown", "page(1)", "page down", "One page down the list", "page_down"),
        )
    ]

    @dataclass
    class Chosen(Message):
        """The cursor stands on another file."""

        file: int

    @dataclass
    class Pressed(Message):
        """The mark of a file was clicked."""

        file: int

    def __init__(
        self,
        files: Sequence[FileLine],
        sections: Sequence[Section],
        states: States | None = None,
    ) -> None:
        """Show files.

        Args:
            files: In their order.
            sections: What is to be known of them.
            states: How much of each is kept; None: that is no question here.
        """
        super().__init__(id="files", classes="pane")
        self.border_title = "Files"
        self.cursor = 0
        self._files = files
        self._states = states
        self._rows = list(_rows(files, sections))
        self._styles: dict[str, Style] = {}

    def go_to(self, file: int) -> None:
        """Put the cursor on a file."""
        if not 0 <= file < len(self._files):
            return
        moved, self.cursor = file != self.cursor, file
        self.scroll_to_region(Region(0, 2 * file, 1, 2), animate=False, force=True)
        self.refresh()
        if moved:
            self.post_message(self.Chosen(file))

    def remark(self) -> None:
        """Other parts are kept now."""
        self.refresh()

    def action_move(self, by: int) -> None:
        """Move the cursor; past the last file, scroll through what stands below."""
        if 0 <= self.cursor + by < len(self._files):
            self.go_to(self.cursor + by)
        else:
            self.scroll_to(y=self.scroll_offset.y + by, animate=False)

    def action_edge(self, last: bool) -> None:
        """Go to the first file, or to the last one."""
        self.go_to(len(self._files) - 1 if last else 0)

    def action_page(self, by: int) -> None:
        """Scroll by a page."""
        lines = by * max(1, self.size.height - 1)
        self.scroll_to(y=self.scroll_offset.y + lines, animate=False)

    def on_click(self, event: events.Click) -> None:
        """Choose a file; a click on its mark keeps or skips it."""
        offset = event.get_content_offset(self)
        row = -1 if offset is None else offset.y + self.scroll_offset.y
        if offset is None or not 0 <= row < len(self._rows):
            return
        file = self._rows[row].file
        if file >= 0:
            self.go_to(file)
            if self._rows[row].kind == "file" and 2 <= offset.x < 6:
                self.post_message(self.Pressed(file))

    def on_resize(self) -> None:
        """As high as its rows are."""
        self.virtual_size = Size(self.size.width, len(self._rows))

    def on_focus(self) -> None:
        """The cursor is drawn otherwise."""
        self.refresh()

    def on_blur(self) -> None:
        """The cursor is drawn otherwise."""
        self.refresh()

    def notify_style_update(self) -> None:
        """The theme has changed."""
        super().notify_style_update()
        self._styles.clear()

    def render_line(self, y: int) -> Strip:
        """One row of what is seen."""
        width, row = self.size.width, y + self.scroll_offset.y
        if row >= len(self._rows):
            return Strip.blank(width, self.rich_style)

        told = self._rows[row]
        style = self._style_of(told)
        text = self._text_of(told, width)
        return Strip([Segment(text, style)]).adjust_cell_length(width, style)

    def _text_of(self, row: _Row, width: int) -> str:
        glyphs = self.app.glyphs
        if row.kind == "file":
            file = self._files[row.file]
            here = glyphs.more if row.file == self.cursor else " "
            mark = f"{_MARKS[self._states(row.file)]} " if self._states else ""
            lead = f"{here} {mark}{_KINDS[file.kind]} "
            return lead + shortened(file.path, width - cell_len(lead), glyphs)
        if row.kind == "figures":
            return f"       {figures_of(self._files[row.file])}"

        text = f"  {row.text}" if row.kind == "text" else f" {row.text}"
        return fit(Content(text), width, glyphs).plain

    def _style_of(self, row: _Row) -> Style:
        name = row.style
        if row.kind == "file" and row.file == self.cursor:
            name = "cursor" if self.has_focus else "cursor-rest"
        if name not in self._styles:
            self._styles[name] = self.get_component_rich_style(f"changes--{name}")
        return self._styles[name]


def _rows(files: Sequence[FileLine], sections: Sequence[Section]) -> Iterator[_Row]:
    for number in range(len(files)):
        yield _Row("file", number)
        yield _Row("figures", number, style="soft")
    for section in sections:
        yield _Row("blank")
        count = f" ({len(section.lines)})" if len(section.lines) > 1 else ""
        yield _Row("title", text=f"{section.title}{count}", style="title")
        for line in section.lines[:_SHOWN]:
            style = "text" if section.kind == "soft" else section.kind
            yield _Row("text", text=one_line(line, 200), style=style)


def figures_of(file: FileLine) -> str:
    """How many lines, in how many parts."""
    parts = f"   {file.parts} parts" if file.parts > 1 else ""
    return f"{lines_text(file.added, file.removed)}{parts}"


def shortened(path: str, width: int, glyphs: Glyphs) -> str:
    """A path in so many cells; its end is what counts."""
    text = one_line(path, 500)
    if cell_len(text) <= width:
        return text
    while text and cell_len(text) >= width:
        text = text[1:]
    return f"{glyphs.cut}{text}"


class FileStrip(Static):
    """The same on one line, for small screens: as many files as fit."""

    app = getters.app(Host)
    DEFAULT_CSS = "FileStrip { height: 1; text-wrap: nowrap; }"

    def show(self, files: Sequence[FileLine], states: States | None, at: int) -> None:
        """Show files, the one at `at` among them."""
        width, glyphs = self.size.width, self.app.glyphs
        near = range(max(0, at - _AROUND), min(len(files), at + _AROUND))
        line = Content(" ").join(
            self._part(n, files[n], states, n == at) for n in near if n >= at
        )
        for number in reversed(range(near.start, at)):
            part = self._part(number, files[number], states, False)
            if line.cell_length + part.cell_length + 2 > width:
                line = Content.styled(glyphs.cut, "$text-soft") + line
                break
            line = part + Content(" ") + line
        self.update(fit(line, width, glyphs))

    def _part(
        self, number: int, file: FileLine, states: States | None, here: bool
    ) -> Content:
        mark = f"{_MARKS[states(number)]} " if states else ""
        name = shortened(file.path, 40, self.app.glyphs)
        told = Content(f" {mark}{name} {figures_of(file).partition('   ')[0]} ")
        return told.stylize("bold on $selection-ground") if here else told
