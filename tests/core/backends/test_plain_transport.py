"""HTTP over plain sockets: connections are kept, and every way to break off is told."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mux_tui.core.backends.plain_transport import PlainTransport

Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]

WHOLE = b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello"
CHUNKED = (
    b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n"
    b"2\r\nhe\r\n3;x=y\r\nllo\r\n0\r\n\r\n"
)
UNTIL_CLOSED = b"HTTP/1.0 200 OK\r\ncontent-type: text/plain\r\n\r\nhello"


@asynccontextmanager
async def serving(serve: Serve) -> AsyncGenerator[str, None]:
    """A server that does this with each connection; its address."""
    tasks: set[asyncio.Task[object]] = set()

    async def served(
        reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        task = asyncio.current_task()
        assert task is not None
        tasks.add(task)
        try:
            await serve(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(served, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def answering(answer: bytes, close: bool = False) -> Serve:
    """Answers every request of a connection with these bytes."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while await read_request(reader):
            writer.write(answer)
            await writer.drain()
            if close:
                return

    return serve


async def read_request(reader: asyncio.StreamReader) -> bytes:
    head = await reader.readuntil(b"\r\n\r\n")
    length = 0
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            length = int(line.split(b":")[1])
    return head + await reader.readexactly(length)


def client() -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=PlainTransport(), timeout=None)


@pytest.mark.parametrize(
    ("answer", "close"), [(WHOLE, False), (CHUNKED, False), (UNTIL_CLOSED, True)]
)
async def test_a_body_of_every_framing_is_read_whole(
    answer: bytes, close: bool
) -> None:
    async with serving(answering(answer, close)) as url, client() as http:
        response = await http.post(url, content=b"x" * 100_000)
        assert (response.status_code, response.text) == (200, "hello")


@settings(max_examples=60, deadline=None)
@given(cuts=st.lists(st.integers(1, len(CHUNKED) - 1), max_size=8))
def test_any_split_of_the_bytes_gives_the_same_answer(cuts: list[int]) -> None:
    places = [0, *sorted(set(cuts)), len(CHUNKED)]
    parts = [CHUNKED[a:b] for a, b in zip(places, places[1:], strict=False)]

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_request(reader)
        for part in parts:
            writer.write(part)
            await writer.drain()
            await asyncio.sleep(0)

    async def scenario() -> str:
        async with serving(serve) as url, client() as http:
            return (await http.get(url)).text

    assert asyncio.run(scenario()) == "hello"


async def test_the_request_is_sent_as_it_is(anyio_backend: str) -> None:
    seen: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        seen.append(await read_request(reader))
        writer.write(WHOLE)

    async with serving(serve) as url, client() as http:
        await http.post(f"{url}/v1/x?y=z", content=b"body", headers={"X-Key": "k"})
    head, _, body = seen[0].partition(b"\r\n\r\n")
    assert head.startswith(b"POST /v1/x?y=z HTTP/1.1\r\nHost: 127.0.0.1:")
    assert b"X-Key: k" in head
    assert body == b"body"


@pytest.mark.parametrize("answer", [WHOLE, CHUNKED])
async def test_a_connection_is_kept_for_the_next_request(answer: bytes) -> None:
    connections = 0

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal connections
        connections += 1
        await answering(answer)(reader, writer)

    async with serving(serve) as url, client() as http:
        for _ in range(3):
            assert (await http.get(url)).text == "hello"
        async with http.stream("GET", url) as response:
            # The end has come with the beginning, although nobody reads it.
            assert response.status_code == 200
        assert (await http.get(url)).text == "hello"
    assert connections == 1


async def test_a_connection_that_the_server_closed_is_replaced() -> None:
    async with serving(answering(WHOLE, close=True)) as url, client() as http:
        for _ in range(3):
            assert (await http.get(url)).text == "hello"
            await asyncio.sleep(0.01)


async def test_an_answer_that_is_left_unread_closes_its_connection() -> None:
    closed = asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_request(reader)
        writer.write(CHUNKED[:-10])
        try:
            await reader.read()
        finally:
            closed.set()

    async with serving(serve) as url, client() as http:
        async with http.stream("GET", url) as response:
            assert await anext(response.aiter_raw()) == b"he"
        async with asyncio.timeout(30):
            await closed.wait()


async def test_a_cancelled_request_closes_its_connection() -> None:
    asked, closed = asyncio.Event(), asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_request(reader)
        asked.set()
        try:
            await reader.read()
        finally:
            closed.set()

    async with serving(serve) as url, client() as http:
        task = asyncio.create_task(http.get(url))
        async with asyncio.timeout(30):
            await asked.wait()
            task.cancel()
            await closed.wait()
        with pytest.raises(asyncio.CancelledError):
            await task


@pytest.mark.parametrize(
    ("answer", "error", "words"),
    [
        (b"", httpx.RemoteProtocolError, "disconnected without sending"),
        (WHOLE[:30], httpx.RemoteProtocolError, "disconnected"),
        (WHOLE[:-1], httpx.RemoteProtocolError, "disconnected"),
        (CHUNKED[:-5], httpx.RemoteProtocolError, "disconnected"),
        (b"<html>no HTTP</html>\r\n\r\n", httpx.RemoteProtocolError, "."),
        (b"HTTP/1.1 200 OK\r\nno colon\r\n\r\n", httpx.RemoteProtocolError, "."),
        (CHUNKED.replace(b"3;", b"z;"), httpx.RemoteProtocolError, "."),
        (
            b"HTTP/1.1 200 OK\r\n" + b"x: y\r\n" * 50_000,
            httpx.RemoteProtocolError,
            "headers without an end",
        ),
        (
            WHOLE.replace(b"length: 5", b"length: 5\r\ncontent-length: 6"),
            httpx.RemoteProtocolError,
            ".",
        ),
        (
            b"HTTP/1.1 101 Switching\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n",
            httpx.RemoteProtocolError,
            "another protocol",
        ),
    ],
)
async def test_an_answer_that_is_broken_is_an_error(
    answer: bytes, error: type[Exception], words: str
) -> None:
    async with serving(answering(answer, close=True)) as url, client() as http:
        with pytest.raises(error, match=words):
            await http.get(url)


async def test_what_follows_an_answer_is_nobody_elses() -> None:
    """A second answer that nobody asked for is not taken for the next one's."""
    second = WHOLE.replace(b"hello", b"wrong")
    answers = iter((WHOLE + second, WHOLE, WHOLE))

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while await read_request(reader):
            writer.write(next(answers))

    async with serving(serve) as url, client() as http:
        for _ in range(3):
            assert (await http.get(url)).text == "hello"


async def test_an_announcement_is_no_answer() -> None:
    early = b"HTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\n"
    async with serving(answering(early + WHOLE)) as url, client() as http:
        response = await http.get(url)
        assert (response.status_code, response.text) == (200, "hello")
        assert "link" not in response.headers


async def test_a_head_is_enough_where_only_that_was_asked_for() -> None:
    head = WHOLE.removesuffix(b"hello")
    async with serving(answering(head)) as url, client() as http:
        assert (await http.head(url)).headers["content-length"] == "5"


async def test_a_reader_that_is_slow_holds_the_server_up() -> None:
    sent = 0
    many = 64 * 1024 * 1024

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal sent
        await read_request(reader)
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n" % many)
        piece = b"x" * 65536
        while sent < many:
            writer.write(piece)
            await writer.drain()
            sent += len(piece)

    async with serving(serve) as url, client() as http:
        async with http.stream("GET", url) as response:
            before = -1
            while before != sent:
                before = sent
                await asyncio.sleep(0.05)
            assert sent < many / 2
            size = 0
            async for data in response.aiter_raw():
                size += len(data)
    assert size == many


async def test_nobody_at_home_is_an_error_with_its_cause() -> None:
    async with serving(answering(WHOLE)) as url:
        pass
    async with client() as http:
        for address in (url, url.replace("127.0.0.1", "localhost")):
            with pytest.raises(httpx.ConnectError) as caught:
                await http.get(address)
            assert isinstance(caught.value.__cause__, ConnectionRefusedError)


async def test_a_name_that_is_none_is_an_error() -> None:
    async with client() as http:
        with pytest.raises(httpx.ConnectError):
            await http.get(f"http://{'a' * 70}/")
        with pytest.raises(httpx.UnsupportedProtocol):
            await http.get("https://127.0.0.1/")


async def test_silence_ends_at_the_limit() -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()

    async with serving(serve) as url, client() as http:
        with pytest.raises(httpx.ReadTimeout):
            await http.get(url, timeout=httpx.Timeout(None, read=0.05))
