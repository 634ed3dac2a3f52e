"""JSON between marks: `<tool_call>{...}</tool_call>`, and what models make of it."""

import re
from itertools import islice

from mux_tui.core.proxy.translate.calls.functions import FunctionForm
from mux_tui.core.proxy.translate.calls.names import ToolNames
from mux_tui.core.proxy.translate.calls.objects import ObjectEnd, is_strict, strict
from mux_tui.core.proxy.translate.calls.parts import (
    MORE,
    Call,
    End,
    Form,
    Found,
    NoCall,
    Reading,
    could_begin,
)
from mux_tui.core.proxy.translate.calls.shapes import (
    Written,
    name_in,
    read_body,
)
from mux_tui.core.proxy.translate.markup import FUNCTION_OPEN
from mux_tui.core.wire.documents import as_object

OPENERS = ("<tool_call>", "<tool_calls>", "<|tool_call|>")
_CLOSERS = (
    "</tool_call>",
    "</tool_calls>",
    "</|tool_call|>",
    "<|/tool_call|>",
    "</function>",
    "</tool>",
)
_CLOSER = re.compile("|".join(map(re.escape, _CLOSERS)))
_LONGEST_CLOSER = max(map(len, _CLOSERS))
_SPACE = re.compile(r"\s*")
_MOST_CLOSERS = 20
_SURPLUS = re.compile(r"[\s}]*")
_NEXT = re.compile(r"[\s,]*")


class TaggedForm:
    """A mark, then one JSON call, several, or a call in the XML form.

    Strict JSON ends where its last bracket closes, so that a closing mark inside of a
    string ends nothing. Only JSON that is no good is ended by its closing mark.
    """

    def __init__(self, opener: str, names: ToolNames) -> None:
        """Start behind `opener`."""
        self._names = names
        self._begin = len(opener)
        self._inner: Form | None = None
        self._look: ObjectEnd | None = None
        self._searched = 0
        self._calls: list[tuple[int, Written]] = []

    def read(self, text: str, end: End) -> Reading:
        """Read on."""
        if self._inner:
            return self._inner.read(text, end)
        if not self._look:
            begin = _skip(_SPACE, text, self._begin)
            if begin == len(text):
                return NoCall(1) if end.ended else MORE
            if could_begin(text[begin:], FUNCTION_OPEN):
                self._inner = FunctionForm(self._names, begin)
                return self._inner.read(text, end)
            if text[begin] not in "{[":
                return NoCall(1)
            self._begin = begin
            self._look = ObjectEnd(begin)

        return self._object(text, end, self._look)

    def _object(self, text: str, end: End, look: ObjectEnd) -> Reading:
        settled = look.look(text)
        if look.end > 0 and is_strict(body := text[self._begin : look.end]):
            calls, _ = read_body(body, cut=False)
            return self._behind(text, end, look.end, calls)
        if settled and (mark := _CLOSER.search(text, max(self._begin, self._searched))):
            return self._mended(text, mark.start(), mark.end(), cut=False)
        if not end.ended:
            self._searched = len(text) - _LONGEST_CLOSER if settled else 0
            return MORE

        return self._at_end(text, end)

    def _at_end(self, text: str, end: End) -> Reading:
        """The text has ended, and the JSON has not: look for the best mark."""
        for mark in islice(_CLOSER.finditer(text, self._begin), _MOST_CLOSERS):
            calls, _ = read_body(text[self._begin : mark.start()], cut=False)
            if calls:
                return self._mended(text, mark.start(), mark.end(), cut=False)
        if mark := _CLOSER.search(text, self._begin):
            return self._mended(text, mark.start(), mark.end(), cut=False)

        return self._mended(text, len(text), len(text), end.cut)

    def _behind(self, text: str, end: End, place: int, calls: list[Written]) -> Reading:
        """Whole JSON ends at `place`: what follows, another call or a closing mark?"""
        following = _skip(_NEXT, text, place)
        if not calls and not self._calls:
            return NoCall(1)
        if following == len(text) and not end.ended:
            return MORE

        begin = self._begin
        if text[following : following + 1] == "{" and calls:
            self._calls += [(begin, call) for call in calls]
            self._begin = following
            self._look = ObjectEnd(following)
            return self._object(text, end, self._look)

        size = read_closer(text, place, end, _CLOSERS)
        if size is None:
            return MORE
        return Found(
            _calls(text, [*self._calls, *((begin, c) for c in calls)], size), size
        )

    def _mended(self, text: str, stop: int, size: int, cut: bool) -> Reading:
        body = text[self._begin : stop]
        calls, how = read_body(body, cut)
        before = _calls(text, self._calls, self._begin) if self._calls else ()
        start = self._begin if before else 0
        if not calls:
            why = "it was cut off" if cut else "its JSON cannot be read"
            call = Call(name_in(body), body.strip(), text[start:size], broken=why)
            return Found((*before, call), size)

        placed = [(start, call) for call in calls]
        return Found((*before, *_calls(text[:size], placed, size, start, how)), size)


class ToolTagForm:
    """`<Bash>{"command": ...}</Bash>`: the tool's name as mark, its input inside."""

    def __init__(self, opener: str, name: str, names: ToolNames) -> None:
        """Start behind `opener`, which is `<` + `name` + `>` in any case."""
        self._tool = names.tools[name]
        self._begin = len(opener)
        self._closer = f"</{opener[1:]}"
        self._look: ObjectEnd | None = None

    def read(self, text: str, end: End) -> Reading:
        """Read on."""
        if not self._look:
            self._begin = _skip(_SPACE, text, self._begin)
            if self._begin == len(text):
                return NoCall(1) if end.ended else MORE
            if text[self._begin] != "{":
                return NoCall(1)
            self._look = ObjectEnd(self._begin)
        if not self._look.look(text):
            return NoCall(1, tried=True) if end.ended else MORE

        stop = self._look.end
        body = text[self._begin : stop]
        if stop < 0 or not self._is_input(body):
            return NoCall(1, tried=stop > 0)
        size = read_closer(text, stop, end, (self._closer, *_CLOSERS))
        if size is None:
            return MORE
        if size == stop and not end.ended:
            return NoCall(1, tried=True)
        return Found((Call(self._tool.name, body, text[:size]),), size)

    def _is_input(self, body: str) -> bool:
        """Whether this is what the tool takes, and not a component's children."""
        calls, how = read_body(f'{{"name": "_", "input": {body}}}', cut=False)
        properties = self._tool.schema.get("properties")
        if not calls or how or not isinstance(properties, dict):
            return False

        keys = set(_keys(calls[0].arguments))
        return bool(keys) and keys <= set(properties)  # pyright: ignore[reportUnknownArgumentType]


def read_closer(
    text: str, place: int, end: End, closers: tuple[str, ...]
) -> int | None:
    """Where a call ends that may have a closing mark behind `place`.

    None: only more text can tell.
    """
    begin = _skip(_SURPLUS, text, place)
    rest = text[begin : begin + 20]
    for closer in closers:
        if rest.startswith(closer):
            return begin + len(closer)
    if end.ended:
        return len(text) if not rest else place
    if not rest or any(closer.startswith(rest) for closer in closers):
        return None

    return place


def _calls(
    text: str,
    placed: list[tuple[int, Written]],
    size: int,
    first: int = 0,
    how: str = "",
) -> tuple[Call, ...]:
    """Calls whose raw texts, joined, are `text` from `first` to `size`."""
    starts = [first, *(place for place, _ in placed[1:])]
    stops = [*starts[1:], size]
    return tuple(
        Call(call.name, call.arguments, text[start:stop], how)
        for (_, call), start, stop in zip(placed, starts, stops, strict=True)
    )


def _keys(arguments: str) -> list[str]:
    return list(as_object(strict(arguments)))


def _skip(form: re.Pattern[str], text: str, place: int) -> int:
    found = form.match(text, place)
    return found.end() if found else place
