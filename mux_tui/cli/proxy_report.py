"""What a proxy does as lines: for people, or one JSON object each."""

import time
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from mux_tui.cli.output import Output
from mux_tui.core.text import one_line

if TYPE_CHECKING:
    # They take a while to import, which the help does not need.
    from mux_tui.core.proxy.process.status import ProxyStatus
    from mux_tui.core.proxy.watch.facts import WatchFact
    from mux_tui.core.proxy.watch.row import Row

_STATES = {"running": "●", "stopped": "○", "starting": "◐"}
_ENDS = {"done": "✓", "failed": "✗", "cancelled": "–", "running": "◐"}


def narrator(output: Output, as_json: bool) -> "Callable[[WatchFact], None]":
    """What to call with each fact."""
    from mux_tui.core.proxy.watch.facts import fact_json

    if as_json:
        return lambda fact: output.json_line(fact_json(fact))
    return _Narrator(output).tell


class _Narrator:
    def __init__(self, output: Output) -> None:
        from mux_tui.core.proxy.watch.board import ProxyBoard

        self._output = output
        self._board = ProxyBoard()
        self._said = ""

    def tell(self, fact: "WatchFact") -> None:
        """Say what is new."""
        from mux_tui.core.events import ExchangeEnded, ExchangeStarted
        from mux_tui.core.proxy.watch.facts import ExchangeRecalled, PastUnknown

        now = time.time()
        self._board.feed(fact, now)
        match fact:
            case ExchangeStarted() | ExchangeEnded() | ExchangeRecalled():
                if row := self._board.row(fact.exchange.id):
                    self._output.line(request_line(row, now))
            case PastUnknown(why=why):
                self._output.line(f"▲ earlier requests are not known: {one_line(why)}")
            case _:
                self._say_state()

    def _say_state(self) -> None:
        board = self._board
        said = state_line(board.state, board.status)
        if said != self._said:
            self._output.line(said)
            self._said = said


def state_line(state: str, status: "ProxyStatus | None") -> str:
    """The proxy's state on one line."""
    mark = _STATES.get(state, "✗")
    if status is None or state != "running":
        sentence = one_line(status.sentence) if status else ""
        return (
            f"{mark} {state}: {sentence}" if state != "starting" else f"{mark} {state}"
        )

    model = one_line(status.model) or "model not known yet"
    return f"{mark} running: {status.url} (pid {status.pid}), {model}"


def request_line(row: "Row", now: float) -> str:
    """A request on one line: when, sizes, tokens, speed, and how it ended."""
    from mux_tui.core.proxy.watch.wording import (
        cut_share,
        note_of,
        state_word,
        thousands,
    )

    exchange = row.exchange
    at = datetime.fromtimestamp(row.started_at).strftime("%H:%M:%S")
    parts = [
        at,
        _ENDS.get(exchange.status, "?"),
        f"{thousands(exchange.bytes_in)} → {thousands(exchange.bytes_sent)}",
        cut_share(row.trimmed),
        f"{thousands(row.tokens_in)}/{thousands(row.tokens_out)} tokens",
    ]
    if row.first_token_seconds is not None:
        parts.append(f"first {row.first_token_seconds:.2f} s")
    if row.rate is not None:
        parts.append(f"{row.rate:.0f} tok/s")
    return "  ".join((*parts, state_word(row), note_of(row, now))).rstrip()
