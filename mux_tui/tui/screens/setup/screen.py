"""The setup's screen: the rail, one step at a time, and ways on.

The wizard of the core holds what is chosen and found; workers ask it, and handlers show
what it says. It begins anew each time that the screen is shown after it has ended.
"""

import asyncio
from functools import partial
from typing import ClassVar, Literal

from textual import getters, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.widgets import OptionList
from textual.worker import Worker

from mux_tui.core.catalog.fit import CONTEXTS
from mux_tui.core.setup.choices import ModelChoice
from mux_tui.core.setup.facts import Failure
from mux_tui.core.setup.steps import STEPS, TITLES, Step
from mux_tui.core.setup.wizard import Wizard
from mux_tui.tui.messages import SettingsSaved
from mux_tui.tui.screens.base import MuxScreen
from mux_tui.tui.screens.setup import doable, messages, showing, work
from mux_tui.tui.screens.setup.guide import HELP, KEYS
from mux_tui.tui.screens.setup.state import SetupState
from mux_tui.tui.screens.setup.windows import LogWindow
from mux_tui.tui.widgets.setup.connect import ConnectList, ConnectPane
from mux_tui.tui.widgets.setup.offers import ModelPane, OfferList
from mux_tui.tui.widgets.setup.page import (
    DownloadPage,
    MachinePage,
    ServePage,
    SummaryPage,
)
from mux_tui.tui.widgets.setup.rail import Rail
from mux_tui.tui.widgets.setup.ways import Ways

_STEP, _LEAVE = "step", "leave"
"""Groups of workers: what the step asks for, one at a time; and the questions."""

_SECOND = 1.0

Busy = Literal["", "opening", "looking", "running", "writing"]


class SetupScreen(MuxScreen):
    """Six steps to a model that answers."""

    MODE = "setup"
    CSS_PATH = "setup.tcss"
    HELP = HELP
    BINDINGS: ClassVar[list[BindingType]] = KEYS
    AUTO_FOCUS = ""

    rail = getters.query_one(Rail)
    ways = getters.query_one(Ways)

    def __init__(self) -> None:
        """Make it; nothing is looked at before it is shown."""
        super().__init__()
        self.wizard: Wizard | None = None
        """The setup under way; None: there is none."""

        self.busy: Busy = ""
        self.turn = asyncio.Lock()
        """What was cancelled cleans up before anything else begins."""

        self._work: Worker[None] | None = None

    def compose_body(self) -> ComposeResult:
        """The rail, all steps of which one is shown, and the ways on."""
        yield Rail(id="rail")
        yield MachinePage(id="step-hardware", classes="pane step")
        yield ModelPane(id="step-model", classes="pane step")
        yield DownloadPage(id="step-download", classes="pane step")
        yield ServePage(id="step-serve", classes="pane step")
        yield ConnectPane(id="step-connect", classes="pane step")
        yield SummaryPage(id="step-summary", classes="pane step")
        yield Ways(id="ways", classes="pane")

    def on_mount(self) -> None:
        """Say how long something has run, while it does."""
        self.state = SetupState(self.app.desk.tick)
        self._clock = self.set_interval(_SECOND, self.draw, pause=True)
        self.ways.border_title = "Ways on"

    def on_screen_resume(self) -> None:
        """Begin, unless a setup is under way."""
        if self.wizard is None and self.busy != "opening":
            self._begin()

    async def on_unmount(self) -> None:
        """End the setup with the screen."""
        if self.wizard is not None and not self.wizard.ended:
            await work.close(self, self.wizard)

    def on_resize(self) -> None:
        """Say more, or less."""
        super().on_resize()
        self.call_after_refresh(self.draw)

    # What workers tell.

    @on(messages.Opened)
    def _opened(self, message: messages.Opened) -> None:
        self.wizard = message.wizard
        self.enter_step()

    @on(messages.Shut)
    def _shut(self, message: messages.Shut) -> None:
        self.state.shut = message.error
        self._idle()

    @on(messages.Looked)
    def _looked(self, message: messages.Looked) -> None:
        if self._is_here(message.step):
            found = message.found
            self.ways.show(found if isinstance(found, Failure) else None)
            self._idle()

    @on(messages.Done)
    def _done(self, message: messages.Done) -> None:
        if self._is_here(message.step):
            failure = message.ran if isinstance(message.ran, Failure) else None
            self.ways.show(failure)
            self._idle()
            if message.step == "download" and failure is None:
                self._look()

    @on(messages.Moved)
    def _moved(self) -> None:
        self.draw()

    @on(messages.Planned)
    def _planned(self, message: messages.Planned) -> None:
        if not self._is_here("summary"):
            return
        if isinstance(message.plan, Exception):
            self.state.shut = message.plan
        else:
            self.state.plan = message.plan
        self._idle()

    @on(messages.Wrote)
    async def _wrote(self, message: messages.Wrote) -> None:
        carried = message.carried
        self.app.post_message(SettingsSaved())
        if not carried.ok:
            self.state.carried = carried
            self._look()
            return

        files = ", ".join(part.what for part in carried.parts)
        await self._close()
        self.app.tell(f"mux is set up: {files or 'nothing had to change'}")

    @on(messages.Left)
    async def _left(self, message: messages.Left) -> None:
        await self._close()
        for line in message.stays:
            self.app.tell(line, "warning", 15.0)

    def on_worker_state_changed(self) -> None:
        """Keys depend on whether something runs."""
        self.refresh_bindings()

    @on(ConnectList.Turned)
    def _turned(self, message: ConnectList.Turned) -> None:
        if self.wizard is not None:
            chosen = message.choices
            self.wizard.choose(
                permission=chosen.permission,
                order=chosen.order,
                tiers=chosen.tiers,
                mcp=chosen.mcp,
            )
            self.draw()

    @on(OptionList.OptionHighlighted, "#offers")
    @on(OfferList.Resized)
    def _other_offer(self) -> None:
        self.query_one(ModelPane).draw()
        self.refresh_bindings()

    # Going about.

    def _begin(self) -> None:
        self.state = SetupState(self.app.desk.tick)
        self.busy = "opening"
        self._show_step("hardware")
        self._start(partial(work.begin, self))

    def enter_step(self) -> None:
        """Show the step that the wizard is at, and look at what it is about."""
        if self.wizard is None:
            return
        self.state.begin(None)
        self.state.plan = self.state.carried = self.state.shut = None
        self._show_step(self.wizard.step)
        self._look()

    def _show_step(self, step: Step) -> None:
        for one in STEPS:
            self.query_one(f"#step-{one}").set_class(one == step, "-here")
        self.ways.show(None)
        if self.wizard is not None:
            self.rail.show(showing.trail_of(self.wizard))
        inside = {"model": OfferList, "connect": ConnectList}
        pane = self.query_one(f"#step-{step}")
        pane.border_title = f"{STEPS.index(step) + 1}/{len(STEPS)} {TITLES[step]}"
        kind = inside.get(step)
        (self.query_one(kind) if kind else pane).focus()
        self.call_after_refresh(self.draw)

    def _look(self, *, again: bool = False) -> None:
        """Look at the step; `again`: anew, also if it was looked at before."""
        if self.wizard is not None:
            self.busy = "looking"
            self._start(partial(work.look, self, self.wizard, again))

    def _run(self) -> None:
        if self.wizard is None:
            return
        self.state.begin(self.wizard.step)
        self.ways.show(None)
        self.busy = "running"
        self._clock.resume()
        self._start(partial(work.run, self, self.wizard))

    def _start(self, what: "partial[object]") -> None:
        self._work = self.run_worker(  # pyright: ignore[reportAttributeAccessIssue]
            what, group=_STEP, exclusive=True, exit_on_error=False
        )
        self.draw()
        self.refresh_bindings()

    def stop_work(self) -> None:
        """Cancel what the step has asked for; it cleans up before the next begins."""
        self._clock.pause()
        self.workers.cancel_group(self, _STEP)  # pyright: ignore[reportUnknownMemberType]

    def _idle(self) -> None:
        self.busy = ""
        self._clock.pause()
        self.draw()
        self.refresh_bindings()

    async def _close(self) -> None:
        """The setup has ended: to the cockpit."""
        self.wizard = None
        self._idle()
        # Awaited, for what is told before a screen is there is seen by nobody.
        await self.app.switch_mode("cockpit")

    def _is_here(self, step: Step) -> bool:
        """Whether an answer is about the step that is shown."""
        return self.wizard is not None and self.wizard.step == step

    def draw(self) -> None:
        """Show what is known."""
        showing.draw(self)

    # What keys do.

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer only what can be done now."""
        known = doable.may(self, action, parameters)
        return True if known is None else known

    def action_next(self) -> None:
        """Go on to the next step."""
        if self.wizard is not None:
            self.wizard.next()
            self.enter_step()

    def action_take_model(self) -> None:
        """Take the model with the cursor."""
        offer = self.query_one(OfferList).offer
        if offer is not None:
            self.choose_model(offer.choice)

    def choose_model(self, model: ModelChoice) -> None:
        """Take this model, and go on."""
        if self.wizard is None:
            return
        context = self.state.context
        chosen = {} if context is None else {"context": context}
        self.wizard.choose(model=model, **chosen)
        self.action_next()

    def action_fetch(self) -> None:
        """Download the model."""
        self._run()

    def action_prove(self) -> None:
        """Start the model's server, and try it."""
        self._run()

    def action_write(self) -> None:
        """Write what is shown."""
        if self.wizard is not None and self.state.plan is not None:
            self.busy = "writing"
            self._start(partial(work.write, self, self.wizard, self.state.plan))

    def action_stop(self) -> None:
        """Stop what runs; it can be gone on with."""
        if self.wizard is not None:
            self.stop_work()
            self.state.stopped = self.wizard.step
            self._look(again=True)

    def action_back(self) -> None:
        """Go back to the step before."""
        if self.wizard is not None:
            self.stop_work()
            self.wizard.back()
            self.enter_step()

    def action_skip(self) -> None:
        """Go on without this step."""
        if self.wizard is not None:
            self.stop_work()
            self.wizard.skip()
            self.enter_step()

    def action_again(self) -> None:
        """Look again."""
        if self.wizard is None:
            self._begin()
        else:
            self.ways.show(None)
            self._look(again=True)

    def action_first_way(self) -> None:
        """Take the first way on."""
        self.action_way(1)

    def action_way(self, number: int) -> None:
        """Take the way on with that number."""
        failure, wizard = self.ways.failure, self.wizard
        if wizard is None or failure is None or number > len(failure.ways):
            return
        way, ran = failure.ways[number - 1], self.state.ran == wizard.step
        if way.action == "show_log":
            self.app.push_screen(LogWindow(failure.log))
            return

        wizard.take(way)
        if way.action == "retry" and not ran:
            self.action_again()
            return
        if way.action not in ("retry", "less_context"):
            self.enter_step()
        else:
            self._run()

    def action_log(self) -> None:
        """Show the log of what failed."""
        if self.ways.failure is not None:
            self.app.push_screen(LogWindow(self.ways.failure.log))

    def action_context(self, by: int) -> None:
        """Give the model more context, or less."""
        found = self.wizard.findings.model if self.wizard else None
        if self.wizard is None or found is None:
            return
        near = min(CONTEXTS, key=lambda one: abs(one - found.context))
        at = CONTEXTS.index(near) + by
        self.state.context = CONTEXTS[min(max(at, 0), len(CONTEXTS) - 1)]
        self.wizard.choose(context=self.state.context)
        self._look()

    def action_own(self) -> None:
        """Ask for a model that is not listed."""
        if self.wizard is not None:
            ask = partial(work.own, self, self.wizard)
            self.run_worker(ask, group=_LEAVE, exclusive=True, exit_on_error=False)

    def action_report(self) -> None:
        """Copy what is known of this machine."""
        found = self.wizard.findings.hardware if self.wizard else None
        if found is not None:
            self.app.copy_to_clipboard(showing.report(found))
            self.app.tell("Copied: what is known of this machine, without paths")

    def action_leave(self) -> None:
        """Leave, if that is really wanted."""
        leave = partial(work.leave, self, self.wizard)
        self.run_worker(leave, group=_LEAVE, exclusive=True, exit_on_error=False)
