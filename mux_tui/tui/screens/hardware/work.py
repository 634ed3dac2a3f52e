"""What the hardware screen's workers do: they look, ask, change the server, and post.

Nothing here touches a widget.
"""

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mux_tui.core.errors import MuxError
from mux_tui.core.events import ServerChanged
from mux_tui.core.machine.choice import Plan
from mux_tui.core.machine.overview import ModelRow
from mux_tui.core.text import one_line
from mux_tui.tui.dialogs.confirm import Confirm
from mux_tui.tui.messages import SettingsSaved
from mux_tui.tui.screens.hardware import messages

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from mux_tui.tui.screens.hardware.screen import HardwareScreen

Work = Callable[[], Coroutine[Any, Any, None]]

_SETTLE_SECONDS = 3.0
_SETTLE_LOOKS = 60


async def gather(screen: "HardwareScreen") -> None:
    """Look at disk and catalogue, and ask the machine what it is."""
    machine = await screen.app.desk.machine()
    screen.post_message(messages.StockSeen(await machine.stock()))
    if screen.known.facts is None:
        screen.post_message(messages.FactsKnown(await machine.facts()))


async def watch(screen: "HardwareScreen") -> None:
    """Look at machine and server, again and again, until cancelled."""
    while True:
        machine = await screen.app.desk.machine()
        if not machine.foreign_server:
            screen.post_message(messages.ServerSeen(await machine.server()))
        status = screen.known.status
        now = await machine.sample(status.pid if status else None)
        screen.post_message(messages.Sampled(now))
        await asyncio.sleep(machine.sample_seconds)


async def watch_gpu(screen: "HardwareScreen") -> None:
    """Read what is told of the GPU, until cancelled."""
    machine = await screen.app.desk.machine()
    async for now in machine.gpu():
        screen.post_message(messages.GpuSampled(now))


async def start(screen: "HardwareScreen", model: Path | None = None) -> None:
    """Start the server."""
    async with _step(screen, "starting the model server …"):
        machine = await screen.app.desk.machine()
        await machine.start(model, lambda event: _phase(screen, event))
        screen.post_message(messages.ServerSeen(await machine.server()))


async def stop(screen: "HardwareScreen") -> None:
    """Stop the server, after asking those who use it."""
    if not await _may_stop(screen, "Stop the model server?"):
        return

    async with _step(screen, "stopping the model server …"):
        await _stop(screen)


async def restart(screen: "HardwareScreen") -> None:
    """Stop the server, and start it with the settings that hold now."""
    if not await _may_stop(screen, "Restart the model server?"):
        return

    async with _step(screen, "restarting the model server …"):
        await _stop(screen)
        machine = await screen.app.desk.machine()
        await machine.start(None, lambda event: _phase(screen, event))
        screen.post_message(messages.ServerSeen(await machine.server()))


async def measure(screen: "HardwareScreen") -> None:
    """Measure the model that is served."""
    async with _step(screen, "measuring: one prompt of about 150 tokens …"):
        machine = await screen.app.desk.machine()
        name, speed = await machine.measure()
        rates = " and ".join(
            f"{verb} {rate:,.1f} tokens/s"
            for verb, rate in (("reads", speed.reading), ("writes", speed.writing))
            if rate
        )
        told = f"{one_line(name, 80)} {rates or 'did not tell its speed'}"
        screen.post_message(messages.Told(told))
        screen.post_message(messages.StockSeen(await machine.stock()))


async def choose(screen: "HardwareScreen", row: ModelRow) -> None:
    """Make a model on this disk the one that is served, after showing what changes."""
    async with _step(screen, ""):
        machine = await screen.app.desk.machine()
        assert row.installed is not None
        if row.installed.configured and not screen.known.alive:
            # Nothing to write: the settings choose it already.
            await start(screen)
            return

        plan = machine.plan(row.installed)
        users = await _users(screen) if screen.known.alive else []
        text = "\n".join([_what_changes(plan, row, screen.known.alive), *users])
        if not await screen.app.push_screen_wait(Confirm("Serve this model?", text)):
            return

        await machine.choose(plan)
        screen.post_message(SettingsSaved())
        await _settled(screen, plan)
        fresh = await screen.app.desk.machine()
        screen.post_message(messages.StockSeen(await fresh.stock()))
        if screen.known.alive:
            await start(screen, row.installed.directory)


def _what_changes(plan: Plan, row: ModelRow, alive: bool) -> str:
    before = f'"{one_line(plan.before)}"' if plan.before else "not set: the starter"
    running = "The model server is stopped, and started with this model."
    lines = [
        f"{one_line(row.name)}: {row.fit.sentence if row.fit else 'fit unknown'}",
        "",
        f"mux writes to {one_line(str(plan.file))}",
        f"  {plan.key}",
        f"  - {before}",
        f'  + "{one_line(plan.after)}"',
        "",
        running if alive else "The next task starts the server with it.",
    ]
    return "\n".join(lines)


async def _settled(screen: "HardwareScreen", plan: Plan) -> None:
    """Wait until the saved setting holds; say so when something stands above it."""
    for _ in range(_SETTLE_LOOKS):
        if screen.app.desk.settings.providers.local.model == plan.after:
            return
        await asyncio.sleep(_SETTLE_SECONDS / _SETTLE_LOOKS)

    screen.post_message(
        messages.Told(
            f"Saved, but a variable, a flag or the project says otherwise: {plan.key}"
        )
    )


async def _stop(screen: "HardwareScreen") -> None:
    machine = await screen.app.desk.machine()
    await machine.stop()
    screen.post_message(messages.ServerSeen(await machine.server()))


async def _may_stop(screen: "HardwareScreen", question: str) -> bool:
    """Ask, where somebody uses the server."""
    users = await _users(screen)
    if not users:
        return True

    text = "\n".join([*users, "", "What is under way is cut off."])
    return bool(await screen.app.push_screen_wait(Confirm(question, text)))


async def _users(screen: "HardwareScreen") -> list[str]:
    """Who uses the server, in sentences."""
    users: list[str] = []
    if screen.app.pulse.proxy == "running":
        users.append("The proxy uses it, and with it Claude Code.")
    engine = await screen.app.desk.engine()
    if any(run.outcome is None for run in engine.runs):
        users.append("A task of this cockpit is under way.")
    return users


def _phase(screen: "HardwareScreen", event: ServerChanged) -> None:
    told = f": {one_line(event.text, 160)}" if event.text else ""
    screen.post_message(messages.ServerStep(f"model server {event.phase}{told}"))


@asynccontextmanager
async def _step(screen: "HardwareScreen", text: str) -> "AsyncGenerator[None, None]":
    """Say what is being done while it is, and what went wrong with it."""
    if text:
        screen.post_message(messages.ServerStep(text))
    try:
        yield
    except MuxError as error:
        screen.post_message(messages.Failed(error))
    finally:
        screen.post_message(messages.ServerStep(""))
