"""The app's clothes: put on at the start, and anew when a theme file is changed."""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

from textual.app import App

from mux_tui.core.theme.find import (
    Themes,
    load_theme,
    load_themes,
    signature,
    theme_folders,
)
from mux_tui.core.theme.theme_file import RESERVED
from mux_tui.tui.host import Host
from mux_tui.tui.later import later
from mux_tui.tui.sheet import Sheet
from mux_tui.tui.theming import choose, to_textual

if TYPE_CHECKING:
    from rich.syntax import SyntaxTheme

LOOK_SECONDS = 2.0
"""Between two looks at the theme files."""

_LAST_RESORT = "textual-dark"
"""Textual brings it; for an installation that has lost its own themes."""


class ThemeKeeper:
    """Keeps an app dressed, and looks after the files while it runs."""

    def __init__(self, app: Host) -> None:
        """Put on the theme that the settings want; the others can wait.

        Call it at the end of the app's `__init__`: the first frame is right then.
        """
        self._app = app
        self._wanted = app.desk.settings.ui.theme
        self._themes: Themes | None = None
        """None: the others are not loaded yet."""

        self._seen: tuple[tuple[str, int, int], ...] = ()
        self._told: set[tuple[str, ...]] = set()
        self._put_on_first()

    @property
    def themes(self) -> Themes:
        """What there is, and what is broken."""
        if self._themes is None:
            self._seen = signature(self.folders)
            self._take(load_themes(self.folders))
        return self._themes or Themes()

    @property
    def folders(self) -> tuple[Path, ...]:
        """Where theme files are."""
        return theme_folders(self._app.desk.environment.paths)

    @property
    def names(self) -> tuple[str, ...]:
        """What `ui.theme` may be: `auto`, ours and the user's, and Textual's own."""
        ours = self.themes.loaded
        others = sorted(set(self._app.available_themes) - set(ours))
        return (RESERVED, *ours, *others)

    @property
    def code(self) -> "SyntaxTheme":
        """How code is coloured under the theme that is worn."""
        from mux_tui.core.theme.syntax import OWN_STYLE
        from mux_tui.tui.code_colours import code_colours

        worn = self.themes.loaded.get(self._app.theme)
        style = worn.syntax if worn else OWN_STYLE
        return code_colours(self._app.theme_variables, style)

    def start(self) -> None:
        """Tell what is broken, and look after the files. Call it when mounted."""
        if self._app.current_theme.ansi:
            # Only a change of the theme lets a terminal's own colours through.
            self._app.mutate_reactive(App.theme)
        self._app.call_after_refresh(self._look)

    def _put_on_first(self) -> None:
        """Without a change of theme, which would read all stylesheets twice."""
        app = self._app
        wished = choose(self._wanted, app.desk.environment.variables)
        first = load_theme(wished, self.folders)
        if first is not None:
            app.register_theme(to_textual(first))
        elif wished not in app.available_themes:
            self._take(load_themes(self.folders))
        app.set_reactive(App.theme, self._name())
        dark = app.current_theme.dark
        app.set_class(dark, "-dark-mode", update=False)
        app.set_class(not dark, "-light-mode", update=False)
        app.stylesheet = Sheet(app.get_css_variables())

    def wear(self, wanted: str) -> None:
        """Put on another theme; `auto`: what suits the terminal."""
        self._wanted = wanted
        if wanted not in self._app.available_themes:
            self._take(load_themes(self.folders))
        self._dress()

    def _dress(self) -> None:
        name = self._name()
        if name != self._app.theme:
            self._app.theme = name
        self._tell()

    def _name(self) -> str:
        """The registered theme to wear."""
        variables = self._app.desk.environment.variables
        for wish in (self._wanted, RESERVED):
            if (name := choose(wish, variables)) in self._app.available_themes:
                return name

        return _LAST_RESORT

    def _look_later(self) -> None:
        # Not an interval: a slow file system would be asked again and again.
        later(self._app, LOOK_SECONDS, self._look)

    def _look(self) -> None:
        self._app.run_worker(
            self._compare, group="themes", exclusive=True, exit_on_error=False
        )

    async def _compare(self) -> None:
        """Read the files anew when one has changed, beside the screen's loop."""
        seen = await asyncio.to_thread(signature, self.folders)
        if seen != self._seen or self._themes is None:
            themes = await asyncio.to_thread(load_themes, self.folders)
            self._seen = seen
            self._app.call_next(self._renew, themes)
        self._look_later()

    def _renew(self, themes: Themes) -> None:
        worn = self._app.theme
        before = self._app.current_theme
        self._take(themes)
        self._dress()
        if self._app.theme == worn and self._app.current_theme != before:
            # The name is the same: nothing but this makes Textual look again.
            self._app.mutate_reactive(App.theme)

    def _take(self, themes: Themes) -> None:
        """Register what is new and what has changed.

        A theme whose file is broken now, and was not before, is kept as it was.
        """
        before = (self._themes or Themes()).loaded
        broken = {failed.path for failed in themes.failed}
        kept = {n: theme for n, theme in before.items() if theme.path in broken}
        loaded = dict(sorted({**themes.loaded, **kept}.items()))
        for name in before.keys() - loaded.keys():
            self._app.unregister_theme(name)
        for name, theme in loaded.items():
            if theme != before.get(name):
                self._app.register_theme(to_textual(theme))
        self._themes = Themes(loaded, themes.failed)

    def _tell(self) -> None:
        """Say what is broken or missing, once each."""
        for failed in self.themes.failed:
            if self._is_news(failed.problems):
                more = len(failed.problems) - 1
                rest = f" (and {more} more; see: mux themes check)" if more else ""
                told = f"A theme cannot be used: {failed.problems[0]}{rest}"
                self._app.tell(told, "warning", 10.0)
        if self._wanted != RESERVED and self._wanted not in self._app.available_themes:
            if self._is_news((self._wanted,)):
                told = f"No theme is called {self._wanted}; see: mux themes list"
                self._app.tell(told, "warning", 10.0)

    def _is_news(self, words: tuple[str, ...]) -> bool:
        new = words not in self._told
        self._told.add(words)
        return new
