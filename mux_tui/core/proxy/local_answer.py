"""One answer of the local model: its turn in the queue, its server, its pieces.

It is a generator of events, which knows nothing of HTTP. The beginning of the answer
is not among them: whoever delivers it says when that may be told.
"""

import asyncio
import time
from collections.abc import AsyncGenerator, Iterable
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any

import httpx

from mux_tui.core.errors import BackendError, MuxError
from mux_tui.core.events import Prefilled
from mux_tui.core.proxy.circuit import Circuit
from mux_tui.core.proxy.exchange_log import OpenExchange
from mux_tui.core.proxy.local_door import LocalDoor
from mux_tui.core.proxy.places import Places
from mux_tui.core.proxy.translator import Translator
from mux_tui.core.proxy.upstream import Limits, Refused, Sign, ask, chat_body, for_model
from mux_tui.core.wire.anthropic_events import AnswerEvent
from mux_tui.core.wire.openai import Piece, TokenCounts

_LOADING_PAUSE = 2.0
_EXPLAINING_SECONDS = 1.0
_HARMLESS = frozenset({"context_too_large", "rate_limit"})
"""Faults of one request, which say nothing about the next."""


@dataclass
class LocalParts:
    """What answers of the local model share."""

    client: httpx.AsyncClient
    door: LocalDoor
    limits: Limits
    places: Places
    circuit: Circuit


class LocalAnswer:
    """One answer, asked for once."""

    def __init__(
        self,
        parts: LocalParts,
        body: dict[str, Any],
        translator: Translator,
        exchange: OpenExchange,
    ) -> None:
        """Make one; nothing is asked yet.

        Args:
            parts: Shared with other answers.
            body: What to ask, as Chat Completions.
            translator: Gets the pieces.
            exchange: Learns what happens.
        """
        self.translator = translator
        self.committed = False
        """The client has been told that an answer comes: a refusal that time mends is
        waited for, since no status can tell it any more."""

        self.usage: TokenCounts | None = None
        """The server's own counts, once they have come."""

        self._parts = parts
        self._asked = body
        self._exchange = exchange
        self._heard = False
        self._said: list[str] = []
        self.body = chat_body(body)
        """What is sent, but for the model's id."""

        self.notes: list[str] = []
        """What was odd about the server's answer."""

        self.reasked = 0
        """How often the model was asked again for the same answer."""

    def commit(self) -> None:
        """Note that the client has been told."""
        self.committed = True

    async def events(self) -> AsyncGenerator[list[AnswerEvent], None]:
        """What the model says, ended properly.

        Raises:
            MuxError: There is no answer, or not all of it.
        """
        circuit = self._parts.circuit
        try:
            async with self._parts.places.place():
                async with aclosing(self._translated()) as batches:
                    async for batch in batches:
                        yield batch
        except MuxError as error:
            if _is_lasting(error):
                circuit.failed(error.what)
            raise
        circuit.succeeded()

    async def _translated(self) -> AsyncGenerator[list[AnswerEvent], None]:
        translator = self.translator
        async with aclosing(self._signs(self.body)) as batches:
            async for signs in batches:
                yield self._events_of(signs)
                if translator.done:
                    break
        yield translator.finish()
        if translator.needs_reask and not translator.ended:
            yield await self._second_answer()
            yield translator.finish()

    async def _second_answer(self) -> list[AnswerEvent]:
        """What the model says when it is told what was wrong; nothing if it fails.

        It is read whole before any of it counts: half of it would be no answer.
        """
        self.reasked += 1
        heard: list[Sign] = []
        body = chat_body(reasked(self._asked, self._said, self.translator.reask))
        try:
            async with aclosing(self._signs(body)) as batches:
                async for signs in batches:
                    heard += signs
        except BackendError as error:
            self._exchange.note(f"asked again for a tool call, in vain: {error}")
            return []

        return self._events_of(heard)

    def _events_of(self, signs: Iterable[Sign]) -> list[AnswerEvent]:
        events: list[AnswerEvent] = []
        pieces = 0
        for sign in signs:
            if isinstance(sign, Prefilled):
                self._exchange.prefilled(sign.tokens, sign.total)
                continue
            pieces += self._look_at(sign)
            events += self.translator.feed(sign)
        if pieces:
            self._exchange.grew(pieces)
        return events

    def _look_at(self, piece: Piece) -> bool:
        """Learn from a piece; whether the model said something with it."""
        if piece.usage:
            # The second answer's prompt holds the first one, and most of it is cached.
            self.usage = self.usage if self.reasked else piece.usage
        speaks = bool(piece.text or piece.reasoning or piece.tool_calls)
        if speaks:
            self._exchange.first_token()
        if piece.text:
            self._said.append(piece.text)
        self._said += (part.name + part.arguments for part in piece.tool_calls)
        return speaks

    async def _signs(self, body: bytes) -> AsyncGenerator[list[Sign], None]:
        """What the server does; asked again while that can still mend a fault."""
        parts, began = self._parts, time.monotonic()
        reopened = False
        while True:
            endpoint, traits = await parts.door.open()
            self._exchange.set(model=traits.name)
            self._exchange.asked()
            try:
                named = for_model(body, endpoint.model)
                asked = ask(parts.client, endpoint, named, parts.limits, self.notes)
                async with aclosing(asked) as batches:
                    async for signs in batches:
                        self._heard = True
                        yield signs
                return
            except BackendError as error:
                if self._waits_for(error, began):
                    await asyncio.sleep(_LOADING_PAUSE)
                    continue
                if error.fault not in ("connection", "cut"):
                    raise
                parts.door.lost()
                # A server that went away while it was idle is started again, once.
                if error.fault == "cut" or reopened or self._heard:
                    raise await self._explained(error) from error
                reopened = True

    async def _explained(self, error: BackendError) -> BackendError:
        """The same fault, with what is known of the server's death."""
        try:
            async with asyncio.timeout(_EXPLAINING_SECONDS):
                state = await self._parts.door.local.state()
        except TimeoutError:
            return error
        if state.status != "crashed":
            return error

        return BackendError(error.fault, error.what, state.detail, error.next_step)

    def _waits_for(self, error: BackendError, began: float) -> bool:
        loading = isinstance(error, Refused) and error.status == 503
        waited = time.monotonic() - began
        return loading and self.committed and waited < self._parts.limits.first_token


def reasked(
    body: dict[str, Any], said: Iterable[str], instruction: str
) -> dict[str, Any]:
    """The request once more, with the answer that was no use and what to do instead."""
    answer = "".join(said).strip() or "(nothing)"
    more = [
        {"role": "assistant", "content": answer},
        {"role": "user", "content": instruction},
    ]
    return body | {"messages": [*body["messages"], *more], "temperature": 0}


def _is_lasting(error: MuxError) -> bool:
    """Whether the next request is likely to fail for the same reason."""
    if isinstance(error, Refused) and error.fault not in _HARMLESS:
        return error.status in (500, 502, 504)

    return not (isinstance(error, BackendError) and error.fault in _HARMLESS)
