"""How the ledger's screen looks in each of its states."""

from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from mux_tui.tui.app import MuxApp
from mux_tui.tui.widgets.ledger.run_pane import Tab
from tests.tui.conftest import Look, Snap, Steps
from tests.tui.ledger_runs import fill_ledger, fill_with_replays
from tests.tui.ledger_stage import screen_of, settled
from tests.tui.stage import StageDesk, make_desk, until

_SETTINGS = {"ledger.filters": ("slow ones: seconds>20",)}


def a_desk(folder: Path) -> StageDesk:
    """A cockpit whose ledger holds runs of every kind."""
    return make_desk(
        folder, cloud={"claude": (), "codex": ()}, settings=_SETTINGS, fill=fill_ledger
    )


def steps(*keys: str, query: str = "") -> Steps:
    """Type a query, press keys, and wait after each."""

    async def take(app: MuxApp, pilot: Pilot[int]) -> None:
        await settled(app, pilot)
        if query:
            screen_of(app).query_one("#query", Input).value = query
            await pilot.pause()
            await settled(app, pilot)
        for key in keys:
            await pilot.press(key)
            await settled(app, pilot)

    return take


def test_the_list(snap: Snap, look: Look, tmp_path: Path) -> None:
    snap(a_desk(tmp_path), look, "ledger", steps("j"))


def test_an_empty_ledger(snap: Snap, look: Look, tmp_path: Path) -> None:
    snap(make_desk(tmp_path), look, "ledger", steps())


def test_no_match(snap: Snap, look: Look, tmp_path: Path) -> None:
    snap(a_desk(tmp_path), look, "ledger", steps(query="kwyjibo"))


def test_a_filter_that_was_saved(snap: Snap, look: Look, tmp_path: Path) -> None:
    snap(a_desk(tmp_path), look, "ledger", steps(query="seconds>20"))


def test_a_query_that_cannot_be_read(snap: Snap, look: Look, tmp_path: Path) -> None:
    snap(a_desk(tmp_path), look, "ledger", steps(query="rout:claude"))


@pytest.mark.parametrize("tab", ["task", "decision", "attempts", "output", "raw"])
def test_a_run_in_full(snap: Snap, look: Look, tmp_path: Path, tab: Tab) -> None:
    async def take(app: MuxApp, pilot: Pilot[int]) -> None:
        await steps("j", "j", "j", "j", "enter")(app, pilot)
        screen_of(app).pane.go_to(tab)
        await settled(app, pilot)

    snap(a_desk(tmp_path), look, "ledger", take)


def test_hostile_words_are_shown_to_the_letter(
    snap: Snap, look: Look, tmp_path: Path
) -> None:
    snap(a_desk(tmp_path), look, "ledger", steps("j", "enter", "right"))


def test_charts(snap: Snap, look: Look, tmp_path: Path) -> None:
    async def take(app: MuxApp, pilot: Pilot[int]) -> None:
        await steps("c")(app, pilot)
        await until(pilot, lambda: screen_of(app).charts.found is not None)

    snap(a_desk(tmp_path), look, "ledger", take)


def test_charts_by_week(snap: Snap, look: Look, tmp_path: Path) -> None:
    async def take(app: MuxApp, pilot: Pilot[int]) -> None:
        await steps("c", "right", "right", "b")(app, pilot)
        await until(pilot, lambda: screen_of(app).charts.found is not None)

    snap(a_desk(tmp_path), look, "ledger", take)


@pytest.mark.parametrize("key", ["x", "f", "t"], ids=["export", "filters", "route"])
def test_a_window(snap: Snap, look: Look, tmp_path: Path, key: str) -> None:
    snap(a_desk(tmp_path), look, "ledger", steps("j", key))


def test_saving_a_filter(snap: Snap, look: Look, tmp_path: Path) -> None:
    snap(a_desk(tmp_path), look, "ledger", steps("s", query="conf<0.7"))


def test_plain_characters(snap: Snap, look: Look, tmp_path: Path) -> None:
    desk = make_desk(
        tmp_path,
        cloud={"claude": ()},
        settings=_SETTINGS | {"ui.glyphs": "ascii"},
        fill=fill_ledger,
    )
    snap(desk, look, "ledger", steps("j"))


def test_a_label(snap: Snap, look: Look, tmp_path: Path) -> None:
    snap(a_desk(tmp_path), look, "ledger", steps("j", "j", "j", "j", "j", "L"))


def test_savings(snap: Snap, look: Look, tmp_path: Path) -> None:
    async def take(app: MuxApp, pilot: Pilot[int]) -> None:
        await steps("c", "v")(app, pilot)
        await until(pilot, lambda: screen_of(app).charts.found is not None)

    snap(a_desk(tmp_path), look, "ledger", take)


def a_desk_with_replays(folder: Path) -> StageDesk:
    """The same, and some of the runs were repeated."""
    return make_desk(folder, cloud={"claude": (), "codex": ()}, fill=fill_with_replays)


def test_replays_in_the_list(snap: Snap, look: Look, tmp_path: Path) -> None:
    snap(a_desk_with_replays(tmp_path), look, "ledger", steps("j", "j"))


def test_replays_of_a_run(snap: Snap, look: Look, tmp_path: Path) -> None:
    async def take(app: MuxApp, pilot: Pilot[int]) -> None:
        await steps("enter", query="id:1n0a0a006")(app, pilot)
        screen_of(app).pane.go_to("replays")
        await settled(app, pilot)

    snap(a_desk_with_replays(tmp_path), look, "ledger", take)
