"""May a task leave this machine? Asked, queued, taken back; the terminal is told."""

from pathlib import Path

import pytest
from textual import events
from textual.drivers.headless_driver import HeadlessDriver
from textual.pilot import Pilot

from mux_tui.core.backends.scripted import Script
from mux_tui.tui.app import MuxApp
from mux_tui.tui.dialogs import armed
from mux_tui.tui.dialogs.cloud_question import CloudWindow, files_named
from tests.tui.cockpit_stage import (
    cockpit,
    current,
    over,
    prompted,
    row_of,
    send,
    toasts,
)
from tests.tui.stage import StageDesk, make_desk, on_stage, text_of, until

HARD = "Plan the migration of auth/session.py"
HOSTILE = f"{HARD} \x1b]52;c;aGk=\x07[@click=app.quit]x[/] [/etc]"
SURE = Script("Write to both stores.")


def asking(folder: Path) -> StageDesk:
    """A desk whose settings say that the user is asked."""
    return make_desk(
        folder, cloud={"claude": [SURE]}, settings={"cloud.permission": "ask"}
    )


def window(app: MuxApp) -> CloudWindow | None:
    """The question that is shown, if it takes an answer."""
    top = app.screen
    return top if isinstance(top, CloudWindow) and top.armed else None


async def asked(app: MuxApp, pilot: Pilot[int]) -> CloudWindow:
    """Wait for a question."""
    await until(pilot, lambda: window(app) is not None, "nothing was asked")
    found = window(app)
    assert found is not None
    return found


async def test_nothing_leaves_without_a_yes(tmp_path: Path) -> None:
    desk = asking(tmp_path)
    async with on_stage(desk) as (app, pilot):
        sitting = await send(app, pilot, HARD)
        question = await asked(app, pilot)
        shown = text_of(app)
        assert "Send this to claude?" in shown
        assert "37 characters" in shown
        assert "auth/session.py" in shown
        assert question.question.text == HARD
        await pilot.press("n")
        await over(app, pilot)
        row = await row_of(desk, sitting)
        assert (row.status, row.reason, row.attempts) == (
            "declined",
            "cloud_not_allowed",
            (),
        )
        await until(pilot, lambda: "l has the local" in text_of(app))
        assert "mux config" not in text_of(app), "that is for the command line"


@pytest.mark.parametrize(("key", "status"), [("y", "done"), ("escape", "declined")])
async def test_a_key_is_the_answer(key: str, status: str, tmp_path: Path) -> None:
    desk = asking(tmp_path)
    async with on_stage(desk) as (app, pilot):
        sitting = await send(app, pilot, HARD)
        await asked(app, pilot)
        await pilot.press(key)
        await over(app, pilot)
        assert (await row_of(desk, sitting)).status == status


async def test_allowed_for_the_session_is_not_asked_again_nor_written_down(
    tmp_path: Path,
) -> None:
    desk = asking(tmp_path)
    async with on_stage(desk) as (app, pilot):
        await send(app, pilot, HARD)
        await asked(app, pilot)
        await pilot.press("a")
        await over(app, pilot)
        await send(app, pilot, f"{HARD} again")
        await over(app, pilot)
        assert (await row_of(desk, current(app))).route == "claude"
        assert not desk.environment.paths.config_file.exists()


async def test_a_window_that_comes_up_while_somebody_types_takes_no_key_for_a_yes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = asking(tmp_path)
    # However slow the machine is, the keys come without a rest between them.
    monkeypatch.setattr(armed, "_QUIET", 60.0)
    async with on_stage(desk) as (app, pilot):
        sitting = await send(app, pilot, HARD)
        await until(pilot, lambda: isinstance(app.screen, CloudWindow))
        await pilot.press("y", "e", "s", "y")
        monkeypatch.undo()
        await pilot.press("escape")
        assert isinstance(app.screen, CloudWindow)
        assert not sitting.story.over
        await asked(app, pilot)
        await pilot.press("n")
        await over(app, pilot)


async def test_two_questions_come_one_after_the_other(tmp_path: Path) -> None:
    desk = asking(tmp_path)
    async with on_stage(desk) as (app, pilot):
        screen = cockpit(app)
        screen.begin(f"{HARD} one", "auto")
        screen.begin(f"{HARD} two", "auto")
        first = await asked(app, pilot)
        await until(pilot, lambda: len(screen.asking.waiting) == 2)
        assert text_of(app).count("Send this to claude?") == 1
        await pilot.press("y")
        await until(pilot, lambda: window(app) not in (None, first))
        await pilot.press("n")
        for sitting in screen.sittings:
            await over(app, pilot, sitting)
        rows = [await row_of(desk, sitting) for sitting in screen.sittings]
        assert sorted(row.status for row in rows) == ["declined", "done"]


async def test_a_question_whose_run_ends_is_taken_back(tmp_path: Path) -> None:
    desk = asking(tmp_path)
    async with on_stage(desk) as (app, pilot):
        sitting = await send(app, pilot, HARD)
        await asked(app, pilot)
        sitting.run.cancel()
        await over(app, pilot)
        await until(pilot, lambda: app.screen is cockpit(app), "it is still asked")
        assert cockpit(app).asking.waiting == []
        assert (await row_of(desk, sitting)).status == "cancelled"


async def test_a_question_waits_until_the_cockpit_is_in_view(tmp_path: Path) -> None:
    desk = asking(tmp_path)
    async with on_stage(desk) as (app, pilot):
        screen = cockpit(app)
        app.switch_mode("doctor")
        await until(pilot, lambda: app.screen is not screen)
        screen.begin(HARD, "auto")
        await until(pilot, lambda: "whether it may go to claude" in toasts(app))
        assert not isinstance(app.screen, CloudWindow)
        app.switch_mode("cockpit")
        await asked(app, pilot)
        await pilot.press("y")
        await over(app, pilot)


async def test_a_question_shows_hostile_text_to_the_letter(tmp_path: Path) -> None:
    async with on_stage(asking(tmp_path)) as (app, pilot):
        await send(app, pilot, HOSTILE)
        await asked(app, pilot)
        shown = text_of(app)
        assert "[@click=app.quit]x[/] [/etc]" in shown
        assert all(c.isprintable() or c == "\n" for c in shown)
        await pilot.press("n")
        await over(app, pilot)


async def test_an_open_question_is_a_no_when_mux_is_left(tmp_path: Path) -> None:
    desk = asking(tmp_path)
    async with on_stage(desk) as (app, pilot):
        sitting = await send(app, pilot, HARD)
        await asked(app, pilot)
        run_id = sitting.run.task.run_id
        app.exit()
    async with on_stage(asking(tmp_path)) as (app, _):
        ledger = (await app.desk.engine()).ledger
        assert ledger is not None
        row = await ledger.get(run_id)
        assert row is not None
        assert (row.status, row.attempts) == ("interrupted", ())


def test_files_are_told_from_other_words() -> None:
    text = "See src/a.py, b.md and e.g. this: 3.14, http://x.y/z (c_d.toml)."
    assert files_named(text) == ["src/a.py", "b.md", "c_d.toml"]
    assert files_named(" ".join(f"f{n}.py" for n in range(9)))[-1] == "and 3 more"


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the terminal is told."""
    told: list[str] = []

    def write(_: HeadlessDriver, data: str) -> None:
        told.append(data)

    monkeypatch.setattr(HeadlessDriver, "write", write)
    return told


@pytest.mark.parametrize(
    ("notify", "away", "expected"),
    [
        ("unfocused", True, ["\x1b]9;mux: a task is done\x07"]),
        ("unfocused", False, []),
        ("always", False, ["\x1b]9;mux: a task is done\x07"]),
        ("off", True, []),
    ],
)
async def test_the_terminal_is_told_of_an_end(
    notify: str, away: bool, expected: list[str], tmp_path: Path, written: list[str]
) -> None:
    desk = make_desk(tmp_path, settings={"ui.notify": notify})
    async with on_stage(desk) as (app, pilot):
        if away:
            app.post_message(events.AppBlur())
            await until(pilot, lambda: not app.app_focus)
        cockpit(app).begin("Say \x1b]9;evil\x07 something", "auto")
        await until(pilot, lambda: cockpit(app).current is not None)
        await over(app, pilot)
        assert [data for data in written if "]9;" in data] == expected


async def test_the_terminal_is_told_of_a_question(
    tmp_path: Path, written: list[str]
) -> None:
    async with on_stage(asking(tmp_path)) as (app, pilot):
        app.post_message(events.AppBlur())
        await until(pilot, lambda: not app.app_focus)
        cockpit(app).begin(HARD, "auto")
        await asked(app, pilot)
        await until(
            pilot,
            lambda: "\x1b]9;mux: a task asks you something, 1 running\x07" in written,
        )
        await pilot.press("n")
        await over(app, pilot)


async def test_stopping_a_run_does_not_ring(tmp_path: Path, written: list[str]) -> None:
    desk = make_desk(tmp_path, settings={"ui.notify": "always"})
    async with on_stage(desk) as (app, pilot):
        backend = await prompted(desk)
        sitting = await send(app, pilot, "Say something")
        await until(pilot, lambda: backend.asked == 1)
        sitting.run.cancel()
        await over(app, pilot)
        assert not [data for data in written if "]9;" in data]
