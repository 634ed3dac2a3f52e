"""File work in the cockpit, from the task to what is written, and back again."""

from pathlib import Path

import pytest
from textual.pilot import Pilot

from mux_tui.core.backends.scripted import Script
from mux_tui.tui.app import MuxApp
from mux_tui.tui.dialogs.merge import MergeWindow
from mux_tui.tui.dialogs.past_changes import PastWindow
from mux_tui.tui.screens.ledger.screen import LedgerScreen
from tests.tui.changes_stage import MENDED, SERVICE, reviewing
from tests.tui.cockpit_stage import (
    cockpit,
    current,
    over,
    prompted,
    row_of,
    send,
    toasts,
)
from tests.tui.file_runs import APPLIED, DECLINED, fills, write
from tests.tui.stage import SMALL, StageDesk, make_desk, on_stage, text_of, until

GREET = 'def greet(name):\n    return f"Hello, {name}"\n'
BETTER = GREET.replace("{name}", "{name or 'you'}")
DRAFT = f"I guard it.\n\n```python file=src/greet.py\n{BETTER}```\n"
TASK = "Change src/greet.py so that greet() works without a name"


def working(folder: Path, **settings: object) -> StageDesk:
    """A desk whose local model drafts a change of a file that is there."""
    desk = make_desk(folder, local=[Script(DRAFT)] * 3, settings=settings)
    desk.files = True
    (desk.cwd / "src").mkdir()
    (desk.cwd / "src" / "greet.py").write_text(GREET)
    return desk


def content(desk: StageDesk) -> str:
    return (desk.cwd / "src" / "greet.py").read_text()


async def test_what_is_approved_is_written_and_taken_back_and_done_again(
    tmp_path: Path,
) -> None:
    desk = working(tmp_path)
    async with on_stage(desk) as (app, pilot):
        sitting = await send(app, pilot, TASK)
        await reviewing(app, pilot)
        assert content(desk) == GREET
        await pilot.press("a")
        await over(app, pilot)
        assert content(desk) == BETTER
        assert (await row_of(desk, sitting)).applied is True
        await until(pilot, lambda: "wrote 1 file; u takes it back" in text_of(app))
        assert "src/greet.py +1 -1" in text_of(app)
        await pilot.press("u")
        await until(pilot, lambda: "taken back: u does it again" in text_of(app))
        assert content(desk) == GREET
        assert (await row_of(desk, sitting)).taken_back_at is not None
        await pilot.press("u")
        await until(pilot, lambda: "done again: u takes it back" in text_of(app))
        assert content(desk) == BETTER


async def test_what_is_rejected_is_not_written_and_not_lost(tmp_path: Path) -> None:
    desk = working(tmp_path)
    async with on_stage(desk) as (app, pilot):
        sitting = await send(app, pilot, TASK)
        await reviewing(app, pilot)
        await pilot.press("x")
        await over(app, pilot)
        assert content(desk) == GREET
        row = await row_of(desk, sitting)
        assert (row.status, row.reason, row.applied) == (
            "declined",
            "changes_declined",
            False,
        )
        assert row.patch is not None
        await until(pilot, lambda: "d shows the changes" in text_of(app))
        await pilot.press("d")
        await until(pilot, lambda: isinstance(app.screen, PastWindow))
        await until(pilot, lambda: "name or 'you'" in text_of(app))
        assert "not written" in text_of(app)
        await pilot.press("escape")
        await until(pilot, lambda: app.screen is cockpit(app))


async def test_a_run_in_the_background_waits_in_its_tab(tmp_path: Path) -> None:
    desk = working(tmp_path)
    desk.cloud = {"claude": (Script("A burrito."),)}
    async with on_stage(desk) as (app, pilot):
        screen = cockpit(app)
        backend = await prompted(desk)
        first = await send(app, pilot, TASK)
        await until(pilot, lambda: backend.asked == 1)
        second = await send(app, pilot, "@claude What is a monad?")
        await over(app, pilot, second)
        backend.end(DRAFT)
        await until(pilot, lambda: first.asks, "the tab does not say that it waits")
        assert app.screen is screen
        assert screen.current is second
        await until(pilot, lambda: " 1 ? Change src" in text_of(app))
        assert "Run 1 has changes" in toasts(app)
        screen.output.take_focus()
        await pilot.press("left_square_bracket")
        await reviewing(app, pilot)
        assert screen.current is first
        await pilot.press("a")
        await over(app, pilot, first)
        assert content(desk) == BETTER
        assert " 1 ? " not in text_of(app)


async def test_a_review_that_is_put_off_waits_until_it_is_asked_for(
    tmp_path: Path,
) -> None:
    desk = working(tmp_path)
    async with on_stage(desk) as (app, pilot):
        sitting = await send(app, pilot, TASK)
        await reviewing(app, pilot)
        await pilot.press("w")
        await until(pilot, lambda: app.screen is cockpit(app))
        await until(pilot, lambda: "your yes" in text_of(app))
        assert sitting.asks
        assert not sitting.story.over
        await pilot.press("d")
        await reviewing(app, pilot)
        await pilot.press("a")
        await over(app, pilot)
        assert content(desk) == BETTER


async def test_files_that_change_under_a_proposal_are_proposed_once_more(
    tmp_path: Path,
) -> None:
    desk = working(tmp_path)
    async with on_stage(desk) as (app, pilot):
        await send(app, pilot, TASK)
        window = await reviewing(app, pilot)
        (desk.cwd / "src" / "greet.py").write_text(f"# Mine.\n\n\n{GREET}")
        await pilot.press("a")
        await until(pilot, lambda: app.screen is not window)
        await reviewing(app, pilot)
        assert "once more: changed meanwhile: src/greet.py" in text_of(app)
        await pilot.press("a")
        await over(app, pilot)
        assert content(desk) == f"# Mine.\n\n\n{BETTER}"


async def test_leaving_while_it_is_asked_writes_nothing(tmp_path: Path) -> None:
    desk = working(tmp_path)
    async with on_stage(desk) as (app, pilot):
        sitting = await send(app, pilot, TASK)
        await reviewing(app, pilot)
        app.exit()
    assert content(desk) == GREET
    assert sitting.run.outcome is not None
    assert sitting.run.outcome.status in ("interrupted", "cancelled")


async def test_escalating_writes_nothing_and_asks_somebody_else(tmp_path: Path) -> None:
    desk = working(tmp_path, **{"workflow.cloud_write_fallback": True})
    desk.cloud = {"claude": (Script("I would do it so."),)}
    async with on_stage(desk) as (app, pilot):
        first = await send(app, pilot, TASK)
        await until(pilot, lambda: app.pulse.cloud == ("claude",))
        await reviewing(app, pilot)
        await pilot.press("e")
        await until(pilot, lambda: len(cockpit(app).sittings) == 2)
        await over(app, pilot, first)
        assert content(desk) == GREET
        assert current(app).run.task.route == "claude"
        current(app).run.cancel()
        await over(app, pilot)


async def opened(app: MuxApp, pilot: Pilot[int], run_id: str) -> LedgerScreen:
    """Show a run in the ledger."""
    screen = app.screen
    assert isinstance(screen, LedgerScreen)
    screen.show_run(run_id)
    await until(
        pilot, lambda: screen.pane.run is not None and screen.pane.run.run_id == run_id
    )
    await until(pilot, lambda: screen.has_class("-opened"))
    return screen


async def to_changes(screen: LedgerScreen, pilot: Pilot[int]) -> None:
    """Go to the tab of the changes."""
    screen.pane.go_to("changes")
    await pilot.pause()


async def test_the_ledger_shows_what_a_run_did_to_files(tmp_path: Path) -> None:
    desk = make_desk(tmp_path)
    fills(desk)
    async with on_stage(desk, (120, 50), "ledger") as (app, pilot):
        screen = await opened(app, pilot, APPLIED)
        for words in ("2 files  +12 -1", "written; U takes it back", "belongs into"):
            await until(pilot, lambda told=words: told in text_of(app), words)
        await to_changes(screen, pilot)
        shown = text_of(app)
        assert "M src/user_service.py +4 -1" in shown
        assert "if user is None:" in shown
        await opened(app, pilot, DECLINED)
        screen.pane.go_to("task")
        await until(pilot, lambda: "proposed, not written" in text_of(app))
        assert "../etc/passwd: leaves the work directory" in text_of(app)
        assert "make clean" in text_of(app)


async def test_the_ledger_takes_back_and_does_again(tmp_path: Path) -> None:
    desk = make_desk(tmp_path)
    fills(desk)
    write(desk)
    file = desk.cwd / "src" / "user_service.py"
    async with on_stage(desk, mode="ledger") as (app, pilot):
        await opened(app, pilot, APPLIED)
        assert file.read_text() == MENDED
        await pilot.press("U")
        await until(pilot, lambda: "took back 2 files" in toasts(app))
        assert file.read_text() == SERVICE
        await until(pilot, lambda: "taken back; U does it again" in text_of(app))
        await pilot.press("U")
        await until(pilot, lambda: "did again 2 files" in toasts(app))
        assert file.read_text() == MENDED


async def test_a_declined_run_has_nothing_to_take_back(tmp_path: Path) -> None:
    desk = make_desk(tmp_path)
    fills(desk)
    async with on_stage(desk, mode="ledger") as (app, pilot):
        screen = await opened(app, pilot, DECLINED)
        assert "ledger.take_back" not in {
            active.binding.id
            for active in screen.active_bindings.values()
            if active.enabled
        }


@pytest.mark.parametrize("key", ["m", "l"])
async def test_files_that_changed_since_are_merged_or_left(
    key: str, tmp_path: Path
) -> None:
    desk = make_desk(tmp_path)
    fills(desk)
    write(desk)
    file = desk.cwd / "src" / "user_service.py"
    mine = f"# Mine.\n{MENDED}"
    file.write_text(mine)
    async with on_stage(desk, SMALL, "ledger") as (app, pilot):
        await opened(app, pilot, APPLIED)
        await pilot.press("U")
        await until(pilot, lambda: isinstance(app.screen, MergeWindow))
        assert "src/user_service.py" in text_of(app)
        await pilot.press(key)
        if key == "m":
            await until(pilot, lambda: "took back 2 files" in toasts(app))
            assert file.read_text() == f"# Mine.\n{SERVICE}"
        else:
            await until(pilot, lambda: isinstance(app.screen, LedgerScreen))
            assert file.read_text() == mine


async def test_lines_in_conflict_are_marked_only_after_a_second_yes(
    tmp_path: Path,
) -> None:
    desk = make_desk(tmp_path)
    fills(desk)
    write(desk)
    file = desk.cwd / "src" / "user_service.py"
    mine = MENDED.replace("if user is None", "if not user")
    file.write_text(mine)
    async with on_stage(desk, mode="ledger") as (app, pilot):
        await opened(app, pilot, APPLIED)
        await pilot.press("U")
        await until(pilot, lambda: isinstance(app.screen, MergeWindow))
        first = app.screen
        await pilot.press("m")
        await until(pilot, lambda: app.screen not in (first, app.screen_stack[0]))
        await until(pilot, lambda: "The same lines were changed" in text_of(app))
        assert file.read_text() == mine
        await pilot.press("m")
        await until(pilot, lambda: "took back 2 files" in toasts(app))
        assert "<<<<<<<" in file.read_text()


async def test_what_is_not_kept_any_more_is_said(tmp_path: Path) -> None:
    desk = make_desk(tmp_path)
    fills(desk)
    async with on_stage(desk, mode="ledger") as (app, pilot):
        await opened(app, pilot, APPLIED)
        await pilot.press("U")
        await until(pilot, lambda: "nothing to take back" in toasts(app))
