"""The command palette: everything that can be done now, by its name.

Whatever has a binding is in it, also of panes that have not the focus; then screens,
themes, settings, saved filters and the newest runs. Each is named `area: action`.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any

from textual import getters
from textual.command import (
    CommandInput,
    CommandList,
    CommandPalette,
    DiscoveryHit,
    Hit,
    Provider,
    SearchIcon,
)
from textual.content import Content
from textual.fuzzy import FuzzySearch
from textual.screen import Screen
from textual.style import Style
from textual.widget import Widget
from textual.widgets import LoadingIndicator

from mux_tui.core.config.keys import keys
from mux_tui.core.errors import MuxError
from mux_tui.core.text import one_line
from mux_tui.tui.dialogs.jump import enter
from mux_tui.tui.dialogs.once import ClosesOnce
from mux_tui.tui.host import Host
from mux_tui.tui.keys_here import KeyHere, everything_of
from mux_tui.tui.messages import (
    ModeWanted,
    QueryWanted,
    RunWanted,
    SettingWanted,
    ThemeWanted,
)
from mux_tui.tui.screens.base import MuxScreen

_RUNS = 50
"""How many of the newest runs are offered."""

_PATIENCE = 0.5
"""Seconds that a search waits for the ledger."""

_LONGEST = 90
_LESSER = 0.8
"""A letter of data weighs less than one of an action."""


@dataclass(frozen=True)
class Item:
    """One thing to choose."""

    area: str
    name: str
    """One line, safe to show."""

    run: Callable[[], object]
    keys: str = ""
    data: bool = False
    """Whether it is one of many alike: found by a part of its name as it stands."""

    @property
    def text(self) -> str:
        """As it is searched and shown."""
        return f"{self.area}: {self.name}"


class Palette(ClosesOnce[None], CommandPalette):
    """Textual's palette in our clothes."""

    HELP = """
Type a part of what you want to do; `↑` and `↓` choose, `⏎` does it, `esc` leaves.
Settings, themes, saved filters and recent runs are found here too.
"""
    DEFAULT_CSS = """
    Palette > Vertical { background: $surface; }
    Palette #--input { border: hkey $line-focus; background: $surface; }
    Palette SearchIcon { color: $text-key; }
    Palette CommandList {
        background: $surface;
        border-bottom: hkey $line;
        scrollbar-size-vertical: 1;

        & > .option-list--option { text-style: none; }
        & > .option-list--option-highlighted {
            color: $cursor-text;
            background: $cursor-ground;
            text-style: none;
        }
    }
    Palette > .command-palette--highlight { text-style: bold underline; }
    Palette LoadingIndicator.--visible { visibility: hidden; }
    """
    app = getters.app(Host)

    def __init__(self) -> None:
        """Make it for the screen that is shown."""
        super().__init__(
            [Commands], placeholder="Search commands, settings, themes, runs"
        )

    @property
    def _is_whole(self) -> bool:
        """Whether its parts are there; a search may end when they have gone."""
        parts = (CommandInput, CommandList, LoadingIndicator)
        return all(self.query(part) for part in parts)

    def _watch__list_visible(self) -> None:
        if self._is_whole:
            super()._watch__list_visible()

    async def _watch__show_busy(self) -> None:
        if self._is_whole:
            await super()._watch__show_busy()

    def _action_command_list(self, action: str) -> None:
        # Its own list has no lines to count before it is laid out.
        if self.query_one(CommandList).size:
            super()._action_command_list(action)

    def on_mount(self) -> None:
        """A sign that every terminal has, and a cursor that may stand still."""
        self.query_one(SearchIcon).icon = self.app.glyphs.more
        still = self.app.desk.settings.ui.reduced_motion
        self.query_one(CommandInput).cursor_blink = not still


class Commands(Provider):
    """What is offered for the screen below the palette."""

    _items: tuple[Item, ...] = ()
    _data: tuple[Item, ...] = ()

    @property
    def host(self) -> Host:
        """The app."""
        assert isinstance(self.app, Host)
        return self.app

    def __init__(self, screen: Screen[Any], match_style: Style | None = None) -> None:
        """Make one for a screen; `match_style` is how found letters look."""
        super().__init__(screen, match_style)
        self._fuzzy = FuzzySearch()

    async def startup(self) -> None:
        """Gather what is at hand."""
        self._items = (*self._actions(), *self._more(), *self._filters())
        self._data = (*self._themes(), *self._settings())

    async def discover(self) -> AsyncIterator[DiscoveryHit]:
        """Without a query: what can be done, and saved filters."""
        for item in self._items:
            yield DiscoveryHit(_shown(item), item.run, text=item.text)

    async def search(self, query: str) -> AsyncIterator[Hit]:
        """What has all words of the query, actions also by single letters."""
        for item in (*self._items, *self._data, *await self._runs()):
            found = [self._match(word, item) for word in query.split()]
            if all(score > 0 for score, _ in found):
                shown = _shown(item)
                for place in {place for _, places in found for place in places}:
                    shown = shown.stylize(self.match_style or "bold", place, place + 1)
                score = sum(score for score, _ in found)
                yield Hit(score, shown, item.run, text=item.text)

    def _match(self, word: str, item: Item) -> tuple[float, Sequence[int]]:
        """How well a word fits, and on which letters."""
        if item.data:
            place = item.text.casefold().find(word.casefold())
            score = len(word) * _LESSER if place >= 0 else 0.0
            return score, range(place, place + len(word))
        return self._fuzzy.match(word, item.text)

    def _actions(self) -> Iterator[Item]:
        for key in everything_of(self.screen, self.host):
            if key.action != "command_palette":
                area = "mux" if key.area == "app" else key.area
                run = partial(_perform, self.host, key)
                yield Item(area, self._sentence(key), run, " ".join(key.keys))

    def _sentence(self, key: KeyHere) -> str:
        """What it does as things are now; foreign text may be in it."""
        screen = key.node
        told = screen.sentence_for(key.action) if isinstance(screen, MuxScreen) else ""
        return one_line(told, _LONGEST) or key.sentence

    def _more(self) -> Iterator[Item]:
        """What has no key, for it is done seldom."""
        run = partial(self.host.post_message, ModeWanted("setup"))
        yield Item("mux", "Set up mux: model, server, programs", run)

    def _filters(self) -> Iterator[Item]:
        for text in self.host.desk.settings.ledger.filters:
            name, _, query = text.partition(":")
            yield self._posting("filter", name, QueryWanted(query.strip()), data=False)

    def _themes(self) -> Iterator[Item]:
        for name in self.host.themes.names:
            yield self._posting("theme", name, ThemeWanted(name))

    def _settings(self) -> Iterator[Item]:
        for name in keys():
            yield self._posting("setting", name, SettingWanted(name))

    async def _runs(self) -> list[Item]:
        rows = ()
        with suppress(MuxError, TimeoutError):
            engine = await asyncio.wait_for(self.host.desk.engine(), _PATIENCE)
            rows = await engine.ledger.recent(_RUNS) if engine.ledger else ()
        return [
            self._posting("run", row.excerpt or row.run_id, RunWanted(row.run_id))
            for row in rows
        ]

    def _posting(
        self,
        area: str,
        name: str,
        message: QueryWanted | ThemeWanted | SettingWanted | RunWanted,
        data: bool = True,
    ) -> Item:
        run = partial(self.host.post_message, message)
        return Item(area, one_line(name, _LONGEST), run, data=data)


def _shown(item: Item) -> Content:
    content = Content.assemble((f"{item.area}:", "$text-soft"), f" {item.name}")
    if item.keys:
        content += Content.styled(f"  {item.keys}", "$text-key")
    return content


async def _perform(app: Host, key: KeyHere) -> None:
    """Do what the key would do where it stands."""
    node = key.node
    focused = app.screen.focused
    near = [] if focused is None else focused.ancestors_with_self
    if isinstance(node, Widget) and node is not app.screen and node not in near:
        enter(node)
    await app.run_action(key.action, node)
