"""One request to a model server, within its time limits and closed with its reader.

Time is measured without the time that the reader of the answer takes for itself, and
bytes are counted after decompression.
"""

import time
import zlib
from asyncio import timeout
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator
from contextlib import aclosing, asynccontextmanager
from typing import TypeVar, cast

import httpx

from mux_tui.core.backends.chat_endpoint import Endpoint
from mux_tui.core.backends.chat_faults import bad_response
from mux_tui.core.errors import BackendError

_T = TypeVar("_T")
_INFLATED_PIECE = 256 * 1024
_REFUSAL_BYTES = 64 * 1024
_LAST_PORT = 65_535


class Patience:
    """How long nothing may happen; `TimeoutError` when it has."""

    def __init__(self, seconds: float) -> None:
        """Begin to wait for at most `seconds`."""
        self._deadline = time.monotonic() + seconds

    def restart(self, seconds: float) -> None:
        """Something happened: begin again."""
        self._deadline = time.monotonic() + seconds

    def excuse(self, seconds: float) -> None:
        """Do not count time that passed for another reason."""
        self._deadline += seconds

    async def wait(self, step: Callable[[], Awaitable[_T]]) -> _T:
        """Do one step, within what is left of the time.

        Raises:
            TimeoutError: The time is over. It is looked at before the step too: a
                server that floods may never make the step wait.
        """
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError

        async with timeout(left):
            return await step()


@asynccontextmanager
async def sent(
    client: httpx.AsyncClient, request: httpx.Request, patience: Patience
) -> AsyncGenerator[httpx.Response, None]:
    """Send a request; the connection is closed on leaving unless all was read."""
    response = await patience.wait(lambda: client.send(request, stream=True))
    try:
        yield response
    finally:
        await response.aclose()


def prepared(
    client: httpx.AsyncClient,
    endpoint: Endpoint,
    path: str,
    connect_timeout: float,
    body: bytes | None = None,
) -> httpx.Request:
    """Make a request: a POST of JSON when there is a body, else a GET.

    Raises:
        BackendError: A header cannot carry the endpoint's key.
        httpx.InvalidURL: The address is none.
    """
    try:
        headers = endpoint.headers()
    except ValueError as error:
        raise BackendError(
            "not_logged_in", f"cannot ask {endpoint.shown}", str(error)
        ) from error

    if body is not None:
        headers["Content-Type"] = "application/json"
    request = client.build_request(
        "GET" if body is None else "POST",
        endpoint.url(path),
        content=body,
        headers=headers,
        timeout=httpx.Timeout(None, connect=connect_timeout),
    )
    if (request.url.port or 0) > _LAST_PORT:
        raise httpx.InvalidURL("there is no such port")
    return request


async def received(
    response: httpx.Response, endpoint: Endpoint, patience: Patience
) -> AsyncGenerator[bytes, None]:
    """The body as it arrives, decompressed in bounded pieces.

    Raises:
        BackendError: It is compressed in a way that was not asked for, or not at all
            as it says.
        TimeoutError: Patience is over.
    """
    inflater = _inflater(response.headers.get("Content-Encoding", ""), endpoint)
    # Annotated as an iterator, but a generator that wants to be closed.
    arriving = cast(AsyncGenerator[bytes, None], response.aiter_raw())
    async with aclosing(arriving) as raw:
        while (data := await patience.wait(lambda: anext(raw, None))) is not None:
            if inflater is None:
                yield data
                continue
            try:
                for piece in inflater.feed(data):
                    yield piece
            except zlib.error as error:
                raise bad_response(endpoint, "its gzip is broken") from error


async def whole_body(
    response: httpx.Response, endpoint: Endpoint, patience: Patience, limit: int
) -> bytes:
    """The body, up to `limit` bytes of it; what comes after is not read."""
    body = bytearray()
    async with aclosing(received(response, endpoint, patience)) as pieces:
        async for piece in pieces:
            body += piece
            if len(body) >= limit:
                break

    return bytes(body[:limit])


async def refusal(
    response: httpx.Response, endpoint: Endpoint, patience: Patience
) -> bytes:
    """The body of a response that is an error; empty when it cannot be had."""
    try:
        return await whole_body(response, endpoint, patience, _REFUSAL_BYTES)
    except (BackendError, TimeoutError, httpx.HTTPError):
        # The status says enough; a broken explanation is none.
        return b""


class _Inflater:
    """Decompresses gzip and deflate, never more than a bounded piece at a time."""

    def __init__(self) -> None:
        self._inflate = zlib.decompressobj(zlib.MAX_WBITS | 32)

    def feed(self, data: bytes) -> Iterator[bytes]:
        while data and not self._inflate.eof:
            yield self._inflate.decompress(data, _INFLATED_PIECE)
            data = self._inflate.unconsumed_tail


def _inflater(encoding: str, endpoint: Endpoint) -> _Inflater | None:
    match encoding.strip().lower():
        case "" | "identity":
            return None
        case "gzip" | "x-gzip" | "deflate":
            return _Inflater()
        case other:
            raise bad_response(
                endpoint, f"compressed as {other}, which nobody asked for"
            )
