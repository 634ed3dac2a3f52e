"""What came in and was not read yet: however much it is, it is read in slices."""

from collections import deque
from dataclasses import dataclass
from time import perf_counter
from typing import Literal, assert_never

from mux_tui.tui.widgets.answer.transcript import Transcript

_CHUNK = 32_768
"""Characters that are read between two looks at the clock."""


@dataclass(slots=True)
class _Letter:
    kind: Literal["answer", "thinking", "note", "end"]
    parts: deque[str]
    """Each at most `_CHUNK` long."""

    at: float | None = None

    def take(self) -> str:
        """The next parts, about `_CHUNK` characters of them."""
        taken: list[str] = []
        length = 0
        while self.parts and length + len(self.parts[0]) <= _CHUNK:
            taken.append(self.parts.popleft())
            length += len(taken[-1])
        return "".join(taken)


class Inbox:
    """Letters in the order in which they came; pieces of the same kind become one."""

    def __init__(self) -> None:
        self._letters: deque[_Letter] = deque()

    def __bool__(self) -> bool:
        return bool(self._letters)

    def answer(self, text: str) -> None:
        """A piece of the answer."""
        self._put("answer", text, None)

    def thinking(self, text: str, at: float | None) -> None:
        """A piece of the thinking, and when it came."""
        self._put("thinking", text, at)

    def note(self, text: str) -> None:
        """A line between two answers."""
        self._letters.append(_Letter("note", deque([text[:_CHUNK]])))

    def end(self) -> None:
        """The answer is complete."""
        self._letters.append(_Letter("end", deque()))

    def read(self, transcript: Transcript, seconds: float) -> None:
        """Write what came onto the page, for about so long."""
        until = perf_counter() + seconds
        while self._letters:
            letter = self._letters[0]
            _deliver(letter, letter.take(), transcript)
            if not letter.parts:
                self._letters.popleft()
            if perf_counter() > until:
                break

    def _put(
        self, kind: Literal["answer", "thinking"], text: str, at: float | None
    ) -> None:
        last = self._letters[-1] if self._letters else None
        if not (last and last.kind == kind and last.at == at):
            last = _Letter(kind, deque(), at)
            self._letters.append(last)
        last.parts.extend(text[i : i + _CHUNK] for i in range(0, len(text), _CHUNK))


def _deliver(letter: _Letter, text: str, transcript: Transcript) -> None:
    match letter.kind:
        case "answer":
            transcript.write(text)
        case "thinking":
            transcript.think(text, letter.at)
        case "note":
            transcript.note(text)
        case "end":
            transcript.end()
        case _:
            assert_never(letter.kind)
