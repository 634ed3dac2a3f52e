"""Calls that a server tells apart from the text, put together from their pieces.

Servers number the pieces, but not all do, and some name a call in each piece or split
its name. A piece that names a call whose arguments are already complete begins another.
"""

from dataclasses import dataclass, field

from mux_tui.core.proxy.translate.calls.names import ToolNames
from mux_tui.core.proxy.translate.calls.objects import is_strict
from mux_tui.core.proxy.translate.calls.parts import Call
from mux_tui.core.text import one_line
from mux_tui.core.wire.openai import ToolCallPart
from mux_tui.core.wire.surrogates import SurrogateJoiner

_MOST_NAME = 200


@dataclass
class NativeCall:
    """A call, as far as it has come."""

    id: str = ""
    name: str = ""
    pieces: list[str] = field(default_factory=list[str])

    def whole(self) -> Call:
        """The call; only when no more comes."""
        joiner = SurrogateJoiner()
        arguments = joiner.feed("".join(self.pieces)) + joiner.flush()
        name = one_line(self.name, _MOST_NAME)
        return Call(name, arguments, f"{name} {arguments}".strip())


class NativeCalls:
    """The calls of one answer."""

    def __init__(self, names: ToolNames) -> None:
        """Start an answer."""
        self._names = names
        self._open: dict[int, NativeCall] = {}

    def take(self, part: ToolCallPart) -> NativeCall | None:
        """Take a piece. Returns the call that begins with it, if one does."""
        call = self._open.get(part.index)
        if call is None or self._is_another(call, part):
            begun = NativeCall(part.id, part.name, _given(part))
            self._open[part.index] = begun
            return begun

        if part.name and not self._is_repeated(call, part):
            call.name += part.name
        call.id = call.id or part.id
        call.pieces += _given(part)
        return None

    def _is_another(self, call: NativeCall, part: ToolCallPart) -> bool:
        if not part.name or not call.name:
            return False
        if part.id and call.id and part.id != call.id:
            return True
        if not call.pieces:
            return False

        return part.name != call.name or is_strict("".join(call.pieces))

    def _is_repeated(self, call: NativeCall, part: ToolCallPart) -> bool:
        return part.name == call.name and (
            bool(call.pieces) or self._names.find(call.name) is not None
        )


def _given(part: ToolCallPart) -> list[str]:
    return [part.arguments] if part.arguments else []
