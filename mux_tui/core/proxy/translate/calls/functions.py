"""`<function=NAME><parameter=P>value</parameter></function>`: calls as XML.

Values are files and commands, and may themselves talk of these marks. A value ends at
the closing mark that is followed by the next mark of the call, and marks inside of it
are counted, so that a quoted example in a file neither ends the file nor is called.
"""

import json
import re

from mux_tui.core.proxy.translate.calls.names import ToolNames
from mux_tui.core.proxy.translate.calls.parts import (
    MORE,
    Call,
    End,
    Found,
    NoCall,
    Reading,
)
from mux_tui.core.proxy.translate.calls.values import as_typed
from mux_tui.core.proxy.translate.markup import (
    CALL_CLOSE,
    FUNCTION_CLOSE,
    FUNCTION_OPEN,
    PARAMETER_CLOSE,
    PARAMETER_OPEN,
)
from mux_tui.core.wire.anthropic import Tool
from mux_tui.core.wire.documents import as_object

_HEAD = re.compile(r"<function=([^<>\s=]{1,128})>")
_HEAD_SO_FAR = re.compile(r"<function=[^<>\s=]{0,128}")
_PARAMETER = re.compile(r"<parameter=([^<>\s=]{1,128})>")
_PARAMETER_SO_FAR = re.compile(r"<parameter=[^<>\s=]{0,128}")
_MARK = re.compile(
    r"<parameter=([^<>\s=]{1,128})>|</parameter>|<function=[^<>\s=]{1,128}>|</function>"
)
_LONGEST_MARK = 142
_SPACE = re.compile(r"\s*")
_AFTER_VALUE = (PARAMETER_OPEN, FUNCTION_CLOSE, CALL_CLOSE)

_Settled = Reading | None


class FunctionForm:
    """A call from `<function=` on, with or without `<tool_call>` around it."""

    def __init__(self, names: ToolNames, start: int = 0) -> None:
        """Start at `<function=`.

        Args:
            names: The tools. Without `<tool_call>` around it, only a known tool makes
                it a call.
            start: Where `<function=` stands in the text.
        """
        self._names = names
        self._start = start
        self._lenient = False
        self._reset()

    def _reset(self) -> None:
        self._place = -1
        self._name = ""
        self._tool: Tool | None = None
        self._values: list[tuple[str, str]] = []
        self._parameter = ""
        self._value = 0
        self._depth = 0

    def read(self, text: str, end: End) -> Reading:
        """Read on."""
        if self._place < 0 and (settled := self._head(text, end)):
            return settled
        while True:
            settled = (
                self._in_value(text, end) if self._parameter else self._gap(text, end)
            )
            if settled:
                return settled

    def _head(self, text: str, end: End) -> _Settled:
        found = _HEAD.match(text, self._start)
        if not found:
            return MORE if self._head_may_come(text, end) else NoCall(1)

        self._name = found[1]
        self._tool = self._names.find(found[1])
        if not self._tool and not self._start:
            return NoCall(1)
        self._place = found.end()
        return None

    def _head_may_come(self, text: str, end: End) -> bool:
        rest = text[self._start :]
        begun = FUNCTION_OPEN.startswith(rest) or _HEAD_SO_FAR.fullmatch(rest)
        return not end.ended and bool(begun)

    def _gap(self, text: str, end: End) -> _Settled:
        """Between the values: the next one, or the end of the call."""
        place = _skip_space(text, self._place)
        if found := _PARAMETER.match(text, place):
            self._parameter = found[1]
            self._value = self._place = found.end()
            self._depth = 0
            return None
        for close in (FUNCTION_CLOSE, CALL_CLOSE):
            if text.startswith(close, place):
                wrapped = place if close == CALL_CLOSE else place + len(close)
                return self._finish(text, end, wrapped)
        if place == len(text) and end.ended:
            return self._unclosed(text, end)
        if not end.ended and _mark_may_come(text[place:]):
            return MORE

        return NoCall(1) if not self._values else self._broken(text, "it does not end")

    def _in_value(self, text: str, end: End) -> _Settled:
        while found := _MARK.search(text, self._place):
            ends = self._value_ends(text, end, found)
            if ends is None:
                self._place = found.start()
                return MORE
            if ends:
                self._take(text[self._value : found.start()])
                closed = found[0] == PARAMETER_CLOSE
                self._place = found.end() if closed else found.start()
                return None
            self._place = found.end()

        self._place = max(self._place, len(text) - _LONGEST_MARK)
        if not end.ended:
            return MORE
        return self._again(text, end)

    def _value_ends(self, text: str, end: End, mark: re.Match[str]) -> bool | None:
        """Whether the value ends at `mark`; None: only more text can tell."""
        if self._lenient and mark[0] != PARAMETER_CLOSE:
            return self._unclosed_value_ends(text, mark)
        if mark[1]:
            self._depth += 1
        if mark[0] != PARAMETER_CLOSE:
            return False
        if self._depth and not self._lenient:
            self._depth -= 1
            return False

        place = _skip_space(text, mark.end())
        if text.startswith(_AFTER_VALUE, place):
            return True
        if end.ended:
            return place == len(text)
        rest = text[place:]
        may = not rest or any(after.startswith(rest) for after in _AFTER_VALUE)
        return None if may else False

    def _unclosed_value_ends(self, text: str, mark: re.Match[str]) -> bool:
        """Whether a value ends although its closing mark is missing."""
        if mark[1]:
            given = {name for name, _ in self._values} | {self._parameter}
            schema = self._tool.schema if self._tool else {}
            known = as_object(schema.get("properties"))
            on_its_line = text[: mark.start()].endswith("\n")
            return on_its_line and mark[1] in known and mark[1] not in given
        if mark[0] != FUNCTION_CLOSE:
            return False

        place = _skip_space(text, mark.end())
        return place == len(text) or text.startswith(CALL_CLOSE, place)

    def _again(self, text: str, end: End) -> _Settled:
        """The text has ended inside of a value: read it all again, less strictly."""
        if self._lenient:
            why = "it was cut off" if end.cut else "it does not end"
            return self._broken(text, why)

        self._lenient = True
        self._reset()
        reading = self.read(text, end)
        ambiguous = isinstance(reading, Found) and (
            FUNCTION_CLOSE in text[reading.size :]
            or PARAMETER_CLOSE in text[reading.size :]
        )
        # It ends twice: what is file and what is call cannot be told apart.
        return self._broken(text, "where it ends is unclear") if ambiguous else reading

    def _take(self, value: str) -> None:
        self._values.append((self._parameter, _without_frame(value)))
        self._parameter = ""

    def _finish(self, text: str, end: End, place: int) -> Reading:
        """The call is complete up to `place`; `</tool_call>` may follow."""
        behind = _skip_space(text, place)
        rest = text[behind : behind + len(CALL_CLOSE)]
        if rest == CALL_CLOSE:
            place = behind + len(CALL_CLOSE)
        elif not end.ended and CALL_CLOSE.startswith(rest):
            return MORE
        how = "a missing closing mark" if self._lenient else ""
        return Found((self._call(text[:place], how),), place)

    def _unclosed(self, text: str, end: End) -> Reading:
        if not self._values:
            return NoCall(1)
        if end.cut:
            return self._broken(text, "it was cut off")

        return Found((self._call(text, "a missing closing mark"),), len(text))

    def _broken(self, text: str, why: str) -> Reading:
        rest = text[self._start :]
        return Found((Call(self._name, rest, text, broken=why),), len(text))

    def _call(self, raw: str, how: str) -> Call:
        schema = self._tool.schema if self._tool else {}
        properties = as_object(schema.get("properties"))
        given = {
            name: as_typed(value, properties.get(name)) for name, value in self._values
        }
        return Call(self._name, json.dumps(given, ensure_ascii=False), raw, how)


def _mark_may_come(rest: str) -> bool:
    marks = (PARAMETER_OPEN, *_AFTER_VALUE)
    begun = any(mark.startswith(rest) for mark in marks)
    return begun or bool(_PARAMETER_SO_FAR.fullmatch(rest))


def _skip_space(text: str, place: int) -> int:
    found = _SPACE.match(text, place)
    return found.end() if found else place


def _without_frame(value: str) -> str:
    """Without the one line break behind the opening and before the closing mark."""
    for newline in ("\r\n", "\n"):
        if value.startswith(newline):
            value = value.removeprefix(newline)
            break
    for newline in ("\r\n", "\n"):
        if value.endswith(newline):
            return value.removesuffix(newline)

    return value
