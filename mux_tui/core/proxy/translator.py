"""What translates the pieces of one answer, as far as the service knows it."""

from collections.abc import Callable
from typing import Protocol

from mux_tui.core.proxy.translate.facts import ChatRequest
from mux_tui.core.wire.anthropic_events import AnswerEvent, Counts
from mux_tui.core.wire.openai import Piece


class Translator(Protocol):
    """From pieces to events; the grammar of the events is its promise."""

    @property
    def counts(self) -> Counts:
        """Tokens so far."""
        ...

    @property
    def done(self) -> bool:
        """The answer is complete, whatever the server may still say."""
        ...

    @property
    def needs_reask(self) -> bool:
        """After `finish`: the model tried to call a tool, and no call came of it."""
        ...

    @property
    def ended(self) -> bool:
        """Nothing more comes."""
        ...

    @property
    def reask(self) -> str:
        """What to tell the model then."""
        ...

    @property
    def stop_reason(self) -> str:
        """Why it ended; empty: it has not, or it failed."""
        ...

    @property
    def tool_calls(self) -> int:
        """Calls that were written."""
        ...

    @property
    def repairs(self) -> int:
        """Calls among them that had to be mended."""
        ...

    @property
    def notes(self) -> list[str]:
        """What was mended and what was left out."""
        ...

    def start(
        self, message_id: str, model_shown: str, counts_estimate: Counts
    ) -> list[AnswerEvent]:
        """The events that an answer begins with."""
        ...

    def feed(self, piece: Piece) -> list[AnswerEvent]:
        """Take a piece, and return what can be shown."""
        ...

    def finish(self) -> list[AnswerEvent]:
        """The answer ended as it should.

        When `needs_reask` is true after it and `ended` is not, the model may be asked
        again: feed its second answer, and finish again.
        """
        ...


TranslatorOf = Callable[[ChatRequest], Translator]
