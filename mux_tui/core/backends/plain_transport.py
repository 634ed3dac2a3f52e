"""HTTP/1.1 without TLS, as a transport for httpx: what a stream of tokens needs, lean.

A piece of text costs a model server's client more than it costs the model's proxy: the
transport that comes with httpx spends a tenth of a millisecond of CPU on each. This one
lets a parser in C read what arrives, and wakes its reader once for all of it.
"""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from typing import cast

import httptools
import httpx

_IDLE_SECONDS = 4.0
"""Servers close idle connections after 5 seconds and more."""

_MOST_IDLE = 64
_MOST_HEAD = 64 * 1024
_MOST_WAITING = 1024 * 1024
"""Bytes of an answer that wait for their reader before the server has to."""

_Place = tuple[str, int]


class PlainTransport(httpx.AsyncBaseTransport):
    """Sends requests to `http://` addresses, over connections kept for the next one."""

    def __init__(self) -> None:
        """Make one without connections."""
        self._idle: defaultdict[_Place, list[_Connection]] = defaultdict(list)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request, and return when the head of its answer is there.

        Raises:
            httpx.ConnectError: Nobody answers there.
            httpx.TransportError: The answer broke off, or is no HTTP.
        """
        if request.url.scheme != "http":
            raise httpx.UnsupportedProtocol(f"not plain HTTP: {request.url.scheme}")

        limits = request.extensions.get("timeout", {})
        place = request.url.host, request.url.port or 80
        body = await request.aread()
        connection = self._kept(place) or await _connected(place, limits.get("connect"))
        try:
            await connection.ask(request, body, limits.get("read"))
        except BaseException:
            connection.abort()
            raise
        return httpx.Response(
            connection.status,
            headers=connection.headers,
            stream=_Body(connection, lambda: self._give_back(place, connection)),
            extensions={"http_version": b"HTTP/1.1"},
        )

    async def aclose(self) -> None:
        """Close the connections that are kept."""
        for connections in self._idle.values():
            for connection in connections:
                connection.abort()
        self._idle.clear()

    def _kept(self, place: _Place) -> "_Connection | None":
        now = asyncio.get_running_loop().time()
        connections = self._idle[place]
        while connections:
            connection = connections.pop()
            if connection.reusable and now - connection.idle_since < _IDLE_SECONDS:
                return connection
            connection.abort()

        return None

    def _give_back(self, place: _Place, connection: "_Connection") -> None:
        connections = self._idle[place]
        if not connection.reusable or len(connections) >= _MOST_IDLE:
            connection.abort()
            return

        connection.idle_since = asyncio.get_running_loop().time()
        connections.append(connection)


class _Body(httpx.AsyncByteStream):
    """The body of one answer, a piece for all that arrived in between."""

    def __init__(self, connection: "_Connection", done: Callable[[], None]) -> None:
        self._connection = connection
        self._done = done
        self._closed = False

    async def __aiter__(self) -> AsyncIterator[bytes]:
        connection = self._connection
        while (data := await connection.read()) is not None:
            yield data

    async def aclose(self) -> None:
        if not self._closed:
            self._closed = True
            self._done()


class _Connection(asyncio.Protocol):
    """One connection: a request at a time, and its answer."""

    def __init__(self) -> None:
        self.idle_since = 0.0
        self.status = 0
        self.headers: list[tuple[bytes, bytes]] = []
        self._transport: asyncio.Transport | None = None
        self._parser = httptools.HttpResponseParser(self)
        self._pieces: list[bytes] = []
        self._waiting_bytes = 0
        self._paused = False
        self._waiter: asyncio.Future[None] | None = None
        self._error: Exception | None = None
        self._read_limit: float | None = None
        self._asked = self._has_head = self._complete = False
        self._headless = self._stays = False
        self._open = False
        self._head_bytes = 0

    @property
    def reusable(self) -> bool:
        """Whether another request may be sent: the last answer has come, whole."""
        return self._open and self._complete and self._stays and self._error is None

    async def ask(
        self, request: httpx.Request, body: bytes, limit: float | None
    ) -> None:
        """Send a request, and wait for the head of the answer."""
        assert self._transport is not None
        # Nobody wanted the rest of the last answer.
        self._taken()
        self._asked, self._read_limit = True, limit
        self._has_head = self._complete = False
        self._headless = request.method == "HEAD"
        self._head_bytes = 0
        target = request.url.raw_path
        lines = [b"%b %b HTTP/1.1" % (request.method.encode(), target)]
        lines += [b"%b: %b" % header for header in request.headers.raw]
        self._transport.write(b"\r\n".join((*lines, b"", body)))
        while not self._has_head:
            await self._wait()

    async def read(self) -> bytes | None:
        """The next part of the body; None: it was all.

        Raises:
            httpx.TransportError: It broke off, or is no HTTP.
        """
        while not self._pieces:
            if self._complete:
                return None
            await self._wait()

        return self._taken()

    def _taken(self) -> bytes:
        """What waits to be read; the server may go on."""
        data = self._pieces[0] if len(self._pieces) == 1 else b"".join(self._pieces)
        self._pieces.clear()
        self._waiting_bytes = 0
        if self._paused and self._transport is not None:
            self._paused = False
            self._transport.resume_reading()
        return data

    def abort(self) -> None:
        """Close the connection now."""
        self._open = False
        if self._transport is not None:
            self._transport.abort()

    async def _wait(self) -> None:
        if self._error is not None:
            raise self._error

        self._waiter = asyncio.get_running_loop().create_future()
        try:
            if self._read_limit is None:
                await self._waiter
            else:
                async with asyncio.timeout(self._read_limit):
                    await self._waiter
        except TimeoutError as error:
            raise httpx.ReadTimeout("nothing came in time") from error
        finally:
            self._waiter = None

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    def _fail(self, error: Exception) -> None:
        if self._error is None and not self._complete:
            self._error = error
        self._wake()

    # What the event loop calls.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._open = True

    def data_received(self, data: bytes) -> None:
        if not self._asked or self._complete:
            # Bytes that nobody asked for: whose answer would they be?
            self.abort()
            return
        self._count_head(data)
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            self._fail(httpx.RemoteProtocolError("it switches to another protocol"))
        except httptools.HttpParserError as error:
            if self._complete:
                # What follows a whole answer makes it no worse.
                self._open = False
            self._fail(httpx.RemoteProtocolError(str(error)))
        if self._error is not None:
            self.abort()
        self._wake()

    def connection_lost(self, exc: Exception | None) -> None:
        self._open = False
        if self._complete or not self._asked:
            self._wake()
        elif self._has_head and _ends_with_connection(self.headers) and exc is None:
            self._complete = True
            self._wake()
        elif exc is not None:
            self._fail(_caused(httpx.ReadError(str(exc)), exc))
        else:
            what = "sending a response" if not self._has_head else "a whole response"
            told = f"Server disconnected without {what}."
            self._fail(httpx.RemoteProtocolError(told))

    def _count_head(self, data: bytes) -> None:
        if not self._has_head:
            self._head_bytes += len(data)
            # One read may bring the head and much of the body.
            if self._head_bytes > _MOST_HEAD and b"\r\n\r\n" not in data:
                self._fail(httpx.RemoteProtocolError("headers without an end"))

    # What the parser calls.

    def on_message_begin(self) -> None:
        if self._complete:
            self._open = False
            return
        self.headers = []

    def on_header(self, name: bytes, value: bytes) -> None:
        if not self._complete:
            self.headers.append((name, value))

    def on_headers_complete(self) -> None:
        if self._complete:
            return
        self.status = self._parser.get_status_code()
        self._stays = self._parser.should_keep_alive()
        self._has_head = self.status >= 200
        if self._has_head and self._headless:
            self._complete = True
            self._open = False

    def on_body(self, body: bytes) -> None:
        if self._complete:
            return
        self._pieces.append(body)
        self._waiting_bytes += len(body)
        if self._waiting_bytes > _MOST_WAITING and self._transport and not self._paused:
            self._paused = True
            self._transport.pause_reading()

    def on_message_complete(self) -> None:
        # An answer may be announced by others, of which only this one counts.
        self._complete = self._complete or self._has_head


async def _connected(place: _Place, limit: float | None) -> _Connection:
    """A new connection.

    Raises:
        httpx.ConnectTimeout: It was not there in time.
        httpx.ConnectError: Nobody answers.
    """
    host, port = place
    try:
        async with asyncio.timeout(limit):
            return await _first_that_answers(
                ("127.0.0.1", "::1") if host == "localhost" else (host,), port
            )
    except TimeoutError as error:
        raise httpx.ConnectTimeout(f"no connection within {limit} s") from error
    except (OSError, UnicodeError) as error:
        # UnicodeError: a name that no name server could be asked for.
        raise httpx.ConnectError(str(error)) from error


async def _first_that_answers(hosts: tuple[str, ...], port: int) -> _Connection:
    loop = asyncio.get_running_loop()
    *others, last = hosts
    for host in others:
        try:
            _, connection = await loop.create_connection(_Connection, host, port)
        except OSError:
            continue
        return connection

    _, connection = await loop.create_connection(_Connection, last, port)
    return connection


def _ends_with_connection(headers: list[tuple[bytes, bytes]]) -> bool:
    """Whether the body ends where the connection does: nothing tells its length."""
    told = {name.lower() for name, _ in headers}
    return not told & {b"content-length", b"transfer-encoding"}


def _caused(error: Exception, cause: Exception) -> Exception:
    error.__cause__ = cause
    return error
