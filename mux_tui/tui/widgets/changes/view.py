"""Shows what changes in files, line by line, however many lines there are.

A row is painted when it is seen. What takes long to compare is compared beside the
screen's loop.
"""

from dataclasses import dataclass, replace
from typing import ClassVar

from rich.style import Style
from textual import events
from textual.binding import BindingType
from textual.message import Message
from textual.strip import Strip

from mux_tui.tui.keys import key
from mux_tui.tui.widgets.answer.look import Look
from mux_tui.tui.widgets.changes.comparing import Comparing, Part
from mux_tui.tui.widgets.changes.paint import (
    LONGEST,
    Pen,
    file_row,
    head_row,
    line_row,
    pair_row,
    words_row,
)

_SIDEWAYS = 8
_PARTS = (
    *("file", "words", "head", "cursor", "cursor-rest", "edge", "gutter"),
    *("context", "context-sign"),
    *("added", "added-sign", "added-gutter"),
    *("removed", "removed-sign", "removed-gutter"),
    *("skipped", "skipped-sign", "skipped-gutter"),
)


class DiffView(Comparing, inherit_bindings=False):
    """The lines that change, with some around them; one part is the current one."""

    HELP = """\
    What changes, with some lines around it: `-` goes, `+` comes.

    * `j` `k`, arrows, page keys scroll; `left` `right` (`h` `l`) move long lines
    * `n` and `N` go to the next part and to the one before
    * `s` puts both contents side by side, or one below the other
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {f"diff--{part}" for part in _PARTS}
    DEFAULT_CSS = """
    DiffView {
        overflow-x: hidden;
        scrollbar-size-vertical: 1;

        & > .diff--file { color: $text-key; text-style: bold; }
        & > .diff--words { color: $mark-warn; }
        & > .diff--head { color: $diff-hunk; }
        & > .diff--cursor { color: $cursor-text; background: $cursor-ground; }
        & > .diff--cursor-rest {
            color: $cursor-rest-text; background: $cursor-rest-ground;
        }
        & > .diff--edge { color: $line; }
        & > .diff--gutter { color: $diff-gutter; }
        & > .diff--context, & > .diff--context-sign { color: $foreground; }
        & > .diff--added { background: $diff-added-ground; color: $foreground; }
        & > .diff--added-sign {
            background: $diff-added-ground; color: $diff-added; text-style: bold;
        }
        & > .diff--added-gutter {
            background: $diff-added-ground; color: $diff-gutter;
        }
        & > .diff--removed { background: $diff-removed-ground; color: $foreground; }
        & > .diff--removed-sign {
            background: $diff-removed-ground; color: $diff-removed; text-style: bold;
        }
        & > .diff--removed-gutter {
            background: $diff-removed-ground; color: $diff-gutter;
        }
        & > .diff--skipped, & > .diff--skipped-sign, & > .diff--skipped-gutter {
            color: $text-faint;
        }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        key(keys, action, word, sentence, id=f"diff.{id}", show=False)
        for keys, action, word, sentence, id in (
            ("k,up", "scroll_by(-1)", "up", "One line up the diff", "up"),
            ("j,down", "scroll_by(1)", "down", "One line down the diff", "down"),
            ("pageup", "page_by(-1)", "page up", "One page up the diff", "page_up"),
            ("pagedown", "page_by(1)", "page down", "One page down", "page_down"),
            ("g,home", "edge(False)", "top", "To the beginning of the diff", "top"),
            ("G,end", "edge(True)", "bottom", "To the end of the diff", "bottom"),
            ("h", "sideways(-1)", "left", "Move long lines back", "back"),
            ("l", "sideways(1)", "right", "See more of long lines", "more"),
            ("left", "arrow(-1)", "left", "Move long lines back", "left"),
            ("right", "arrow(1)", "right", "See more of long lines", "right"),
        )
    ]

    @dataclass
    class Moved(Message):
        """Another part is the current one; None: there is none."""

        part: Part | None

    @dataclass
    class Pressed(Message):
        """The mark of a part was clicked."""

        part: Part

    def __init__(self, id: str = "diff", *, names: bool = False) -> None:
        """Show nothing yet.

        Args:
            id: As for any widget.
            names: Whether files are headed by their names, as several in one view.
        """
        super().__init__(id, names=names)
        self._offset = 0
        self._styles: dict[str, Style] = {}

    def look(self) -> Look:
        """What code is drawn with."""
        style = self.get_component_rich_style("diff--context")
        return replace(super().look(), text=style, code=style)

    # Parts.

    def go_to(self, part: Part | None) -> None:
        """Make a part the current one, and show it from its head."""
        self._go_to = part
        top = 0
        if part is not None and part != self.laid.parts[0]:
            top = max(0, self.laid.row_of(*part) - 1)
        self.scroll_to(y=top, animate=False, force=True)
        self._be_at(part)

    def step(self, by: int) -> bool:
        """Go to the next part, or to the one before; False: there is none."""
        parts = self.laid.parts
        if self.current not in parts:
            return False
        at = parts.index(self.current) + by
        if not 0 <= at < len(parts):
            return False
        self.go_to(parts[at])
        return True

    def remark(self) -> None:
        """Other parts are kept now."""
        self.refresh()

    def _be_at(self, part: Part | None) -> None:
        if part != self.current:
            self.current = part
            self.post_message(self.Moved(part))
        self.refresh()

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """What is scrolled out of sight is not the current part any more."""
        super().watch_scroll_y(old_value, new_value)
        if self.current is None or self.waiting:
            return
        seen = range(round(new_value), round(new_value) + max(1, self.size.height))
        rows = self.laid.rows_of(*self.current)
        if rows.stop <= seen.start or rows.start >= seen.stop:
            self._be_at(self.laid.part_at(seen.start))

    # Keys and mouse.

    def action_scroll_by(self, lines: int) -> None:
        """Scroll by some lines."""
        self.scroll_to(y=self.scroll_offset.y + lines, animate=False)

    def action_page_by(self, pages: int) -> None:
        """Scroll by whole pages."""
        self.action_scroll_by(pages * max(1, self.size.height - 1))

    def action_edge(self, end: bool) -> None:
        """Go to the beginning, or to the end."""
        self.scroll_to(y=self.laid.height if end else 0, animate=False)

    def action_sideways(self, by: int) -> None:
        """Show another part of long lines."""
        self._offset = min(max(0, self._offset + by * _SIDEWAYS), LONGEST)
        self.refresh()

    def action_arrow(self, by: int) -> None:
        """The same."""
        self.action_sideways(by)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Where several files are in one view, arrows belong to what is around it."""
        return not (action == "arrow" and self.names)

    def on_click(self, event: events.Click) -> None:
        """A click on a part makes it the current one; on its mark, turns that."""
        offset = event.get_content_offset(self)
        row = -1 if offset is None else offset.y + self.scroll_offset.y
        if offset is None or not 0 <= row < self.laid.height:
            return
        block, _ = self.laid.at(row)
        if block.part >= 0:
            self._be_at((block.file, block.part))
            if block.kind == "head" and offset.x < 6:
                self.post_message(self.Pressed((block.file, block.part)))

    # Drawing.

    def notify_style_update(self) -> None:
        """The theme has changed."""
        super().notify_style_update()
        self._styles.clear()

    def on_focus(self) -> None:
        """The current part is drawn otherwise."""
        self.refresh()

    def on_blur(self) -> None:
        """The current part is drawn otherwise."""
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """One row of what is seen."""
        row = y + self.scroll_offset.y
        pen = self._pen()
        if self.waiting:
            told = f"comparing {self.app.glyphs.cut}" if y == 0 else ""
            return head_row(told, "", "gutter", pen)
        if row >= self.laid.height:
            return Strip.blank(pen.width, self._style("context"))

        return self._row(row, pen)

    def _row(self, row: int, pen: Pen) -> Strip:
        block, at = self.laid.at(row)
        file = self.files[block.file]
        skipped = self.marks is not None and not self.marks(block.file, block.part)
        match block.kind:
            case "blank":
                return Strip.blank(pen.width, pen.style("context"))
            case "file":
                return file_row(file, pen)
            case "words":
                return words_row(block.text, pen)
            case "head":
                style = self._head_style(block.part)
                mark = "" if self.marks is None else f"[{' ' if skipped else 'x'}] "
                here = "" if self.names else f"{pen.glyphs.more} "
                lead = here if style != "head" else " " * len(here)
                return head_row(block.text, f"{lead}{mark}", style, pen)
            case "lines":
                return line_row(block.lines[at], file.colours, skipped, pen)
            case "pairs":
                return pair_row(block.pairs[at], file.colours, skipped, pen)

    def _head_style(self, part: int) -> str:
        if self.names or self.current is None or self.current[1] != part:
            return "head"

        return "cursor" if self.has_focus else "cursor-rest"

    def _pen(self) -> Pen:
        ground = self.app.theme_variables.get("diff-added-ground", "")
        return Pen(
            self._style,
            self.app.glyphs,
            self.size.width,
            self.laid.digits,
            self._offset,
            not ground.startswith("ansi"),
        )

    def _style(self, part: str) -> Style:
        if part not in self._styles:
            self._styles[part] = self.get_component_rich_style(f"diff--{part}")
        return self._styles[part]
