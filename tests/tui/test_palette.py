"""The palette: all that can be done, found by its name, and done."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import ClassVar

import pytest
from textual.command import CommandList
from textual.message import Message
from textual.pilot import Pilot
from textual.widgets import Static

from mux_tui.core.ledger.owner import Owner
from mux_tui.core.ledger.store import Ledger
from mux_tui.core.task import Task
from mux_tui.tui.app import MuxApp
from mux_tui.tui.messages import QueryWanted, RunWanted, SettingWanted
from mux_tui.tui.palette import Commands, Palette
from mux_tui.tui.screens.base import MuxScreen
from mux_tui.tui.screens.doctor.screen import DoctorScreen
from mux_tui.tui.screens.registry import SCREENS
from tests.tui.conftest import Look, Snap
from tests.tui.doctor_stage import BAD, WELL, doctor_desk
from tests.tui.stage import WIDE, on_stage, text_of, until


async def opened(app: MuxApp, pilot: Pilot[int], query: str = "") -> CommandList:
    """Open the palette and type."""
    await pilot.press("ctrl+p")
    await until(pilot, lambda: isinstance(app.screen, Palette))
    commands = app.screen.query_one(CommandList)
    await until(pilot, lambda: commands.option_count > 1)
    if query:
        before = names(commands)
        await pilot.press(*query)
        await until(pilot, lambda: names(commands) != before)
    return commands


def names(commands: CommandList) -> list[str]:
    """What is offered."""
    return [str(option.prompt) for option in commands.options]


def first_is(commands: CommandList, start: str) -> Callable[[], bool]:
    """Whether the best match begins so."""
    return lambda: bool(commands.options) and names(commands)[0].startswith(start)


async def test_without_a_query_all_that_works_is_offered(tmp_path: Path) -> None:
    async with on_stage(doctor_desk(tmp_path, BAD), WIDE, "doctor") as (app, pilot):
        await until(pilot, lambda: "port 8080" in text_of(app))
        offered = "\n".join(names(await opened(app, pilot)))
    assert "doctor: Look at everything again  r" in offered
    assert "mux: Jump to any pane or screen  ^o" in offered
    assert "mux: Go to the ledger" in offered
    assert "Maximize" not in offered


async def test_what_is_chosen_is_done(tmp_path: Path) -> None:
    desk = doctor_desk(tmp_path, BAD, WELL)
    async with on_stage(desk, WIDE, "doctor") as (app, pilot):
        await until(pilot, lambda: desk.examined == 1)
        commands = await opened(app, pilot, "everything again")
        await until(pilot, first_is(commands, "doctor: Look at everything again"))
        await pilot.press("enter")
        await until(pilot, lambda: desk.examined == 2)
        assert isinstance(app.screen, DoctorScreen)


async def test_a_command_of_another_pane_moves_the_focus_there(tmp_path: Path) -> None:
    async with on_stage(doctor_desk(tmp_path, BAD), WIDE, "doctor") as (app, pilot):
        screen = app.screen
        assert isinstance(screen, DoctorScreen)
        await until(pilot, lambda: not screen.examining)
        screen.detail.focus()
        await pilot.pause()
        commands = await opened(app, pilot, "all that is known")
        await until(pilot, first_is(commands, "doctor: Show all that is known"))
        await pilot.press("enter")
        await until(pilot, lambda: screen.has_class("-detail"))


async def test_a_screen_is_found_by_its_name(tmp_path: Path) -> None:
    async with on_stage(doctor_desk(tmp_path), WIDE, "doctor") as (app, pilot):
        commands = await opened(app, pilot, "go to the cockpit")
        await until(pilot, first_is(commands, "mux: Go to the cockpit"))
        await pilot.press("enter")
        await until(pilot, lambda: app.current_mode == "cockpit")


async def test_a_theme_is_worn_and_saved(tmp_path: Path) -> None:
    desk = doctor_desk(tmp_path)
    async with on_stage(desk, WIDE, "doctor") as (app, pilot):
        commands = await opened(app, pilot, "theme: mux-mono")
        await until(pilot, first_is(commands, "theme: mux-mono"))
        await pilot.press("enter")
        await until(pilot, lambda: app.theme == "mux-mono")
    assert 'theme = "mux-mono"' in desk.environment.paths.config_file.read_text()


class Taking(MuxScreen):
    """Notes what is handed to it."""

    taken: ClassVar[list[Message]] = []

    def take(self, wanted: Message) -> None:
        """Note it."""
        self.taken.append(wanted)


@pytest.mark.parametrize(
    ("query", "start", "mode", "wanted"),
    [
        (
            "setting: router.min_conf",
            "setting: router.min_confidence",
            "settings",
            SettingWanted("router.min_confidence"),
        ),
        ("filter: slow", "filter: slow [b]x", "ledger", QueryWanted("seconds>30")),
        ("run: fix the [/red]", "run: Fix the [/red] bug", "ledger", RunWanted("r1")),
    ],
    ids=["setting", "filter", "run"],
)
async def test_data_is_handed_to_the_screen_that_shows_it(
    query: str,
    start: str,
    mode: str,
    wanted: Message,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(SCREENS, mode, Taking)
    monkeypatch.setattr(Taking, "taken", [])

    async def fill(ledger: Ledger) -> None:
        text = "Fix the [/red] bug \x1b]52;c;eA==\x07"
        await ledger.begin(Task(text, tmp_path, "r1"), Owner(1, 1.0))

    filters = {"ledger.filters": ["slow [b]x: seconds>30"]}
    desk = doctor_desk(tmp_path, settings=filters)
    desk.fill = fill
    async with on_stage(desk, WIDE, "doctor") as (app, pilot):
        commands = await opened(app, pilot, query)
        await until(pilot, first_is(commands, start))
        assert "\x1b" not in text_of(app)
        await pilot.press("enter")
        await until(pilot, lambda: Taking.taken == [wanted])
        assert app.current_mode == mode


async def test_the_palette_opens_while_the_engine_does_not(tmp_path: Path) -> None:
    desk = doctor_desk(tmp_path)
    async with on_stage(desk, WIDE, "doctor") as (app, pilot):
        desk._engine = None  # pyright: ignore[reportPrivateUsage]
        commands = await opened(app, pilot, "look at everything")
        await until(pilot, first_is(commands, "doctor: Look at everything"))


async def test_a_picture_is_saved_and_its_place_told(tmp_path: Path) -> None:
    desk = doctor_desk(tmp_path)
    async with on_stage(desk, WIDE, "doctor") as (app, pilot):
        await pilot.press("f9")
        folder = desk.environment.paths.data_dir / "pictures"
        await until(pilot, lambda: folder.exists() and any(folder.glob("*.svg")))
        toasts = app._notifications  # pyright: ignore[reportPrivateUsage]
        await until(pilot, lambda: any("picture" in n.message for n in toasts))
    (picture,) = folder.glob("*.svg")
    assert "<svg" in picture.read_text()
    assert picture.stat().st_mode & 0o077 == 0


async def test_it_opens_once(tmp_path: Path) -> None:
    async with on_stage(doctor_desk(tmp_path), WIDE, "doctor") as (app, pilot):
        await opened(app, pilot)
        await pilot.press("ctrl+p")
        await pilot.pause()
        assert len(app.screen_stack) == 2
        assert not app.screen.query(Static).filter("#key-line")
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, DoctorScreen))


async def test_a_search_does_not_hold_the_loop(tmp_path: Path) -> None:
    """It looks at all actions, settings and themes between two keys."""
    async with on_stage(doctor_desk(tmp_path), WIDE, "doctor") as (app, pilot):
        await opened(app, pilot)
        commands = Commands(app.screen_stack[0])
        await commands.startup()
        began = time.process_time()
        found = [hit.text async for hit in commands.search("server port")]
        assert time.process_time() - began < 0.5
        assert "setting: server.port" in found


@pytest.mark.parametrize("query", ["", "port"], ids=["all", "query"])
def test_how_it_looks(query: str, snap: Snap, look: Look, tmp_path: Path) -> None:
    async def steps(app: MuxApp, pilot: Pilot[int]) -> None:
        await until(pilot, lambda: "port 8080" in text_of(app))
        commands = await opened(app, pilot, query)
        await until(pilot, lambda: commands.has_class("--visible"))
        if query:
            await until(pilot, first_is(commands, "doctor: Fix port: Choose"))

    snap(doctor_desk(tmp_path, BAD), look, "doctor", steps)
