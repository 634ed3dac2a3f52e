"""Which form of a call may begin at a place in the text."""

from mux_tui.core.proxy.translate.calls.angled import AngledForm
from mux_tui.core.proxy.translate.calls.ending import EndForm
from mux_tui.core.proxy.translate.calls.functions import FunctionForm
from mux_tui.core.proxy.translate.calls.names import ToolNames
from mux_tui.core.proxy.translate.calls.parts import MORE, Form, More, could_begin
from mux_tui.core.proxy.translate.calls.tagged import OPENERS, TaggedForm, ToolTagForm
from mux_tui.core.proxy.translate.markup import FUNCTION_OPEN

_MOST_OPENER = 140


class Openers:
    """The beginnings of calls, for the tools of one request."""

    def __init__(self, names: ToolNames) -> None:
        """Learn the tools' names, which can be marks too."""
        self._names = names
        self._tool_marks = {f"<{name.lower()}>": name for name in names.tools}
        marks = (*OPENERS, FUNCTION_OPEN, "<{", *self._tool_marks)
        self._seconds = frozenset(mark[1] for mark in marks)

    def at(
        self, text: str, place: int, *, line_start: bool, marked_only: bool
    ) -> Form | More | None:
        """The form that begins at `place`; `More`: only more text can tell.

        Args:
            text: The answer's text, or a part of it.
            place: Where.
            line_start: Whether only white space stands before it on its line.
            marked_only: Leave out the forms that are told by more than their marks.
        """
        if text[place] == "<":
            following = text[place + 1 : place + 2]
            if not following:
                return MORE
            if following.lower() not in self._seconds:
                return None
            rest = text[place : place + _MOST_OPENER]
            return self._marked(rest) or (None if marked_only else self._near(rest))

        return EndForm(self._names) if line_start and not marked_only else None

    def _marked(self, rest: str) -> Form | More | None:
        if rest.startswith(FUNCTION_OPEN):
            return FunctionForm(self._names)
        for opener in OPENERS:
            if rest.startswith(opener):
                return TaggedForm(opener, self._names)

        may = any(could_begin(rest, mark) for mark in (FUNCTION_OPEN, *OPENERS))
        return MORE if may else None

    def _near(self, rest: str) -> Form | More | None:
        if rest.startswith("<{"):
            return AngledForm(self._names)

        lower = rest.lower()
        for mark, name in self._tool_marks.items():
            if lower.startswith(mark):
                return ToolTagForm(rest[: len(mark)], name, self._names)
        may = any(mark.startswith(lower) for mark in self._tool_marks)
        return MORE if may else None
