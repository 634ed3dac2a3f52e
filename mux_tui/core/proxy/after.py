"""What is learnt from an answer once it has been given; nobody waits for it."""

from dataclasses import dataclass
from typing import Any

from mux_tui.core.proxy.count import Counted
from mux_tui.core.wire.anthropic_events import Counts
from mux_tui.core.wire.openai import TokenCounts

_MUCH_FEWER = 0.7
_MUCH_FEWER_THAN_GUESSED = 0.5
_WORTH_COMPARING = 500


@dataclass(frozen=True)
class Tokens:
    """What the server counted, with what it did not tell filled from elsewhere."""

    counted: int | None
    cached: int | None
    out: int | None

    @property
    def read(self) -> int | None:
        """Tokens that the model really read; None: not told."""
        return None if self.counted is None else self.counted - (self.cached or 0)

    @property
    def fields(self) -> dict[str, Any]:
        """Names and values of an `Exchange`."""
        return {
            "tokens_counted": self.counted,
            "tokens_cached": self.cached,
            "tokens_out": self.out,
        }


def tokens_of(usage: TokenCounts | None, counts: Counts) -> Tokens:
    """The tokens of one answer; the prompt's are only the server's own."""
    told = usage or TokenCounts()
    out = counts.output if told.completion is None else told.completion
    return Tokens(told.prompt, told.cached, out)


def lost_tokens(sent: Counted, counted: int | None) -> str:
    """A note when the server counted far fewer tokens than were sent; else empty."""
    if counted is None or sent.tokens < _WORTH_COMPARING:
        return ""
    share = _MUCH_FEWER if sent.exact else _MUCH_FEWER_THAN_GUESSED
    if counted >= share * sent.tokens:
        return ""

    about = "" if sent.exact else "about "
    return (
        f"the server read {counted:,} of {about}{sent.tokens:,} tokens: it cut the "
        "prompt, so its context window is smaller than it should be"
    )
