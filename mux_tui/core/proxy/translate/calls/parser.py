"""Calls found in an answer's text, as it comes.

Plain text passes at once; held back is only what could still become a call. All texts
and the raw texts of all calls, joined, are what the model wrote.
"""

import re
from collections.abc import Iterable

from mux_tui.core.proxy.translate.calls.lines import Lines
from mux_tui.core.proxy.translate.calls.names import ToolNames
from mux_tui.core.proxy.translate.calls.openers import Openers
from mux_tui.core.proxy.translate.calls.parts import (
    End,
    Form,
    Found,
    More,
    NoCall,
    Part,
    Text,
)
from mux_tui.core.wire.anthropic import Tool

_NOTABLE = re.compile(r"[<{\[`~\n]")
_TRIES = 20
"""How often something may look like a call up to its end, and be none. A model that
writes the same half call for ever must not be read from each of them to the end."""

_BEGINNING = re.compile(r"[<{\[`]")


class CallParser:
    """Reads the text of one answer; any split of it gives the same parts."""

    def __init__(self, tools: Iterable[Tool] | ToolNames) -> None:
        """Start an answer.

        Args:
            tools: What the model may call.
        """
        names = tools if isinstance(tools, ToolNames) else ToolNames(tools)
        self._openers = Openers(names)
        self._lines = Lines()
        self._form: Form | None = None
        self._held = ""
        self._place = 0
        self._parts: list[Part] = []
        self._text: list[str] = []
        self._tries = _TRIES

    def feed(self, text: str) -> list[Part]:
        """Take the next piece of text, and return what it settles."""
        if not self._held and not _NOTABLE.search(text):
            self._lines.advance(text)
            return [Text(text)] if text else []

        self._held += text
        return self._run(End())

    def flush(self, cut: bool = False) -> list[Part]:
        """Say that the text has ended, and return what was held back.

        Args:
            cut: The model was stopped in the middle; nothing is completed then.
        """
        return self._run(End(ended=True, cut=cut))

    def _run(self, end: End) -> list[Part]:
        self._place = 0
        while self._place < len(self._held) and self._step(end):
            pass
        self._held = self._held[self._place :]
        self._settle()
        parts, self._parts = self._parts, []
        return parts

    def _step(self, end: End) -> bool:
        """Settle what comes next. Returns whether anything was settled."""
        if self._form:
            return self._read(self._form, end)

        self._plain()
        if self._place == len(self._held) or self._lines.fenced:
            return True
        begun = self._begin()
        if isinstance(begun, More) and not end.ended:
            return False
        if begun is None or isinstance(begun, More):
            self._release(self._place + 1)
        else:
            self._form = begun
        return True

    def _read(self, form: Form, end: End) -> bool:
        text = self._held[self._place :] if self._place else self._held
        match form.read(text, end):
            case Found() as found:
                self._settle()
                self._parts += found.calls
                self._place += found.size
                # What follows a call is a line of its own.
                self._lines.advance("\n")
            case NoCall(size, tried):
                self._tries -= tried
                self._release(min(self._place + size, len(self._held)))
            case More():
                return False

        self._form = None
        return True

    def _plain(self) -> None:
        """Release text up to the next place where a call could begin."""
        if self._lines.fenced:
            stop = self._held.find("\n", self._place) + 1
            self._release(stop or len(self._held))
            return

        found = _BEGINNING.search(self._held, self._place)
        stop = found.start() if found else len(self._held)
        # Line by line: each may open a fence.
        newline = self._held.find("\n", self._place, stop) + 1
        self._release(newline or stop)

    def _begin(self) -> Form | More | None:
        sign = self._held[self._place]
        if sign not in "<{[`" or self._lines.quoted:
            return None

        return self._openers.at(
            self._held,
            self._place,
            line_start=self._lines.at_line_start,
            marked_only=self._tries <= 0,
        )

    def _release(self, stop: int) -> None:
        text = self._held[self._place : stop]
        self._lines.advance(text)
        if text:
            self._text.append(text)
        self._place = stop

    def _settle(self) -> None:
        if self._text:
            self._parts.append(Text("".join(self._text)))
            self._text.clear()
