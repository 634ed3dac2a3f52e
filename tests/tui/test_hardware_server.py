"""The hardware screen and the server: started, restarted, failed, left alone."""

import asyncio

from mux_tui.core.errors import ServerError
from tests.tui.fixed_machine import CRASHED, STOPPED, mac
from tests.tui.hardware_stage import Shown
from tests.tui.stage import until


async def test_with_the_server_stopped_only_the_setting_is_written(
    shown: Shown,
) -> None:
    world = mac()
    world.status = STOPPED
    async with shown(world) as stage:
        await stage.sees("stopped")
        await stage.on("Qwen2.5 Coder 7B")
        await stage.pilot.press("enter")
        question = await stage.asked()
        assert "The next task starts the server with it." in question.text
        await stage.pilot.press("y")
        await until(stage.pilot, stage.config.exists, "not written")
        change = stage.screen.change
        assert change
        await until(stage.pilot, lambda: change.is_finished)
        assert world.done == []


async def test_a_server_that_somebody_uses_is_not_stopped_unasked(
    shown: Shown,
) -> None:
    """The stage's proxy is running."""
    async with shown(mac()) as stage:
        await stage.sees("● ready")
        await until(stage.pilot, lambda: stage.app.pulse.proxy == "running")
        await stage.pilot.press("t")
        question = await stage.asked()
        assert "The proxy uses it" in question.text
        await stage.pilot.press("escape")
        await until(stage.pilot, lambda: stage.app.screen is stage.screen)
        assert stage.world.done == []
        await stage.pilot.press("t")
        await stage.asked()
        await stage.pilot.press("y")
        await stage.sees("○ stopped")
        assert stage.world.done == ["stop"]


async def test_a_server_that_nobody_uses_is_restarted_at_once(shown: Shown) -> None:
    world = mac()
    world.proxy = "stopped"
    async with shown(world) as stage:
        await stage.sees("● ready")
        await until(stage.pilot, lambda: stage.app.pulse.proxy == "stopped")
        await stage.pilot.press("R")
        await until(stage.pilot, lambda: len(stage.world.done) == 2, "not restarted")
        assert stage.world.done == ["stop", "start chosen"]


async def test_a_start_tells_its_phases_and_is_begun_once(shown: Shown) -> None:
    world = mac()
    world.status, world.hold = STOPPED, asyncio.Event()
    async with shown(world) as stage:
        await stage.sees("○ stopped")
        await stage.pilot.press("s", "s", "s")
        await stage.sees("model server loading: reading weights")
        assert world.done == ["start chosen"]
        assert "start" not in stage.keys()
        world.hold.set()
        await stage.sees("● ready")
        assert {"stop", "restart", "measure"} <= stage.keys()


async def test_a_failed_start_says_what_why_and_what_next(shown: Shown) -> None:
    world = mac()
    world.status = STOPPED
    world.fault = ServerError(
        "the model server ended", "memory ran out", "Choose a smaller model"
    )
    async with shown(world) as stage:
        await stage.sees("○ stopped")
        await stage.pilot.press("s")
        await stage.told("the model server ended: memory ran out")
        await stage.told("Choose a smaller model")
        await until(stage.pilot, lambda: not stage.screen.known.step)


async def test_a_crash_shows_the_log_and_what_to_do(shown: Shown) -> None:
    world = mac()
    world.status = CRASHED
    async with shown(world) as stage:
        await stage.sees("✗ crashed")
        for text in ("memory ran out", "metal::malloc", "smaller model"):
            assert text in stage.text, text


async def test_only_what_can_be_done_is_offered(shown: Shown) -> None:
    async with shown(mac()) as stage:
        await stage.sees("● ready")
        assert not stage.keys() & {"start", "here", "info"}
        assert {"stop", "restart", "measure", "simulate", "report"} <= stage.keys()


async def test_somebody_else_s_server_is_left_alone(shown: Shown) -> None:
    settings: dict[str, object] = {
        "providers.local.base_url": "http://127.0.0.1:11434/v1"
    }
    async with shown(mac(), settings=settings) as stage:
        await stage.sees("another server: http://127.0.0.1:11434/v1")
        assert not stage.keys() & {"start", "stop", "restart", "measure"}
        await stage.on("Qwen2.5 Coder 7B")
        await stage.pilot.press("enter")
        await stage.told("not by mux")
