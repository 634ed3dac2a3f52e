"""Snapshots of the cockpit, each at a fixed size and in a fixed theme."""

import gc
from collections.abc import Awaitable, Callable, Generator
from dataclasses import replace
from pathlib import Path
from typing import Any, Protocol

import pytest
from textual.pilot import Pilot

from mux_tui.tui.app import MuxApp
from tests.tui.hardware_stage import Shown, opening
from tests.tui.rest import resting_pilots, settled
from tests.tui.stage import LOOKS, StageDesk, until

Steps = Callable[[MuxApp, Pilot[int]], Awaitable[None]]
"""What is done before the picture is taken."""

Look = tuple[tuple[int, int], str]
"""Columns and rows, and a theme."""


class Snap(Protocol):
    """Compares a screen with its picture."""

    def __call__(
        self, desk: StageDesk, look: Look, mode: str, steps: Steps | None = None
    ) -> None:
        """Open the cockpit of `desk`, take the steps, and compare."""
        ...


@pytest.fixture(scope="session", autouse=True)
def seldom_collected() -> Generator[None]:
    """Look for garbage as seldom as mux does: it takes a fifth of the time."""
    before = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(2_000, 10, 100)
    yield
    gc.set_threshold(*before)
    gc.unfreeze()


@pytest.fixture(scope="session", autouse=True)
def resting() -> Generator[None]:
    """A pause ends when the app is at rest, and not before."""
    with resting_pilots():
        yield


@pytest.fixture(params=LOOKS, ids=lambda look: f"{look[0][0]}x{look[0][1]}-{look[1]}")
def look(request: pytest.FixtureRequest) -> Look:
    """Each of the four looks."""
    return request.param


@pytest.fixture
def shown(tmp_path: Path) -> Shown:
    """Opens the cockpit on the hardware screen of a world."""
    return opening(tmp_path)


@pytest.fixture
def snap(snap_compare: Any, monkeypatch: pytest.MonkeyPatch) -> Snap:
    """Takes pictures; `--snapshot-update` accepts what they show."""
    monkeypatch.setenv("TZ", "UTC")

    def compare(
        desk: StageDesk, look: Look, mode: str, steps: Steps | None = None
    ) -> None:
        size, theme = look
        settings = desk.settings
        ui = replace(settings.ui, theme=theme)
        desk.loaded = replace(desk.loaded, settings=replace(settings, ui=ui))
        app = MuxApp(desk, mode)

        async def before(pilot: Pilot[int]) -> None:
            await until(pilot, lambda: app.pulse.local is not None, "no pulse")
            if steps:
                await steps(app, pilot)
            await settled(pilot)

        assert snap_compare(app, terminal_size=size, run_before=before)

    return compare
