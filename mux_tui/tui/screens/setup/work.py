"""What the setup's workers do: they ask the core, and post; no widget is touched."""

import asyncio
from contextlib import suppress
from importlib import import_module
from typing import TYPE_CHECKING

from mux_tui.core.errors import MuxError
from mux_tui.core.setup.facts import SetupEvent
from mux_tui.core.setup.steps import TITLES
from mux_tui.core.setup.wizard import Wizard
from mux_tui.core.setup.writing import SetupPlan
from mux_tui.tui.dialogs.confirm import Confirm
from mux_tui.tui.screens.setup import messages
from mux_tui.tui.screens.setup.windows import OwnModel

if TYPE_CHECKING:
    from mux_tui.tui.screens.setup.screen import SetupScreen

_CLOSING_SECONDS = 10.0

_LEAVING = """\
No settings are written. A model server that the setup
has started is ended.

What has come of a download stays, and the next setup
goes on there."""


async def begin(screen: "SetupScreen") -> None:
    """Begin a setup, or go on with one that was killed."""
    from mux_tui.core.setup.draft import read

    try:
        wizard = await screen.app.desk.wizard()
    except MuxError as error:
        screen.post_message(messages.Shut(error))
        return

    left = await asyncio.to_thread(read, wizard.paths)
    if left is not None:
        # A question over the first screen holds up what waits for its first frame.
        with suppress(MuxError):
            await screen.app.desk.engine()
        text = f"It had come to: {TITLES[left.step]}\n\ny goes on there, n begins anew."
        if await screen.app.push_screen_wait(Confirm("Go on with your setup?", text)):
            wizard.resume(left)
    screen.post_message(messages.Opened(wizard))


async def look(screen: "SetupScreen", wizard: Wizard, again: bool) -> None:
    """Look at what the step is about."""
    step = wizard.step
    async with screen.turn:
        if step == "summary":
            await _plan(screen, wizard)
        else:
            found = await wizard.probe(again=again)
            screen.post_message(messages.Looked(step, found))


async def _plan(screen: "SetupScreen", wizard: Wizard) -> None:
    try:
        screen.post_message(messages.Planned(await asyncio.to_thread(wizard.plan)))
    except MuxError as error:
        screen.post_message(messages.Planned(error))


async def run(screen: "SetupScreen", wizard: Wizard) -> None:
    """Do what the step does."""
    step, state = wizard.step, screen.state
    waiting = False

    def told(event: SetupEvent) -> None:
        nonlocal waiting
        state.seen(event)
        # Pieces of a download come faster than anybody can see.
        if not waiting:
            waiting = True
            screen.call_later(show)

    def show() -> None:
        nonlocal waiting
        waiting = False
        screen.post_message(messages.Moved())

    async with screen.turn:
        ran = await wizard.run(told)
    screen.post_message(messages.Done(step, ran))


async def write(screen: "SetupScreen", wizard: Wizard, plan: SetupPlan) -> None:
    """Write what was planned."""
    async with screen.turn:
        screen.post_message(messages.Wrote(await wizard.carry_out(plan)))


async def leave(screen: "SetupScreen", wizard: Wizard | None) -> None:
    """Leave without writing, if that is really wanted."""
    if wizard is None or wizard.ended:
        screen.post_message(messages.Left(()))
        return
    if not await screen.app.push_screen_wait(Confirm("Leave the setup?", _LEAVING)):
        return

    screen.stop_work()
    stays: tuple[str, ...] = ()
    async with screen.turn:
        try:
            stays = await wizard.cancel()
        except MuxError as error:
            screen.app.tell_error(error)
    screen.post_message(messages.Left(stays))


async def close(screen: "SetupScreen", wizard: Wizard) -> None:
    """End a setup whose screen goes, because mux is left."""
    screen.stop_work()
    with suppress(MuxError, TimeoutError):
        async with asyncio.timeout(_CLOSING_SECONDS), screen.turn:
            await wizard.cancel()


async def own(screen: "SetupScreen", wizard: Wizard) -> None:
    """Ask for a model that is not listed."""
    await asyncio.to_thread(import_module, "mux_tui.core.setup.whereabouts")
    window = OwnModel(wizard.paths, screen.app.desk.cwd)
    # None when it was closed, whatever Textual's annotation says.
    if chosen := await screen.app.push_screen_wait(window):
        screen.choose_model(chosen)
