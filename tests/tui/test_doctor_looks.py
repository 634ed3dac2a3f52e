"""How each state of the doctor's screen looks."""

from pathlib import Path

import pytest
from textual.pilot import Pilot

from mux_tui.core.errors import EnvironmentProblem
from mux_tui.tui.app import MuxApp
from mux_tui.tui.dialogs.confirm import Confirm
from mux_tui.tui.screens.doctor.screen import DoctorScreen
from mux_tui.tui.screens.doctor.windows import FixWindow
from tests.tui.conftest import Look, Snap
from tests.tui.doctor_stage import BAD, WELL, doctor_desk
from tests.tui.stage import until


async def report_shown(app: MuxApp, pilot: Pilot[int]) -> DoctorScreen:
    """Wait for the first report."""
    screen = app.screen
    assert isinstance(screen, DoctorScreen)
    await until(pilot, lambda: not screen.examining, "no report")
    return screen


def test_while_it_looks(snap: Snap, look: Look, tmp_path: Path) -> None:
    snap(doctor_desk(tmp_path, busy=True), look, "doctor")


@pytest.mark.parametrize("report", [WELL, BAD], ids=["well", "bad"])
def test_a_report(report: object, snap: Snap, look: Look, tmp_path: Path) -> None:
    assert report in (WELL, BAD)

    async def steps(app: MuxApp, pilot: Pilot[int]) -> None:
        await report_shown(app, pilot)

    found = WELL if report is WELL else BAD
    snap(doctor_desk(tmp_path, found), look, "doctor", steps)


def test_the_detail_of_a_finding(snap: Snap, look: Look, tmp_path: Path) -> None:
    async def steps(app: MuxApp, pilot: Pilot[int]) -> None:
        screen = await report_shown(app, pilot)
        screen.findings.highlighted = 4
        await pilot.press("enter")
        await until(pilot, lambda: screen.detail.has_focus)

    snap(doctor_desk(tmp_path, BAD), look, "doctor", steps)


def test_a_failure(snap: Snap, look: Look, tmp_path: Path) -> None:
    async def steps(app: MuxApp, pilot: Pilot[int]) -> None:
        await report_shown(app, pilot)

    failure = EnvironmentProblem("cannot look at the disk", "it is gone", "Plug it in")
    snap(doctor_desk(tmp_path, failure), look, "doctor", steps)


@pytest.mark.parametrize("state", ["asked", "at work", "done", "failed"])
def test_a_fix(state: str, snap: Snap, look: Look, tmp_path: Path) -> None:
    desk = doctor_desk(tmp_path, BAD)
    desk.code = 1 if state == "failed" else 0

    async def steps(app: MuxApp, pilot: Pilot[int]) -> None:
        await report_shown(app, pilot)
        if state == "at work":
            desk.patience.clear()
        await pilot.press("3")
        await until(pilot, lambda: isinstance(app.screen, Confirm))
        if state == "asked":
            return
        await pilot.press("y")
        await until(pilot, lambda: isinstance(app.screen, FixWindow))
        window = app.screen
        assert isinstance(window, FixWindow)
        wanted = {"at work": None, "done": True, "failed": False}[state]
        await until(pilot, lambda: window.succeeded is wanted)
        await until(pilot, lambda: "now 0" in str(window.output.content))

    snap(desk, look, "doctor", steps)


def test_the_report_as_json(snap: Snap, look: Look, tmp_path: Path) -> None:
    async def steps(app: MuxApp, pilot: Pilot[int]) -> None:
        await report_shown(app, pilot)
        await pilot.press("j")

    snap(doctor_desk(tmp_path, BAD), look, "doctor", steps)
