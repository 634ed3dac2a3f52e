"""The proxy's screen: how it is, its requests as they happen, and each in full.

Facts come from a watcher that runs while the screen is shown; a board makes of them
what there is to see, and the screen draws it at most ten times a second.
"""

from asyncio import TimerHandle
from typing import TYPE_CHECKING, Any, ClassVar, cast

from textual import events, getters, on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container
from textual.widgets import Input
from textual.worker import Worker, WorkerState

from mux_tui.core.errors import MuxError
from mux_tui.core.text import one_line
from mux_tui.tui.dialogs.confirm import Confirm
from mux_tui.tui.later import later
from mux_tui.tui.screens.base import MuxScreen
from mux_tui.tui.screens.proxy import bindings
from mux_tui.tui.screens.proxy.claude import open_claude
from mux_tui.tui.screens.proxy.copying import copy_curl
from mux_tui.tui.screens.proxy.log_window import LogWindow
from mux_tui.tui.widgets.proxy.head_lines import ENV_LINE
from mux_tui.tui.widgets.proxy.panes import (
    CutPane,
    DetailPane,
    StatePane,
    StoryPane,
)
from mux_tui.tui.widgets.proxy.request_table import RequestTable
from mux_tui.tui.widgets.proxy.view import View

if TYPE_CHECKING:
    from mux_tui.core.proxy.watch.facts import WatchFact
    from mux_tui.core.proxy.watch.watcher import ProxyWatch

_DRAW_SECONDS = 0.1
_AGAIN_SECONDS = 5.0


class ProxyScreen(MuxScreen):
    """Claude Code on the local model, request by request."""

    MODE = "proxy"
    CSS_PATH = "proxy.tcss"
    AUTO_FOCUS = "#requests"
    HELP = """
# Proxy

Claude Code speaks to the model of this machine through a proxy, which is a process of
its own. Here you start and stop it, and see each request as it happens: what was cut
to make it fit, what the model read, and how fast it answered.

- `s` starts it, `k` stops it, `R` starts it anew with the settings of now
- `C` opens Claude Code on the whole terminal; afterwards you are back here
- `enter` opens a request, `esc` closes it
- `/` filters, `p` holds the list still, `f` follows the newest request
- `c` copies the last request as a curl command, without the token
- `L` shows the ends of the logs
"""
    BINDINGS: ClassVar[list[BindingType]] = list(bindings.BINDINGS)

    state_pane = getters.query_one(StatePane)
    table = getters.query_one(RequestTable)
    cut_pane = getters.query_one(CutPane)
    story_pane = getters.query_one(StoryPane)
    filter_box = getters.query_one("#filter", Input)

    def __init__(self) -> None:
        """Make one that has seen nothing."""
        super().__init__()
        self.view = View()
        self._watch: ProxyWatch | None = None
        self._watching: Worker[None] | None = None
        self._preparing: Worker[None] | None = None
        self._draw_timer: TimerHandle | None = None
        self._acting = False
        self._keys_for = ("", "")

    def compose_body(self) -> ComposeResult:
        """State, requests, filter, one request."""
        yield StatePane()
        yield RequestTable()
        yield Input(placeholder="filter: words of a request", id="filter")
        with Container(id="details"):
            yield CutPane("cuts")
            yield StoryPane("story")

    # Watching.

    def on_screen_resume(self) -> None:
        """The screen is shown: watch."""
        if self._watching is None or self._watching.is_finished:
            self._watching = self._watch_proxy()
        self.draw()

    def on_screen_suspend(self) -> None:
        """Another screen is shown: stop watching; under a window, go on."""
        if self.app.current_mode != self.MODE and self._watching is not None:
            self._watching.cancel()
            self._watching = self._watch = None

    @work(group="watch", exclusive=True, exit_on_error=False)
    async def _watch_proxy(self) -> None:
        self._watch = await self.app.desk.proxy_watch()
        await self._watch.run(self.told)

    def told(self, fact: "WatchFact") -> None:
        """A fact has come: take it, and draw soon."""
        self.view.feed(fact, self.app.desk.now())
        self.draw_soon()

    def draw_soon(self) -> None:
        """Draw, together with all that comes in the next moment."""
        if self._draw_timer is None:
            self._draw_timer = later(self, _DRAW_SECONDS, self.draw)

    def draw(self) -> None:
        """Show what is known."""
        self._draw_timer = None
        # A timer may come late, when the panes have gone already.
        if not self.is_mounted or not self.size.width or not self.query(StatePane):
            return
        view, app = self.view, self.app
        now = app.desk.now()
        # Under an open request there may be no room for it.
        if width := self.state_pane.content_size.width:
            self.state_pane.show(*view.head(app.glyphs, app.desk.settings, width, now))
        self.table.show(view.rows(), now, view.empty())
        self.table.entitle(
            view.list_title(app.glyphs), view.list_subtitle(self.table.follow)
        )
        self._draw_detail(now)
        if (keys := (view.state, view.doing)) != self._keys_for:
            self._keys_for = keys
            self.refresh_bindings()

    def _draw_detail(self, now: float) -> None:
        row, glyphs = self.table.chosen, self.app.glyphs
        # One less, for the bar that may appear beside the text.
        width = self.cut_pane.content_size.width - 1
        self.cut_pane.show(*self.view.cuts(row, glyphs, width))
        self.story_pane.show(*self.view.story(row, glyphs, now))

    def on_resize(self) -> None:
        """Say more, or less."""
        super().on_resize()
        self.call_after_refresh(self.draw)

    @on(Worker.StateChanged)
    def _worker_changed(self, event: Worker.StateChanged) -> None:
        if event.state != WorkerState.ERROR:
            return
        worker = cast(Worker[Any], event.worker)  # pyright: ignore[reportUnknownMemberType]
        error = worker.error
        if isinstance(error, MuxError):
            self.app.tell_error(error)
        else:
            self.app.tell(f"{type(error).__name__}: {error}", "error", 10.0)
        if worker is self._watching:
            later(self, _AGAIN_SECONDS, self.on_screen_resume)

    # The list.

    @on(RequestTable.Chosen)
    @on(DetailPane.Resized)
    def _chosen(self) -> None:
        self._draw_detail(self.app.desk.now())

    @on(RequestTable.Opened)
    def _opened(self) -> None:
        self._layer("-opened", True)
        row = self.table.chosen
        # What went wrong stands there; else what was cut is what one comes for.
        pane = self.story_pane if row and row.failed else self.cut_pane
        pane.focus()

    def on_key(self, event: events.Key) -> None:
        """Down from the filter goes to the list."""
        if event.key == "down" and self.filter_box.has_focus:
            event.stop()
            self.table.focus()

    @on(Input.Changed, "#filter")
    def _filter_changed(self, event: Input.Changed) -> None:
        self.view.wanted = event.value
        self.draw_soon()

    @on(Input.Submitted, "#filter")
    def _filter_chosen(self) -> None:
        self.table.focus()

    def action_filter(self) -> None:
        """Type what requests must contain."""
        self._layer("-opened", False)
        self._layer("-filtering", True)
        self.filter_box.focus()

    def action_back(self) -> None:
        """Close one layer: the open request, the filter, a start of Claude Code."""
        if self.has_class("-opened"):
            self._layer("-opened", False)
            self.table.focus()
        elif self.has_class("-filtering"):
            self.filter_box.value = ""
            self._layer("-filtering", False)
            self.table.focus()
        elif self._preparing is not None:
            self._preparing.cancel()

    def _layer(self, name: str, there: bool) -> None:
        self.set_class(there, name)
        self.refresh_bindings()
        self.call_after_refresh(self.draw)

    def action_follow(self) -> None:
        """Go to the newest request and stay there, or stay where the cursor is."""
        self.view.hold(False)
        self.table.follow = not self.table.follow
        if self.table.follow:
            self.table.action_edge(0)
        self.draw()

    def action_pause(self) -> None:
        """Hold the list still, or let it go on."""
        self.view.hold(not self.view.held)
        self.draw()

    # What is done to the proxy.

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Which keys work now."""
        if action == "back":
            layers = self.has_class("-opened") or self.has_class("-filtering")
            return layers or bool(self.view.doing)
        return self.view.allows(action)

    async def action_start(self) -> None:
        """Start the proxy."""
        self._act("start")

    async def action_stop(self) -> None:
        """Stop the proxy; asks when requests are open."""
        self._act("stop")

    async def action_restart(self) -> None:
        """Stop the proxy and start it with the settings of now."""
        self._act("restart")

    def _act(self, what: str) -> None:
        if not self._acting:
            self._acting = True
            self._do(what)

    @work(group="proxy", exit_on_error=False)
    async def _do(self, what: str) -> None:
        try:
            question = self.view.question(what)
            if question and not await self.app.push_screen_wait(Confirm(*question)):
                return
            from mux_tui.core.proxy.watch.control import ProxyControl

            control = ProxyControl(await self.app.desk.proxy(), self.told)
            match what:
                case "start":
                    await control.start()
                case "stop":
                    await control.stop()
                case _:
                    await control.restart()
        finally:
            self._acting = False
            if self._watch is not None:
                self._watch.look_now()

    def action_claude(self) -> None:
        """Open Claude Code on the whole terminal."""
        self._preparing = self._open_claude()

    @work(group="claude", exclusive=True, exit_on_error=False)
    async def _open_claude(self) -> None:
        try:
            await open_claude(self.app, self.say)
        finally:
            self.say("")

    def say(self, text: str) -> None:
        """Show what goes on besides; empty: nothing does."""
        self.view.doing = one_line(text)
        self.draw_soon()

    # What is copied and shown.

    def action_copy_line(self) -> None:
        """Copy the line that makes another shell's Claude Code use the proxy."""
        self.app.copy_to_clipboard(ENV_LINE)
        self.app.tell(f"Copied: {ENV_LINE}")

    @work(group="copy", exclusive=True, exit_on_error=False)
    async def action_curl(self) -> None:
        """Copy the last request as a curl command."""
        await copy_curl(self.app, self.view.url, self.table.chosen)

    def action_log(self) -> None:
        """Show the ends of the logs."""
        self.app.push_screen(LogWindow(self.app.desk.environment.paths))
