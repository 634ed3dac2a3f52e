"""How the hardware screen looks in each of its states."""

import asyncio
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from mux_tui.core.catalog.table import Catalogue
from mux_tui.tui.app import MuxApp
from mux_tui.tui.screens.hardware.screen import HardwareScreen
from tests.tui.conftest import Look, Snap
from tests.tui.fixed_machine import (
    CRASHED,
    STOPPED,
    FixedWorld,
    MachineDesk,
    linux,
    mac,
    machine_desk,
)
from tests.tui.stage import until


def screen_of(app: MuxApp) -> HardwareScreen:
    """The hardware screen."""
    assert isinstance(app.screen, HardwareScreen)
    return app.screen


async def settled(app: MuxApp, pilot: Pilot[int]) -> None:
    """Everything that will be told has been told."""
    known, desk = screen_of(app).known, app.desk
    assert isinstance(desk, MachineDesk)
    world = desk.world

    def all_there() -> bool:
        looks = len(known.cpu) == len(world.samples)
        return looks and len(known.watts) == len(world.gpu) and bool(known.rows())

    await until(pilot, all_there, "not everything was told")


def starting() -> FixedWorld:
    world = mac()
    world.status, world.hold = STOPPED, asyncio.Event()
    return world


def crashed() -> FixedWorld:
    world = mac()
    world.status = CRASHED
    return world


def troubled() -> FixedWorld:
    world = mac()
    problem = "/home/ada/.config/mux/models.toml: model 2 (me/mine): bytes is missing"
    world.catalogue = Catalogue(world.catalogue.models, (problem,))
    return world


WORLDS = {"mac": mac, "linux": linux, "crashed": crashed, "problems": troubled}


@pytest.mark.parametrize("name", WORLDS)
def test_a_machine(name: str, snap: Snap, look: Look, tmp_path: Path) -> None:
    snap(machine_desk(tmp_path, WORLDS[name]()), look, "hardware", settled)


def test_nothing_known_yet(snap: Snap, look: Look, tmp_path: Path) -> None:
    snap(machine_desk(tmp_path, FixedWorld(known=None)), look, "hardware")


def test_a_server_that_starts(snap: Snap, look: Look, tmp_path: Path) -> None:
    async def begin(app: MuxApp, pilot: Pilot[int]) -> None:
        await settled(app, pilot)
        await pilot.press("s")
        await until(pilot, lambda: "loading" in screen_of(app).known.step)

    snap(machine_desk(tmp_path, starting()), look, "hardware", begin)


def test_another_mac(snap: Snap, look: Look, tmp_path: Path) -> None:
    async def simulate(app: MuxApp, pilot: Pilot[int]) -> None:
        await settled(app, pilot)
        screen = screen_of(app)
        await pilot.press("S")
        await until(pilot, lambda: app.screen is not screen)
        app.screen.query_one(Input).value = "128 m4 max"
        await pilot.press("enter")
        await until(pilot, lambda: screen.known.other is not None)

    snap(machine_desk(tmp_path, mac()), look, "hardware", simulate)


def test_the_question_before_a_model_is_served(
    snap: Snap, look: Look, tmp_path: Path
) -> None:
    async def ask(app: MuxApp, pilot: Pilot[int]) -> None:
        await settled(app, pilot)
        screen = screen_of(app)
        await pilot.press("j", "enter")
        await until(pilot, lambda: app.screen is not screen)

    # The file that is written has a fixed name in the picture.
    desk = machine_desk(tmp_path, mac())
    desk.world.settings_file = Path("/home/ada/.config/mux/config.toml")
    snap(desk, look, "hardware", ask)


def test_letters_alone(snap: Snap, look: Look, tmp_path: Path) -> None:
    """Without Unicode."""
    desk = machine_desk(tmp_path, mac(), {"ui.glyphs": "ascii"})
    snap(desk, look, "hardware", settled)
