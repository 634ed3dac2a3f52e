"""What the proxy's screen shows of a board: texts and rows, without any widget."""

from typing import TYPE_CHECKING

from textual.content import Content

from mux_tui.core.config.settings import Settings
from mux_tui.core.proxy.watch.board import ProxyBoard
from mux_tui.core.proxy.watch.row import Row
from mux_tui.core.proxy.watch.wording import matches
from mux_tui.core.text import one_line
from mux_tui.tui.glyphs import Glyphs
from mux_tui.tui.widgets.proxy.columns import clock_of
from mux_tui.tui.widgets.proxy.detail_lines import cut_lines, story_lines
from mux_tui.tui.widgets.proxy.drawing import in_glyphs
from mux_tui.tui.widgets.proxy.head_lines import HeadPen, lines_of, title_of

if TYPE_CHECKING:
    from mux_tui.core.proxy.watch.facts import WatchFact

_GOING = ("running", "unresponsive")
_GONE = ("stopped", "crashed", "unknown")
_NOTHING_CHOSEN = (
    "Choose a request above: here stands what was cut out of it, and why, how many "
    "tokens were sent, and how many the server says it has read."
)
_NO_STORY = "And here: where it went and why, how long it took, and how it ended."


class View:
    """A board, and how the user looks at it."""

    def __init__(self) -> None:
        """Make a view of a board that knows nothing."""
        self.board = ProxyBoard()
        self.wanted = ""
        """Words that requests must contain."""

        self.doing = ""
        """What goes on besides; safe to show."""

        self._held: tuple[Row, ...] | None = None

    def feed(self, fact: "WatchFact", now: float) -> None:
        """Take a fact."""
        self.board.feed(fact, now)

    @property
    def state(self) -> str:
        """The proxy's state."""
        return self.board.state

    @property
    def url(self) -> str:
        """Where it answers; empty: it does not."""
        return self.board.status.url if self.board.status else ""

    @property
    def held(self) -> bool:
        """Whether the list is held still."""
        return self._held is not None

    def hold(self, still: bool) -> None:
        """Hold the list still, or let it go on."""
        self._held = self.board.rows if still else None

    def allows(self, action: str) -> bool:
        """Whether an action makes sense now."""
        match action:
            case "start":
                return self.state in _GONE
            case "stop" | "restart":
                return self.state in _GOING
            case _:
                return True

    def question(self, what: str) -> tuple[str, str] | None:
        """What to ask before the proxy is stopped; None: nothing is cut by it."""
        status = self.board.status
        count = max(
            sum(row.live for row in self.board.rows),
            (status.open_requests or 0) if status else 0,
        )
        if what == "start" or not count or self.state != "running":
            return None

        open_ones = "1 request is open" if count == 1 else f"{count} requests are open"
        title = "Stop the proxy?" if what == "stop" else "Restart the proxy?"
        return title, f"{open_ones}; stopping cuts {'it' if count == 1 else 'them'}."

    def rows(self) -> tuple[Row, ...]:
        """The requests to show."""
        words = self.wanted.lower().split()
        rows = self.board.rows if self._held is None else self._held
        return tuple(row for row in rows if matches(row, words)) if words else rows

    def head(
        self, glyphs: Glyphs, settings: Settings, width: int, now: float
    ) -> tuple[Content, list[Content]]:
        """Title and lines of the proxy's pane."""
        pen = HeadPen(glyphs, settings, width, now, self.doing)
        return title_of(self.board, pen), lines_of(self.board, pen)

    def list_title(self, glyphs: Glyphs) -> str:
        """The list's title, with its counts."""
        whole = self.board.rows
        live = sum(row.live for row in whole)
        parts = [f"Requests {len(whole)}" if whole else "Requests"]
        if live:
            parts.append(f"{live} live")
        if self.wanted.strip():
            parts.append(f"{len(self.rows())} match")
        if self._held is not None:
            newer = len({row.id for row in whole} - {row.id for row in self._held})
            parts.append(f"held still, {newer} newer")
        return f" {glyphs.dot} ".join(parts)

    def list_subtitle(self, follow: bool) -> str:
        """What the list's keys do now."""
        still = "p go on" if self.held else "p hold"
        return f"f {'stay here' if follow else 'follow'}  {still}  / filter"

    def empty(self) -> Content:
        """What to say where there are no requests."""
        if self.wanted.strip():
            words = one_line(self.wanted, 40)
            return Content(f"No request contains {words!r}.\n\nesc shows all of them")
        match self.state:
            case "running":
                how = "C opens Claude Code here; in another terminal: mux claude"
            case "starting" | "stopping":
                how = "..."
            case "unresponsive":
                how = "R restarts the proxy"
            case _:
                how = "s starts the proxy; C starts all, and opens Claude Code"
        return Content(f"No requests yet.\n\n{how}")

    def cuts(
        self, row: Row | None, glyphs: Glyphs, width: int
    ) -> tuple[Content, list[Content]]:
        """Title and lines on what was trimmed."""
        if row is None:
            return Content("What was trimmed"), [_soft(_NOTHING_CHOSEN)]

        title = f"{clock_of(row)} {glyphs.dot} what was trimmed"
        return Content(title), cut_lines(row, glyphs, width)

    def story(
        self, row: Row | None, glyphs: Glyphs, now: float
    ) -> tuple[Content, list[Content]]:
        """Title and lines on decision and answer."""
        if row is None:
            return Content("Decision and answer"), [_soft(_NO_STORY)]

        name = in_glyphs(one_line(row.id, 30), glyphs)
        title = f"{name} {glyphs.dot} decision and answer"
        return Content(title), story_lines(row, glyphs, now)


def _soft(text: str) -> Content:
    return Content.styled(text, "$text-soft")
