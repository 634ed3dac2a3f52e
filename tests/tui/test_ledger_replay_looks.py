"""How replays look: asked for, under way, compared; and decisions made again."""

from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from mux_tui.core.backends.scripted import Script
from mux_tui.core.ledger.query import EVERYTHING
from mux_tui.core.ledger.search import Count
from mux_tui.core.replay.comparison import Comparison, Side, compared
from mux_tui.core.replay.planning import Order, Plan
from mux_tui.core.replay.policy import Move, Trial, Undecided
from mux_tui.core.replay.subject import NotRepeated, Subject
from mux_tui.tui.app import MuxApp
from mux_tui.tui.repeating import Batch
from mux_tui.tui.screens.ledger.replay_windows import (
    PlanWindow,
    ReplaysWindow,
    ReplayWindow,
)
from mux_tui.tui.screens.ledger.trying import TryWindow
from tests.tui.conftest import Look, Snap, Steps
from tests.tui.ledger_runs import HOSTILE, Told, fill_with_replays
from tests.tui.ledger_stage import screen_of, settled
from tests.tui.replay_stage import make_replay_desk
from tests.tui.stage import make_desk, text_of, until
from tests.tui.test_ledger_parts import a_run

_RUNS = (
    Told("1n0a0a001-x", 5, "Explain the cache"),
    Told("1n0a0a002-x", 4, "Explain the queue", route="claude", confidence=None),
    Told("1n0a0a003-x", 3, "Explain the lock"),
    Told("1n0a0a004-x", 1, "Still going", status="running"),
)


def keys(*pressed: str, last: type[object]) -> Steps:
    """Press keys once everything is read, and wait for a window."""

    async def take(app: MuxApp, pilot: Pilot[int]) -> None:
        await settled(app, pilot)
        for key in pressed:
            await pilot.press(key)
            await pilot.pause()
        await until(pilot, lambda: isinstance(app.screen, last))

    return take


@pytest.mark.parametrize("key", ["r", "R"], ids=["one", "all"])
def test_how_to_repeat(snap: Snap, look: Look, tmp_path: Path, key: str) -> None:
    desk = make_replay_desk(tmp_path, _RUNS, cloud={"claude": [Script("There.")]})
    snap(desk, look, "ledger", keys(key, last=ReplayWindow))


def test_what_repeating_means(snap: Snap, look: Look, tmp_path: Path) -> None:
    desk = make_replay_desk(tmp_path, _RUNS, cloud={"claude": [Script("There.")]})

    async def take(app: MuxApp, pilot: Pilot[int]) -> None:
        await keys("R", last=ReplayWindow)(app, pilot)
        app.screen.query_one("#most", Input).value = "3"
        await pilot.press("enter")
        await until(
            pilot, lambda: isinstance(app.screen, PlanWindow) and app.screen.armed
        )

    snap(desk, look, "ledger", take)


def a_side(**known: object) -> Side:
    """One side of a comparison."""
    usual: dict[str, object] = {
        "run_id": "1n0a0a001-x",
        "status": "done",
        "reason": None,
        "route": "local",
        "model": "qwen2.5-coder-7b",
        "verdict": "pass",
        "confidence": 0.8,
        "seconds": 7.4,
        "input_tokens": 6200,
        "output_tokens": 248,
        "cost_usd": None,
        "files": 0,
        "lines_added": None,
        "lines_removed": None,
    }
    return Side(**(usual | known))  # pyright: ignore[reportArgumentType]


def a_batch() -> Batch:
    """Replays of every kind: ended, under way, waiting, refused."""
    texts = (
        *("Refactor the cache", "Write a test for parse()", "Rename helper"),
        *(f"Look at {HOSTILE}", "Explain the lock", "Explain the queue"),
    )
    subjects = tuple(
        Subject(
            a_run(run_id=f"1n0a0a00{number}-x", task=text),
            text,
            Path("/code/shop"),
            "local",
            None,
            (),
        )
        for number, text in enumerate(texts)
    )
    refused = (NotRepeated("1n0a0a009-x", "its text was not kept"),)
    batch = Batch(Order(), Plan(subjects, refused, Count(9, exact=True), 1), 0.0)
    failed = a_side(status="failed", verdict="fail", seconds=9.0)
    there = a_side(route="claude", seconds=21.0, cost_usd=0.11)
    batch.results += [
        compared(failed, there, ["on today's files: auth/keys.py has changed since"]),
        compared(a_side(), a_side(seconds=6.1)),
        compared(a_side(), failed),
        NotRepeated("1n0a0a003-x", "its directory is gone"),
    ]
    batch.number, batch.subject = 5, subjects[4]
    return batch


@pytest.mark.parametrize("end", ["under way", "stopped"])
def test_what_came_of_them(snap: Snap, look: Look, tmp_path: Path, end: str) -> None:
    desk = make_desk(tmp_path, fill=fill_with_replays)

    async def take(app: MuxApp, pilot: Pilot[int]) -> None:
        await settled(app, pilot)
        batch = a_batch()
        if end == "stopped":
            cut = a_side(status="interrupted", verdict=None, seconds=2.0)
            batch.results.append(compared(a_side(verdict=None), cut))
            batch.over, batch.stopped, batch.subject = True, True, None
        await app.push_screen(ReplaysWindow(batch, lambda: None))
        await until(pilot, lambda: isinstance(app.screen, ReplaysWindow))

    snap(desk, look, "ledger", take)


@pytest.mark.parametrize("end", ["under way", "over"])
def test_the_line_of_replays(snap: Snap, look: Look, tmp_path: Path, end: str) -> None:
    desk = make_desk(tmp_path, fill=fill_with_replays)

    async def take(app: MuxApp, pilot: Pilot[int]) -> None:
        await settled(app, pilot)
        desk.repeating.batch = batch = a_batch()
        if end == "over":
            batch.over, batch.subject = True, None
        screen = screen_of(app)
        screen.post_message(screen.Moved())
        await until(pilot, lambda: bool(screen.query_one("#replaying").display))

    snap(desk, look, "ledger", take)


def a_trial() -> Trial:
    """What other settings would have done: runs that move, and one that cannot."""
    sentence = "The answer was trusted by 0.64, and 0.70 is asked for."
    later, failed = "reconsidered", "failed here"
    return Trial(
        200,
        (
            Move("1n0a0a001-x", later, "local", "claude", sentence, None),
            Move("1n0a0a002-x", later, "local", "claude", sentence, failed),
            Move("1n0a0a003-x", "decided", "codex", "local", HOSTILE, "passed here"),
        ),
        (Undecided("1n0a0a004-x", "its text was not kept"),),
    )


@pytest.mark.parametrize("said", ["found", "wrong"])
def test_other_settings(snap: Snap, look: Look, tmp_path: Path, said: str) -> None:
    desk = make_desk(tmp_path, fill=fill_with_replays)

    async def take(app: MuxApp, pilot: Pilot[int]) -> None:
        await settled(app, pilot)
        window = TryWindow(EVERYTHING)
        await app.push_screen(window)
        await until(pilot, lambda: isinstance(app.screen, TryWindow))
        window.query_one(Input).value = "router.min_confidence=0.7"
        if said == "found":
            window.post_message(window.Tried(a_trial()))
        else:
            window.query_one(Input).value = "router.min_confidence"
            await pilot.press("enter")
        expected = "would have gone" if said == "found" else "is no NAME=VALUE"
        await until(pilot, lambda: expected in text_of(app))

    snap(desk, look, "ledger", take)


def test_a_result_is_one_of_two_kinds() -> None:
    """What the pictures show is what replays really end with."""
    kinds = {type(result) for result in a_batch().results}
    assert kinds == {Comparison, NotRepeated}
