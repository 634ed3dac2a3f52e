"""What is too large, too slow or no HTTP is answered or closed; others are served."""

import asyncio
import os

import pytest

from mux_tui.core.proxy.limits import HttpLimits
from tests.core.proxy.conftest import Served, serving
from tests.core.proxy.raw import Raw, ask, head, post, several

MIB = 2**20


@pytest.fixture(params=[False, True], ids=["asyncio", "uvloop"])
def anyio_backend(request: pytest.FixtureRequest) -> tuple[str, dict[str, bool]]:
    """Both event loops that a proxy may run on: they differ in how they close."""
    return "asyncio", {"use_uvloop": request.param}


@pytest.mark.parametrize("length", [32 * MIB + 1, 64 * 2**30, 10**17])
async def test_an_announced_body_that_is_too_large_is_refused_unseen(
    served: Served, length: int
) -> None:
    data = head(served.port, "POST /v1/messages", f"Content-Length: {length}")
    got = await ask(served.port, data)
    assert (got.status, got.fault) == (413, "request_too_large")
    assert got.headers["x-should-retry"] == "false"


async def test_a_body_that_is_sent_all_the_same_does_not_hide_the_answer(
    served: Served,
) -> None:
    body = bytes(33 * MIB)
    async with Raw.to(served.port) as raw:
        await raw.send(post(served.port, body))
        assert (await raw.got()).status == 413
        await raw.send(post(served.port))
        assert (await raw.got()).status == 200


async def test_a_body_that_grows_too_large_in_pieces_is_refused() -> None:
    async with serving(HttpLimits(body=MIB)) as served:
        async with Raw.to(served.port) as raw:
            chunked = head(
                served.port, "POST /v1/messages", "Transfer-Encoding: chunked"
            )
            piece = b"10000\r\n" + bytes(65536) + b"\r\n"
            await raw.send(chunked + piece * 17)
            assert (await raw.got()).status == 413
            whole = head(served.port, "POST /v1/messages", "Transfer-Encoding: chunked")
            got = await ask(served.port, whole + piece * 16 + b"0\r\n\r\n")
            assert got.status == 200
            assert len(served.service.seen[-1].body) == MIB


async def test_a_refused_client_that_sends_on_for_ever_is_closed() -> None:
    async with serving(HttpLimits(linger_seconds=0.2)) as served:
        async with Raw.to(served.port) as raw:
            await raw.send(
                head(served.port, "POST /v1/messages", f"Content-Length: {10**12}")
            )
            assert (await raw.got()).status == 413
            assert await raw.ended() == b""


async def test_who_expects_to_be_told_is_told_only_when_it_may_go_on(
    served: Served,
) -> None:
    async with Raw.to(served.port) as raw:
        expects = ("Content-Length: 2", "Expect: 100-continue")
        await raw.send(head(served.port, "POST /v1/messages", *expects))
        assert await raw.line() == b"HTTP/1.1 100 Continue\r\n"
        await raw.line()
        await raw.send(b"{}")
        assert (await raw.got()).status == 200
        data = head(served.port, "POST /v1/messages", *expects, token=None)
        assert (await ask(served.port, data)).status == 401


@pytest.mark.parametrize(
    "extra",
    [
        ("Content-Length: 2", "Content-Length: 3"),
        ("Content-Length: -1",),
        ("Content-Length: 2x",),
        ("Content-Length: 99999999999999999999999",),
        ("Content-Length: 2", "Transfer-Encoding: chunked"),
        ("X-Bad: a\x00b",),
        ("X Bad: a",),
        ("X-Bad: a\x01b",),
    ],
)
async def test_headers_that_can_be_read_in_two_ways_are_refused(
    served: Served, extra: tuple[str, ...]
) -> None:
    async with Raw.to(served.port) as raw:
        await raw.send(head(served.port, "POST /v1/messages", *extra) + b"{}")
        got = await raw.got()
        assert (got.status, got.fault) == (400, "invalid_request_error")
        assert "request-id" in got.headers
        assert await raw.ended() == b""
        assert not served.service.seen


@pytest.mark.parametrize(
    "data",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(200),
        b"hello\r\n\r\n",
        b"GET /\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"GET /\xff\xfe HTTP/1.1\r\nHost: a\r\n\r\n",
        b"\xff" * 1000,
        b"POST /v1/messages HTTP/1.1\nHost:\n\t\n\n",
    ],
    ids=["tls", "words", "http-0.9", "version", "http-2", "path", "bytes", "folded"],
)
async def test_what_is_no_http_is_answered_once_and_closed(
    served: Served, data: bytes
) -> None:
    async with Raw.to(served.port) as raw:
        await raw.send(data)
        rest = await raw.ended()
        assert rest.startswith(b"HTTP/1.1 400 ")
        assert rest.count(b"HTTP/1.1") == 1
        assert b"Traceback" not in rest
        assert (await ask(served.port, post(served.port))).status == 200


async def test_any_bytes_at_all_leave_the_proxy_answering(served: Served) -> None:
    for size in (1, 10, 100, 1000, 100_000):
        async with Raw.to(served.port) as raw:
            await raw.send(os.urandom(size) + b"\r\n\r\n")
            await raw.ended()
    assert (await ask(served.port, post(served.port))).status == 200


@pytest.mark.parametrize("size", [70_000, 256 * 1024, 2**21])
async def test_headers_that_are_too_large_are_refused(
    served: Served, size: int
) -> None:
    whole = head(served.port, "GET /v1/models", "X-Large: " + "x" * size)
    assert (await ask(served.port, whole)).status == 431
    async with Raw.to(served.port) as raw:
        await raw.send(whole.removesuffix(b"\r\n\r\n"))
        assert (await raw.got()).status == 431
        target = head(served.port, "GET /v1/models?" + "x" * size)
        assert (await ask(served.port, target)).status in (400, 431)


async def test_ten_thousand_small_headers_are_too_large_together(
    served: Served,
) -> None:
    many = [f"X-{n}: {n}" for n in range(10_000)]
    assert (await ask(served.port, head(served.port, "GET /", *many))).status == 431


async def test_headers_that_drip_are_ended_while_others_are_served() -> None:
    async with (
        serving(HttpLimits(head_seconds=0.8)) as served,
        several(served.port, 2) as (slow, silent),
    ):
        await slow.send(b"POST /v1/mess")
        assert (await ask(served.port, post(served.port))).status == 200
        got = await slow.got()
        assert (got.status, got.fault) == (408, "timeout_error")
        assert await slow.ended() == b""
        assert await silent.ended() == b""


async def test_line_ends_do_not_keep_a_connection_open() -> None:
    async with serving(HttpLimits(head_seconds=0.8)) as served:
        async with Raw.to(served.port) as raw:
            await raw.send(post(served.port))
            assert (await raw.got()).status == 200
            await raw.send(b"\r\n")
            await raw.ended()


async def test_a_body_that_stops_half_way_is_ended() -> None:
    async with serving(HttpLimits(body_seconds=0.8)) as served:
        async with Raw.to(served.port) as raw:
            data = head(served.port, "POST /v1/messages", "Content-Length: 100")
            await raw.send(data + b"12")
            assert (await ask(served.port, post(served.port))).status == 200
            got = await raw.got()
            assert (got.status, got.fault) == (408, "timeout_error")
            assert await raw.ended() == b""
            assert served.face.counters.open == 0


async def test_a_body_in_broken_pieces_is_refused_at_once(served: Served) -> None:
    async with Raw.to(served.port) as raw:
        chunked = head(served.port, "POST /v1/messages", "Transfer-Encoding: chunked")
        await raw.send(chunked + b"5\r\nhello\r\n")
        await raw.send(b"zz\r\n")
        got = await raw.got()
        assert (got.status, got.fault) == (400, "invalid_request_error")
        assert await raw.ended() == b""


async def test_garbage_after_a_request_does_not_touch_its_answer(
    served: Served,
) -> None:
    async with Raw.to(served.port) as raw:
        await raw.send(post(served.port, b"stream") + b"\x00garbage\r\n\r\n")
        assert (await raw.got()).body == b"data: 1\n\n" * 3
        assert b"HTTP/1.1" not in await raw.ended()


async def test_an_idle_connection_is_closed_in_the_end() -> None:
    async with serving(HttpLimits(idle_seconds=1)) as served:
        async with Raw.to(served.port) as raw:
            await raw.send(post(served.port))
            assert (await raw.got()).status == 200
            assert await raw.ended() == b""


async def test_hundreds_of_idle_connections_starve_nobody(served: Served) -> None:
    descriptors = len(os.listdir("/dev/fd"))
    async with several(served.port, 400):
        assert (await ask(served.port, post(served.port))).status == 200
    async with asyncio.timeout(30):
        while len(os.listdir("/dev/fd")) > descriptors + 4:
            await asyncio.sleep(0.01)


async def test_beyond_the_most_connections_the_idle_ones_make_room() -> None:
    async with (
        serving(HttpLimits(connections=5)) as served,
        Raw.to(served.port) as busy,
    ):
        await busy.send(post(served.port, b"hang"))
        assert (await busy.got(body=False)).status == 200
        async with several(served.port, 10) as idle:
            assert (await ask(served.port, post(served.port))).status == 200
            assert await idle[0].ended() == b""
            assert served.service.ends == []
