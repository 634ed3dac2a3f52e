"""The cockpit on the stage: backends that wait for the test, and steps of its users."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from dataclasses import replace
from pathlib import Path

from textual.pilot import Pilot

from mux_tui.core.backends.base import Request
from mux_tui.core.events import BackendEvent, TextDelta
from mux_tui.core.ledger.rows import RunDetail
from mux_tui.core.local_model.base import FixedModel
from mux_tui.core.task import Completion, Route, Usage
from mux_tui.tui.app import MuxApp
from mux_tui.tui.screens.cockpit.screen import CockpitScreen
from mux_tui.tui.screens.cockpit.sitting import Sitting
from tests.tui.stage import READY, StageDesk, until


class Prompted:
    """A backend that says what the test tells it to, when it is told."""

    name = "prompted"

    def __init__(self, route: Route = "local", model: str = "prompted-7b") -> None:
        """Say nothing yet."""
        self.route: Route = route
        self.model = model
        self.asked = 0
        self._events: asyncio.Queue[BackendEvent] = asyncio.Queue()

    def say(self, *events: BackendEvent) -> None:
        """Go on with these."""
        for event in events:
            self._events.put_nowait(event)

    def end(self, text: str, tokens: int = 10, cost: float | None = None) -> None:
        """End with this answer."""
        usage = Usage(100, tokens, cost_usd=cost)
        done = Completion(text, "stop", usage=usage, logprobs=(-0.1,) * 8)
        self.say(replace(done, model=self.model, first_token_seconds=0.44, seconds=4.5))

    async def run(self, request: Request) -> AsyncGenerator[BackendEvent, None]:
        """Say what is told, until a `Completion`."""
        self.asked += 1
        while True:
            event = await self._events.get()
            yield event
            if isinstance(event, Completion):
                return


async def prompted(desk: StageDesk, route: Route = "local") -> Prompted:
    """Put a prompted backend in the place of the local model, or of a cloud CLI."""
    engine = await desk.engine()
    if route == "local":
        backend = Prompted(route, READY.model)
        engine.parts = replace(engine.parts, local=FixedModel(backend, READY))
    else:
        backend = Prompted(route, f"{route}-model")
        cloud = dict(engine.parts.cloud) | {route: backend}
        engine.parts = replace(engine.parts, cloud=cloud)
    return backend


def cockpit(app: MuxApp) -> CockpitScreen:
    """The cockpit's screen, in view or not."""
    screen = app.get_screen_stack("cockpit")[0]  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
    assert isinstance(screen, CockpitScreen)
    return screen


def current(app: MuxApp) -> Sitting:
    """The run in view."""
    sitting = cockpit(app).current
    assert sitting is not None
    return sitting


async def send(app: MuxApp, pilot: Pilot[int], text: str) -> Sitting:
    """Type a task, send it, and wait until it is under way."""
    screen = cockpit(app)
    before = len(screen.sittings)
    screen.entry.focus()
    screen.entry.put(text)
    await pilot.press("enter")
    await until(pilot, lambda: len(screen.sittings) > before, "it was not accepted")
    await until(pilot, lambda: current(app).run.task.text == text.strip())
    return current(app)


async def over(app: MuxApp, pilot: Pilot[int], sitting: Sitting | None = None) -> None:
    """Wait until a run has ended and is shown so."""
    which = sitting or current(app)
    await until(pilot, lambda: which.story.over, "the run did not end")


async def row_of(desk: StageDesk, sitting: Sitting) -> RunDetail:
    """The run's row in the ledger."""
    ledger = (await desk.engine()).ledger
    assert ledger is not None
    row = await ledger.get(sitting.run.task.run_id)
    assert row is not None
    return row


def pieces(text: str) -> list[BackendEvent]:
    """A text as it streams: word after word."""
    return [TextDelta(f"{word} ") for word in text.split(" ")]


Step = Callable[[MuxApp, Pilot[int]], Awaitable[None]]


def files_in(folder: Path, *names: str) -> None:
    """Make empty files."""
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("")


def toasts(app: MuxApp) -> str:
    """What the app says at the moment, all of it."""
    return "\n".join(note.message for note in app._notifications)  # pyright: ignore[reportPrivateUsage]
