"""The hardware screen of a world, and what is asked of it often."""

from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

from textual.pilot import Pilot

from mux_tui.tui.app import MuxApp
from mux_tui.tui.dialogs.confirm import Confirm
from mux_tui.tui.screens.hardware.screen import HardwareScreen
from tests.tui.fixed_machine import FixedWorld, MachineDesk, machine_desk
from tests.tui.stage import WIDE, on_stage, text_of, until


class Stage:
    """A shown screen, and what is asked of it often."""

    def __init__(self, app: MuxApp, pilot: Pilot[int], desk: MachineDesk) -> None:
        self.app, self.pilot, self.desk = app, pilot, desk
        screen = app.screen
        assert isinstance(screen, HardwareScreen)
        self.screen = screen

    @property
    def text(self) -> str:
        return text_of(self.app)

    @property
    def world(self) -> FixedWorld:
        return self.desk.world

    @property
    def config(self) -> Path:
        return self.desk.environment.paths.config_file

    async def sees(self, text: str) -> None:
        await until(self.pilot, lambda: text in self.text, f"no {text!r}:\n{self.text}")

    async def on(self, name: str) -> None:
        """Move the cursor to the model of that name."""
        for _ in range(40):
            row = self.screen.models.row
            if row is not None and row.name == name:
                return
            await self.pilot.press("j")
        raise AssertionError(f"no model {name}")

    async def asked(self) -> Confirm:
        await until(self.pilot, lambda: isinstance(self.app.screen, Confirm), self.text)
        assert isinstance(self.app.screen, Confirm)
        return self.app.screen

    async def told(self, text: str) -> None:
        def said() -> bool:
            notes = self.app._notifications  # pyright: ignore[reportPrivateUsage]
            return any(text in note.message for note in notes)

        await until(self.pilot, said, f"nobody said {text!r}")

    def keys(self) -> set[str]:
        active = self.screen.active_bindings.values()
        return {one.binding.action for one in active if one.enabled}


Shown = Callable[..., AbstractAsyncContextManager[Stage]]


def opening(tmp_path: Path) -> Shown:
    """Opens the cockpit on the hardware screen of a world, everything known."""

    @asynccontextmanager
    async def opened(
        world: FixedWorld,
        size: tuple[int, int] = WIDE,
        settings: dict[str, object] | None = None,
    ) -> AsyncGenerator[Stage, None]:
        desk = machine_desk(tmp_path, world, settings)
        async with on_stage(desk, size, mode="hardware") as (app, pilot):
            stage = Stage(app, pilot, desk)
            models = stage.screen.models
            await until(pilot, lambda: bool(models.option_count), "no models")
            yield stage

    return opened
