"""The proxy's screen before a real proxy and a scripted model server."""

import os
import signal
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

from textual.pilot import Pilot

from mux_tui.core.config.environment import Environment
from mux_tui.core.proxy.process.lifecycle import ProxyProcess
from mux_tui.tui.app import MuxApp
from mux_tui.tui.dialogs.confirm import Confirm
from mux_tui.tui.screens.proxy.screen import ProxyScreen
from tests.core.proxy.watch.worlds import Script, asked, asking
from tests.tui.proxy_stage import screen_of
from tests.tui.stage import StageDesk, make_desk, on_stage, text_of, until
from tests.upstream import Upstream, upstream

Stage = tuple[MuxApp, Pilot[int], ProxyScreen]


@asynccontextmanager
async def real_stage(
    folder: Path, server: Upstream, **settings: Any
) -> AsyncGenerator[Stage, None]:
    """The screen, with everything behind it real; its proxy ends with it."""
    wanted = {
        "proxy.port": "0",
        "proxy.prewarm": "false",
        "providers.local.base_url": server.base_url,
    } | settings
    desk = make_desk(folder, settings=wanted)
    own = dict(os.environ) | dict(desk.environment.variables)
    desk.environment = Environment(own)
    # What is started gets the same settings.
    desk.overrides = {name: str(value) for name, value in wanted.items()}
    try:
        async with on_stage(desk, mode="proxy") as (app, pilot):
            yield app, pilot, screen_of(app)
    finally:
        await _ended(desk)


async def _ended(desk: StageDesk) -> None:
    process = await desk.proxy()
    status = await process.status()
    if status.pid is not None:
        with suppress(ProcessLookupError):
            os.kill(status.pid, signal.SIGCONT)
    await process.stop()


async def test_started_asked_and_stopped_from_the_screen(tmp_path: Path) -> None:
    """A request is a live row with its tokens, and then one that is over."""
    script = Script()
    async with (
        upstream(play=script.play) as server,
        real_stage(tmp_path, server) as (app, pilot, screen),
    ):
        await until(pilot, lambda: "No proxy is running" in text_of(app))
        await pilot.press("s")
        await until(pilot, lambda: screen.view.state == "running", "not started")
        assert not screen.view.board.adopted
        process: ProxyProcess = await app.desk.proxy()
        proxy = await process.adopt()
        assert proxy is not None
        async with asking(proxy):
            await until(pilot, lambda: "reading" in text_of(app))
            script.may_answer.set()
            await until(pilot, lambda: "answering" in text_of(app))
            await pilot.press("k")
            await until(pilot, lambda: isinstance(app.screen, Confirm), "not asked")
            assert "1 request is open; stopping cuts it." in text_of(app)
            await pilot.press("n")
            await until(pilot, lambda: isinstance(app.screen, ProxyScreen))
            script.may_end.set()
            await until(pilot, lambda: "end_turn" in text_of(app))
        await until(pilot, lambda: not screen.view.question("stop"))
        await pilot.press("k")
        await until(pilot, lambda: screen.view.state == "stopped", "not stopped")
        assert (await process.status()).state == "stopped"


async def test_a_proxy_from_elsewhere_is_adopted_and_outlives_the_screen(
    tmp_path: Path,
) -> None:
    async with (
        upstream() as server,
        real_stage(tmp_path, server) as (app, pilot, screen),
    ):
        elsewhere = await app.desk.proxy()
        proxy = await elsewhere.start()
        await until(pilot, lambda: "started elsewhere" in text_of(app))
        assert screen.view.url == proxy.url
        await asked(proxy)
        await until(pilot, lambda: "end_turn" in text_of(app))
        await pilot.press("f12")
        await until(pilot, lambda: app.current_mode == "cockpit")
        again = await elsewhere.adopt()
        assert again is not None
        assert again.instance == proxy.instance
        await asked(proxy)
        await pilot.press("f3")
        await until(pilot, lambda: len(screen.view.board.rows) == 2, "not recalled")


async def test_a_restart_brings_another_one_with_the_settings_of_now(
    tmp_path: Path,
) -> None:
    async with (
        upstream() as server,
        real_stage(tmp_path, server) as (app, pilot, screen),
    ):
        assert isinstance(app.desk, StageDesk)
        before = await (await app.desk.proxy()).start()
        await until(pilot, lambda: screen.view.state == "running")
        await pilot.press("R")
        await until(
            pilot,
            lambda: bool(screen.view.url) and screen.view.url != before.url,
            "not restarted",
        )
        await until(pilot, lambda: screen.view.state == "running")
        assert not screen.view.board.adopted


async def test_a_port_that_is_taken_is_said_with_its_owner(tmp_path: Path) -> None:
    async with upstream() as server:
        taken = {"proxy.port": str(server.port)}
        async with real_stage(tmp_path, server, **taken) as (app, pilot, screen):
            await until(pilot, lambda: screen.view.state == "stopped")
            await pilot.press("s")
            said = f"port {server.port} is in use by "
            await until(pilot, lambda: said in text_of(app))
            assert f"(pid {os.getpid()})" in text_of(app)
            assert "mux config set proxy.port" in text_of(app)
