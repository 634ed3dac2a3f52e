"""The widget that shows a model's answer while it streams, at any speed.

Text is taken at once and shown a few times a second: what is finished is drawn once,
what is out of sight later, what is open over and over. Nothing of it is obeyed, and
nothing moves when nothing comes.
"""

import asyncio
from collections.abc import Callable
from time import monotonic, perf_counter
from typing import TYPE_CHECKING, ClassVar

from textual import events
from textual.binding import BindingType
from textual.selection import Selection
from textual.strip import Strip

from mux_tui.core.text import printable
from mux_tui.tui.keys import key
from mux_tui.tui.widgets.answer.inbox import Inbox
from mux_tui.tui.widgets.answer.kept import Kept
from mux_tui.tui.widgets.answer.look import Look
from mux_tui.tui.widgets.answer.messages import Copied, FollowChanged
from mux_tui.tui.widgets.answer.page import Page
from mux_tui.tui.widgets.answer.page_view import PageView
from mux_tui.tui.widgets.answer.paint import hinted
from mux_tui.tui.widgets.answer.render import NARROWEST
from mux_tui.tui.widgets.answer.thinking import Thinking
from mux_tui.tui.widgets.answer.transcript import Transcript

if TYPE_CHECKING:
    from rich.syntax import SyntaxTheme

KEPT_BYTES = 8_388_608
LINES = 10_000

_PERIOD = 0.04
"""Seconds between two pictures of a growing answer."""

_SHARE = 3
"""The pause after a picture is at least so many times as long as it took."""

_SLICE = 0.012
"""Seconds of work on what is out of sight, before keys are looked at again."""

_BREATH = 0.001
"""Seconds between two slices, in which keys are looked at."""

_GLANCE = 0.05
"""Seconds of work on a whole answer that was asked for."""


class AnswerView(PageView):
    """Shows answers, the thinking before them, and notes between them."""

    HELP = """\
    The answer, as it comes. The view follows its end until you scroll up.

    * `j` `k`, arrows, page keys: scroll; `g` to the beginning
    * `G` or `end`: to the end, and follow it
    * `z`: open or close the thinking
    * `y`: copy the answer; drag with the mouse to select, `ctrl+c` copies that
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {"answer--hint"}

    DEFAULT_CSS = """
    AnswerView > .answer--hint {
        text-style: bold;
        background: $panel;
        color: $foreground;
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        *(
            key(
                keys, f"go('{where}')", word, sentence, id=f"answer.{where}", show=False
            )
            for keys, where, word, sentence in (
                ("j,down", "down", "down", "One line down the answer"),
                ("k,up", "up", "up", "One line up the answer"),
                ("pagedown", "page_down", "page down", "One page down the answer"),
                ("pageup", "page_up", "page up", "One page up the answer"),
                ("g,home", "top", "top", "To the beginning of the answer"),
            )
        ),
        key(
            "G,end",
            "follow",
            "follow",
            "To the end of the answer, and follow it",
            id="answer.follow",
        ),
        key(
            "z",
            "thinking",
            "thinking",
            "Open or close the thinking",
            id="answer.thinking",
        ),
        key("y", "copy", "copy", "Copy the answer", id="answer.copy"),
    ]

    def __init__(
        self,
        *,
        colours: "Callable[[], SyntaxTheme | None]" = lambda: None,
        keep_bytes: int = KEPT_BYTES,
        keep_lines: int = LINES,
        hint: bool = True,
        clock: Callable[[], float] = monotonic,
        id: str | None = None,
        classes: str | None = None,
    ) -> None:
        """Make an empty view.

        Args:
            colours: How code is coloured; asked again when the theme changes.
            keep_bytes: How much of the answers is kept for copying.
            keep_lines: How many lines can be scrolled back to.
            hint: Whether the view itself says that more lines came unseen.
            clock: Seconds, to tell how long the thinking took.
            id: As for any widget.
            classes: As for any widget.
        """
        super().__init__(Page(Look(), NARROWEST, keep_lines), colours, id, classes)
        self.new_lines = 0
        """Lines that came since it ceased to follow."""

        self.streaming = False
        """An answer is being written."""

        self._transcript = Transcript(self.page)
        self._inbox = Inbox()
        self._kept = Kept(keep_bytes)
        self._limits = keep_bytes, keep_lines
        self._hint = hint
        self._clock = clock
        self._next_look: asyncio.TimerHandle | None = None
        self._due = 0.0
        self._painted = 0.0
        self._told = True, 0

    @property
    def text(self) -> str:
        """All answers, to the letter, as far as they are kept."""
        return self._kept.text

    @property
    def answer(self) -> str:
        """The last answer, to the letter."""
        return self._kept.last

    @property
    def complete(self) -> bool:
        """Whether `text` is all that came."""
        return self._kept.complete

    @property
    def settled(self) -> bool:
        """Everything that came is on the page, and drawn."""
        return not self._inbox and self.page.settled

    def append(self, text: str) -> None:
        """More of the answer."""
        if not text:
            return

        self.streaming = True
        self._kept.add(text)
        self._inbox.answer(text)
        if not self.following:
            self.new_lines += text.count("\n")
        self._wake()

    def append_reasoning(self, text: str) -> None:
        """More of the thinking before the answer."""
        if text:
            self.streaming = True
            self._inbox.thinking(text, self._clock())
            self._wake()

    def note(self, text: str) -> None:
        """A line of our own between two answers; the text may be foreign."""
        self._kept.mark()
        self._inbox.note(text)
        self._wake()

    def finish(self) -> None:
        """The answer is complete."""
        self.streaming = False
        self._inbox.end()
        self._wake()

    def show(self, text: str, reasoning: str = "") -> None:
        """Show a whole answer, from its beginning."""
        self._empty()
        self.following = False
        self._kept.add(text)
        if reasoning:
            self._inbox.thinking(reasoning, None)
        self._inbox.answer(text)
        self._inbox.end()
        self._inbox.read(self._transcript, _GLANCE)
        self._picture()
        self._wake()

    def clear(self) -> None:
        """Show nothing, and follow what comes."""
        self._empty()
        self.following = True
        self._picture()

    def action_go(self, where: str) -> None:
        """Scroll: `up`, `down`, `page_up`, `page_down` or `top`."""
        page = max(1, self.room.height - 1)
        by = {"up": -1, "down": 1, "page_up": -page, "page_down": page}
        top = self.scroll_offset.y + by[where] if where in by else 0
        self.scroll_to(y=top, animate=False)

    def action_follow(self) -> None:
        """Go to the end, and follow it."""
        self.following, self.new_lines = True, 0
        self._picture()

    def action_thinking(self) -> None:
        """Open or close the thinking, of all answers."""
        thinkings = self._transcript.thinkings
        opened = any(each.open for each in thinkings)
        self._toggle([each for each in thinkings if each.open == opened])

    def action_copy(self) -> None:
        """Hand the last answer to the terminal's clipboard, made safe to paste."""
        text = printable(self.answer)
        self.app.copy_to_clipboard(text)
        self.post_message(Copied(self, len(text)))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Keys that would do nothing are not offered."""
        if action == "thinking":
            return bool(self._transcript.thinkings)
        return True

    def whole_text(self) -> str:
        """All answers, safe to paste."""
        return printable(self.text)

    def render_line(self, y: int) -> Strip:
        """One line of what is visible; the last one may hint at what came unseen."""
        strip = super().render_line(y)
        if self._hint and self.new_lines and y == self.room.height - 1:
            return hinted(
                strip, self.new_lines, self.page.look, self.part_style("hint")
            )
        return strip

    def selection_updated(self, selection: Selection | None) -> None:
        """Paint the selection; when it is gone, go on with what had to wait."""
        super().selection_updated(selection)
        self._wake()

    def scrolled(self) -> None:
        """The user scrolled, perhaps to the end."""
        if self.following:
            self.new_lines = 0
        self._tell()

    def restyled(self) -> None:
        """The look changed."""
        self._wake()

    def on_mount(self) -> None:
        """Show what came before there was a screen."""
        self._wake()

    def on_resize(self) -> None:
        """Draw what the new width leaves to be drawn."""
        self._wake()

    def on_unmount(self) -> None:
        """Nothing is left to look at."""
        if self._next_look:
            self._next_look.cancel()

    def on_show(self) -> None:
        """Show what came while it was hidden."""
        self._wake()

    def on_click(self, event: events.Click) -> None:
        """A click on a fold opens or closes it."""
        offset = event.get_content_offset(self)
        if offset is None:
            return

        row = offset.y + self.scroll_offset.y
        if thinking := self._transcript.thinking_at(row):
            event.stop()
            self._toggle([thinking])

    def _toggle(self, thinkings: list[Thinking]) -> None:
        landmark = self.landmark()
        for thinking in thinkings:
            self._transcript.toggle(thinking)
        self.show_page(None if self.following else landmark)
        self._wake()

    def _empty(self) -> None:
        keep_bytes, keep_lines = self._limits
        self.page = Page(self.page.look, self.page.width, keep_lines)
        self._transcript = Transcript(self.page)
        self._inbox = Inbox()
        self._kept = Kept(keep_bytes)
        self.new_lines, self.streaming = 0, False
        self.refresh()

    def _wake(self) -> None:
        """Look at what came, as soon as the next picture is due."""
        if self._next_look is None and self.is_mounted:
            # Not a timer of Textual's: one that comes late the first time never rings.
            pause = max(0.0, self._due - perf_counter())
            loop = asyncio.get_running_loop()
            self._next_look = loop.call_later(pause, self.call_next, self._look_at_it)

    def _look_at_it(self) -> None:
        self._next_look = None
        started = perf_counter()
        had_thinking = bool(self._transcript.thinkings)
        # What is being selected must not move.
        waits = self.text_selection is not None or not self.has_room
        came = bool(self._inbox)
        self._inbox.read(self._transcript, _SLICE)
        read = came and not self._inbox
        if read or self.page.settled or started - self._painted >= _PERIOD:
            self._painted = started
            self._picture()
        # While there is more to read, most of it will never be looked at.
        if not (self._inbox or waits or self.page.settled):
            self.draw_some(_SLICE)
        if self._transcript.thinkings and not had_thinking:
            self.refresh_bindings()
        now = perf_counter()
        if self._inbox or not (waits or self.page.settled):
            self._due = now + _BREATH
            self._wake()
        else:
            self._due = now + max(_PERIOD, _SHARE * (now - started))

    def _picture(self) -> None:
        """Show what is open as it is now, and the page."""
        self._transcript.refresh(caret=self.streaming)
        self.show_page()
        self._tell()

    def _tell(self) -> None:
        state = self.following, self.new_lines
        if state != self._told:
            self._told = state
            if self._hint:
                self.refresh_line(self.scroll_offset.y + self.room.height - 1)
            self.post_message(FollowChanged(self, *state))
