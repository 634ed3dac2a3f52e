"""The scripted cloud itself: listen, look up the vendor, act the script."""

import asyncio
import dataclasses
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from typing import assert_never

from tests.cloud import anthropic, gemini
from tests.cloud.anthropic import Anthropic
from tests.cloud.connection import Connection
from tests.cloud.gemini import Gemini
from tests.cloud.openai import OpenAI
from tests.cloud.received import Received
from tests.cloud.script import Answer, Failure, Script, Silence, reply_to
from tests.cloud.vendor import Inference, Vendor

VENDORS: tuple[Vendor, ...] = (Anthropic(), OpenAI(), Gemini())
MODELS = ("claude-scripted-1", "claude-scripted-2")


class Cloud:
    """A listening cloud, and what it was asked."""

    def __init__(self, script: Script) -> None:
        self.script = script
        self.requests: list[Received] = []
        """Every request, oldest first."""

        self.port = 0
        self.open_connections = 0
        self._changed = asyncio.Condition()
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def base_url(self) -> str:
        """Where it listens, without a final slash."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def asked(self) -> list[Received]:
        """The requests for inference alone."""
        return [request for request in self.requests if request.vendor]

    async def wait_for(
        self, condition: Callable[[], bool], seconds: float = 60
    ) -> None:
        """Wait until the condition on this cloud's state holds.

        Raises:
            TimeoutError: It does not within `seconds`.
        """
        async with asyncio.timeout(seconds), self._changed:
            await self._changed.wait_for(condition)

    async def serve(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        """Answer one client's requests until it goes."""
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        connection = Connection(reader, writer)
        await self._count(1)
        try:
            while request := await connection.next_request():
                await self._answer(connection, request)
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            # The client left, the script cut the answer, or the test is over.
            return
        finally:
            writer.close()
            self._tasks.discard(task)
            await self._count(-1)

    async def stop(self) -> None:
        """Drop every connection."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _count(self, change: int) -> None:
        async with self._changed:
            self.open_connections += change
            self._changed.notify_all()

    async def _answer(self, connection: Connection, request: Received) -> None:
        for vendor in VENDORS:
            if inference := vendor.inference(request):
                number = len(self.asked)
                request = _with(request, vendor, inference)
                await self._log(request)
                await self._act(connection, vendor, request, number)
                return

        await self._log(request)
        await _answer_other(connection, request)

    async def _log(self, request: Received) -> None:
        async with self._changed:
            self.requests.append(request)
            self._changed.notify_all()

    async def _act(
        self, connection: Connection, vendor: Vendor, request: Received, number: int
    ) -> None:
        reply = reply_to(self.script, request, number)
        match reply:
            case Failure(status, message, headers):
                document = vendor.error(status, message)
                await connection.send_json(status, document, headers)
            case Silence():
                await connection.until_gone()
            case Answer():
                await asyncio.sleep(reply.delay)
                await _send(connection, vendor, request, reply)
            case _:
                assert_never(reply)


async def _send(
    connection: Connection, vendor: Vendor, request: Received, answer: Answer
) -> None:
    model = answer.model or request.model
    if request.stream:
        await _stream(connection, vendor, answer, model)
    else:
        await connection.send_json(200, vendor.whole(answer, model))


async def _stream(
    connection: Connection, vendor: Vendor, answer: Answer, model: str
) -> None:
    await connection.start_stream()
    for event in vendor.opening(answer, model):
        await connection.send_event(event)
    match answer.ending:
        case "whole":
            for event in vendor.closing(answer, model):
                await connection.send_event(event)
        case "error":
            await connection.send_event(vendor.stream_error("The answer broke off."))
        case "cut":
            raise ConnectionAbortedError("the script ends the stream here")
        case "hang":
            await connection.until_gone()
        case _:
            assert_never(answer.ending)
    await connection.end_stream()


async def _answer_other(connection: Connection, request: Received) -> None:
    """Answer what is not a request for inference."""
    match request.method, request.path:
        case "HEAD", _:
            await connection.send_empty(200)
        case "POST", "/v1/messages/count_tokens":
            await connection.send_json(200, anthropic.count_tokens(request))
        case "POST", path if path.endswith(":countTokens"):
            await connection.send_json(200, gemini.count_tokens(request))
        case "GET", "/v1/models" if "anthropic-version" in request.headers:
            await connection.send_json(200, anthropic.models(MODELS))
        case "CONNECT", _:
            # A client that was given this cloud as its proxy wants to go outside.
            await connection.send_empty(403)
        case _:
            document = {"error": {"message": "not in this cloud", "code": 404}}
            await connection.send_json(404, document)


def _with(request: Received, vendor: Vendor, inference: Inference) -> Received:
    return dataclasses.replace(
        request,
        vendor=vendor.name,
        model=inference.model,
        stream=inference.stream,
        prompt=inference.prompt,
    )


@asynccontextmanager
async def cloud(script: Script | None = None, port: int = 0) -> AsyncGenerator[Cloud]:
    """A cloud that listens on 127.0.0.1 as long as the context lasts.

    Args:
        script: What it answers; None: one short text to everything.
        port: Where it listens; 0: on a free port.
    """
    made = Cloud(script if script is not None else Answer())
    server = await asyncio.start_server(made.serve, "127.0.0.1", port, limit=256 * 1024)
    made.port = server.sockets[0].getsockname()[1]
    try:
        yield made
    finally:
        server.close()
        await made.stop()
        await server.wait_closed()
