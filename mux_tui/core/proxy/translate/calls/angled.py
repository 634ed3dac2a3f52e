"""`<{{"name": ..., "arguments": {...}}}>`: small models' memory of the marks."""

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
from mux_tui.core.proxy.translate.calls.shapes import read_body
from mux_tui.core.proxy.translate.calls.tagged import read_closer

_SPACE = re.compile(r"\s+")
_CLOSERS = ("/>", ">", "</tool_call>")


class AngledForm:
    """An angle bracket, then a call as JSON, with single or doubled braces."""

    def __init__(self, names: ToolNames) -> None:
        """Start at the angle bracket."""
        self._names = names
        self._look = ObjectEnd(1)

    def read(self, text: str, end: End) -> Reading:
        """Read on."""
        head = _SPACE.sub("", text[:80])
        if not (could_begin(head, '<{"name":"') or could_begin(head, '<{{"name":"')):
            return NoCall(1)
        if not self._look.look(text):
            return NoCall(1, tried=True) if end.ended else MORE

        stop = self._look.end
        calls, how = read_body(text[1:stop], cut=False) if stop > 0 else ([], "")
        if len(calls) != 1 or not self._names.find(calls[0].name):
            return NoCall(1, tried=True)
        size = read_closer(text, stop, end, _CLOSERS)
        if size is None:
            return MORE

        name, arguments, _ = calls[0]
        return Found((Call(name, arguments, text[:size], how or "its marks"),), size)
