"""What each step of the setup looks like."""

import asyncio
from dataclasses import replace
from pathlib import Path

from textual.pilot import Pilot

from mux_tui.core.config.changes import Plan
from mux_tui.core.errors import WeightsError
from mux_tui.core.model_server.startup import ServerDied
from mux_tui.core.setup.steps import Step
from mux_tui.core.setup.writing import CommandPlan, FilePlan, SetupPlan
from mux_tui.tui.app import MuxApp
from tests.tui.conftest import Look, Snap, Steps
from tests.tui.fixed_machine import LINUX
from tests.tui.setup_stage import SetupWorld, setup_desk
from tests.tui.setup_steps import go_to, rested, setup_of
from tests.tui.stage import until

PLAN = SetupPlan(
    (
        FilePlan(
            Plan(
                Path("/home/you/.config/mux/config.toml"),
                b"# mine\n[ui]\ntheme = 'mux-dark'\n\n[providers.local]\nmodel = 'a'\n",
                b"# mine\n[ui]\ntheme = 'mux-dark'\n\n[providers.local]\nmodel = 'b'\n",
            )
        ),
    ),
    (
        CommandPlan(
            "claude",
            "register mux in claude as a tool",
            "claude mcp add mux -- mux mcp",
            "claude mcp remove mux",
        ),
    ),
    ("MUX_CLOUD_PERMISSION is set, and counts more than cloud.permission",),
)


def at(step: Step) -> Steps:
    """Go to a step; what stands before it is done."""

    async def steps(app: MuxApp, pilot: Pilot[int]) -> None:
        await go_to(app, pilot, step)

    return steps


def ticking() -> "Clock":
    """A clock that goes on two seconds at each look."""
    return Clock()


class Clock:
    """Tells two seconds more each time."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        self.now += 2.0
        return self.now


def test_step_1_tells_what_is_in_the_machine(
    snap: Snap, look: Look, tmp_path: Path
) -> None:
    snap(setup_desk(tmp_path), look, "setup", at("hardware"))


def test_step_1_on_linux_without_servers(
    snap: Snap, look: Look, tmp_path: Path
) -> None:
    world = SetupWorld(facts=LINUX, servers=(), installed=())
    snap(setup_desk(tmp_path, world), look, "setup", at("hardware"))


def test_step_2_lists_models_with_their_fit(
    snap: Snap, look: Look, tmp_path: Path
) -> None:
    snap(setup_desk(tmp_path), look, "setup", at("model"))


def test_step_3_says_what_will_be_fetched(
    snap: Snap, look: Look, tmp_path: Path
) -> None:
    snap(setup_desk(tmp_path), look, "setup", at("download"))


def test_step_3_while_it_is_fetched(snap: Snap, look: Look, tmp_path: Path) -> None:
    world = SetupWorld(hold=asyncio.Event())

    async def steps(app: MuxApp, pilot: Pilot[int]) -> None:
        await go_to(app, pilot, "download")
        await pilot.press("enter")
        await until(pilot, lambda: setup_of(app).busy == "running")
        await until(pilot, lambda: setup_of(app).state.pace.per_second is not None)

    snap(setup_desk(tmp_path, world, tick=ticking()), look, "setup", steps)


def test_step_3_when_the_download_fails(snap: Snap, look: Look, tmp_path: Path) -> None:
    error = WeightsError(
        "cannot reach the hub", "no route to host", "Check the network, or HF_ENDPOINT"
    )
    world = SetupWorld(run_fails={"download": error})

    async def steps(app: MuxApp, pilot: Pilot[int]) -> None:
        await go_to(app, pilot, "download")
        await pilot.press("enter")
        await until(pilot, lambda: setup_of(app).ways.failure is not None)

    snap(setup_desk(tmp_path, world), look, "setup", steps)


def test_step_4_lists_what_will_be_tried(
    snap: Snap, look: Look, tmp_path: Path
) -> None:
    warning = "it needs 21.0 GiB, and 18.3 GiB are free now"
    snap(setup_desk(tmp_path, SetupWorld(warning=warning)), look, "setup", at("serve"))


def test_step_4_with_what_came_of_it(snap: Snap, look: Look, tmp_path: Path) -> None:
    async def steps(app: MuxApp, pilot: Pilot[int]) -> None:
        await go_to(app, pilot, "serve")
        await pilot.press("enter")
        await rested(app, pilot)

    snap(setup_desk(tmp_path), look, "setup", steps)


def test_step_4_when_memory_runs_out(snap: Snap, look: Look, tmp_path: Path) -> None:
    log = ("INFO loading", "RuntimeError: [metal::malloc] out of memory")
    error = ServerDied("the model server ended while it started", "memory ran out", "")
    world = SetupWorld(run_fails={"serve": error}, log=log)
    world.tells["serve"] = world.tells["serve"][:2]

    async def steps(app: MuxApp, pilot: Pilot[int]) -> None:
        await go_to(app, pilot, "serve")
        await pilot.press("enter")
        await until(pilot, lambda: setup_of(app).ways.failure is not None)

    snap(setup_desk(tmp_path, world), look, "setup", steps)


def test_step_5_lists_what_can_be_connected(
    snap: Snap, look: Look, tmp_path: Path
) -> None:
    async def steps(app: MuxApp, pilot: Pilot[int]) -> None:
        await go_to(app, pilot, "connect")
        await pilot.press("down", "down", "down", "space", "down", "down", "space")
        await rested(app, pilot)

    snap(setup_desk(tmp_path), look, "setup", steps)


def test_step_6_shows_all_that_will_be_written(
    snap: Snap, look: Look, tmp_path: Path
) -> None:
    async def steps(app: MuxApp, pilot: Pilot[int]) -> None:
        await go_to(app, pilot, "connect")
        await pilot.press("b")
        await rested(app, pilot)
        await pilot.press("s")
        await rested(app, pilot)
        await pilot.press("enter")
        await rested(app, pilot)

    snap(setup_desk(tmp_path, SetupWorld(plan=PLAN)), look, "setup", steps)


def test_leaving_is_asked_about(snap: Snap, look: Look, tmp_path: Path) -> None:
    async def steps(app: MuxApp, pilot: Pilot[int]) -> None:
        await go_to(app, pilot, "hardware")
        await pilot.press("escape")
        await until(pilot, lambda: app.screen.is_modal)

    snap(setup_desk(tmp_path), look, "setup", steps)


def test_without_unicode_it_is_drawn_in_letters(tmp_path: Path, snap: Snap) -> None:
    desk = setup_desk(tmp_path)
    settings = desk.settings
    plain = replace(settings, ui=replace(settings.ui, glyphs="ascii"))
    desk.loaded = replace(desk.loaded, settings=plain)
    snap(desk, ((120, 36), "mux-dark"), "setup", at("model"))
