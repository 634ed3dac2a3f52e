"""The answer's way back: Chat Completions pieces in, Anthropic events out.

Words and thinking pass as they come. A call is written when the answer has ended and
its arguments have been checked, so that no client ever gets one that is broken or cut.
"""

import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import assert_never

from mux_tui.core.proxy.translate import notices
from mux_tui.core.proxy.translate.blocks import BlockWriter
from mux_tui.core.proxy.translate.calls import Call, Text, ToolNames, reask_instruction
from mux_tui.core.proxy.translate.calls.settle import (
    Problem,
    Use,
    settle,
    without_doubles,
)
from mux_tui.core.proxy.translate.facts import ChatRequest
from mux_tui.core.proxy.translate.said import Said, Saying, Thought
from mux_tui.core.proxy.translate.stop import StopWatcher
from mux_tui.core.proxy.translate.usage import Usage
from mux_tui.core.text import one_line
from mux_tui.core.wire.anthropic_events import (
    AnswerEvent,
    Counts,
    ErrorType,
    Failure,
    MessageDelta,
    MessageStart,
    MessageStop,
    StopReason,
)
from mux_tui.core.wire.openai import Piece

_CALLED = ("tool_calls", "function_call")


def new_tool_id() -> str:
    """An id that no other call has, in this conversation or another."""
    return f"toolu_{secrets.token_hex(12)}"


class StreamTranslator:
    """Translates one answer.

    `start`, then `feed` for each piece, then `finish` or `fail`. Each returns events;
    together they follow the grammar of `anthropic_events`. After the end, nothing more
    comes.

    With `may_reask`, `finish` leaves the message open when the model's call was no use
    and `needs_reask` is true. Its caller may then ask the model again, with `reask` as
    a last user message, feed the second answer, and `finish` again; or `finish` at
    once, which shows what there was.
    """

    def __init__(
        self,
        chat: ChatRequest,
        new_id: Callable[[], str] = new_tool_id,
        *,
        may_reask: bool = False,
    ) -> None:
        """Make a translator for the answer to `chat`.

        Args:
            chat: What was asked.
            new_id: Makes the ids of calls; the server's own are never used.
            may_reask: Whether the caller can ask once more.
        """
        self.counts = Counts()
        """Tokens so far: the server's counts, or estimates; never all zero."""

        self.tool_calls = 0
        """Calls that were written."""

        self.repairs = 0
        """Calls among them that had to be mended."""

        self.stop_reason = ""
        """Why it ended; empty: it has not, or it failed."""

        self.needs_reask = False
        """The model tried to call a tool, or had to, and no call came of it."""

        self.reask = ""
        """What to tell the model then."""

        self.ended = False
        self.notes: list[str] = []
        """What was mended and what was left out, for the record."""

        self._chat = chat
        self._new_id = new_id
        self._may_reask = may_reask
        self._names = ToolNames(chat.tools)
        self._usage = Usage()
        self._blocks = BlockWriter()
        self._stop = StopWatcher(chat.stop_sequences)
        self._first: _Calls | None = None
        self._said = Said(self._names)
        self._calls = _Calls()

    @property
    def done(self) -> bool:
        """A stop sequence was met: the server need not go on."""
        return bool(self._stop.matched)

    def start(
        self, message_id: str, model_shown: str, counts_estimate: Counts
    ) -> list[AnswerEvent]:
        """Begin the answer.

        Args:
            message_id: `msg_…`.
            model_shown: The name that the client asked for.
            counts_estimate: Tokens of the prompt, as far as they can be known.
        """
        self._usage.estimate = counts_estimate
        self.counts = self._usage.counts()
        return [MessageStart(message_id, model_shown, self.counts)]

    def feed(self, piece: Piece) -> list[AnswerEvent]:
        """Take a piece, and return what can be shown."""
        if self.ended:
            return []
        if self.needs_reask:
            self._begin_second()

        self._usage.take(piece)
        if piece.usage:
            self.counts = self._usage.counts()
        self._take(self._said.take(piece))
        return self._blocks.take()

    def finish(self) -> list[AnswerEvent]:
        """End an answer that the server has ended as it should."""
        if self.ended:
            return []
        if not self.needs_reask:
            self._take(self._said.end())
            self._take_native()
            self._look_for_trouble()
            if self.needs_reask and self._may_reask and not self._first:
                return self._blocks.take()

        self._write_rest()
        return self._end()

    def fail(self, type: ErrorType, message: str) -> list[AnswerEvent]:  # noqa: A002
        """End an answer that cannot be completed."""
        if self.ended:
            return []

        self.ended = True
        self.counts = self._usage.counts()
        return [Failure(type, one_line(message))]

    def _begin_second(self) -> None:
        """The model has been asked again: keep what there was, in case."""
        self.needs_reask = False
        self._first, self._calls = self._calls, _Calls()
        self._said = Said(self._names)
        self._usage.again()
        self._blocks.hold()

    def _take(self, sayings: Iterable[Saying]) -> None:
        for saying in sayings:
            match saying:
                case Text(text):
                    self._write(text)
                case Thought(text):
                    if not self._stop.matched:
                        self._blocks.thinking(text)
                case Call():
                    self._take_call(saying)
                case _:
                    assert_never(saying)

    def _write(self, text: str) -> None:
        if self._calls.shown:
            self._calls.shown.append(text)
        else:
            self._blocks.text(self._stop.feed(text))

    def _take_call(self, call: Call) -> None:
        """Take a call out of the text."""
        self._blocks.text(self._stop.flush())
        if self._stop.matched:
            return

        self._blocks.hold()
        settled = settle(self._names, call, cut=False)
        if isinstance(settled, Use):
            self._calls.uses.append(settled)
            return
        self._calls.problem = self._calls.problem or settled
        if self._may_reask and not self._first:
            # What follows waits as well, for it may not be needed.
            self._calls.shown.append(call.raw)
        else:
            self._write(call.raw)

    def _take_native(self) -> None:
        """Take the calls that the server told apart."""
        if self._stop.matched:
            return

        native: list[Use] = []
        for begun in self._said.native:
            call, cut = begun.whole(), self._said.cut
            if not self._names.tools:
                self._calls.shown.append(self._gap() + call.raw)
                continue
            settled = settle(self._names, call, cut=cut)
            if isinstance(settled, Use):
                native.append(settled)
                continue
            self._calls.problem = self._calls.problem or settled
            shown = notices.shown_call(call.raw, cut=cut)
            self._calls.shown.append(self._gap() + shown)
        self._calls.uses = [*without_doubles(self._calls.uses, native), *native]

    def _gap(self) -> str:
        return "\n\n" if self._calls.shown else self._gap_behind_words()

    def _gap_behind_words(self) -> str:
        return "\n\n" if self._blocks.has_words else ""

    def _look_for_trouble(self) -> None:
        """Find out whether the model should be asked again."""
        problem = self._trouble()
        if problem:
            self.needs_reask = True
            self.reask = reask_instruction(problem.tool, problem.reason)
            self.notes.append(f"a call was no use: {problem.reason}")

    def _trouble(self) -> Problem | None:
        calls = self._calls
        if self._said.cut or self._stop.matched or not self._names.tools:
            return None
        if any(use.problem is None for use in calls.uses):
            return None
        if calls.problem or calls.uses:
            return calls.problem or calls.uses[0].problem
        if self._is_lost():
            return Problem(None, "the server could not read it")
        if self._chat.must_call:
            must = self._names.tools.get(self._chat.must_call)
            known = must or self._chat.must_call == "*"
            return Problem(must, "no tool was called") if known else None
        return None

    def _is_lost(self) -> bool:
        """The server speaks of a call, and there is none."""
        nothing = not self._calls.uses and not self._calls.problem
        return nothing and self._said.finish in _CALLED and not self._said.native

    def _write_rest(self) -> None:
        """Write what waited for the end: the calls, and what is no call."""
        lost = self._is_lost()
        if self._first and not self._calls.uses:
            self._calls = self._first.joined(self._calls)
            if self._calls.shown:
                self._blocks.text(self._gap_behind_words())
        elif self._first:
            self.repairs += 1
        if self._calls.shown:
            self._blocks.text(self._stop.feed("".join(self._calls.shown)))
        self._blocks.text(self._stop.flush())
        if lost and not self._calls.uses:
            self._blocks.text(self._gap() + notices.LOST_CALL)
        self._write_calls()
        if not self._blocks.has_words and not self.tool_calls:
            self._blocks.text(notices.CUT_OFF if self._said.cut else notices.NO_ANSWER)

    def _write_calls(self) -> None:
        uses = self._calls.uses
        if not self._chat.parallel and len(uses) > 1:
            self.notes.append(f"left out {len(uses) - 1} calls after the first")
            uses = uses[:1]
        for use in uses:
            self._blocks.tool(self._new_id(), use.name, use.input_json)
            self.tool_calls += 1
            if use.repair:
                self.repairs += 1
                self.notes.append(
                    one_line(f"mended a call of {use.name}: {use.repair}")
                )

    def _end(self) -> list[AnswerEvent]:
        self._blocks.close()
        self.ended = True
        self.counts = self._usage.counts()
        reason = self._reason()
        self.stop_reason = reason
        sequence = self._stop.matched if reason == "stop_sequence" else ""
        end = MessageDelta(reason, self.counts, sequence)
        return [*self._blocks.take(), end, MessageStop()]

    def _reason(self) -> StopReason:
        if self.tool_calls:
            return "tool_use"
        if self._stop.matched:
            return "stop_sequence"
        return "max_tokens" if self._said.cut else "end_turn"


@dataclass
class _Calls:
    """The calls of one answer of the model."""

    uses: list[Use] = field(default_factory=list[Use])
    problem: Problem | None = None
    """Why the first that is no use is none."""

    shown: list[str] = field(default_factory=list[str])
    """What is shown at the end, unless the model is asked again: calls that are no
    use, and the text that followed them."""

    def joined(self, later: "_Calls") -> "_Calls":
        """The calls of two answers, of which the second one has none to be made."""
        return _Calls(self.uses, self.problem, [*self.shown, *later.shown])
