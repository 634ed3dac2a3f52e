"""How the proxy's screen looks in each of its states."""

from pathlib import Path

from textual.pilot import Pilot

from mux_tui.core.proxy.process.status import ProxyStatus
from mux_tui.core.proxy.watch.facts import (
    ProxyFailed,
    ProxySeen,
    ProxyStarting,
    WatchFact,
)
from mux_tui.tui.app import MuxApp
from mux_tui.tui.screens.proxy.screen import ProxyScreen
from tests.tui.conftest import Look, Snap
from tests.tui.proxy_stage import (
    STOPPED,
    ProxyDesk,
    live,
    past,
    proxy_desk,
    running,
)
from tests.tui.stage import until


def _looks(
    snap: Snap, look: Look, folder: Path, *facts: WatchFact, keys: str = ""
) -> None:
    desk: ProxyDesk = proxy_desk(folder, *facts)

    async def steps(app: MuxApp, pilot: Pilot[int]) -> None:
        screen = app.screen
        assert isinstance(screen, ProxyScreen)
        wanted = len(facts)
        await until(pilot, lambda: screen.view.board.version >= wanted, "no facts")
        screen.draw()
        await pilot.pause()
        for key in keys.split():
            await pilot.press(key)
        await pilot.pause()
        app.screen.refresh()

    snap(desk, look, "proxy", steps)


def test_stopped_it_says_what_to_press(snap: Snap, look: Look, tmp_path: Path) -> None:
    _looks(snap, look, tmp_path, ProxySeen(STOPPED))


def test_starting(snap: Snap, look: Look, tmp_path: Path) -> None:
    text = "ending the proxy that does not answer (pid 7)"
    _looks(snap, look, tmp_path, ProxySeen(STOPPED), ProxyStarting(text))


def test_running_without_a_request(snap: Snap, look: Look, tmp_path: Path) -> None:
    _looks(snap, look, tmp_path, running(served=0))


def test_requests_that_wait_are_read_and_are_answered(
    snap: Snap, look: Look, tmp_path: Path
) -> None:
    seen = running(open_requests=3, waiting=1, ends_in_seconds=None)
    _looks(snap, look, tmp_path, seen, *past(), *live())


def test_a_request_in_full(snap: Snap, look: Look, tmp_path: Path) -> None:
    _looks(snap, look, tmp_path, running(), *past(), keys="down down down down enter")


def test_a_request_that_failed(snap: Snap, look: Look, tmp_path: Path) -> None:
    keys = "down down down down down enter"
    _looks(snap, look, tmp_path, running(), *past(), keys=keys)


def test_a_filter_that_finds_nothing(snap: Snap, look: Look, tmp_path: Path) -> None:
    keys = "slash z z z enter"
    _looks(snap, look, tmp_path, running(), *past(), keys=keys)


def test_a_port_that_is_taken(snap: Snap, look: Look, tmp_path: Path) -> None:
    failed = ProxyFailed(
        "port 3456 is in use by node (pid 4242)",
        "",
        "End that program, or take a free port: mux config set proxy.port 0",
    )
    _looks(snap, look, tmp_path, ProxySeen(STOPPED), ProxyStarting(), failed)


def test_outdated_with_a_model_that_fails(
    snap: Snap, look: Look, tmp_path: Path
) -> None:
    seen = running(
        outdated=True,
        model_status="crashed",
        circuit="open",
        notices=("the ledger is locked. Requests are not recorded",),
    )
    _looks(snap, look, tmp_path, seen, *past())


def test_crashed_it_shows_its_last_words(
    snap: Snap, look: Look, tmp_path: Path
) -> None:
    lines = ("mux: ● proxy on http://127.0.0.1:3456 (pid 7)", "mux: killed \x1b[31m")
    status = ProxyStatus("crashed", "It has crashed.", log_lines=lines)
    _looks(snap, look, tmp_path, *past(), ProxySeen(status))


def test_it_asks_before_requests_are_cut(
    snap: Snap, look: Look, tmp_path: Path
) -> None:
    seen = running(open_requests=3)
    _looks(snap, look, tmp_path, seen, *past(), *live(), keys="k")
