"""Other settings tried on stored decisions: asked, told, and nothing is changed."""

from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from mux_tui.core.errors import UsageError
from mux_tui.tui.app import MuxApp
from mux_tui.tui.screens.ledger.trying import TryWindow, settings_in
from tests.tui.ledger_stage import asked, found, opened
from tests.tui.stage import StageDesk, make_desk, text_of, until


@pytest.fixture
def desk(tmp_path: Path) -> StageDesk:
    """A cockpit with a cloud CLI beside the local model."""
    return make_desk(tmp_path, cloud={"claude": ()})


async def do(desk: StageDesk, text: str) -> None:
    """Have a task done, so that its decision is kept whole."""
    engine = await desk.engine()
    run = engine.start(engine.accept(text, desk.cwd, desk.cwd))
    await run.ended()
    assert run.outcome is not None
    assert run.outcome.status == "done"


async def tried(app: MuxApp, pilot: Pilot[int], setting: str) -> None:
    """Ask for a setting, in the window."""
    if not isinstance(app.screen, TryWindow):
        await pilot.press("=")
        await until(pilot, lambda: isinstance(app.screen, TryWindow), "no window")
    app.screen.query_one(Input).value = setting
    await pilot.press("enter")


async def test_runs_that_would_have_left_are_counted_and_named(
    desk: StageDesk,
) -> None:
    async with opened(desk) as (screen, app, pilot):
        await do(desk, "Explain the cache")
        await do(desk, "Explain the queue")
        await until(pilot, lambda: found(screen) == "2 runs")
        ledger = await desk.ledger()
        before = await ledger.search.page()
        await tried(app, pilot, "router.min_confidence=1.0")
        await until(
            pilot, lambda: "2 of 2 runs would have gone elsewhere" in text_of(app)
        )
        assert "2  local → claude" in text_of(app)
        await tried(app, pilot, "router.min_confidence=0.0")
        await until(
            pilot, lambda: "0 of 2 runs would have gone elsewhere" in text_of(app)
        )
        # No run was begun, and no setting was written.
        assert await ledger.search.page() == before
        assert not desk.environment.paths.config_file.exists()
        await pilot.press("escape")
        await until(pilot, lambda: not isinstance(app.screen, TryWindow))


async def test_only_the_runs_of_the_query_are_decided_again(desk: StageDesk) -> None:
    async with opened(desk) as (screen, app, pilot):
        await do(desk, "Explain the cache")
        await do(desk, "Explain the queue")
        await until(pilot, lambda: found(screen) == "2 runs")
        await asked(app, pilot, "queue")
        screen.runs.focus()
        await tried(app, pilot, "router.min_confidence=1.0")
        await until(
            pilot, lambda: "1 of 1 run would have gone elsewhere" in text_of(app)
        )


@pytest.mark.parametrize(
    ("setting", "words"),
    [
        ("router.min_confidence", "is no NAME=VALUE"),
        ("router.min_confidenc=0.5", "router.min_confidence"),
        ("router.min_confidence=9", "router.min_confidence"),
    ],
)
async def test_what_is_no_setting_is_said(
    desk: StageDesk, setting: str, words: str
) -> None:
    async with opened(desk) as (_, app, pilot):
        await tried(app, pilot, setting)
        await until(pilot, lambda: "✗ " in text_of(app))
        told = str(app.screen.query_one("#tried").render())
        assert words in told


def test_several_settings_are_read() -> None:
    assert settings_in("a.b=1  c=x=y") == {"a.b": "1", "c": "x=y"}
    assert settings_in(" ") == {}
    for wrong in ("a", "=1", "a="):
        with pytest.raises(UsageError):
            settings_in(wrong)
