"""A scroll view over a page: it follows the end, or stays at what is being read.

Widgets built on it change the page and call `show_page`. Lines are drawn when they are
looked at; what is above may change its height without moving what is visible.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, ClassVar, NamedTuple, cast

from rich.style import Style
from textual import getters
from textual.geometry import Size
from textual.reactive import Reactive
from textual.scroll_view import ScrollView
from textual.selection import Selection
from textual.strip import Strip
from textual.widget import Widget

from mux_tui.tui.host import Host
from mux_tui.tui.widgets.answer.entry import Entry
from mux_tui.tui.widgets.answer.look import Look
from mux_tui.tui.widgets.answer.page import Page
from mux_tui.tui.widgets.answer.paint import selected, selected_text
from mux_tui.tui.widgets.answer.render import NARROWEST

if TYPE_CHECKING:
    from rich.syntax import SyntaxTheme

_VIRTUAL_SIZE = cast("Reactive[Size]", Widget.virtual_size)


class Landmark(NamedTuple):
    """What must not move on the screen."""

    entry: Entry
    offset: int
    """Which of its lines."""

    row: int
    """Where that line stands on the screen."""


class PageView(ScrollView, can_focus=True, inherit_bindings=False):
    """Shows a page of lines, the text of which the mouse can select."""

    app = getters.app(Host)
    ALLOW_SELECT = True

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "answer--heading",
        "answer--quote",
        "answer--faint",
        "answer--code",
        "answer--inline-code",
        "answer--link",
    }

    DEFAULT_CSS = """
    PageView {
        height: 1fr;
        overflow-x: hidden;
        overflow-y: scroll;
        scrollbar-size-vertical: 1;

        & > .answer--heading { text-style: bold; color: $primary; }
        & > .answer--quote { text-style: italic; color: $text-muted; }
        & > .answer--faint { color: $text-muted; }
        & > .answer--code { color: $foreground; }
        & > .answer--inline-code { color: $accent; }
        & > .answer--link { text-style: underline; }
    }
    """

    def __init__(
        self,
        page: Page,
        colours: "Callable[[], SyntaxTheme | None]",
        id: str | None,
        classes: str | None,
    ) -> None:
        """Make a view of a page.

        Args:
            page: It may be replaced later.
            colours: How code is coloured; asked again when the theme changes.
            id: As for any widget.
            classes: As for any widget.
        """
        super().__init__(id=id, classes=classes)
        self.page = page
        self.following = True
        """It sticks to its end."""

        self.room = Size(NARROWEST, 1)
        """Columns and rows there are for text."""

        self._colours = colours
        self._syntax: SyntaxTheme | None = None
        self._placing = False
        self._restyled = True

    @property
    def allow_select(self) -> bool:
        """The mouse selects text."""
        return True

    def show_page(self, landmark: Landmark | None = None) -> None:
        """Paint the page as it is now.

        Args:
            landmark: What must not move; None: the first thing that is visible, or the
                end if that is followed.
        """
        if not self.has_room:
            return

        self.room = self.scrollable_content_region.size
        landmark = landmark or (None if self.following else self.landmark())
        if self._dress():
            self.refresh()
        moved = self.page.trim()
        if self.following:
            self.page.draw_end(self.room.height)
            self._place(self.page.height)
        else:
            self._stay(landmark, self.scroll_offset.y - moved)
        self._repaint()

    def draw_some(self, seconds: float) -> None:
        """Draw what is out of sight, for about so long; what is visible stays."""
        landmark = self.landmark()
        self.page.draw_some(seconds)
        if self.page.settled or self.following:
            self.show_page(landmark)
        elif landmark:
            top = self.page.top(landmark.entry)
            if top != self.scroll_offset.y + landmark.row - landmark.offset:
                self._stay(landmark, self.scroll_offset.y)

    @property
    def has_room(self) -> bool:
        """It is on the screen, and has a size."""
        return self.is_mounted and bool(self.scrollable_content_region.size)

    def landmark(self) -> Landmark | None:
        """The first thing that is visible and drawn, or else the first one visible."""
        top = self.scroll_offset.y
        visible = (self.page.at(top + row) for row in range(self.room.height))
        found = [
            Landmark(each[0], each[1], row) for row, each in enumerate(visible) if each
        ]
        drawn = (each for each in found if each.entry.drawn)
        return next(drawn, found[0] if found else None)

    def part_style(self, part: str, *, laid_over: bool = False) -> Style:
        """The style of a part of an answer, complete or to be laid over another."""
        return self.get_component_rich_style(f"answer--{part}", partial=laid_over)

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        """The text under the selection, as it was written: without frames and wraps."""
        if selection.start is None and selection.end is None:
            return self.whole_text(), "\n"

        return selected_text(self.page, selection), "\n"

    def whole_text(self) -> str:
        """What is copied when everything is selected."""
        return ""

    def selection_updated(self, selection: Selection | None) -> None:
        """Paint the selection."""
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """One line of what is visible."""
        look, width = self.page.look, self.room.width
        top = self.scroll_offset.y + y
        line = self.page.line(top)
        if line is None:
            return Strip.blank(width, look.text)

        row = top + self.page.gone
        strip = line.strip.crop_extend(0, width, look.text)
        selection = self.text_selection
        if selection and (span := selection.get_span(row)):
            style = self.screen.get_component_rich_style("screen--selection")
            strip = selected(strip, line, span, style)
        return strip.apply_offsets(0, row)

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Follow or cease to follow, as the user scrolls."""
        super().watch_scroll_y(old_value, new_value)
        if self._placing or round(old_value) == round(new_value):
            return

        end = self.max_scroll_y
        # From beyond the end it was the size that changed, and not the user.
        if round(old_value) <= end:
            self.following = round(new_value) >= end
        self._stay(self.landmark(), round(new_value))
        self.scrolled()

    def scrolled(self) -> None:
        """The user scrolled."""

    def restyled(self) -> None:
        """The look changed: the page is to be shown soon."""

    def notify_style_update(self) -> None:
        """Styles changed: draw anew if ours did."""
        super().notify_style_update()
        self._restyled = True
        self.restyled()

    def on_mount(self) -> None:
        """Learn the theme's colours, and when they change."""
        self._syntax = self._colours()
        self.app.theme_changed_signal.subscribe(self, self._theme_changed)

    def _theme_changed(self, _: object) -> None:
        self._syntax = self._colours()
        self._restyled = True
        self.restyled()

    def on_resize(self) -> None:
        """Draw for the new width what is visible; the rest later."""
        self.show_page()

    def _stay(self, landmark: Landmark | None, top: int) -> None:
        """Draw what is visible, and keep the landmark where it was."""
        height = self.room.height
        for _ in range(2):
            if landmark and (above := self.page.top(landmark.entry)) is not None:
                offset = min(landmark.offset, max(0, landmark.entry.height - 1))
                top = max(0, above + offset - landmark.row)
            self.page.draw(top, top + height)
        self._place(top)

    def _place(self, top: int) -> None:
        size = Size(self.room.width, self.page.height)
        self._placing = True
        try:
            if size != self.virtual_size:
                # Assigning it would lay out the whole screen, which stays as it is:
                # the scrollbar always has its column.
                self.set_reactive(_VIRTUAL_SIZE, size)
                self.vertical_scrollbar.window_virtual_size = size.height
            top = min(top, self.max_scroll_y)
            if top != round(self.scroll_y):
                self.scroll_to(y=top, animate=False, force=True)
        finally:
            self._placing = False

    def _repaint(self) -> None:
        """Paint what changed."""
        touched = self.page.take_touched()
        if touched is not None:
            top = self.scroll_offset.y
            first = max(touched, top)
            self.refresh_lines(first, max(0, top + self.room.height - first))

    def _dress(self) -> bool:
        """Draw for the width and the styles there are now; whether those are new."""
        # A column between the text and the scrollbar.
        look, width = self.page.look, max(self.room.width - 1, NARROWEST)
        if self._restyled:
            self._restyled = False
            look = self._look()
        if look == self.page.look and width == self.page.width:
            return False

        self.page.restyle(look, width)
        return True

    def _look(self) -> Look:
        return Look(
            text=self.rich_style,
            heading=self.part_style("heading"),
            quote=self.part_style("quote"),
            faint=self.part_style("faint"),
            code=self.part_style("code"),
            inline_code=self.part_style("inline-code", laid_over=True),
            link=self.part_style("link", laid_over=True),
            syntax=self._syntax,
            glyphs=self.app.glyphs,
        )
