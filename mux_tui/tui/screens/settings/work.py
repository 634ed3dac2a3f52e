"""What the settings screen does beside its loop: reading, saving, editing files.

Each piece of work ends with a message to the screen, which alone changes what is shown.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from textual.message import Message

from mux_tui.core.config.changes import Plan, planned, save
from mux_tui.core.config.observe import Observed, observe, stamps_of
from mux_tui.core.config.template import starting_text
from mux_tui.core.errors import EnvironmentProblem, MuxError
from mux_tui.core.ledger.local_scores import LocalScore
from mux_tui.core.paths import private_directory, write_private
from mux_tui.core.text import one_line
from mux_tui.tui.editor import edit_file
from mux_tui.tui.later import later
from mux_tui.tui.screens.settings.changes_window import ChangesWindow
from mux_tui.tui.widgets.settings.facts import tilde

if TYPE_CHECKING:
    from mux_tui.tui.screens.settings.screen import SettingsScreen

LOOK_SECONDS = 2.0
"""Between two looks at the files while the screen is shown."""


@dataclass
class Looked(Message):
    """The files were read, because they are new or have changed."""

    observed: Observed


@dataclass
class Scored(Message):
    """The last local answers' scores were read."""

    scores: tuple[LocalScore, ...]


@dataclass
class Saved(Message):
    """Changes are in the file."""

    changes: Mapping[str, Any]
    file: Path


@dataclass
class Failed(Message):
    """Something could not be done."""

    error: MuxError


class Work:
    """The workers of one settings screen."""

    def __init__(self, screen: "SettingsScreen") -> None:
        """Work for this screen."""
        self._screen = screen
        self._timer: asyncio.TimerHandle | None = None

    def begin(self) -> None:
        """Look now, and again and again."""
        self.look()
        self._start(self._score, "scores")

    def end(self) -> None:
        """Look no more."""
        if self._timer:
            self._timer.cancel()

    def look(self, anew: bool = False) -> None:
        """Look at the files now; `anew`: tell even what has not changed."""
        self._start(lambda: self._look(anew), "look")

    def save(self, file: Path, changes: Mapping[str, Any]) -> None:
        """Save these changes."""
        self._start(lambda: self._save(file, changes), "save")

    def show(self, file: Path, changes: Mapping[str, Any]) -> None:
        """Show what saving these changes does, and save them if that is wanted."""
        self._start(lambda: self._show(file, changes), "save")

    def edit(self, file: Path) -> None:
        """Let the user edit the file, which is made if it is missing."""
        self._start(lambda: self._edit(file), "edit")

    def _start(self, work: Callable[[], Awaitable[None]], group: str) -> None:
        async def told() -> None:
            try:
                await work()
            except MuxError as error:
                self._screen.post_message(Failed(error))

        self._screen.run_worker(
            told, group=f"settings-{group}", exclusive=True, exit_on_error=False
        )

    async def _look(self, anew: bool = False) -> None:
        screen, desk = self._screen, self._screen.app.desk
        before = screen.observed
        stamps = await asyncio.to_thread(stamps_of, desk.environment, desk.cwd)
        if anew or before is None or stamps != before.stamps:
            loaded = before.loaded if before else desk.loaded
            observed = await asyncio.to_thread(
                observe, desk.environment, desk.cwd, desk.overrides, loaded
            )
            screen.post_message(Looked(observed))
        if screen.is_current:
            self.end()
            self._timer = later(screen, LOOK_SECONDS, self.look)

    async def _score(self) -> None:
        # Without an engine or a ledger the app says so; the settings go without.
        with suppress(MuxError):
            ledger = (await self._screen.app.desk.engine()).ledger
            if ledger is not None:
                self._screen.post_message(Scored(await ledger.local_scores()))

    async def _save(self, file: Path, changes: Mapping[str, Any]) -> None:
        await self._put(await asyncio.to_thread(planned, file, changes), changes)

    async def _show(self, file: Path, changes: Mapping[str, Any]) -> None:
        plan = await asyncio.to_thread(planned, file, changes)
        window = ChangesWindow(plan, tilde(str(file), self._screen.home))
        if await self._screen.app.push_screen_wait(window):
            await self._put(plan, changes)

    async def _put(self, plan: Plan, changes: Mapping[str, Any]) -> None:
        await asyncio.to_thread(save, plan)
        self._screen.post_message(Saved(changes, plan.file))

    async def _edit(self, file: Path) -> None:
        await asyncio.to_thread(_make, file)
        await edit_file(self._screen.app, file)
        await self._look()


def _make(file: Path) -> None:
    """Make a missing file, with every setting switched off.

    Raises:
        EnvironmentProblem: It cannot be made.
    """
    if file.exists():
        return
    private_directory(file.parent)
    try:
        write_private(file, starting_text())
    except OSError as error:
        raise EnvironmentProblem(
            f"cannot make {one_line(str(file))}", error.strerror or str(error)
        ) from error
