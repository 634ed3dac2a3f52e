"""Leaving the cockpit: when it asks, what it says, and what it stops."""

from collections.abc import Callable
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any, cast

import pytest
from textual.pilot import Pilot

from mux_tui.core.backends.scripted import Script
from mux_tui.core.errors import ProxyError
from mux_tui.core.model_server.inspection import ServerStatus
from mux_tui.core.model_server.lifecycle import ModelServer
from mux_tui.core.proxy.process.lifecycle import ProxyProcess
from mux_tui.core.proxy.process.status import ProxyStatus
from mux_tui.tui.app import MuxApp
from mux_tui.tui.dialogs.leave import Leave, choices, facts
from mux_tui.tui.under_way import Answer, Policy, UnderWay
from tests.tui.cockpit_stage import toasts
from tests.tui.conftest import Look, Snap
from tests.tui.stage import StageDesk, make_desk, on_stage, text_of, until

pytestmark = pytest.mark.timeout(60)

IDLE = ProxyStatus("running", "It is ready.", 4711, 3456, open_requests=0)
BUSY = ProxyStatus("running", "It is ready.", 4711, 3456, open_requests=2)
SERVER = ServerStatus("ready", "It is ready.", 815, model="/models/qwen [b]\x1b[2J")


@dataclass
class Service:
    """A proxy or a model server, as far as leaving goes."""

    told: Any
    stopped: bool = False
    fault: Exception | None = None

    async def status(self) -> Any:
        """How it is."""
        return self.told

    async def stop(self, spare_busy: bool = False) -> bool:
        """End it."""
        if self.fault:
            raise self.fault
        self.stopped = True
        return True


@dataclass
class LeavingDesk(StageDesk):
    """A desk with services to be left behind."""

    a_proxy: Service = field(
        default_factory=lambda: Service(ProxyStatus("stopped", "No proxy."))
    )
    a_server: Service = field(
        default_factory=lambda: Service(ServerStatus("stopped", "No server."))
    )

    async def proxy(self) -> ProxyProcess:
        """The played one."""
        return cast(ProxyProcess, self.a_proxy)

    async def model_server(self) -> ModelServer:
        """The played one."""
        return cast(ModelServer, self.a_server)


def leaving(
    folder: Path,
    proxy: ProxyStatus | None = None,
    server: ServerStatus | None = None,
    proxy_policy: Policy = "ask",
    server_policy: Policy = "keep",
) -> LeavingDesk:
    """A desk with these services and settings."""
    made = make_desk(
        folder,
        local=[Script("word " * 1000, pause=0.05)],
        settings={"proxy.on_exit": proxy_policy, "server.on_exit": server_policy},
    )
    desk = LeavingDesk(**{one.name: getattr(made, one.name) for one in fields(made)})
    if proxy:
        desk.a_proxy = Service(proxy)
    if server:
        desk.a_server = Service(server)
    return desk


def asking(app: MuxApp) -> Callable[[], bool]:
    """Whether the question is shown."""
    return lambda: isinstance(app.screen, Leave)


def gone(app: MuxApp) -> Callable[[], bool]:
    """Whether the app has been left."""
    return lambda: app.return_code is not None


@pytest.mark.parametrize(
    ("proxy", "proxy_policy", "server", "server_policy", "answer", "stopped"),
    [
        (None, "ask", None, "ask", "stop", ()),
        (IDLE, "ask", None, "keep", "keep", ()),
        (IDLE, "ask", None, "keep", "stop", ("proxy",)),
        (IDLE, "stop", None, "keep", "keep", ("proxy",)),
        (IDLE, "keep", None, "keep", "stop", ()),
        # Requests are not cut by a setting alone.
        (BUSY, "stop", None, "keep", "keep", ()),
        (BUSY, "stop", None, "keep", "stop", ("proxy",)),
        (None, "ask", SERVER, "stop", "keep", ("server",)),
        (None, "ask", SERVER, "ask", "keep", ()),
        (None, "ask", SERVER, "ask", "stop", ("server",)),
        (None, "ask", SERVER, "keep", "stop", ()),
        # A proxy that goes on needs its model.
        (IDLE, "keep", SERVER, "stop", "keep", ()),
        (BUSY, "ask", SERVER, "stop", "keep", ()),
        (BUSY, "ask", SERVER, "stop", "stop", ("proxy", "server")),
    ],
)
def test_what_leaving_stops(
    proxy: ProxyStatus | None,
    proxy_policy: Policy,
    server: ServerStatus | None,
    server_policy: Policy,
    answer: Answer,
    stopped: tuple[str, ...],
) -> None:
    under_way = UnderWay(0, proxy, server, proxy_policy, server_policy)
    found = [
        name
        for name, ends in (
            ("proxy", under_way.stops_proxy(answer)),
            ("server", under_way.stops_server(answer)),
        )
        if ends
    ]
    assert found == list(stopped)


def test_enter_never_ends_a_task_nor_cuts_a_request() -> None:
    assert choices(UnderWay(tasks=1))[0][0] == "stay"
    assert choices(UnderWay(tasks=1, proxy=BUSY, proxy_policy="ask"))[0][0] == "stay"
    assert choices(UnderWay(proxy=BUSY, proxy_policy="ask"))[0][0] == "keep"


def test_each_choice_says_what_it_means() -> None:
    under_way = UnderWay(2, BUSY, SERVER, "ask", "ask")
    assert facts(under_way) == [
        "2 tasks under way",
        "the proxy on port 3456, 2 requests open",
        "the model server of qwen [b]␛[2J",
    ]
    told = {choice: sentence for choice, _, sentence in choices(under_way)}
    assert "go on" in told["keep"]
    assert "Claude Code in another terminal is cut" in told["stop"]
    assert "interrupted" in told["stop"]


async def test_with_nothing_under_way_nothing_is_asked(tmp_path: Path) -> None:
    async with on_stage(leaving(tmp_path)) as (app, pilot):
        await pilot.press("ctrl+q")
        await until(pilot, gone(app))
        assert app.return_code == 0


async def test_a_kept_server_is_not_asked_about(tmp_path: Path) -> None:
    desk = leaving(tmp_path, server=SERVER)
    async with on_stage(desk) as (app, pilot):
        await pilot.press("ctrl+q")
        await until(pilot, gone(app))
    assert not desk.a_server.stopped


async def test_a_server_ends_with_mux_when_the_settings_say_so(tmp_path: Path) -> None:
    desk = leaving(tmp_path, server=SERVER, server_policy="stop")
    async with on_stage(desk) as (app, pilot):
        await pilot.press("ctrl+q")
        await until(pilot, gone(app))
    assert desk.a_server.stopped


@pytest.mark.parametrize(
    ("key", "stopped"), [("q", False), ("enter", False), ("s", True)]
)
async def test_a_proxy_is_kept_or_stopped_as_the_user_says(
    key: str, stopped: bool, tmp_path: Path
) -> None:
    desk = leaving(tmp_path, BUSY)
    async with on_stage(desk) as (app, pilot):
        await pilot.press("ctrl+q")
        await until(pilot, asking(app))
        assert "2 requests open" in text_of(app)
        await pilot.press(key)
        await until(pilot, gone(app))
    assert desk.a_proxy.stopped is stopped


async def test_staying_leaves_everything_as_it_is(tmp_path: Path) -> None:
    desk = leaving(tmp_path, BUSY)
    async with on_stage(desk) as (app, pilot):
        await pilot.press("ctrl+q")
        await until(pilot, asking(app))
        # Once more is no answer.
        await pilot.press("ctrl+q")
        await pilot.press("escape")
        await until(pilot, lambda: not asking(app)())
        assert app.return_code is None
    assert not desk.a_proxy.stopped


async def test_what_does_not_end_is_told_and_mux_stays(tmp_path: Path) -> None:
    desk = leaving(tmp_path, IDLE)
    desk.a_proxy.fault = ProxyError("the proxy (pid 1) does not end", "it outlived")
    async with on_stage(desk) as (app, pilot):
        await pilot.press("ctrl+q")
        await until(pilot, asking(app))
        await pilot.press("s")
        await until(pilot, lambda: "does not end" in toasts(app))
        assert app.return_code is None


async def test_a_signal_asks_nothing_and_follows_the_settings(tmp_path: Path) -> None:
    desk = leaving(tmp_path, IDLE, SERVER, "stop", "stop")
    async with on_stage(desk) as (app, pilot):
        app.leave(143)
        await until(pilot, gone(app))
        assert app.return_code == 143
    assert desk.a_proxy.stopped
    assert desk.a_server.stopped


def test_the_question(snap: Snap, look: Look, tmp_path: Path) -> None:
    server = replace(SERVER, model="/models/qwen2.5-coder-7b")
    desk = leaving(tmp_path, BUSY, server, server_policy="ask")

    async def ask(app: MuxApp, pilot: Pilot[int]) -> None:
        await pilot.press("ctrl+q")
        await until(pilot, asking(app))

    snap(desk, look, "ledger", ask)
