"""The cockpit's app: a thin shell around the desk. It knows the screens; nothing else
does."""

import asyncio
import re
from contextlib import suppress
from typing import ClassVar

from textual import on
from textual.binding import BindingType
from textual.theme import Theme

from mux_tui.core.config.load import load
from mux_tui.core.errors import MuxError
from mux_tui.tui.desk import Desk
from mux_tui.tui.glyphs import choose_glyphs
from mux_tui.tui.guiding import Guided
from mux_tui.tui.host import ALL_MODES
from mux_tui.tui.keys import key, keymap
from mux_tui.tui.messages import ModeWanted, SettingsSaved
from mux_tui.tui.screens.registry import SCREENS
from mux_tui.tui.scroll_bars import draw_scroll_bars
from mux_tui.tui.theme_keeper import ThemeKeeper
from mux_tui.tui.theming import defaults_of

_FONT_FACES = re.compile(r"@font-face\s*\{.*?\}\s*", re.DOTALL)
_MEANWHILE = (
    "A file of settings is broken. Until it is mended no cloud is asked, no file is "
    "changed, and the ledger keeps no texts"
)
_PULSE_SECONDS = 2.0
_TICKS_AWAY = 8
"""While the terminal has no focus, one look in so many."""


class MuxApp(Guided):
    """The cockpit."""

    TITLE = "mux"
    CSS_PATH = "app.tcss"
    DEFAULT_MODE = "cockpit"
    MODES = SCREENS  # pyright: ignore[reportAssignmentType]
    NOTIFICATION_TIMEOUT = 5
    ENABLE_COMMAND_PALETTE = True
    COMMAND_PALETTE_DISPLAY = "^p"

    BINDINGS: ClassVar[list[BindingType]] = [
        *(
            key(
                mode.key,
                f"go('{mode.name}')",
                mode.name,
                f"Go to the {mode.name}: {mode.about}",
                id=f"app.{mode.name}",
                show=mode.name != "cockpit",
            )
            for mode in ALL_MODES
        ),
        key(
            "ctrl+q",
            "quit",
            "quit",
            "Quit; asks when something is under way",
            id="app.quit",
            show=False,
            priority=True,
        ),
    ]

    def __init__(self, desk: Desk, mode: str = "cockpit", broken: bool = False) -> None:
        """Make the cockpit for a desk; nothing is opened yet.

        Args:
            desk: What the screens work with.
            mode: Which screen comes first.
            broken: A file of settings is broken, and the desk's hold meanwhile.
        """
        # Before Textual's own part, which asks for all of these.
        self.DEFAULT_MODE = mode  # pyright: ignore[reportConstantRedefinition, reportAttributeAccessIssue]
        ui = desk.settings.ui
        self.glyphs = choose_glyphs(ui.glyphs, desk.environment.variables)
        draw_scroll_bars(self.glyphs.ascii)
        self._worn: tuple[Theme, dict[str, str]] | None = None
        self._naked = True
        super().__init__(desk)
        self._naked = False
        # At once, like the theme: set later, it would style everything again.
        self.set_class(self.glyphs.ascii, "-ascii", update=False)
        self.set_reactive(MuxApp.broken, broken)
        self.themes = ThemeKeeper(self)
        self._ticks = 0
        self.set_keymap(keymap(ui))
        if ui.reduced_motion:
            self.animation_level = "none"

    def get_css_variables(self) -> dict[str, str]:
        """What `$name` stands for in stylesheets: worked out once for each theme."""
        if self._naked:
            # Textual's own theme, which is never seen: working it out takes a while.
            return {}

        theme = self.current_theme
        if self._worn is None or self._worn[0] != theme:
            self._worn = theme, super().get_css_variables()
        self.theme_variables = self._worn[1]
        return self._worn[1]

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """Colours of our own for themes that do not give them."""
        return defaults_of(self.current_theme)

    def on_mount(self) -> None:
        """Open the engine once the first frame is painted."""
        self.themes.start()
        self.call_after_refresh(self._open)

    def _open(self) -> None:
        if self.broken:
            self.tell(_MEANWHILE, "warning", 20.0)
        self.keep_engine()
        self._look()
        self.set_interval(_PULSE_SECONDS, self._look, name="pulse")

    def _look(self) -> None:
        # Nobody looks at the screen: every now and then will do.
        self._ticks += 1
        if not self.app_focus and self._ticks % _TICKS_AWAY:
            return
        self.run_worker(self._feel, group="pulse", exclusive=True, exit_on_error=False)

    async def _feel(self) -> None:
        if self.broken and await asyncio.to_thread(self._is_mended):
            self.post_message(SettingsSaved())
        with suppress(MuxError, OSError):
            pulse = await self.desk.pulse()
            if pulse != self.pulse:
                self.pulse = pulse

    def _is_mended(self) -> bool:
        desk = self.desk
        try:
            load(desk.environment, desk.cwd, desk.overrides)
        except MuxError:
            return False

        return True

    @on(ModeWanted)
    def _mode_wanted(self, message: ModeWanted) -> None:
        self.action_go(message.mode)

    @on(SettingsSaved)
    async def _settings_saved(self) -> None:
        try:
            loaded = load(self.desk.environment, self.desk.cwd, self.desk.overrides)
            self.themes.wear(loaded.settings.ui.theme)
            self.set_keymap(keymap(loaded.settings.ui))
            await self.desk.renew(loaded)
            if self.broken:
                self.broken = False
                self.tell("The settings are in order again, and hold from now on")
        except MuxError as error:
            self.tell_error(error)

    def action_go(self, mode: str) -> None:
        """Show a mode's screen."""
        if mode != self.current_mode:
            self.switch_mode(mode)

    def export_screenshot(
        self, *, title: str | None = None, simplify: bool = False
    ) -> str:
        """The screen as SVG, which asks no server for fonts when it is opened."""
        svg = super().export_screenshot(title=title, simplify=simplify)
        return _FONT_FACES.sub("", svg)
