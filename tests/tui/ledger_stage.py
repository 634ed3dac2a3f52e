"""The ledger's screen on the stage: opened, asked, read."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

from textual.pilot import Pilot
from textual.widgets import Input, Static

from mux_tui.core.task import RouteChoice
from mux_tui.tui.app import MuxApp
from mux_tui.tui.messages import TaskWanted
from mux_tui.tui.screens.ledger.screen import LedgerScreen
from tests.core.ledger.many import NOW as MANY_NOW
from tests.core.ledger.many import Stored, store
from tests.tui.stage import NOW, StageDesk, on_stage, until


def screen_of(app: MuxApp) -> LedgerScreen:
    """The ledger's screen, which is at the bottom of the windows."""
    screen = app.screen_stack[0]
    assert isinstance(screen, LedgerScreen)
    return screen


async def settled(app: MuxApp, pilot: Pilot[int]) -> None:
    """Everything that is shown has been read."""
    screen = screen_of(app)

    def read() -> bool:
        id, run = screen.runs.chosen, screen.pane.run
        return (
            screen.listing is not None
            and screen.listing.query == screen.wanted
            and screen.listing.complete
            and (run.id if run else None) == id
            and (id is None or screen.runs.chosen_row is not None)
            and (screen.glance.found is not None)
        )

    await until(pilot, read, "the ledger was not read")
    answer = screen.query_one("#run-answer")
    await until(pilot, lambda: bool(getattr(answer, "settled", True)))


@asynccontextmanager
async def opened(
    desk: StageDesk, size: tuple[int, int] = (120, 36)
) -> AsyncGenerator[tuple[LedgerScreen, MuxApp, Pilot[int]], None]:
    """The ledger's screen, with everything read."""
    async with asyncio.timeout(60), on_stage(desk, size, "ledger") as (app, pilot):
        await settled(app, pilot)
        yield screen_of(app), app, pilot


async def asked(app: MuxApp, pilot: Pilot[int], query: str) -> None:
    """Type a query and wait for its runs."""
    screen = screen_of(app)
    screen.query_one("#query", Input).value = query
    await pilot.pause()
    await settled(app, pilot)


def found(screen: LedgerScreen) -> str:
    """What stands beside the query."""
    return str(screen.query_one("#found", Static).content)


def told(app: MuxApp) -> str:
    """Everything the app has said."""
    return " | ".join(str(one.message) for one in app._notifications)  # pyright: ignore[reportPrivateUsage]


def listened(app: MuxApp) -> list[tuple[str, RouteChoice]]:
    """The tasks that are asked for from now on."""
    wanted: list[tuple[str, RouteChoice]] = []
    screen = screen_of(app)
    post = screen.post_message

    def heard(message: object) -> bool:
        if isinstance(message, TaskWanted):
            wanted.append((message.text, message.route))
            return True
        return post(message)  # pyright: ignore[reportArgumentType]

    screen.post_message = heard  # pyright: ignore[reportAttributeAccessIssue]
    return wanted


def store_in(path: Path, runs: list[Stored]) -> None:
    """Make a ledger there, at the stage's time."""
    path.parent.mkdir(parents=True, exist_ok=True)
    store(path, [moved(run) for run in runs])


def moved(run: Stored) -> Stored:
    """The run at the same distance from the stage's now."""
    return replace(run, started_at=run.started_at - MANY_NOW + NOW)
