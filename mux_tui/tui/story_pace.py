"""How fast an answer comes: reading the prompt, the first token, tokens a second."""

from mux_tui.core.task import Completion

_SHORTEST = 0.02
"""Seconds below which no speed is told."""


def speed(completion: Completion) -> float | None:
    """Tokens a second of an answer, without the wait for the first; None: unknown."""
    tokens, first = completion.usage.output_tokens, completion.first_token_seconds
    spent = completion.seconds - (first or 0.0)
    if tokens is None or tokens < 2 or spent < _SHORTEST:
        return None

    return tokens / spent


class Pace:
    """The pace of the attempt under way, or of the last one."""

    def __init__(self) -> None:
        """Nobody was asked yet."""
        self.first_token_seconds: float | None = None
        self.speed: float | None = None
        """Tokens a second of the whole answer; None: it is not there, or unknown."""

        self.answering = False
        """Text is coming."""

        self._asked_at = 0.0
        self._first_at = 0.0
        self._pieces = 0
        self._read = 0
        """Tokens of the prompt that were read when that was first told."""

        self._read_at: float | None = None

    def asked(self, at: float) -> None:
        """A backend was asked."""
        self.first_token_seconds = self.speed = self._read_at = None
        self.answering = False
        self._pieces, self._asked_at = 0, at

    def prefilled(self, tokens: int, total: int, at: float) -> str:
        """So much of the prompt was read; that in words."""
        detail = f"reads {tokens:,}/{total:,}"
        if self._read_at is None:
            self._read_at, self._read = at, tokens
        elif (spent := at - self._read_at) > _SHORTEST:
            detail += f" · {(tokens - self._read) / spent:,.0f} tok/s"
        return detail

    def came(self, at: float) -> bool:
        """More text has come; whether it is the first."""
        first = not self.answering
        if first:
            self.answering, self._first_at = True, at
            self.first_token_seconds = at - self._asked_at
        self._pieces += 1
        return first

    def answered(self, completion: Completion) -> str:
        """The answer is complete; its figures in words."""
        told = completion.first_token_seconds
        if told is not None:
            self.first_token_seconds = told
        self.speed = speed(completion)
        self.answering = False
        facts: list[str] = []
        if completion.usage.output_tokens is not None:
            facts.append(f"{completion.usage.output_tokens:,} tok")
        if self.speed is not None:
            facts.append(f"{self.speed:.0f} tok/s")
        if completion.finish_reason == "length":
            facts.append("cut short")
        return " · ".join(facts)

    def rate(self, now: float) -> float | None:
        """Tokens a second of the answer that is coming, a piece a token; None: it is
        too early to tell, or none is coming."""
        spent = now - self._first_at
        if not self.answering or self._pieces < 2 or spent < _SHORTEST:
            return None

        return (self._pieces - 1) / spent
