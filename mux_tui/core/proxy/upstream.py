"""One request to the local model: a body out, pieces of an answer in.

Always streamed, whatever the client asked for: one way to read is one to get right.
What is yielded at a time is what the network brought at a time.
"""

import json
import time
from collections.abc import AsyncGenerator
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx
import orjson

from mux_tui.core.backends.chat_endpoint import Endpoint
from mux_tui.core.backends.chat_faults import (
    as_backend_errors,
    from_status,
)
from mux_tui.core.backends.chat_http import Patience, prepared, received, refusal, sent
from mux_tui.core.backends.chat_reader import AnswerReader
from mux_tui.core.backends.chat_silence import NOT_ENDED, Silence
from mux_tui.core.config.settings import Settings
from mux_tui.core.errors import BackendError
from mux_tui.core.events import Prefilled
from mux_tui.core.wire.openai import Piece, ServerFault, parse_fault

Sign = Piece | Prefilled
"""Something the model did: it read, thought, spoke or ended."""

_WIRE_MARGIN = 1024 * 1024
_NEVER_SENT = ("model", "adapters", "draft_model", "num_draft_tokens")
"""Servers load whatever these name; the model is the endpoint's."""


@dataclass(frozen=True)
class Limits:
    """How long, and how much."""

    connect: float
    first_token: float
    stall: float
    answer_bytes: int

    @classmethod
    def from_settings(cls, settings: Settings) -> "Limits":
        """The user's limits."""
        local = settings.providers.local
        return cls(
            local.connect_timeout,
            local.first_token_timeout,
            local.stall_timeout,
            settings.limits.answer_bytes,
        )


class Refused(BackendError):
    """The server answered with a status that is no success."""

    def __init__(
        self, error: BackendError, status: int, fault: ServerFault, retry_after: str
    ) -> None:
        """Make one of the error it means.

        Args:
            error: What it means.
            status: What the server said.
            fault: Its words, and what it tells of sizes.
            retry_after: Its header of that name; foreign text.
        """
        super().__init__(error.fault, error.what, error.why, error.next_step)
        self.status = status
        self.fault_told = fault
        self.retry_after = retry_after


def chat_body(body: dict[str, Any]) -> bytes:
    """A body as bytes, without a model, asking for a stream."""
    kept = {k: v for k, v in body.items() if k not in _NEVER_SENT}
    kept |= {"stream": True, "stream_options": {"include_usage": True}}
    try:
        return orjson.dumps(kept)
    except TypeError:
        # Lone surrogates, and integers of more than 64 bits.
        text = json.dumps(kept, ensure_ascii=False, separators=(",", ":"))
        return text.encode("utf-8", "replace")


def for_model(body: bytes, model: str) -> bytes:
    """A body made by `chat_body`, asking for this model; empty: the server's choice."""
    return b'{"model":%b,%b' % (orjson.dumps(model), body[1:]) if model else body


async def ask(
    client: httpx.AsyncClient,
    endpoint: Endpoint,
    body: bytes,
    limits: Limits,
    notes: list[str] | None = None,
) -> AsyncGenerator[list[Sign], None]:
    """Ask, and yield what comes; the end of the generator is the answer's proper end.

    Closing the generator closes the connection.

    Args:
        client: Made by `make_client`.
        endpoint: Who is asked.
        body: Made by `for_model`.
        limits: For this request.
        notes: Gets what was odd about the answer.

    Raises:
        BackendError: There is no answer, or not all of it; the fault says why.
    """
    asking = _Asking(client, endpoint, limits, [] if notes is None else notes)
    with as_backend_errors(endpoint):
        async with aclosing(asking.signs(body)) as batches:
            async for batch in batches:
                before = time.monotonic()
                yield batch
                asking.patience.excuse(time.monotonic() - before)


class _Pieces:
    """Keeps watch over the pieces, and hands them on as they are."""

    def __init__(self, limit: int, notes: list[str]) -> None:
        self.finish = ""
        self.tokens = 0
        self.notes = notes
        self._limit = limit
        self._size = 0

    def take(self, piece: Piece) -> list[Piece]:
        self.finish = piece.finish or self.finish
        size = len(piece.text) + len(piece.reasoning)
        for call in piece.tool_calls:
            # The constant stands for the call itself: empty calls are not free.
            size += 64 + len(call.name) + len(call.arguments)
        self.tokens += bool(size)
        self._size += size
        if self._size > self._limit:
            raise BackendError(
                "bad_response", f"the answer grew past {self._limit} characters"
            )

        return [piece]

    def end(self) -> list[Piece]:
        return []


class _Asking:
    """The state of one request."""

    def __init__(
        self,
        client: httpx.AsyncClient,
        endpoint: Endpoint,
        limits: Limits,
        notes: list[str],
    ) -> None:
        self.patience = Patience(limits.first_token)
        self._client = client
        self._endpoint = endpoint
        self._limits = limits
        self._silence = Silence(limits.first_token, limits.stall)
        self._pieces = _Pieces(limits.answer_bytes, notes)
        # JSON escapes double most text, and there is a frame around it.
        wire_limit = 2 * limits.answer_bytes + _WIRE_MARGIN
        self._reader: AnswerReader[Piece] = AnswerReader(
            endpoint, self._pieces, wire_limit
        )

    async def signs(self, body: bytes) -> AsyncGenerator[list[Sign], None]:
        try:
            async with self._opened(body) as response:
                async with aclosing(self._read(response)) as batches:
                    async for batch in batches:
                        yield batch
        except (TimeoutError, httpx.HTTPError) as error:
            self._settle(error)
        if last := self._reader.end():
            yield last

    async def _read(self, response: httpx.Response) -> AsyncGenerator[list[Sign], None]:
        reader = self._reader
        body = received(response, self._endpoint, self.patience)
        async with aclosing(body) as arriving:
            async for data in arriving:
                if signs := reader.feed(data):
                    yield signs
                if reader.done:
                    return
                if reader.advanced:
                    self.patience.restart(self._silence.allowed(reader.whole))

    def _settle(self, error: Exception) -> None:
        """Let a fault pass that came after the answer was complete."""
        if self._reader.whole:
            self._pieces.notes.append(NOT_ENDED)
            return
        fault = self._silence.fault(error, self._endpoint, self._pieces.tokens)
        if fault is None:
            raise error

        raise fault from error

    @asynccontextmanager
    async def _opened(self, body: bytes) -> AsyncGenerator[httpx.Response, None]:
        """The response, once it is a success."""
        request = prepared(
            self._client, self._endpoint, "chat/completions", self._limits.connect, body
        )
        async with sent(self._client, request, self.patience) as response:
            if response.status_code == 200:
                yield response
                return
            said = await refusal(response, self._endpoint, self.patience)

        fault, status = parse_fault(said), response.status_code
        error = from_status(status, fault, self._endpoint)
        raise Refused(error, status, fault, response.headers.get("Retry-After", ""))
