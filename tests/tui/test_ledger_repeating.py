"""Repeating runs in the ledger's screen: told by ledger rows, messages and windows."""

import asyncio
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from mux_tui.core.backends.scripted import Script
from mux_tui.core.errors import ServerError
from mux_tui.core.local_model.base import FixedModel
from mux_tui.tui.app import MuxApp
from mux_tui.tui.dialogs import armed
from mux_tui.tui.screens.ledger import reading
from mux_tui.tui.screens.ledger.replay_windows import (
    PlanWindow,
    ReplaysWindow,
    ReplayWindow,
)
from tests.tui.cockpit_stage import Prompted
from tests.tui.ledger_runs import Told
from tests.tui.ledger_stage import asked, found, listened, opened, settled, told
from tests.tui.replay_stage import SAID, ReplayDesk, make_replay_desk, replays_of
from tests.tui.stage import READY, text_of, until

_RUNS = (
    Told("1n0a0a001-x", 5, "Explain the cache"),
    Told("1n0a0a002-x", 4, "Explain the queue", route="claude", confidence=None),
    Told("1n0a0a003-x", 3, "Explain the lock"),
)
_LOCK, _QUEUE, _CACHE = "1n0a0a003-x", "1n0a0a002-x", "1n0a0a001-x"


@pytest.fixture
def desk(tmp_path: Path) -> ReplayDesk:
    """A cockpit with three runs that can be repeated."""
    return make_replay_desk(tmp_path, _RUNS, cloud={"claude": [Script("Said there.")]})


@pytest.fixture(autouse=True)
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Looks at the ledger often, and takes answers soon."""
    monkeypatch.setattr(reading, "LOOK_SECONDS", 0.02)
    monkeypatch.setattr(armed, "_QUIET", 0.02)


async def window(
    app: MuxApp,
    pilot: Pilot[int],
    kind: type[ReplayWindow | ReplaysWindow | PlanWindow],
) -> None:
    """Wait for a window of that kind."""

    def there() -> bool:
        shown = app.screen
        return isinstance(shown, kind) and getattr(shown, "armed", True)

    await until(pilot, there, f"no {kind.__name__}")
    await pilot.pause()


async def over(desk: ReplayDesk, pilot: Pilot[int]) -> None:
    """Wait until everything is repeated."""

    def ended() -> bool:
        batch = desk.repeating.batch
        return batch is not None and batch.over

    await until(pilot, ended, "the replays did not end")
    await pilot.pause()


async def test_a_run_is_compared_with_itself_in_a_copy(desk: ReplayDesk) -> None:
    async with opened(desk) as (screen, app, pilot):
        wanted = listened(app)
        await pilot.press("r")
        await window(app, pilot, ReplayWindow)
        await pilot.press("down", "enter")
        await over(desk, pilot)
        rows = await replays_of(desk, _LOCK)
        assert [(row.route, row.output) for row in rows] == [("local", SAID)]
        assert rows[0].task == "Explain the lock"
        await until(pilot, lambda: "Replayed 1: " in told(app))
        await until(pilot, lambda: "replay of 1n0a0a003" in text_of(app))
        assert wanted == []
        assert screen.query_one("#replaying").display


async def test_a_run_is_done_again_in_the_cockpit(desk: ReplayDesk) -> None:
    async with opened(desk) as (_, app, pilot):
        wanted = listened(app)
        await pilot.press("r")
        await window(app, pilot, ReplayWindow)
        await pilot.press("enter")
        await until(pilot, lambda: bool(wanted))
        assert wanted == [("Explain the lock", "local")]
        assert desk.repeating.batch is None


async def test_what_would_leave_this_machine_is_asked_first(desk: ReplayDesk) -> None:
    async with opened(desk) as (_, app, pilot):
        for answer in ("n", "y"):
            await pilot.press("r")
            await window(app, pilot, ReplayWindow)
            await pilot.press("down", "down", "down", "enter")
            await window(app, pilot, PlanWindow)
            text = text_of(app)
            assert "repeated by claude" in text
            assert "It would leave this machine" in text
            await pilot.press(answer)
            await until(pilot, lambda: not isinstance(app.screen, PlanWindow))
            if answer == "n":
                await pilot.pause()
                assert desk.repeating.batch is None
        await over(desk, pilot)
        rows = await replays_of(desk, _LOCK)
        assert [(row.route, row.output) for row in rows] == [("claude", "Said there.")]


async def test_a_key_pressed_twice_sends_nothing_away(
    desk: ReplayDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(armed, "_QUIET", 60.0)
    async with opened(desk) as (_, app, pilot):
        await pilot.press("r")
        await window(app, pilot, ReplayWindow)
        await pilot.press("down", "down", "down", "enter")
        await until(pilot, lambda: isinstance(app.screen, PlanWindow))
        await pilot.press("enter", "y")
        await pilot.pause()
        assert isinstance(app.screen, PlanWindow)
        assert desk.repeating.batch is None
        await pilot.press("escape")
        await until(pilot, lambda: not isinstance(app.screen, PlanWindow))
        assert desk.repeating.batch is None


async def test_what_was_to_stay_here_does_not_leave(tmp_path: Path) -> None:
    """A yes to some runs is none to those of the local model that ask later."""
    desk = make_replay_desk(
        tmp_path,
        _RUNS[2:],
        cloud={"claude": [Script("Said there.")]},
        settings={"router.min_confidence": 1.0},
    )
    async with opened(desk) as (_, app, pilot):
        await pilot.press("r")
        await window(app, pilot, ReplayWindow)
        await pilot.press("down", "down", "enter")
        await over(desk, pilot)
        rows = await replays_of(desk, _LOCK)
        assert [row.route for row in rows] != ["claude"]


async def test_another_model_is_asked_for_by_its_name(desk: ReplayDesk) -> None:
    async with opened(desk) as (_, app, pilot):
        await pilot.press("r")
        await window(app, pilot, ReplayWindow)
        await pilot.press("tab", *"tiny-1", "enter")
        await until(pilot, lambda: "with the model of the settings" in told(app))
        await pilot.press("shift+tab", "down", "enter")
        await over(desk, pilot)
        assert [(one.route, one.model) for one in desk.orders] == [(None, "tiny-1")]


async def test_all_runs_of_the_query_are_repeated_after_a_question(
    desk: ReplayDesk,
) -> None:
    async with opened(desk) as (screen, app, pilot):
        await pilot.press("R")
        await window(app, pilot, ReplayWindow)
        app.screen.query_one("#most", Input).value = "0"
        await pilot.press("enter")
        await until(pilot, lambda: "Between 1 and" in told(app))
        app.screen.query_one("#most", Input).value = "2"
        await pilot.press("enter")
        await window(app, pilot, PlanWindow)
        text = text_of(app)
        assert "Replay 2 runs?" in text
        assert "3 match; only the newest are taken." in text
        assert "1 of them would leave this machine, or might" in text
        await pilot.press("y")
        await over(desk, pilot)
        assert [row.route for row in await replays_of(desk, _LOCK)] == ["local"]
        assert [row.route for row in await replays_of(desk, _QUEUE)] == ["claude"]
        assert await replays_of(desk, _CACHE) == []
        await until(pilot, lambda: found(screen) == "5 runs")


async def test_the_results_are_a_table_from_which_a_replay_is_opened(
    desk: ReplayDesk,
) -> None:
    async with opened(desk) as (screen, app, pilot):
        await asked(app, pilot, "route:local")
        await pilot.press("R")
        await window(app, pilot, ReplayWindow)
        await pilot.press("enter")
        await window(app, pilot, PlanWindow)
        assert "Nothing leaves this machine" in text_of(app)
        await pilot.press("y")
        await over(desk, pilot)
        await pilot.press("R")
        await window(app, pilot, ReplaysWindow)
        text = text_of(app)
        assert "local → local" in text
        assert "Explain the lock" in text
        assert "replayed" in text
        await pilot.press("down", "enter")
        replay = (await replays_of(desk, _CACHE))[0].run_id
        await until(pilot, lambda: screen.has_class("-opened"))
        await until(
            pilot, lambda: bool(screen.pane.run and screen.pane.run.run_id == replay)
        )
        # They were seen: the line is gone, and R begins anew.
        assert not screen.query_one("#replaying").display


async def test_what_cannot_be_repeated_is_said_with_the_reason(
    tmp_path: Path,
) -> None:
    runs = (*_RUNS[2:], Told("1n0a0a009-x", 1, "Still going", status="running"))
    desk = make_replay_desk(tmp_path, runs)
    async with opened(desk) as (_, app, pilot):
        await pilot.press("r")
        await window(app, pilot, ReplayWindow)
        await pilot.press("down", "enter")
        await until(pilot, lambda: "it has not ended yet" in told(app))
        assert desk.repeating.batch is None
        await pilot.press("R")
        await window(app, pilot, ReplayWindow)
        await pilot.press("enter")
        await window(app, pilot, PlanWindow)
        assert "Not repeated: 1n0a0a009: it has not ended yet." in text_of(app)
        await pilot.press("y")
        await over(desk, pilot)
        await pilot.press("R")
        await window(app, pilot, ReplaysWindow)
        assert "not repeated: it has not ended yet" in text_of(app)


async def held(desk: ReplayDesk) -> Prompted:
    """A local model that repeats, and says nothing before it is told to."""
    backend = Prompted("local", READY.model)
    desk.local_again = FixedModel(backend, READY)
    return backend


async def begun(desk: ReplayDesk, app: MuxApp, pilot: Pilot[int]) -> Prompted:
    """Repeat all three here, and wait until the first is asked."""
    backend = await held(desk)
    await settled(app, pilot)
    await pilot.press("R")
    await window(app, pilot, ReplayWindow)
    await pilot.press("down", "enter")
    await window(app, pilot, PlanWindow)
    await pilot.press("y")
    await until(pilot, lambda: backend.asked == 1, "nobody was asked")
    return backend


async def test_replays_go_on_while_other_things_are_done(desk: ReplayDesk) -> None:
    async with opened(desk) as (screen, app, pilot):
        backend = await begun(desk, app, pilot)
        assert desk.tasks_under_way == 1
        await until(pilot, lambda: "replaying 1 of 3" in text_of(app))
        await pilot.press("j", "j")
        assert screen.runs.cursor == 2
        await pilot.press("r")
        await until(pilot, lambda: "Replays are under way" in told(app))
        await pilot.press("R")
        await window(app, pilot, ReplaysWindow)
        assert "◐ under way" in text_of(app)
        backend.end("one")
        await until(pilot, lambda: "○ waits" in text_of(app))
        await until(pilot, lambda: backend.asked == 2)
        await pilot.press("escape")
        for number in (2, 3):
            await until(pilot, lambda wanted=number: backend.asked == wanted)
            backend.end("more")
        await over(desk, pilot)
        await until(pilot, lambda: "Replayed 3" in told(app))
        assert desk.tasks_under_way == 0


async def test_replays_are_stopped_and_what_was_done_stays(desk: ReplayDesk) -> None:
    async with opened(desk) as (_, app, pilot):
        backend = await begun(desk, app, pilot)
        backend.end("one")
        await until(pilot, lambda: backend.asked == 2)
        await pilot.press("R")
        await window(app, pilot, ReplaysWindow)
        await pilot.press("s")
        await over(desk, pilot)
        assert [row.status for row in await replays_of(desk, _LOCK)] == ["done"]
        ended = [row.status for row in await replays_of(desk, _QUEUE)]
        assert ended == ["cancelled"]
        assert await replays_of(desk, _CACHE) == []
        await until(pilot, lambda: "not begun" in text_of(app))
        await pilot.press("escape")
        await until(pilot, lambda: not isinstance(app.screen, ReplaysWindow))


async def test_leaving_in_the_middle_records_what_was_done(desk: ReplayDesk) -> None:
    async with opened(desk) as (_, app, pilot):
        backend = await begun(desk, app, pilot)
        backend.end("one")
        await until(pilot, lambda: backend.asked == 2)
        await desk.end_tasks()
        assert desk.tasks_under_way == 0
        assert [row.status for row in await replays_of(desk, _LOCK)] == ["done"]
        ended = [row.status for row in await replays_of(desk, _QUEUE)]
        assert ended == ["interrupted"]


async def test_a_model_that_cannot_be_served_is_said(
    desk: ReplayDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def none(*_: object) -> None:
        raise ServerError("cannot serve tiny-1", "it does not fit", "Take another")

    async with opened(desk) as (_, app, pilot):
        monkeypatch.setattr(desk, "replays", none)
        await pilot.press("r")
        await window(app, pilot, ReplayWindow)
        await pilot.press("down", "enter")
        await over(desk, pilot)
        await until(pilot, lambda: "it does not fit. Take another" in told(app))
        await until(pilot, lambda: "✗ cannot serve tiny-1" in text_of(app))


async def test_replays_that_are_stopped_before_they_begin_are_over(
    desk: ReplayDesk,
) -> None:
    async with opened(desk) as (screen, _, pilot):
        run = screen.pane.run
        assert run is not None
        from mux_tui.core.replay.planning import Order

        plan = await desk.repeating.plan(run, 1, Order())
        screen.repeat(Order(), plan, consented=False)
        desk.repeating.stop()
        async with asyncio.timeout(30):
            await desk.repeating.end()
        await over(desk, pilot)
        assert await replays_of(desk, _LOCK) == []
