"""Searching the tasks of earlier runs, to run them again or to change them."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from mux_tui.core.errors import MuxError
from mux_tui.core.ledger.query import EVERYTHING, Query, Text
from mux_tui.core.ledger.rows import RunRow
from mux_tui.core.text import one_line
from mux_tui.tui.dialogs.window import Window
from mux_tui.tui.keys import key
from mux_tui.tui.widgets.fit import fit
from mux_tui.tui.widgets.options import Options
from mux_tui.tui.widgets.recent import moment

if TYPE_CHECKING:
    from mux_tui.core.ledger.store import Ledger

_LOOKED_AT = 300
_FOUND = 100


class HistoryWindow(Window[str | None]):
    """Gives the text of the task that was chosen."""

    HELP = """\
    Earlier tasks of all projects, newest first. Type a few words; arrows choose, and
    `enter` puts the task into the entry.
    """

    DEFAULT_CSS = """
    HistoryWindow > .window { width: 90; height: 22; }
    HistoryWindow Input { border: none; height: 1; padding: 0; }
    HistoryWindow OptionList {
        height: 1fr; border: none; padding: 0; margin-top: 1;
        background: transparent;
        text-wrap: nowrap; text-overflow: ellipsis;
    }
    HistoryWindow #history-foot { height: 1; color: $text-soft; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        key(
            "enter",
            "take",
            "take it",
            "Put this task into the entry",
            id="history.take",
        ),
        key("down", "move(1)", "next", "To the next task", id="history.down"),
        key("up", "move(-1)", "before", "To the task before", id="history.up"),
    ]

    @dataclass
    class Found(Message):
        """Tasks that fit what is typed."""

        typed: str
        rows: Sequence[RunRow]

    @dataclass
    class Taken(Message):
        """The whole text of a task; None: it was not kept."""

        text: str | None

    def __init__(self, ledger: "Ledger | None") -> None:
        """Search a ledger; None: there is none."""
        super().__init__("Earlier tasks")
        self._ledger = ledger
        self._wanted = False
        """The first task that is found is taken."""

        self._recent: Sequence[RunRow] = ()
        self.found: tuple[str, int] | None = None
        """What was looked for last, and how many tasks there were; None: nothing."""

    def compose_content(self) -> ComposeResult:
        """What is looked for, what was found."""
        yield Input(placeholder="words of the task", select_on_focus=False)
        yield Options(markup=False)
        yield Static(id="history-foot")

    def on_mount(self) -> None:
        """Show the newest."""
        self.query_one(OptionList).can_focus = False
        entry = self.query_one(Input)
        entry.cursor_blink = not self.app.desk.settings.ui.reduced_motion
        entry.focus()
        self._search("")

    @on(Input.Changed)
    def _typed(self, message: Input.Changed) -> None:
        message.stop()
        self._search(message.value)

    def _search(self, typed: str) -> None:
        self.run_worker(
            partial(self._look, typed),
            group="history",
            exclusive=True,
            exit_on_error=False,
        )

    async def _look(self, typed: str) -> None:
        if self._ledger is None:
            self.post_message(self.Found(typed, ()))
            return
        try:
            if not self._recent:
                self._recent = await self._ledger.search.page(EVERYTHING, _LOOKED_AT)
            words = typed.split()
            rows = list(self._recent)
            if words:
                query = Query(tuple(Text(word, prefix=True) for word in words))
                rows += await self._ledger.search.page(query, _FOUND)
            self.post_message(self.Found(typed, fitting(rows, words)))
        except MuxError as error:
            self.app.tell_error(error)

    @on(Found)
    def _found(self, message: Found) -> None:
        message.stop()
        options = self.query_one(OptionList)
        if message.typed != self.query_one(Input).value:
            return
        options.clear_options()
        options.add_options(self._option(row) for row in message.rows)
        options.highlighted = 0 if message.rows else None
        count = len(message.rows)
        self.found = message.typed, count
        told = f"{count} task{'' if count == 1 else 's'}" if count else self._nothing()
        self.query_one("#history-foot", Static).update(Content(told))
        if self._wanted:
            self.action_take()

    def _option(self, row: RunRow) -> Option:
        when = Content.styled(
            f"{moment(row.started_at, self.app.desk.now())}  ", "$text-soft"
        )
        told = one_line(row.excerpt or "", 200)
        line = fit(when + Content(told), 82, self.app.glyphs)
        return Option(line, id=row.run_id)

    def _nothing(self) -> str:
        if self._ledger is None:
            return "There is no ledger: earlier tasks are not kept."
        if not self.app.desk.settings.ledger.store_prompts:
            return "Texts are not kept (ledger.store_prompts)."
        return "No earlier task has these words."

    def action_move(self, by: int) -> None:
        """Move the cursor."""
        options = self.query_one(OptionList)
        if options.option_count:
            at = (options.highlighted or 0) + by
            options.highlighted = min(max(at, 0), options.option_count - 1)

    @on(OptionList.OptionSelected)
    def _clicked(self, message: OptionList.OptionSelected) -> None:
        message.stop()
        self.action_take()

    @on(Input.Submitted)
    def _submitted(self, message: Input.Submitted) -> None:
        message.stop()
        if self.found and self.found[0] == message.value:
            self.action_take()
        else:
            # What was typed last is still being looked for.
            self._wanted = True

    def action_take(self) -> None:
        """Get the whole text of the task that was chosen."""
        self._wanted = False
        option = self.query_one(OptionList).highlighted_option
        if option and option.id:
            self.run_worker(
                partial(self._take, option.id),
                group="take",
                exclusive=True,
                exit_on_error=False,
            )

    async def _take(self, run_id: str) -> None:
        assert self._ledger
        try:
            run = await self._ledger.get(run_id)
        except MuxError as error:
            self.app.tell_error(error)
            return
        self.post_message(self.Taken(run.task if run else None))

    @on(Taken)
    def _taken(self, message: Taken) -> None:
        message.stop()
        self.dismiss(message.text)

    def on_click(self, event: events.Click) -> None:
        """Clicks leave the focus where it is."""
        self.query_one(Input).focus()


def fitting(rows: Sequence[RunRow], words: Sequence[str]) -> list[RunRow]:
    """The tasks with all of the words, newest first, each text once."""
    wanted = [word.casefold() for word in words]
    found: dict[str, RunRow] = {}
    for row in sorted(rows, key=lambda row: -row.id):
        text = row.excerpt
        if text and all(word in text.casefold() for word in wanted):
            found.setdefault(text, row)
    return list(found.values())
