"""The hardware screen: machine, model server, and the models that fit.

Workers look and post; handlers change what is shown. The machine is sampled only while
the screen is in view.
"""

from functools import partial
from typing import ClassVar

from textual import getters, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import OptionList, Static
from textual.worker import Worker, WorkerState

from mux_tui.core.catalog.sizes import tokens
from mux_tui.core.hardware import pressure
from mux_tui.core.machine.overview import ModelRow
from mux_tui.core.machine.report import report
from mux_tui.core.text import one_line
from mux_tui.tui.safe import plain
from mux_tui.tui.screens.base import MuxScreen
from mux_tui.tui.screens.hardware import messages, work
from mux_tui.tui.screens.hardware.guide import HELP, KEYS
from mux_tui.tui.screens.hardware.info import Info
from mux_tui.tui.screens.hardware.simulate import Simulate
from mux_tui.tui.screens.hardware.state import HardwareState
from mux_tui.tui.widgets.hardware.detail import detail_lines
from mux_tui.tui.widgets.hardware.gauges import Gauges, GaugeView, heading
from mux_tui.tui.widgets.hardware.letters import letters
from mux_tui.tui.widgets.hardware.model_columns import Columns, bar_legend
from mux_tui.tui.widgets.hardware.model_list import ModelList
from mux_tui.tui.widgets.hardware.server_box import (
    ServerBox,
    ServerView,
    server_line,
)

_WATCH, _ONCE, _SERVER = "watch", "gather", "server"
"""Groups of workers: as long as the screen is shown; one look; one change at a time."""


class HardwareScreen(MuxScreen):
    """Machine and models."""

    MODE = "hardware"
    CSS_PATH = "hardware.tcss"
    HELP = HELP
    BINDINGS: ClassVar[list[BindingType]] = KEYS

    gauges = getters.query_one(Gauges)
    box = getters.query_one(ServerBox)
    models = getters.query_one(ModelList)

    def __init__(self) -> None:
        """Make it; nothing is looked at before it is shown."""
        super().__init__()
        self.known = HardwareState()
        self._heading = Content("")
        self.change: Worker[None] | None = None
        """The last change of the server, done or under way."""

    def compose_body(self) -> ComposeResult:
        """Machine and server, the models, and the model the cursor is on."""
        with Horizontal(id="top"):
            yield Gauges(classes="pane")
            yield ServerBox(classes="pane")
        with Vertical(id="models", classes="pane"):
            yield Static(id="problems")
            yield Static(id="columns")
            yield ModelList()
        yield Static(id="detail")
        yield Static(id="advice")

    def on_mount(self) -> None:
        """Say what is where."""
        self.box.border_title = "Server"
        self.query_one("#models").border_title = "Models"
        self.models.focus()
        self._show_machine()
        self._show_server()

    def on_screen_resume(self) -> None:
        """Watch the machine while it is shown."""
        self.action_look()
        self.run_worker(
            partial(work.watch, self),
            group=_WATCH,
            exclusive=True,
            exit_on_error=False,
        )
        self.run_worker(
            partial(work.watch_gpu, self), group=_WATCH, exit_on_error=False
        )

    def on_screen_suspend(self) -> None:
        """Look no more."""
        self.workers.cancel_group(self, _WATCH)  # pyright: ignore[reportUnknownMemberType]

    def on_resize(self) -> None:
        """Say more, or less."""
        super().on_resize()
        self.call_after_refresh(self._laid_out)

    def _laid_out(self) -> None:
        self.gauges.compact = self.compact
        self._show_machine()
        self._show_columns()
        self._show_detail()

    @property
    def compact(self) -> bool:
        """Whether there is little room."""
        return self.has_class("-narrow") or self.has_class("-low")

    # What workers tell.

    @on(messages.FactsKnown)
    def _facts_known(self, message: messages.FactsKnown) -> None:
        self.known.facts = message.facts
        self._show_machine()
        self._show_models()

    @on(messages.StockSeen)
    def _stock_seen(self, message: messages.StockSeen) -> None:
        self.known.stock = message.stock
        problems = message.stock.catalogue.problems
        shown = self.query_one("#problems", Static)
        shown.set_class(bool(problems), "-some")
        shown.update(Content("\n").join(plain(f"! {text}") for text in problems[:3]))
        self._show_models()

    @on(messages.Sampled)
    def _sampled(self, message: messages.Sampled) -> None:
        self.known.sampled(message.now)
        self._show_machine()

    @on(messages.GpuSampled)
    def _gpu_sampled(self, message: messages.GpuSampled) -> None:
        self.known.gpu_sampled(message.now)
        self._show_machine()

    @on(messages.ServerSeen)
    def _server_seen(self, message: messages.ServerSeen) -> None:
        before = self.known.status
        self.known.status = message.status
        self._show_server()
        if before is None or (before.state, before.model) != (
            message.status.state,
            message.status.model,
        ):
            self.refresh_bindings()
            self._show_models()

    @on(messages.ServerStep)
    def _server_step(self, message: messages.ServerStep) -> None:
        self.known.step = message.text
        self._show_server()
        self.refresh_bindings()

    @on(messages.Told)
    def _told(self, message: messages.Told) -> None:
        self.app.tell(message.text)

    @on(messages.Failed)
    def _failed(self, message: messages.Failed) -> None:
        self.app.tell_error(message.error)

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Say that a look failed in a way nobody foresaw."""
        if event.state is WorkerState.ERROR:
            error = event.worker.error  # pyright: ignore[reportUnknownMemberType]
            self.app.tell(f"mux itself failed ({type(error).__name__})", "error")

    # What is shown.

    def _show_machine(self) -> None:
        known = self.known
        view = GaugeView(
            facts=known.facts,
            capacity=known.capacity,
            now=known.now,
            cpu=tuple(known.cpu),
            gpu=known.gpu,
            gpu_percents=tuple(known.gpu_percents),
            watts=tuple(known.watts),
            simulated=known.other_name,
            server_line=server_line(self._server_view(), self.app.glyphs),
        )
        self.gauges.view = view
        title = heading(view, self.gauges.size.width)
        title = letters(title, self.app.glyphs)
        if not title.is_same(self._heading):
            self._heading = title
            self.gauges.border_title = title  # pyright: ignore[reportAttributeAccessIssue]

    def _show_server(self) -> None:
        self.box.view = self._server_view()
        if self.compact:
            self._show_machine()

    def _server_view(self) -> ServerView:
        settings = self.app.desk.settings
        state = self.app.pulse.local
        foreign = settings.providers.local.base_url
        words = f"{state.status.replace('_', ' ')} {state.model}" if state else ""
        return ServerView(
            self.known.status,
            self.known.step,
            foreign,
            words,
            settings.server.idle_minutes,
        )

    def _show_models(self) -> None:
        capacity = self.known.capacity
        rows = self.known.rows()
        if capacity is None or not rows:
            self._show_columns()
            return

        self.models.show_rows(rows, capacity.budget)
        pane = self.query_one("#models")
        other = "on another Mac" if self.known.other else self.known.disk_words()
        glyphs = self.app.glyphs
        pane.border_title = f"Models {glyphs.dot} {other}"
        context = f"{tokens(self.known.context)} of context"
        pane.border_subtitle = f"{context} {glyphs.dot} {bar_legend(glyphs)}"
        self.query_one("#advice", Static).update(
            plain(f"recommended: {self.known.advice}", 400)
        )
        self._show_columns()
        self._show_detail()

    def _show_columns(self) -> None:
        shown = self.query_one("#columns", Static)
        if not self.models.option_count:
            shown.update(
                Content.styled("looking at disk and catalogue …", "$text-soft")
            )
            return

        width = self.models.scrollable_content_region.width
        shown.update(Columns.of(width).heading(tokens(self.known.context)))

    def _show_detail(self) -> None:
        if not self.compact:
            lines = self._detail()
            self.query_one("#detail", Static).update(Content("\n").join(lines))

    def _detail(self) -> list[Content]:
        row, capacity = self.models.row, self.known.capacity
        if row is None or capacity is None:
            return []

        width = max(self.size.width - 4, 20)
        lines = detail_lines(row, capacity, self.app.glyphs)
        return [line.truncate(width, ellipsis=True) for line in lines]

    @on(OptionList.OptionHighlighted)
    def _moved(self) -> None:
        self._show_detail()

    # What keys do.

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer only what can be done now."""
        busy = bool(self.known.step)
        match action:
            case "start":
                return not self.known.alive and not busy and not self._foreign
            case "stop" | "restart" | "measure":
                return self.known.alive and not busy and not self._foreign
            case "here":
                return self.known.other is not None
            case "info":
                return self.compact
            case _:
                return True

    @property
    def _foreign(self) -> bool:
        return bool(self.app.desk.settings.providers.local.base_url)

    def action_look(self) -> None:
        """Look at everything again."""
        self.run_worker(
            partial(work.gather, self), group=_ONCE, exclusive=True, exit_on_error=False
        )

    def action_context(self, by: int) -> None:
        """Let the models hold more context, or less."""
        if self.known.step_context(by):
            self._show_models()

    def action_start(self) -> None:
        """Start the model server."""
        self._with_server(partial(work.start, self))

    def action_stop(self) -> None:
        """Stop the model server; asks when somebody uses it."""
        self._with_server(partial(work.stop, self))

    def action_restart(self) -> None:
        """Start the model server anew; asks when somebody uses it."""
        self._with_server(partial(work.restart, self))

    def action_measure(self) -> None:
        """Measure the model that is served."""
        self._with_server(partial(work.measure, self))

    @on(OptionList.OptionSelected)
    def _chosen(self) -> None:
        row = self.models.row
        if row is not None:
            self._choose(row)

    def _choose(self, row: ModelRow) -> None:
        if self.known.other is not None:
            self.app.tell("That is another machine: esc comes back to this one")
        elif row.installed is None:
            self.app.tell(
                f"{row.name} is not on this disk. Get it with: hf download "
                f"{one_line(row.id, 100)}, then press r",
                seconds=10,
            )
        else:
            self._with_server(partial(work.choose, self, row))

    def _with_server(self, what: "work.Work") -> None:
        """One change of the server at a time: a further key does nothing."""
        if self.change is None or self.change.is_finished:
            self.change = self.run_worker(what, group=_SERVER, exit_on_error=False)

    def action_simulate(self) -> None:
        """Ask for another machine, and show what it would hold."""
        self.app.push_screen(Simulate(), self._simulated)

    def _simulated(self, other: "tuple[int, object] | None") -> None:
        if other is not None:
            self.known.other = other  # pyright: ignore[reportAttributeAccessIssue]
            self._changed_machine()

    def action_here(self) -> None:
        """Come back to this machine."""
        self.known.other = None
        self._changed_machine()

    def _changed_machine(self) -> None:
        self.refresh_bindings()
        self._show_machine()
        self._show_models()

    def action_info(self) -> None:
        """Show the model the cursor is on in full."""
        row, capacity = self.models.row, self.known.capacity
        if row is not None and capacity is not None:
            lines = detail_lines(row, capacity, self.app.glyphs)
            self.app.push_screen(Info(row.name, lines))

    def action_report(self) -> None:
        """Copy machine and models as text."""
        known = self.known
        if known.facts is None or known.capacity is None:
            self.app.tell("Nothing is known yet")
            return

        now = None if known.other else known.now
        text = report(known.facts, known.capacity, now, pressure.source(), known.rows())
        self.app.copy_to_clipboard(text)
        self.app.tell("Copied: machine and models, without paths")
