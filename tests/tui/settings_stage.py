"""A settings screen that is being used."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

from textual.pilot import Pilot

from mux_tui.tui.app import MuxApp
from mux_tui.tui.screens.settings.screen import SettingsScreen
from tests.tui.stage import StageDesk, on_stage, text_of, until

MINE = "# mine\n[router]\nmin_confidence = 0.7 # bold\n"


class Play:
    """A settings screen that is being used."""

    def __init__(self, app: MuxApp, pilot: Pilot[int], file: Path) -> None:
        self.app = app
        self.pilot = pilot
        self.file = file

    @property
    def screen(self) -> SettingsScreen:
        """The screen under test."""
        screen = self.app.screen_stack[0]
        assert isinstance(screen, SettingsScreen)
        return screen

    @property
    def text(self) -> str:
        """The user's file."""
        return self.file.read_text() if self.file.exists() else ""

    @property
    def toasts(self) -> list[str]:
        """What was told."""
        return [note.message for note in self.app._notifications]  # pyright: ignore[reportPrivateUsage]

    async def press(self, *keys: str) -> None:
        """Press keys, and let what they do be done."""
        await self.pilot.press(*keys)
        await self.pilot.pause()

    async def go_to(self, name: str) -> None:
        """Put the cursor on a setting, by searching for it."""
        await self.press("slash")
        self.screen.search.value = name
        await self.press("enter")
        self.screen.setting_list.go_to(name)
        await self.pilot.pause()
        at = self.screen.setting_list.at
        assert at is not None
        assert at.name == name

    async def written(self, text: str) -> None:
        """Wait until the file says `text`."""
        await until(self.pilot, lambda: text in self.text, f"{text} is not in the file")

    async def seen(self, text: str) -> None:
        """Wait until the screen shows `text`."""
        await until(
            self.pilot, lambda: text in text_of(self.app), f"{text} is not shown"
        )


@asynccontextmanager
async def playing(
    desk: StageDesk, text: str | None = MINE, size: tuple[int, int] = (120, 36)
) -> AsyncGenerator[Play, None]:
    """The settings screen of a desk whose file says `text`; None: there is no file."""
    file = desk.environment.paths.config_file
    if text is not None:
        file.parent.mkdir(parents=True)
        file.write_text(text)
    async with on_stage(desk, size, "settings") as (app, pilot):
        play = Play(app, pilot, file)
        await until(pilot, lambda: play.screen.observed is not None, "nothing is read")
        await pilot.pause()
        yield play
