"""How one finds one's way: help, jumping, the palette, and what they lead to."""

import asyncio
from collections.abc import Mapping
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.message import Message

from mux_tui.core.errors import MuxError
from mux_tui.core.paths import private_directory, write_private
from mux_tui.tui.keys import key
from mux_tui.tui.leaving import Leaving
from mux_tui.tui.messages import (
    QueryWanted,
    RunWanted,
    SettingsSaved,
    SettingWanted,
    TaskWanted,
    ThemeWanted,
)
from mux_tui.tui.screens.base import MuxScreen

_PLACES: Mapping[type[Message], str] = {
    QueryWanted: "ledger",
    RunWanted: "ledger",
    SettingWanted: "settings",
    TaskWanted: "cockpit",
}
_MOST_TOLD = 3

_IN_LETTERS = str.maketrans(
    {"⏎": "enter", "↑": "up", "↓": "down", "←": "left", "→": "right", "⌫": "bksp"}
)
"""The signs of keys, for terminals without Unicode."""


class Guided(Leaving):
    """An app that explains itself and can be searched."""

    BINDINGS: ClassVar[list[BindingType]] = [
        key(
            "f1",
            "help",
            "help",
            "Help for what has the focus, and all keys that work now",
            id="app.help",
            priority=True,
        ),
        key(
            "ctrl+p",
            "command_palette",
            "palette",
            "Find anything that mux can do, by its name",
            id="app.palette",
            priority=True,
        ),
        key("ctrl+o", "jump", "jump", "Jump to any pane or screen", id="app.jump"),
        key(
            "f9",
            "picture",
            "picture",
            "Save a picture of this screen as an SVG file",
            id="app.picture",
            show=False,
        ),
    ]

    def on_mount(self) -> None:
        """See, once the first frame is painted, whether the wished keys can work."""
        self.call_after_refresh(self.check_keys)

    def get_key_display(self, binding: Binding) -> str:
        """How a key is written."""
        label = super().get_key_display(binding)
        return label.translate(_IN_LETTERS) if self.glyphs.ascii else label

    def action_help(self) -> None:
        """Show help for what has the focus; shown already, it goes."""
        from mux_tui.tui.dialogs.help import HelpWindow

        if isinstance(self.screen, HelpWindow):
            self.screen.dismiss()
        else:
            self.push_screen(HelpWindow(self.screen, self))

    def action_jump(self) -> None:
        """Show a letter on every pane, and for every screen."""
        from mux_tui.tui.dialogs.jump import JumpWindow

        window = JumpWindow(self.screen)
        self.push_screen(window, window.go)

    def action_command_palette(self) -> None:
        """Show everything that can be done, to be searched."""
        from mux_tui.tui.palette import Palette

        if not isinstance(self.screen, Palette):
            self.push_screen(Palette())

    def action_picture(self) -> None:
        """Save a picture of the screen, and say where."""
        stamp = datetime.fromtimestamp(self.desk.now()).astimezone()
        folder = self.desk.environment.paths.data_dir / "pictures"
        path = folder / f"mux-{stamp:%Y%m%d-%H%M%S}.svg"
        work = partial(self._save_picture, path, self.export_screenshot(title="mux"))
        self.run_worker(work, group="picture", exit_on_error=False)

    async def _save_picture(self, path: Path, picture: str) -> None:
        try:
            await asyncio.to_thread(_write, path, picture)
        except (MuxError, OSError) as error:
            self.tell(f"The picture could not be saved: {error}", "error")
        else:
            self.tell(f"Saved a picture of this screen: {path}", seconds=10.0)

    def check_keys(self) -> None:
        """Tell, in a moment, what of `ui.keys` cannot work."""
        # Importing every screen to know all ids takes a while: only for who needs it.
        if self.desk.settings.ui.keys:
            self.run_worker(
                self._check_keys, group="keys", exclusive=True, exit_on_error=False
            )

    async def _check_keys(self) -> None:
        told = await asyncio.to_thread(_faults, self.desk.settings.ui.keys)
        for fault in told[:_MOST_TOLD]:
            self.tell(fault, "warning", 15.0)
        if len(told) > _MOST_TOLD:
            self.tell(f"ui.keys: and {len(told) - _MOST_TOLD} more", "warning", 15.0)

    @on(QueryWanted)
    @on(RunWanted)
    @on(SettingWanted)
    @on(TaskWanted)
    async def _place_wanted(self, message: Message) -> None:
        mode = _PLACES[type(message)]
        if mode != self.current_mode:
            await self.switch_mode(mode)
        screen = self.get_screen_stack(mode)[0]  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
        if isinstance(screen, MuxScreen):
            screen.take(message)

    @on(ThemeWanted)
    def _theme_wanted(self, message: ThemeWanted) -> None:
        work = partial(self._save_theme, message.name)
        self.run_worker(work, group="theme", exclusive=True, exit_on_error=False)

    async def _save_theme(self, name: str) -> None:
        from mux_tui.core.config.save import set_value

        file = self.desk.environment.paths.config_file
        try:
            await asyncio.to_thread(set_value, file, "ui.theme", name)
        except MuxError as error:
            self.tell_error(error)
        else:
            self.tell(f"Theme {name}, saved as ui.theme in {file}")
            self.post_message(SettingsSaved())


def _write(path: Path, picture: str) -> None:
    private_directory(path.parent)
    write_private(path, picture)


def _faults(wanted: tuple[str, ...]) -> list[str]:
    from mux_tui.tui.key_check import faults

    return faults(dict(pair.split("=", 1) for pair in wanted))
