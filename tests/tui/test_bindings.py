"""`ui.keys`: other keys for any action, and what is told when they cannot work."""

from pathlib import Path

import pytest

from mux_tui.tui.app import MuxApp
from mux_tui.tui.dialogs.jump import JumpWindow
from mux_tui.tui.key_check import faults
from mux_tui.tui.screens.doctor.screen import DoctorScreen
from tests.tui.doctor_stage import BAD, doctor_desk
from tests.tui.stage import WIDE, on_stage, text_of, until


def told(app: MuxApp) -> str:
    """All toasts."""
    return "\n".join(notice.message for notice in app._notifications)  # pyright: ignore[reportPrivateUsage]


async def test_an_action_has_the_key_that_the_settings_give(tmp_path: Path) -> None:
    desk = doctor_desk(tmp_path, BAD, settings={"ui.keys": ["app.jump=f11"]})
    async with on_stage(desk, WIDE, "doctor") as (app, pilot):
        await pilot.press("ctrl+o")
        await pilot.pause()
        assert isinstance(app.screen, DoctorScreen)
        await pilot.press("f11")
        await until(pilot, lambda: isinstance(app.screen, JumpWindow))
        assert "ui.keys" not in told(app)


async def test_new_settings_give_new_keys_at_once(tmp_path: Path) -> None:
    from mux_tui.core.config.save import set_value
    from mux_tui.tui.messages import SettingsSaved

    desk = doctor_desk(tmp_path, BAD)
    async with on_stage(desk, WIDE, "doctor") as (app, pilot):
        set_value(desk.environment.paths.config_file, "ui.keys", '["app.jump=f10"]')
        app.post_message(SettingsSaved())
        await until(pilot, lambda: "f10" in app.screen.active_bindings)
        await pilot.press("f10")
        await until(pilot, lambda: isinstance(app.screen, JumpWindow))


async def test_what_cannot_work_is_told_and_breaks_nothing(tmp_path: Path) -> None:
    keys = ["app.jmp=f10", "doctor.again=y", "app.help=ctrl+nonsense"]
    desk = doctor_desk(tmp_path, BAD, settings={"ui.keys": keys})
    async with on_stage(desk, WIDE, "doctor") as (app, pilot):
        await until(pilot, lambda: "app.jmp" in told(app), "no toast")
        await until(pilot, lambda: "port 8080" in text_of(app))
        await pilot.press("j")
        await until(pilot, lambda: not isinstance(app.screen, DoctorScreen))
    assert "did you mean app.jump?" in told(app)


@pytest.mark.parametrize(
    ("wanted", "words"),
    [
        ({"app.jmp": "f10"}, ["no action app.jmp", "did you mean app.jump?"]),
        ({"zzzzzz.qqqqq": "f10"}, ["no action", "F1 shows all ids"]),
        ({"app.jump": "ctrl+nonsense"}, ["ctrl+nonsense, which is no key"]),
        ({"app.jump": "f1"}, ["f1 is wanted by app.help and app.jump"]),
        ({"doctor.again": "y"}, ["y is wanted by doctor.again and doctor.copy"]),
        ({"app.jump": "r"}, ["r of app.jump is a key of text fields"]),
        ({"app.jump": "ctrl+a"}, ["ctrl+a of app.jump is a key of text fields"]),
        ({"app.jump": "f10", "app.help": "f10"}, ["f10 is wanted by"]),
    ],
)
def test_a_fault_is_told_in_a_sentence(
    wanted: dict[str, str], words: list[str]
) -> None:
    text = "\n".join(faults(wanted))
    for word in words:
        assert word in text


@pytest.mark.parametrize(
    "wanted",
    [
        {"app.jump": "f11"},
        {"app.jump": "f10,f11"},
        {"doctor.again": "question_mark"},
        {"doctor.again": "?"},
        {"doctor.copy": "j", "doctor.json": "y"},
        {"doctor.again": "shift+f1"},
        {},
    ],
    ids=str,
)
def test_keys_that_work_are_no_fault(wanted: dict[str, str]) -> None:
    assert faults(wanted) == []


def test_a_key_of_a_window_is_free_elsewhere() -> None:
    """Over a window the app's other keys do not work, so they cannot clash."""
    assert faults({"confirm.yes": "ctrl+o"}) == []


async def test_without_unicode_keys_are_written_in_letters(tmp_path: Path) -> None:
    desk = doctor_desk(tmp_path, BAD, settings={"ui.glyphs": "ascii"})
    async with on_stage(desk, WIDE, "doctor") as (app, pilot):
        await until(pilot, lambda: "enter detail" in text_of(app))
        assert text_of(app).isascii()
        await pilot.press("ctrl+o")
        await until(pilot, lambda: isinstance(app.screen, JumpWindow))
        await pilot.pause()
        assert text_of(app).isascii()
