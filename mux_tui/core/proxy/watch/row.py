"""One request as a panel shows it: what is known of it, and how far it is."""

from dataclasses import dataclass
from typing import Literal

from mux_tui.core.events import ExchangePrefilled, ExchangeProgressed
from mux_tui.core.exchange import Exchange

Stage = Literal["waiting", "reading", "answering", "over"]
"""`waiting`: the model has not begun with it. `reading`: it reads the prompt."""

CountCheck = Literal["same", "near", "fewer", "unknown"]
"""Tokens that the server counted against those that were sent. `fewer`: so many fewer
that it must have cut the prompt."""

_MUCH_FEWER = 0.7
_WORTH_COMPARING = 500


@dataclass(frozen=True)
class Row:
    """One request, live or over."""

    exchange: Exchange
    started_at: float
    """Seconds since 1970, UTC."""

    reading: ExchangePrefilled | None = None
    """How much of the prompt has been read; None: not told."""

    answer: ExchangeProgressed | None = None
    """How much of the answer has come; None: nothing, or it is over."""

    heard_at: float = 0.0
    """When `reading` or `answer` was told, on the clock of `started_at`."""

    @property
    def id(self) -> str:
        """Of the exchange."""
        return self.exchange.id

    @property
    def stage(self) -> Stage:
        """What happens with it."""
        if self.exchange.status != "running":
            return "over"
        if self.answer is not None:
            return "answering"
        return "reading" if self.reading is not None else "waiting"

    @property
    def live(self) -> bool:
        """Whether it is under way."""
        return self.exchange.status == "running"

    @property
    def failed(self) -> bool:
        """Whether it went wrong."""
        return self.exchange.status == "failed"

    @property
    def tokens_in(self) -> int | None:
        """Of the prompt: as the server counted, else as we did."""
        counted = self.exchange.tokens_counted
        return self.exchange.tokens_sent if counted is None else counted

    @property
    def tokens_out(self) -> int | None:
        """Of the answer, so far."""
        if self.answer is not None:
            return self.answer.tokens_out
        return self.exchange.tokens_out

    @property
    def first_token_seconds(self) -> float | None:
        """From its arrival to the answer's first token."""
        if self.answer is not None:
            return self.answer.first_token_seconds
        return self.exchange.first_token_seconds

    @property
    def rate(self) -> float | None:
        """Tokens a second since the first one; None: too few to tell."""
        first, out = self.first_token_seconds, self.tokens_out
        if first is None or out is None or out < 2:
            return None

        seconds = self.answer.seconds if self.answer else self.exchange.seconds
        return (out - 1) / (seconds - first) if seconds > first else None

    @property
    def trimmed(self) -> float | None:
        """The share of the client's body that did not go on; None: nothing went on.

        It is below zero where the translation is longer than what came.
        """
        before, after = self.exchange.bytes_in, self.exchange.bytes_sent
        return 1 - after / before if before and after else None

    @property
    def cached(self) -> float | None:
        """The share of the prompt that the server had read before."""
        whole, part = self.exchange.tokens_counted, self.exchange.tokens_cached
        return min(part / whole, 1.0) if whole and part is not None else None

    @property
    def count_check(self) -> CountCheck:
        """Whether the server read as many tokens as were sent."""
        sent, counted = self.exchange.tokens_sent, self.exchange.tokens_counted
        if sent is None or counted is None:
            return "unknown"
        if sent == counted:
            return "same"

        cut = sent >= _WORTH_COMPARING and counted < _MUCH_FEWER * sent
        return "fewer" if cut else "near"

    @property
    def read_share(self) -> float | None:
        """How much of the prompt has been read, from 0 to 1; None: not known."""
        told = self.reading
        return min(told.tokens / told.total, 1.0) if told and told.total else None

    def seconds(self, now: float) -> float:
        """For how long it has been, or was, under way."""
        if not self.live:
            return self.exchange.seconds
        return max(now - self.started_at, 0.0)

    def seconds_left(self, now: float) -> float | None:
        """Until the prompt has been read; None: too early to tell."""
        left = self.reading.seconds_left if self.reading else None
        return None if left is None else max(left - (now - self.heard_at), 0.0)
