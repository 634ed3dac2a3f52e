"""The doctor's screen: what is found, and what its keys do about it."""

import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

from textual.pilot import Pilot

from mux_tui.core.doctor.check import Check, Report
from mux_tui.core.errors import EnvironmentProblem
from mux_tui.core.process.run import Exit
from mux_tui.tui.app import MuxApp
from mux_tui.tui.dialogs.confirm import Confirm
from mux_tui.tui.screens.doctor.screen import DoctorScreen
from mux_tui.tui.screens.doctor.windows import FixWindow, JsonWindow
from tests.tui.doctor_stage import BAD, WELL, DoctorDesk, doctor_desk
from tests.tui.stage import SMALL, WIDE, on_stage, text_of, until


@asynccontextmanager
async def examined(
    desk: DoctorDesk, size: tuple[int, int] = WIDE
) -> AsyncGenerator[tuple[MuxApp, Pilot[int], DoctorScreen], None]:
    """The doctor's screen with its first report."""
    async with on_stage(desk, size, "doctor") as (app, pilot):
        screen = app.screen
        assert isinstance(screen, DoctorScreen)
        await until(pilot, lambda: not screen.examining, "no report")
        await pilot.pause()
        yield app, pilot, screen


def told(app: MuxApp) -> str:
    """All toasts."""
    return "\n".join(notice.message for notice in app._notifications)  # pyright: ignore[reportPrivateUsage]


async def test_everything_is_looked_at_when_the_screen_is_first_shown(
    tmp_path: Path,
) -> None:
    async with examined(doctor_desk(tmp_path, BAD)) as (app, _, screen):
        text = text_of(app)
        title = str(screen.findings.border_title)
    for check in BAD.checks:
        assert check.id.replace("_", " ") in text
    assert "7 ok · 1 note · 2 warnings · 1 problem · 0.0 s, " in title


async def test_while_it_looks_it_says_so_and_keeps_the_old_report(
    tmp_path: Path,
) -> None:
    desk = doctor_desk(tmp_path, BAD)
    async with examined(desk) as (app, pilot, screen):
        desk.patience.clear()
        await pilot.press("r")
        await until(pilot, lambda: "looking" in str(screen.findings.border_title))
        assert "port 8080 is taken" in text_of(app)
        assert "run again" not in text_of(app)
        desk.patience.set()
        await until(pilot, lambda: not screen.examining)
    assert desk.examined == 2


async def test_the_cursor_begins_at_the_worst_and_stays_where_it_is(
    tmp_path: Path,
) -> None:
    desk = doctor_desk(tmp_path, BAD, WELL)
    async with examined(desk) as (_, pilot, screen):
        assert screen.findings.current == BAD.checks[5]
        await pilot.press("home", "down", "down", "r")
        await until(pilot, lambda: desk.examined == 2 and not screen.examining)
        assert screen.findings.current == WELL.checks[2]


async def test_the_number_of_a_fix_asks_runs_it_and_looks_again(
    tmp_path: Path,
) -> None:
    desk = doctor_desk(tmp_path, BAD, WELL)
    async with examined(desk) as (app, pilot, screen):
        await pilot.press("3")
        await until(pilot, lambda: isinstance(app.screen, Confirm))
        assert "mux config set server.port 0" in text_of(app)
        assert desk.calls == []
        await pilot.press("y")
        await until(pilot, lambda: isinstance(app.screen, FixWindow))
        window = app.screen
        assert isinstance(window, FixWindow)
        await until(pilot, lambda: window.succeeded is True)
        await until(pilot, lambda: "server.port is now 0" in text_of(app))
        assert desk.calls == [("config", "set", "server.port", "0")]
        await pilot.press("escape")
        await until(pilot, lambda: desk.examined == 2 and not screen.examining)
        assert screen.report == WELL


async def test_a_no_runs_nothing(tmp_path: Path) -> None:
    desk = doctor_desk(tmp_path, BAD)
    async with examined(desk) as (app, pilot, screen):
        await pilot.press("1")
        await until(pilot, lambda: isinstance(app.screen, Confirm))
        await pilot.press("n")
        await until(pilot, lambda: app.screen is screen)
    assert (desk.calls, desk.examined) == ([], 1)


async def test_the_steps_after_one_that_failed_are_not_taken(tmp_path: Path) -> None:
    desk = doctor_desk(tmp_path, BAD)
    desk.code = 3
    async with examined(desk) as (app, pilot, _):
        await pilot.press("1")
        await until(pilot, lambda: isinstance(app.screen, Confirm))
        await pilot.press("enter")
        await until(pilot, lambda: "exit code 3" in text_of(app))
    assert desk.calls == [("server", "stop")]


async def test_leaving_the_window_ends_what_is_at_work(tmp_path: Path) -> None:
    desk = doctor_desk(tmp_path, BAD)
    async with examined(desk) as (app, pilot, screen):
        desk.patience.clear()
        await pilot.press("1")
        await until(pilot, lambda: isinstance(app.screen, Confirm))
        await pilot.press("y")
        await until(pilot, lambda: "esc stops it" in text_of(app))
        await pilot.press("escape")
        await until(pilot, lambda: app.screen is screen)
        desk.patience.set()
        await until(pilot, lambda: desk.examined == 2 and not screen.examining)
    assert desk.calls == [("server", "stop")], "the second step was not taken"


async def test_a_fix_really_calls_mux(tmp_path: Path) -> None:
    """The desk's own call: a child, its lines, its exit code, and its settings file."""
    desk = doctor_desk(tmp_path)
    arguments = ("config", "set", "server.port", "0")
    events = [
        event async for event in await super(DoctorDesk, desk).call_mux(arguments)
    ]
    end = events[-1]
    assert isinstance(end, Exit)
    assert end.code == 0
    assert "port = 0" in desk.environment.paths.config_file.read_text()


async def test_a_command_of_another_program_is_copied_and_not_run(
    tmp_path: Path,
) -> None:
    desk = doctor_desk(tmp_path, BAD)
    async with examined(desk) as (app, pilot, _):
        await pilot.press("5")
        await until(pilot, lambda: app.clipboard == "claude auth login")
        assert "claude auth login" in told(app)
        await pilot.press("4")
        await until(pilot, lambda: app.clipboard.startswith("End com.docker"))
    assert desk.calls == []


async def test_a_note_can_be_mended_too(tmp_path: Path) -> None:
    async with examined(doctor_desk(tmp_path, BAD)) as (app, pilot, screen):
        screen.findings.highlighted = 9
        await pilot.press("f")
        await until(pilot, lambda: "npm install" in app.clipboard)


async def test_numbers_without_a_fix_do_nothing(tmp_path: Path) -> None:
    async with examined(doctor_desk(tmp_path, BAD)) as (app, pilot, screen):
        offered = {b.id for _, b, _, _ in screen.active_bindings.values()}
        assert {"doctor.fix_1", "doctor.fix_5"} <= offered
        assert "doctor.fix_6" not in offered
        await pilot.press("9")
        assert app.screen is screen


async def test_enter_opens_the_detail_and_escape_leads_back(tmp_path: Path) -> None:
    async with examined(doctor_desk(tmp_path, BAD), SMALL) as (app, pilot, screen):
        assert "Detail" not in text_of(app)
        await pilot.press("enter")
        await until(pilot, lambda: screen.detail.has_focus)
        await pilot.pause()
        assert "runs this here, once you say yes" in text_of(app)
        await pilot.press("escape")
        await until(pilot, lambda: screen.findings.has_focus)


async def test_foreign_text_is_shown_to_the_letter(tmp_path: Path) -> None:
    async with examined(doctor_desk(tmp_path, BAD)) as (app, pilot, screen):
        screen.findings.highlighted = 4
        await until(pilot, lambda: "Killed[/] by the system [b]now[/b]" in text_of(app))
        assert "\x1b" not in text_of(app)


async def test_the_copied_report_holds_no_credential(tmp_path: Path) -> None:
    secret = "sk-ant-" + "a1" * 20
    check = Check("model_server", "problem", "it ended", f"api key {secret}")
    async with examined(doctor_desk(tmp_path, Report((check,)))) as (app, pilot, _):
        assert secret not in text_of(app)
        await pilot.press("y")
        await until(pilot, lambda: "[redacted]" in app.clipboard)
        assert secret not in app.clipboard


async def test_the_json_is_that_of_the_command_line(tmp_path: Path) -> None:
    async with examined(doctor_desk(tmp_path, BAD)) as (app, pilot, _):
        await pilot.press("j")
        await until(pilot, lambda: isinstance(app.screen, JsonWindow))
        await pilot.press("y")
        await until(pilot, lambda: bool(app.clipboard))
        document = json.loads(app.clipboard)
    assert document["schema"] == "mux.doctor/1"
    assert [check["id"] for check in document["checks"]] == [c.id for c in BAD.checks]


async def test_a_doctor_that_fails_says_what_and_can_be_asked_again(
    tmp_path: Path,
) -> None:
    failure = EnvironmentProblem(
        "no look at [b]/dev[/b]", "it is gone", "Bring it back"
    )
    desk = doctor_desk(tmp_path, failure, WELL)
    async with examined(desk) as (app, pilot, screen):
        text = text_of(app)
        assert "could not finish" in text
        assert "[b]/dev[/b]" in text
        assert "Bring it back" in text
        await pilot.press("r")
        await until(pilot, lambda: screen.report == WELL)
