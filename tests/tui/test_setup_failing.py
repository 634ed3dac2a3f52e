"""The setup when something takes long or goes wrong: stopped, told, and ways on."""

import asyncio
from pathlib import Path

from mux_tui.core.errors import ConfigError, ServerError, WeightsError
from mux_tui.tui.screens.setup.windows import LogWindow
from tests.tui.setup_stage import SetupWorld, setup_desk
from tests.tui.setup_steps import (
    press,
    rested,
    setup,
    setup_of,
    step_of,
    wizard_of,
)
from tests.tui.stage import WIDE, on_stage, text_of, until

NO_HUB = WeightsError("cannot reach the hub", "no route to host", "Check the network")
DEAD = ServerError("the model server ended", "its log tells why", "")


async def test_a_download_is_stopped_and_gone_on_with(tmp_path: Path) -> None:
    world = SetupWorld(hold=asyncio.Event())
    async with setup(setup_desk(tmp_path, world), "download") as (app, pilot):
        await pilot.press("enter")
        await until(pilot, lambda: "56%" in text_of(app))
        await press(app, pilot, "x")
        await until(pilot, lambda: "stopped" in text_of(app))
        assert world.done[-2:] == ["stopped download", "look at download"]
        assert world.hold is not None
        world.hold.set()
        await press(app, pilot, "enter")
        await until(pilot, lambda: "it is on this machine" in text_of(app))
        await press(app, pilot, "enter")
        assert step_of(app) == "serve"


async def test_going_back_stops_what_runs(tmp_path: Path) -> None:
    world = SetupWorld(hold=asyncio.Event())
    async with setup(setup_desk(tmp_path, world), "download") as (app, pilot):
        await pilot.press("enter")
        await until(pilot, lambda: setup_of(app).busy == "running")
        await press(app, pilot, "b")
        assert step_of(app) == "model"
        await until(pilot, lambda: "stopped download" in world.done)


async def test_enter_does_nothing_while_something_runs(tmp_path: Path) -> None:
    world = SetupWorld(hold=asyncio.Event())
    async with setup(setup_desk(tmp_path, world), "download") as (app, pilot):
        await pilot.press("enter")
        await until(pilot, lambda: setup_of(app).busy == "running")
        await pilot.press("enter", "enter")
        assert step_of(app) == "download"
        assert world.done.count("run download") == 1


async def test_a_failure_offers_ways_on_by_their_numbers(tmp_path: Path) -> None:
    world = SetupWorld(run_fails={"download": NO_HUB})
    async with setup(setup_desk(tmp_path, world), "download") as (app, pilot):
        await press(app, pilot, "enter")
        shown = text_of(app)
        assert "cannot reach the hub: no route to host" in shown
        assert "1  try again" in shown
        assert "2  take a smaller model" in shown
        await press(app, pilot, "1")
        assert world.done.count("run download") == 2
        await press(app, pilot, "2")
        assert setup_of(app).ways.failure is None
        assert step_of(app) == "download"
        assert wizard_of(app).choices.model.id != "mlx-community/Qwen3.6-35B-A3B-4bit"
        world.run_fails.clear()
        await press(app, pilot, "enter", "enter")
        assert step_of(app) == "serve"


async def test_what_cannot_be_looked_at_is_looked_at_again(tmp_path: Path) -> None:
    world = SetupWorld(look_fails={"download": NO_HUB})
    async with on_stage(setup_desk(tmp_path, world), WIDE, "setup") as (app, pilot):
        await rested(app, pilot)
        await press(app, pilot, "enter", "enter")
        assert "Ways on" in text_of(app)
        world.look_fails.clear()
        await press(app, pilot, "enter")
        assert "to fetch" in text_of(app)
        assert setup_of(app).ways.failure is None


async def test_less_context_is_tried_at_once(tmp_path: Path) -> None:
    world = SetupWorld(run_fails={"serve": DEAD})
    async with setup(setup_desk(tmp_path, world), "serve") as (app, pilot):
        await press(app, pilot, "enter")
        ways = setup_of(app).ways.failure
        assert ways is not None
        number = [way.action for way in ways.ways].index("less_context") + 1
        await press(app, pilot, str(number))
        assert wizard_of(app).choices.context == 16_384
        assert world.done.count("run serve") == 2


async def test_the_log_is_shown_to_the_letter(tmp_path: Path) -> None:
    world = SetupWorld(run_fails={"serve": DEAD}, log=("[red]out of memory[/red]",))
    async with setup(setup_desk(tmp_path, world), "serve") as (app, pilot):
        await press(app, pilot, "enter")
        await pilot.press("l")
        await until(pilot, lambda: isinstance(app.screen, LogWindow))
        await pilot.pause()
        assert "[red]out of memory[/red]" in text_of(app)


async def test_settings_that_cannot_be_read_are_told(tmp_path: Path) -> None:
    desk = setup_desk(tmp_path)
    desk.fault = ConfigError("config.toml cannot be read", "line 3 is wrong", "Mend it")
    async with on_stage(desk, WIDE, "setup") as (app, pilot):
        await until(pilot, lambda: "line 3 is wrong" in text_of(app))
        desk.fault = None
        await pilot.press("r")
        await rested(app, pilot)
        assert "for a model" in text_of(app)


async def test_without_a_setup_escape_leads_to_the_cockpit(tmp_path: Path) -> None:
    desk = setup_desk(tmp_path)
    desk.fault = ConfigError("config.toml cannot be read", "line 3 is wrong", "Mend it")
    async with on_stage(desk, WIDE, "setup") as (app, pilot):
        await until(pilot, lambda: "line 3 is wrong" in text_of(app))
        await pilot.press("escape")
        await until(pilot, lambda: app.current_mode == "cockpit")
