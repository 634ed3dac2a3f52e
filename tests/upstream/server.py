"""The server: connections in, one mode for each completion, a record of each."""

import asyncio
import os
import socket
import struct
import time
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from types import TracebackType
from typing import Any

from tests.upstream.connection import Arrived, Connection
from tests.upstream.exchange import Cut, Exchange
from tests.upstream.information import answer_control, answer_models
from tests.upstream.options import Options
from tests.upstream.record import Record
from tests.upstream.registry import MODES
from tests.upstream.selection import requested_mode

_CONTROL = "/__upstream/"
_LOADING = {"code": 503, "message": "Loading model", "type": "unavailable_error"}


class Upstream:
    """A server on a free port of this machine, as an async context manager."""

    def __init__(self, options: Options, port: int = 0) -> None:
        """Make a server; it does not listen yet. Port 0: a free one."""
        self.options = options
        self.log: list[Record] = []
        """Every request so far, the open ones included."""

        self.port = port
        """Where it listens, or will; stays known after the end."""

        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._changed = asyncio.Event()
        self._started = time.monotonic()
        self._told = 0
        self._turn = 0

    async def __aenter__(self) -> "Upstream":
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", self.port)
        self._started = time.monotonic()
        self.port = int(self._server.sockets[0].getsockname()[1])
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        assert self._server
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._server.wait_closed()

    @property
    def base_url(self) -> str:
        """What a client is to be given; ends in `/v1`."""
        return f"http://127.0.0.1:{self.port}/v1"

    @property
    def last(self) -> Record:
        """The latest request."""
        return self.log[-1]

    async def until(self, ready: Callable[[], bool], timeout: float = 30.0) -> None:
        """Wait until something is true of the log.

        Raises:
            TimeoutError: It has not become true in time.
        """
        async with asyncio.timeout(timeout):
            while not ready():
                self._changed.clear()
                await self._changed.wait()

    async def ended(self, number: int = 0, timeout: float = 30.0) -> Record:
        """Wait for the end of one request: the latest, or the one of that number."""
        await self.until(lambda: len(self.log) >= max(number, 1), timeout)
        record = self.log[number - 1]
        await self.until(lambda: record.ended != "open", timeout)
        return record

    def state(self) -> dict[str, Any]:
        """Counters, for another process."""
        ends = [record.ended for record in self.log]
        return {
            "requests": len(ends),
            "mode": self.options.mode,
            **{end: ends.count(end) for end in dict.fromkeys(ends)},
        }

    async def _accept(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        task = asyncio.current_task()
        assert task
        self._tasks.add(task)
        connection = Connection(reader, writer, self._leaves_body)
        try:
            while arrived := await connection.request():
                if not await self._serve(connection, arrived):
                    break
        except asyncio.CancelledError:
            # Re-raised, it would be logged as an error of the server.
            pass
        finally:
            await connection.close()
            self._tasks.discard(task)

    async def _serve(self, connection: Connection, arrived: Arrived) -> bool:
        """Answer one request. Returns whether the connection goes on."""
        number = 0 if arrived.path.startswith(_CONTROL) else len(self.log) + 1
        record = Record(
            number,
            arrived.method,
            arrived.path,
            arrived.http,
            arrived.headers,
            arrived.body,
        )
        if number:
            self.log.append(record)
            self._changed.set()
        exchange = Exchange(connection, arrived, self.options, record)
        try:
            await self._watched(exchange)
        finally:
            self._changed.set()
        if self.options.crash_after and number >= self.options.crash_after:
            os._exit(1)
        return record.ended == "complete" and not connection.closing

    async def _watched(self, exchange: Exchange) -> None:
        """Answer, unless the client leaves first."""
        record = exchange.record
        work = asyncio.create_task(self._answer(exchange))
        gone = asyncio.create_task(exchange.connection.gone.wait())
        try:
            await asyncio.wait({work, gone}, return_when=asyncio.FIRST_COMPLETED)
            if not work.done():
                record.end("client_gone")
                return
            work.result()
            record.end("complete")
        except Cut as cut:
            if cut.reset:
                _reset(exchange.connection)
            record.end("cut")
        except OSError:
            record.end("client_gone")
        except Exception as error:  # A bug in a mode must be seen in the log.
            record.error = repr(error)
            record.end("crashed")
        finally:
            work.cancel()
            gone.cancel()
            await asyncio.gather(work, gone, return_exceptions=True)

    async def _answer(self, exchange: Exchange) -> None:
        arrived, options = exchange.arrived, self.options
        if arrived.path.startswith(_CONTROL):
            await answer_control(self, exchange)
        elif arrived.method == "GET":
            exchange.record.mode = "information"
            await answer_models(exchange)
        elif not arrived.path.endswith("/completions"):
            await exchange.json({"error": "Not Found"}, 404)
        elif options.api_key and (
            arrived.headers.get("authorization") != f"Bearer {options.api_key}"
        ):
            await exchange.json({"error": {"message": "invalid api key"}}, 401)
        elif self._is_loading():
            await exchange.json({"error": _LOADING}, 503)
        elif refused := [name for name in options.refuses if name in arrived.body]:
            error = {"message": f"unsupported: {refused}", "type": "invalid_request"}
            await exchange.json({"error": error}, 400)
        else:
            await self._complete(exchange)

    async def _complete(self, exchange: Exchange) -> None:
        exchange.record.mode = requested_mode(exchange.arrived) or self._next_mode()
        self._changed.set()
        if self.options.first_delay:
            await asyncio.sleep(self.options.first_delay)
        if self.options.texts:
            texts = self.options.texts.split("\f")
            self._told += 1
            text = texts[min(self._told, len(texts)) - 1]
            exchange.options = replace(exchange.options, text=text)
        play = self.options.play
        await (play or MODES[exchange.record.mode].answer)(exchange)

    def _leaves_body(self, headers: dict[str, str]) -> bool:
        return (headers.get("x-fault") or self.options.mode) == "no-read"

    def _next_mode(self) -> str:
        sequence = self.options.sequence
        if not sequence:
            return self.options.mode

        self._turn += 1
        return sequence[min(self._turn, len(sequence)) - 1]

    def _is_loading(self) -> bool:
        return time.monotonic() - self._started < self.options.load_seconds


def _reset(connection: Connection) -> None:
    """Let closing send a TCP reset."""
    raw: socket.socket = connection.writer.get_extra_info("socket")
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.writer.transport.abort()


@asynccontextmanager
async def upstream(mode: str = "ok", **options: Any) -> AsyncGenerator[Upstream, None]:
    """A server for one test; `options` are the fields of `Options`."""
    async with Upstream(replace(Options(mode=mode), **options)) as server:
        yield server
