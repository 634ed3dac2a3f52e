"""One question to a model server, from the first byte sent to the last event.

The story of one request is here; what it is made of is beside it: the request and its
time limits, the reader of bytes, the answer, and the faults.
"""

import time
from collections.abc import AsyncGenerator
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, replace

import httpx

from mux_tui.core.backends.chat_answer import Answer
from mux_tui.core.backends.chat_endpoint import Endpoint
from mux_tui.core.backends.chat_faults import (
    as_backend_errors,
    from_status,
    is_overflow,
)
from mux_tui.core.backends.chat_http import Patience, prepared, received, refusal, sent
from mux_tui.core.backends.chat_reader import AnswerReader
from mux_tui.core.backends.chat_silence import NOT_ENDED, Silence
from mux_tui.core.events import BackendEvent, ReasoningDelta, TextDelta
from mux_tui.core.wire.openai import Message, ServerFault, build_request, parse_fault

_WIRE_MARGIN = 1024 * 1024


@dataclass(frozen=True)
class Question:
    """One request, with its limits."""

    messages: tuple[Message, ...]
    max_tokens: int
    temperature: float
    logprobs: bool
    """Ask for log-probabilities, and once more without if they are refused."""

    connect_timeout: float
    first_token_timeout: float
    stall_timeout: float
    answer_bytes: int

    def body(self, model: str, logprobs: bool) -> bytes:
        """What is sent."""
        return build_request(
            model,
            self.messages,
            max_tokens=self.max_tokens,
            temperature=self.temperature,
            logprobs=logprobs,
        )


async def ask(
    client: httpx.AsyncClient, endpoint: Endpoint, question: Question
) -> AsyncGenerator[BackendEvent, None]:
    """Ask one question: deltas, then one `Completion`.

    Closing the generator closes the connection.

    Raises:
        BackendError: There is no answer; the fault says why.
    """
    started = time.monotonic()
    asking = _Asking(client, endpoint, question)
    first: float | None = None
    with as_backend_errors(endpoint):
        async with aclosing(asking.events()) as events:
            async for event in events:
                before = time.monotonic()
                if first is None and isinstance(event, (TextDelta, ReasoningDelta)):
                    first = before - started
                yield event
                asking.patience.excuse(time.monotonic() - before)

    done = asking.answer.completion(first, time.monotonic() - started)
    if endpoint.label and done.model in ("", endpoint.model):
        done = replace(done, model=endpoint.label)
    yield done


class _Asking:
    """The state of one request."""

    def __init__(
        self, client: httpx.AsyncClient, endpoint: Endpoint, question: Question
    ) -> None:
        self.answer = Answer(question.answer_bytes)
        self.patience = Patience(question.first_token_timeout)
        self._client = client
        self._endpoint = endpoint
        self._question = question
        self._silence = Silence(question.first_token_timeout, question.stall_timeout)
        # JSON escapes double most text, and there is a frame around it.
        wire_limit = 2 * question.answer_bytes + _WIRE_MARGIN
        self._reader = AnswerReader(endpoint, self.answer, wire_limit)

    async def events(self) -> AsyncGenerator[BackendEvent, None]:
        try:
            async with self._opened() as response:
                async with aclosing(self._read(response)) as events:
                    async for event in events:
                        yield event
        except (TimeoutError, httpx.HTTPError) as error:
            self._settle(error)
        for event in self._reader.end():
            yield event

    async def _read(
        self, response: httpx.Response
    ) -> AsyncGenerator[BackendEvent, None]:
        reader = self._reader
        body = received(response, self._endpoint, self.patience)
        async with aclosing(body) as pieces:
            async for piece in pieces:
                for event in reader.feed(piece):
                    yield event
                if reader.done:
                    return
                if reader.advanced:
                    self.patience.restart(self._silence.allowed(reader.whole))

    def _settle(self, error: Exception) -> None:
        """Let a fault pass that came after the answer was complete."""
        if self._reader.whole:
            self.answer.notes.append(NOT_ENDED)
            return
        fault = self._silence.fault(error, self._endpoint, self.answer.tokens)
        if fault is None:
            raise error

        raise fault from error

    @asynccontextmanager
    async def _opened(self) -> AsyncGenerator[httpx.Response, None]:
        """The response, once it is a success.

        Servers that do not know log-probabilities refuse the request; they are asked
        once more without.
        """
        logprobs = self._question.logprobs
        while True:
            async with sent(
                self._client, self._prepared(logprobs), self.patience
            ) as response:
                if response.status_code == 200:
                    yield response
                    return
                fault = await self._refused(response)
                status = response.status_code
            if not (logprobs and status == 400) or is_overflow(fault):
                raise from_status(status, fault, self._endpoint)
            logprobs = False
            self.answer.notes.append("the server refused log-probabilities")

    def _prepared(self, logprobs: bool) -> httpx.Request:
        body = self._question.body(self._endpoint.model, logprobs)
        timeout = self._question.connect_timeout
        return prepared(self._client, self._endpoint, "chat/completions", timeout, body)

    async def _refused(self, response: httpx.Response) -> ServerFault:
        return parse_fault(await refusal(response, self._endpoint, self.patience))
