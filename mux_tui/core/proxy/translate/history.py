"""Keeping a conversation inside its budget without changing what was sent before.

A result is cut to its two ends once, when it arrives. When the whole has grown past
the ceiling, the oldest results become one line each, so many at once that the next time
is far away. Both are worked out anew for each request by going through its messages in
order, looking only back: a request that goes on from an earlier one comes to the same
decisions about the part they share, and so to the same bytes.

The model's own words and calls are never cut: it repeats what it sees itself doing.
"""

from dataclasses import dataclass, field, replace

from mux_tui.core.exchange import Cut
from mux_tui.core.proxy.translate.budget import Budget
from mux_tui.core.proxy.translate.digests import (
    digest,
    is_digest,
    name_of,
    pointer,
    repeatable,
    shortened,
)
from mux_tui.core.proxy.translate.sizes import size_of_block, size_of_turn
from mux_tui.core.wire.anthropic import Block, ToolResult, ToolUse, Turn

_PROTECTED_TURNS = 2
"""So many turns with results, the newest ones, are what the model works on."""

_LEAST_GAIN = 8
"""Cutting back takes at least this part of the ceiling, or is left for later."""

_LEAST_RESULT = 300
"""Shorter results stay: the line in their place would hardly be shorter."""


@dataclass
class _Result:
    turn: int
    place: int
    call: ToolUse | None
    kept: ToolResult
    size: int
    text: str


@dataclass
class History:
    """Goes through the messages of one request."""

    budget: Budget
    size: int
    """Characters so far; to begin with, those of system prompt and tools."""

    clean: bool
    """Leave out the client's nudges at the end of results."""

    turns: list[list[Block]] = field(default_factory=list[list[Block]])
    cuts: list[Cut] = field(default_factory=list[Cut])
    _calls: dict[str, ToolUse] = field(default_factory=dict[str, ToolUse])
    _waiting: list[_Result] = field(default_factory=list[_Result])
    """Results that are still shown, the oldest first."""

    _shown: set[str] = field(default_factory=set[str])
    _with_results: list[int] = field(default_factory=list[int])
    _capped: list[tuple[int, Cut]] = field(default_factory=list[tuple[int, Cut]])

    def take(self, turn: Turn) -> None:
        """Go on by one message."""
        number = len(self.turns)
        blocks = list(turn.blocks)
        self.turns.append(blocks)
        results = [n for n, b in enumerate(blocks) if isinstance(b, ToolResult)]
        for place in results:
            self._arrive(number, place, len(results))
        for block in blocks:
            if isinstance(block, ToolUse):
                self._calls[block.id] = block
        if results:
            self._with_results.append(number)
        self.size += size_of_turn(replace(turn, blocks=tuple(blocks)))
        if turn.role == "user" and self.size > self.budget.ceiling:
            self._cut_back()

    def all_cuts(self) -> tuple[Cut, ...]:
        """What was cut: the newest results one by one, all others together."""
        newest = self._with_results[-1] if self._with_results else -1
        single = [cut for number, cut in self._capped if number == newest]
        older = [cut for number, cut in self._capped if number != newest]
        if older:
            before, after = sum(c.before for c in older), sum(c.after for c in older)
            what = f"{len(older)} earlier results"
            single.insert(0, Cut(what, "longer than a result may be", before, after))
        return (*self.cuts, *single)

    def _arrive(self, number: int, place: int, beside: int) -> None:
        result = self.turns[number][place]
        assert isinstance(result, ToolResult)
        call = self._calls.get(result.tool_use_id)
        text = repeatable(result)
        why = "longer than a result may be"
        if text and text in self._shown:
            kept, why = pointer(result, call), "the same as an earlier result"
        else:
            limit = min(self.budget.result, self.budget.results // beside)
            kept = shortened(result, limit, clean=self.clean)
            self._wait(number, place, call, kept, text)
        if kept is not result:
            self.turns[number][place] = kept
            before, after = size_of_block(result), size_of_block(kept)
            what = f"result of {name_of(call)}, message {number + 1}"
            self._capped.append((number, Cut(what, why, before, after)))

    def _wait(
        self, number: int, place: int, call: ToolUse | None, kept: ToolResult, text: str
    ) -> None:
        size = size_of_block(kept)
        if size > _LEAST_RESULT and not is_digest(kept):
            self._waiting.append(_Result(number, place, call, kept, size, text))
            self._shown.add(text)

    def _cut_back(self) -> None:
        protected = self._with_results[-_PROTECTED_TURNS:]
        before_turn = protected[0] if protected else len(self.turns)
        old = [one for one in self._waiting if one.turn < before_turn]
        if sum(one.size for one in old) < self.budget.ceiling // _LEAST_GAIN:
            return

        before, count = self.size, 0
        for one in old:
            if self.size <= self.budget.target:
                break
            left = digest(one.kept, one.call)
            self.turns[one.turn][one.place] = left
            self.size += size_of_block(left) - one.size
            self._shown.discard(one.text)
            count += 1
        first, last = old[0].turn + 1, old[count - 1].turn + 1
        what = f"{count} results, messages {first} to {last}"
        self.cuts.append(Cut(what, "the conversation is too long", before, self.size))
        del self._waiting[:count]


def fit_history(
    turns: tuple[Turn, ...], head: int, budget: Budget, *, clean: bool
) -> tuple[tuple[Turn, ...], tuple[Cut, ...]]:
    """Cut the messages to the budget.

    Args:
        turns: The conversation, from its beginning.
        head: Characters of system prompt and tools, which stand before it.
        budget: What it may have.
        clean: Leave out the client's nudges at the end of results.

    Returns:
        The messages, and what was cut. What may not be cut may exceed the ceiling.
    """
    history = History(budget, head, clean)
    for turn in turns:
        history.take(turn)
    pairs = zip(turns, history.turns, strict=True)
    left = tuple(_turn(turn, tuple(blocks)) for turn, blocks in pairs)
    return left, history.all_cuts()


def _turn(turn: Turn, blocks: tuple[Block, ...]) -> Turn:
    same = all(a is b for a, b in zip(turn.blocks, blocks, strict=True))
    return turn if same else replace(turn, blocks=blocks)
