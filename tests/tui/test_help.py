"""The help: for what has the focus, with every key that works, and its id."""

from pathlib import Path

import pytest
from textual.pilot import Pilot

from mux_tui.core.proxy.watch.facts import ProxySeen
from mux_tui.tui.app import MuxApp
from mux_tui.tui.dialogs.help import HelpWindow, help_of, texts
from mux_tui.tui.host import ALL_MODES
from mux_tui.tui.keys_here import KeyHere, keys_of
from mux_tui.tui.screens.doctor.detail import Detail
from mux_tui.tui.screens.doctor.findings import Findings
from mux_tui.tui.screens.doctor.screen import DoctorScreen
from mux_tui.tui.widgets.key_table import KeyTable, entry
from tests.tui.conftest import Look, Snap
from tests.tui.doctor_stage import BAD, doctor_desk
from tests.tui.fixed_machine import mac, machine_desk
from tests.tui.proxy_stage import STOPPED, proxy_desk
from tests.tui.rest import settled
from tests.tui.stage import WIDE, StageDesk, make_desk, on_stage, text_of, until

MODES = [mode.name for mode in ALL_MODES]


async def test_the_help_of_what_has_the_focus_comes_first(tmp_path: Path) -> None:
    async with on_stage(doctor_desk(tmp_path, BAD), WIDE, "doctor") as (app, pilot):
        found = list(texts(app.screen))
        assert found[0] == help_of(Findings)
        assert found[-1] == help_of(DoctorScreen)
        app.screen.query_one(Detail).focus()
        await pilot.pause()
        assert next(texts(app.screen)) == help_of(Detail)


async def test_f1_opens_the_help_and_f1_or_escape_close_it(tmp_path: Path) -> None:
    async with on_stage(doctor_desk(tmp_path), WIDE, "doctor") as (app, pilot):
        for closing in ("f1", "escape"):
            await pilot.press("f1")
            await until(pilot, lambda: isinstance(app.screen, HelpWindow))
            await pilot.press(closing)
            await until(pilot, lambda: isinstance(app.screen, DoctorScreen))


async def test_the_help_tells_every_key_with_its_id(tmp_path: Path) -> None:
    async with on_stage(doctor_desk(tmp_path, BAD), (120, 200), "doctor") as (
        app,
        pilot,
    ):
        works = {key.id for key in keys_of(app.screen, app) if key.id}
        await pilot.press("f1")
        await until(pilot, lambda: "Other keys" in text_of(app))
        text = text_of(app)
    assert {"doctor.again", "app.jump", "app.help"} <= works
    assert {id for id in works if id not in text} == set()
    assert "Look at everything again" in text


async def test_the_help_shows_the_keys_that_the_settings_gave(tmp_path: Path) -> None:
    desk = doctor_desk(tmp_path, settings={"ui.keys": ["doctor.again=f10,g"]})
    async with on_stage(desk, WIDE, "doctor") as (app, _):
        (again,) = [k for k in keys_of(app.screen, app) if k.id == "doctor.again"]
    assert again.keys == ("f10", "g")


async def test_a_long_help_scrolls(tmp_path: Path) -> None:
    async with on_stage(doctor_desk(tmp_path, BAD), (80, 24), "doctor") as (app, pilot):
        await pilot.press("f1")
        await until(pilot, lambda: "Findings" in text_of(app))
        await pilot.press("end")
        await until(pilot, lambda: "Other keys" in text_of(app))
        before = text_of(app)
        await pilot.press("k")
        await until(pilot, lambda: text_of(app) != before)


async def test_windows_have_help_too(tmp_path: Path) -> None:
    async with on_stage(doctor_desk(tmp_path, BAD), WIDE, "doctor") as (app, pilot):
        await until(pilot, lambda: "port 8080" in text_of(app))
        await pilot.press("j")
        await until(pilot, lambda: "mux.doctor/1" in text_of(app))
        await pilot.press("f1")
        await until(pilot, lambda: isinstance(app.screen, HelpWindow))
        await until(pilot, lambda: "mux doctor --json" in text_of(app))
        await pilot.press("escape")
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, DoctorScreen))


@pytest.mark.parametrize("width", [20, 48, 64, 91, 92, 120])
def test_a_key_is_told_whole_at_any_width(width: int) -> None:
    sentence = "Do what there is to do, and then all that comes after it"
    key = KeyHere("area.action", ("^g", "f9"), "word", sentence, None, "", False)  # pyright: ignore[reportArgumentType]
    lines = [line.plain for line in entry(key, width)]
    text = " ".join(" ".join(lines).split())
    for word in ("^g f9", "word", "area.action", *sentence.split()):
        assert word in text
    if width >= 48:
        assert max(map(len, lines)) <= width


def test_a_table_without_keys_is_empty() -> None:
    assert list(KeyTable([("Keys here", [])])._lines(80)) == []  # pyright: ignore[reportPrivateUsage]


def desk_for(mode: str, folder: Path) -> StageDesk:
    """A desk on which everything that screen shows is fixed."""
    if mode == "doctor":
        return doctor_desk(folder, BAD)
    if mode == "hardware":
        return machine_desk(folder, mac())
    if mode == "proxy":
        return proxy_desk(folder, ProxySeen(STOPPED))
    return make_desk(folder)


@pytest.mark.parametrize("mode", MODES)
def test_the_help_over_each_screen(
    mode: str, snap: Snap, look: Look, tmp_path: Path
) -> None:
    async def steps(app: MuxApp, pilot: Pilot[int]) -> None:
        await settled(pilot)
        await pilot.press("f1")
        await until(pilot, lambda: isinstance(app.screen, HelpWindow))
        await settled(pilot)

    snap(desk_for(mode, tmp_path), look, mode, steps)
