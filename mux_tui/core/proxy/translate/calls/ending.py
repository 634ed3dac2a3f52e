"""A call as plain JSON, bare or in a code fence, at the end of an answer.

JSON with a tool's name in it is a call only if it is the last thing that is said: with
words behind it, it is an example.
"""

import re

from mux_tui.core.proxy.translate.calls.names import ToolNames
from mux_tui.core.proxy.translate.calls.objects import ObjectEnd
from mux_tui.core.proxy.translate.calls.parts import (
    MORE,
    Call,
    End,
    Found,
    NoCall,
    Reading,
    could_begin,
)
from mux_tui.core.proxy.translate.calls.shapes import Written, read_body

_FENCE = "```"
_WORDS = ("json", "tool_call", "tool_calls", "tool_code", "tool", "")
_OPEN = re.compile(r"```[ \t]*([a-z_]*)[ \t]*\r?\n\s*")
_OPEN_SO_FAR = re.compile(r"`{1,2}|```[ \t]*([a-z_]*)[ \t]*\r?\n?\s*")
_CLOSE = re.compile(r"\s*```[ \t]*(?:\r?\n\s*|$)")
_CLOSE_SO_FAR = re.compile(r"\s*(?:`{0,2}|```[ \t]*\r?)")
_SPACE = re.compile(r"\s+")
_HEADS = (
    '{"name":"',
    '{"function":{"name":"',
    '{"tool":"',
    '{"tool_name":"',
)
_LATE_NAMES = ('{"type":"function",', '{"type":"tool_use",', '{"arguments":{')
_MOST_HEAD = 250


class EndForm:
    """One call or several, up to the end of the answer."""

    def __init__(self, names: ToolNames) -> None:
        """Start at a fence or a bracket, which is the first thing on its line."""
        self._names = names
        self._item = 0
        self._fenced = False
        self._json = -1
        self._look: ObjectEnd | None = None
        self._calls: list[tuple[int, Written, str]] = []

    def read(self, text: str, end: End) -> Reading:
        """Read on."""
        while True:
            if not self._look:
                reading = self._begin(text, end)
            else:
                reading = self._go_on(text, end, self._look)
            if reading:
                return reading

    def _begin(self, text: str, end: End) -> Reading | None:
        """Find the bracket of the next item."""
        place = self._item
        self._fenced = text.startswith("`", place)
        if self._fenced:
            opened = _OPEN.match(text, place)
            if not opened or opened.end() == len(text):
                return self._fence_so_far(text, end)
            if opened[1] not in _WORDS:
                return self._no_call(text)
            place = opened.end()

        match self._begins(text[place : place + _MOST_HEAD]):
            case True:
                self._json = place
                self._look = ObjectEnd(place)
                return None
            case False:
                return self._no_call(text)
            case None:
                return self._no_call(text) if end.ended else MORE

    def _fence_so_far(self, text: str, end: End) -> Reading:
        begun = _OPEN_SO_FAR.fullmatch(text, self._item)
        word = (begun[1] or "") if begun else ""
        may = begun and any(known.startswith(word) for known in _WORDS)
        return MORE if may and not end.ended else self._no_call(text)

    def _begins(self, head: str) -> bool | None:
        """Whether this is how a call begins; None: only more text can tell."""
        squeezed = _SPACE.sub("", head).removeprefix("[")
        if not squeezed:
            return None
        if any(squeezed.startswith(late) for late in _LATE_NAMES):
            return True
        for start in _HEADS:
            name, closed, _ = squeezed.removeprefix(start).partition('"')
            if squeezed.startswith(start) and (closed or len(name) > 128):
                return bool(closed) and self._names.find(name) is not None
        may = any(could_begin(squeezed, start) for start in (*_HEADS, *_LATE_NAMES))
        return None if may else False

    def _go_on(self, text: str, end: End, look: ObjectEnd) -> Reading | None:
        """Read the item to its end, and see what follows."""
        if not look.look(text) and not end.ended:
            return MORE

        stop = look.end if look.end > 0 else len(text)
        calls, how = read_body(text[self._json : stop], end.cut or look.end > 0)
        if not calls or not all(map(self._known, calls)):
            return self._no_call(text)
        following = self._behind(text, stop, end)
        if following is None:
            return MORE
        if following < 0:
            return self._no_call(text)

        return self._next(text, end, following, [(c, how) for c in calls])

    def _next(
        self, text: str, end: End, place: int, calls: list[tuple[Written, str]]
    ) -> Reading | None:
        if place == len(text) and not end.ended:
            return MORE

        self._calls += [(self._item, call, how) for call, how in calls]
        self._item = place
        self._look = None
        if place < len(text):
            return None if text[place] in "`{[" else self._no_call(text)
        return Found(self._found(text), len(text))

    def _behind(self, text: str, stop: int, end: End) -> int | None:
        """Where the item after this one begins; -1: something else follows."""
        if not self._fenced:
            return _skip_space(text, stop)

        closed = _CLOSE.match(text, stop)
        if closed:
            return closed.end()
        may = _CLOSE_SO_FAR.fullmatch(text, stop)
        if end.ended:
            # The fence may be left open at the end.
            return len(text) if may else -1
        return None if may else -1

    def _known(self, call: Written) -> bool:
        return call.bare and self._names.find(call.name) is not None

    def _found(self, text: str) -> tuple[Call, ...]:
        starts = [0, *(place for place, _, _ in self._calls[1:])]
        stops = [*starts[1:], len(text)]
        return tuple(
            Call(call.name, call.arguments, text[start:stop], how)
            for (_, call, how), start, stop in zip(
                self._calls, starts, stops, strict=True
            )
        )

    def _no_call(self, text: str) -> Reading:
        ticks = len(text) - len(text.lstrip("`"))
        return NoCall(max(1, ticks), tried=self._json >= 0)


def _skip_space(text: str, place: int) -> int:
    return len(text) - len(text[place:].lstrip())
