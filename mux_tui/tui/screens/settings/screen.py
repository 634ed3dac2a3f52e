"""Every setting with its origin; changed in a draft, saved into the user's file.

What is shown comes from one look at the files, taken beside the screen's loop and again
whenever one of them has changed.
"""

from typing import Any, ClassVar

from textual import getters, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.widgets import Input, Static, TextArea

from mux_tui.core.config.changes import TAKE_OUT
from mux_tui.core.config.check import Refused
from mux_tui.core.config.observe import Observed
from mux_tui.core.ledger.local_scores import LocalScore
from mux_tui.tui.keys import key
from mux_tui.tui.messages import SettingsSaved, SettingWanted
from mux_tui.tui.screens.base import MuxScreen
from mux_tui.tui.screens.settings import sentences
from mux_tui.tui.screens.settings.work import Failed, Looked, Saved, Scored, Work
from mux_tui.tui.widgets.settings.draft import Draft
from mux_tui.tui.widgets.settings.editor import Editor
from mux_tui.tui.widgets.settings.facts import (
    Fact,
    facts_of,
    matches,
    stepped,
    tilde,
)
from mux_tui.tui.widgets.settings.section_list import SectionList
from mux_tui.tui.widgets.settings.setting_list import SettingList
from mux_tui.tui.widgets.settings.words import title_of

THRESHOLD = "router.min_confidence"
THEME = "ui.theme"

_NOT_WHILE_TYPING = {"undo", "default", "differences", "open", "find"}
_NOT_WITHOUT_CHANGES = {"save", "undo", "differences"}


class SettingsScreen(MuxScreen):
    """Tables to the left, their settings to the right."""

    MODE = "settings"
    CSS_PATH = "settings.tcss"
    HELP = SettingList.HELP

    search = getters.query_one("#search", Input)
    section_list = getters.query_one(SectionList)
    setting_list = getters.query_one(SettingList)

    BINDINGS: ClassVar[list[BindingType]] = [
        key("ctrl+s", "save", "save", "Save the changes", id="settings.save"),
        key("u", "undo", "undo", "Take back the newest change", id="settings.undo"),
        key("D", "default", "default", "Back to the default", id="settings.default"),
        key("d", "differences", "diff", "What saving changes", id="settings.diff"),
        key("slash", "find", "search", "Look for a setting", id="settings.find"),
        key("o", "open", "open file", "Edit the file itself", id="settings.open"),
        key("escape", "back", "back", "A step back", id="settings.back"),
    ]

    def __init__(self) -> None:
        """Make the screen; the files are looked at when it is shown."""
        super().__init__()
        self.draft = Draft()
        """What is changed and not saved."""

        self.observed: Observed | None = None
        """The last look at the files; None: none yet."""

        self._facts: tuple[Fact, ...] = ()
        self._scores: tuple[LocalScore, ...] = ()
        self._section = ""
        self._wanted = ""
        self._work = Work(self)
        self._trying = False

    def compose_body(self) -> ComposeResult:
        """Search and tables; banner, settings, editor and what is unsaved."""
        with Horizontal(id="settings"):
            with Vertical(id="sections", classes="pane"):
                yield Input(placeholder="/ search", id="search", compact=True)
                yield SectionList()
            with Vertical(id="work", classes="pane"):
                yield Static(id="banner")
                yield SettingList()
                yield Static(id="nothing")
                yield Static(id="foot")

    def on_mount(self) -> None:
        """Begin with the tables."""
        self.search.cursor_blink = not self.app.desk.settings.ui.reduced_motion
        self.section_list.focus()

    def on_screen_resume(self) -> None:
        """Look at the files, and go on looking."""
        self._work.begin()

    def on_screen_suspend(self) -> None:
        """Nobody watches: look no more."""
        self._work.end()

    @on(Looked)
    def _looked(self, message: Looked) -> None:
        before, self.observed = self.observed, message.observed
        self._renew()
        self._show_wanted()
        told = before is None or before.loaded == message.observed.loaded
        if not (told or message.observed.problems):
            self.post_message(SettingsSaved())

    @on(Scored)
    def _scored(self, message: Scored) -> None:
        self._scores = message.scores
        self._renew()

    @on(Saved)
    def _saved(self, message: Saved) -> None:
        self.draft.forget(message.changes)
        file = tilde(str(message.file), self.home)
        self.app.tell(sentences.saved(message.changes, file))
        # Drawn anew once the file is read: the old values would flash up before.
        self._work.look(anew=True)

    @on(Failed)
    def _failed(self, message: Failed) -> None:
        self.app.tell_error(message.error)

    @on(SectionList.Reached)
    def _section_reached(self, message: SectionList.Reached) -> None:
        if message.section == self.section_list.at:
            # Otherwise the cursor has gone on while this was on its way.
            self._section = message.section
            self._show_settings()

    @on(SectionList.Entered)
    def _section_entered(self) -> None:
        self.setting_list.focus()

    @on(Input.Changed, "#search")
    def _searched(self) -> None:
        self._show_settings()

    @on(Input.Submitted, "#search")
    def _found(self) -> None:
        self.setting_list.focus()

    @on(SettingList.Reached)
    def _setting_reached(self) -> None:
        self._show_foot()

    @on(SettingList.Chosen)
    async def _chosen(self, message: SettingList.Chosen) -> None:
        fact = self._fact(message.name)
        if fact.locked:
            self.app.tell(f"{fact.name} is {fact.locked}", "warning")
        elif fact.key.kind == "bool" or (fact.key.choices and not fact.key.many):
            self._stage(fact, stepped(fact, 1, ()))
        else:
            await self._edit(fact)

    @on(SettingList.Stepped)
    def _stepped(self, message: SettingList.Stepped) -> None:
        fact = self._fact(message.name)
        value = stepped(fact, message.step, self._words().get(fact.name, ()))
        if fact.locked:
            self.app.tell(f"{fact.name} is {fact.locked}", "warning")
        elif value is not None:
            self._stage(fact, value)

    @on(Editor.Taken)
    async def _taken(self, message: Editor.Taken) -> None:
        fact = self._fact(message.name)
        await self._close_editor()
        self._stage(fact, message.value)

    @on(Editor.Left)
    async def _left(self) -> None:
        await self._close_editor()

    async def _edit(self, fact: Fact) -> None:
        await self.query(Editor).remove()
        work = self.query_one("#work").add_class("-editing")
        await work.mount(Editor(fact), before="#foot")
        self.call_after_refresh(self.setting_list.scroll_to_highlight)

    async def _close_editor(self) -> None:
        self.query_one("#work").remove_class("-editing")
        await self.query(Editor).remove()
        self.setting_list.focus()

    def take(self, wanted: Message) -> None:
        """Show the setting that was asked for elsewhere."""
        if isinstance(wanted, SettingWanted):
            self._wanted = wanted.name
            self._show_wanted()

    def _show_wanted(self) -> None:
        name, self._wanted = self._wanted, "" if self._facts else self._wanted
        if name in {fact.name for fact in self._facts}:
            self._go_to(name)
            self.setting_list.focus()

    def _go_to(self, name: str) -> None:
        """Show a setting's table, with the cursor on the setting."""
        self.search.value = ""
        self._section = self._fact(name).section
        place = self.section_list.get_option_index(self._section)
        self.section_list.highlighted = place
        self._show_settings()
        self.setting_list.go_to(name)

    def _fact(self, name: str) -> Fact:
        return next(fact for fact in self._facts if fact.name == name)

    def _stage(self, fact: Fact, value: Any) -> None:
        self.draft.put(fact.name, value, fact.own, fact.value)
        self._renew()

    def _renew(self) -> None:
        """Draw everything anew, from the last look and the draft."""
        if self.observed is None:
            return
        self._facts = facts_of(self.observed, self.draft, self.home)
        self.section_list.show(self._facts)
        self._try_theme()
        self._show_banner(self.observed)
        self._show_settings()
        self.refresh_bindings()

    def _try_theme(self) -> None:
        """Wear a theme that is not saved yet; and take it off again."""
        trying = THEME in self.draft
        if trying or self._trying:
            self.app.themes.wear(self._fact(THEME).shown)
        self._trying = trying

    def _show_settings(self) -> None:
        if self.observed is None:
            # Keys come before the first look: then the look shows what they asked for.
            return
        looked_for = self.search.value.strip()
        shown = [
            fact
            for fact in self._facts
            if (matches(fact, looked_for) if looked_for else self._is_here(fact))
        ]
        self.setting_list.show(
            shown,
            full_names=bool(looked_for),
            words=self._words(),
            effects=self.effects,
        )
        nothing = self.query_one("#nothing", Static)
        nothing.display = not shown
        self.setting_list.display = bool(shown)
        if not shown:
            nothing.update(sentences.nothing(looked_for))
        self._show_titles(looked_for, len(shown))
        self._show_foot()

    @property
    def home(self) -> str:
        """The user's home directory, written as `~`."""
        return self.app.desk.environment.variables.get("HOME", "")

    def _is_here(self, fact: Fact) -> bool:
        return fact.section == self._section

    def _words(self) -> dict[str, tuple[str, ...]]:
        return {THEME: self.app.themes.names}

    @property
    def effects(self) -> dict[str, str]:
        """What some values would have done, by setting; empty: nothing is known."""
        told = sentences.effect(self._fact(THRESHOLD), self._scores)
        return {THRESHOLD: told} if told else {}

    def _show_titles(self, looked_for: str, count: int) -> None:
        work = self.query_one("#work")
        word = "found" if looked_for else "setting" if count == 1 else "settings"
        dot = self.app.glyphs.dot
        name = "Search" if looked_for else title_of(self._section)
        work.border_title = f"{name} {dot} {count} {word}"
        work.border_subtitle = "changes made in the file appear here at once"
        self.query_one("#sections").border_title = f"Settings {dot} {len(self._facts)}"

    def _show_banner(self, observed: Observed) -> None:
        banner = self.query_one("#banner", Static)
        banner.display = bool(observed.problems)
        problems = [tilde(problem, self.home) for problem in observed.problems]
        told = sentences.banner(problems, self.app.glyphs, self.app.broken)
        banner.update(told)

    def _show_foot(self) -> None:
        foot = self.query_one("#foot", Static)
        at = self.setting_list.at
        width = foot.content_size.width
        foot.update(sentences.foot(at, len(self.draft), self.app.glyphs, width))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Whether a key does something now; those that do not are not shown."""
        editing = bool(self.query(Editor))
        typing = editing or isinstance(self.focused, (Input, TextArea))
        if typing and action in _NOT_WHILE_TYPING:
            return False
        if action == "back":
            return not editing and not self.section_list.has_focus
        if action == "default" and not self.setting_list.has_focus:
            return False
        changed = len(self.draft) > 0 or (editing and action == "save")
        return changed or action not in _NOT_WITHOUT_CHANGES

    def on_descendant_focus(self) -> None:
        """Other keys work in a text field."""
        self.refresh_bindings()

    async def action_save(self) -> None:
        """Take what is being typed, and save everything."""
        if editor := self.query_one_optional(Editor):
            try:
                value = editor.read()
            except Refused:
                return
            await self._close_editor()
            if value is not None:
                self._stage(self._fact(editor.fact.name), value)
        if self.observed and len(self.draft):
            self._work.save(self.observed.file, self.draft.changes)

    def action_undo(self) -> None:
        """Take back the newest unsaved change, and go where it was."""
        if name := self.draft.undo():
            self._renew()
            if name not in self.setting_list.facts:
                self._go_to(name)
            self.setting_list.go_to(name)

    def action_default(self) -> None:
        """Take the setting under the cursor out of the file."""
        fact = self.setting_list.at
        if fact is None:
            return
        if fact.own is None and fact.staged is None:
            self.app.tell(f"Your file does not set {fact.name}")
        else:
            self._stage(fact, TAKE_OUT)

    def action_differences(self) -> None:
        """Show what saving changes in the file."""
        if self.observed:
            self._work.show(self.observed.file, self.draft.changes)

    def action_open(self) -> None:
        """Edit the file itself."""
        if self.observed:
            self._work.edit(self.observed.file)

    def action_find(self) -> None:
        """Look for a setting by words."""
        # At once: what is typed next, in one burst even, belongs there.
        self.set_focus(self.search)

    def action_back(self) -> None:
        """Clear the search; or from the settings to the tables."""
        if self.search.value or self.search.has_focus:
            self.search.value = ""
        self.section_list.focus()
