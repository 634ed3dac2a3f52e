"""An answer that is one known text."""

from mux_tui.core.wire.anthropic_events import (
    AnswerEvent,
    BlockDelta,
    BlockStart,
    BlockStop,
    Counts,
    MessageDelta,
    MessageStart,
    MessageStop,
)


def text_answer(message_id: str, model: str, text: str) -> list[AnswerEvent]:
    """The events of an answer that says `text`, which is not empty."""
    counts = Counts(input=1, output=max(len(text) // 4, 1))
    return [
        MessageStart(message_id, model, counts),
        BlockStart(0, "text"),
        BlockDelta(0, "text", text),
        BlockStop(0),
        MessageDelta("end_turn", counts),
        MessageStop(),
    ]
