"""Going through the setup with keys, for tests."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from textual.pilot import Pilot

from mux_tui.core.setup.steps import STEPS, Step
from mux_tui.tui.app import MuxApp
from mux_tui.tui.screens.setup.screen import SetupScreen
from tests.tui.setup_stage import FixedWizard, SetupDesk
from tests.tui.stage import WIDE, on_stage, until


def setup_of(app: MuxApp) -> SetupScreen:
    """The setup's screen, which may be under a window."""
    screen = app.get_screen_stack("setup")[0]  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
    assert isinstance(screen, SetupScreen)
    return screen


def step_of(app: MuxApp) -> Step:
    """Where it is."""
    wizard = setup_of(app).wizard
    assert wizard is not None
    return wizard.step


async def rested(app: MuxApp, pilot: Pilot[int]) -> None:
    """Wait until nothing is looked at, and nothing runs."""

    def rests() -> bool:
        screen = setup_of(app)
        return screen.wizard is not None and not screen.busy

    await until(pilot, rests)
    await pilot.pause()


async def go_to(app: MuxApp, pilot: Pilot[int], step: Step) -> None:
    """Go on until a step; what stands before it is done."""
    await rested(app, pilot)
    for _ in range(2 * len(STEPS)):
        if step_of(app) == step:
            return
        await pilot.press("enter")
        await rested(app, pilot)
    assert step_of(app) == step


@asynccontextmanager
async def setup(
    desk: SetupDesk, step: Step = "hardware"
) -> AsyncGenerator[tuple[MuxApp, Pilot[int]]]:
    """The setup, at a step; what stands before it is done."""
    async with on_stage(desk, WIDE, "setup") as (app, pilot):
        await go_to(app, pilot, step)
        yield app, pilot


def wizard_of(app: MuxApp) -> FixedWizard:
    """The core's part."""
    wizard = setup_of(app).wizard
    assert isinstance(wizard, FixedWizard)
    return wizard


async def press(app: MuxApp, pilot: Pilot[int], *keys: str) -> None:
    """Press keys, and wait for what they have led to each time."""
    for key in keys:
        await pilot.press(key)
        await rested(app, pilot)
