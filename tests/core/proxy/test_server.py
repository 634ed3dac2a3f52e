"""Every request ends in one way, and what worked for it ends with it."""

import asyncio
import json
import logging
import os
import re
from contextlib import AsyncExitStack

import psutil
import pytest

from mux_tui.core.events import ExchangeEnded
from mux_tui.core.exchange import Exchange
from mux_tui.core.proxy.limits import HttpLimits
from tests.core.proxy.conftest import Served, serving
from tests.core.proxy.raw import Raw, ask, head, post, several


@pytest.fixture(params=[False, True], ids=["asyncio", "uvloop"])
def anyio_backend(request: pytest.FixtureRequest) -> tuple[str, dict[str, bool]]:
    """Both event loops that a proxy may run on: they differ in how they close."""
    return "asyncio", {"use_uvloop": request.param}


async def test_a_request_reaches_the_service_whole(served: Served) -> None:
    body = os.urandom(300_000)
    data = head(
        served.port,
        "POST /v1/messages?beta=true&x=%20",
        f"Content-Length: {len(body)}",
        "X-Claude-Code-Session-Id: abc",
        "X-Twice: 1",
        "x-twice: 2",
    )
    got = await ask(served.port, data + body)
    assert got.status == 200
    (seen,) = served.service.seen
    assert (seen.method, seen.path, seen.query) == (
        "POST",
        "/v1/messages",
        "beta=true&x=%20",
    )
    assert seen.body == body
    assert seen.headers["x-claude-code-session-id"] == "abc"
    assert seen.headers["x-twice"] == "2"
    assert seen.request_id == got.headers["request-id"]


async def test_each_address_has_its_answer(served: Served) -> None:
    got = await ask(
        served.port, post(served.port, b"12345", "/v1/messages/count_tokens")
    )
    assert got.document == {"input_tokens": 5}
    for path in ("/v1/models", "/v1/models/claude-mux", "/v1/models/a/b%20c"):
        got = await ask(served.port, head(served.port, f"GET {path}"))
        assert got.body.decode() == path.replace("%20", " ")


@pytest.mark.parametrize(
    ("target", "status"),
    [
        ("GET /v1/complete", 404),
        ("GET /v1/models/", 404),
        ("POST /v1/messages/", 404),
        ("POST /v1//messages", 404),
        ("GET /v1/../../etc/passwd", 404),
        ("GET /%2e%2e/%2e%2e/etc/passwd", 404),
        ("GET /v1/messages", 405),
        ("DELETE /v1/messages", 405),
        ("OPTIONS /v1/messages", 405),
        ("POST /v1/models", 405),
        ("GET /v1/mux/stop", 405),
        ("BREW /v1/messages", 400),
        ("OPTIONS *", 421),
        ("CONNECT evil.test:443", 400),
    ],
)
async def test_what_is_not_there_is_said_in_the_shape_of_the_api(
    served: Served, target: str, status: int
) -> None:
    got = await ask(served.port, head(served.port, target, "Content-Length: 0"))
    assert got.status == status
    expected = "not_found_error" if status == 404 else "invalid_request_error"
    assert got.fault == expected
    assert re.fullmatch(r"req_[0-9a-f]{24}", got.headers["request-id"])
    assert got.document["request_id"] == got.headers["request-id"]
    assert got.headers["content-type"] == "application/json"
    assert not served.service.seen


async def test_a_fault_of_the_service_is_one_line_and_no_secret(
    served: Served, caplog: pytest.LogCaptureFixture
) -> None:
    got = await ask(served.port, post(served.port, b"fail"))
    assert (got.status, got.fault) == (500, "api_error")
    message: str = got.document["error"]["message"]
    assert message.startswith("mux: ")
    assert "\n" not in message
    assert "secret" not in message
    (record,) = [one for one in caplog.records if one.levelno == logging.ERROR]
    assert got.headers["request-id"] in record.getMessage()
    assert record.exc_info


async def test_the_service_may_refuse(served: Served) -> None:
    got = await ask(served.port, post(served.port, b"refuse"))
    assert (got.status, got.fault) == (400, "invalid_request_error")
    assert got.document["error"]["message"] == "mux: no good"


async def test_one_connection_serves_many_requests(served: Served) -> None:
    async with Raw.to(served.port) as raw:
        for _ in range(3):
            await raw.send(post(served.port))
            assert (await raw.got()).status == 200
        await raw.send(post(served.port) * 3)
        for _ in range(3):
            assert (await raw.got()).status == 200
        raw.close()


async def test_a_stream_s_headers_come_before_its_first_piece(served: Served) -> None:
    async with Raw.to(served.port) as raw:
        await raw.send(post(served.port, b"silent"))
        got = await raw.got(2, body=False)
        assert (got.status, got.headers["content-type"]) == (200, "text/event-stream")
        assert "request-id" in got.headers
        raw.close()


async def test_a_stream_comes_piece_by_piece_and_ends(served: Served) -> None:
    got = await ask(served.port, post(served.port, b"stream"))
    assert got.body == b"data: 1\n\n" * 3
    assert served.service.ends == ["closed"]


@pytest.mark.parametrize(
    ("body", "ends"),
    [
        (b"wait", ["cancelled"]),
        (b"hang", ["cancelled", "closed"]),
        (b"silent", ["cancelled", "closed"]),
        (b"flood", ["closed"]),
    ],
)
@pytest.mark.parametrize("padding", [0, 1_000_000])
async def test_when_the_client_leaves_the_work_for_it_ends_at_once(
    served: Served, body: bytes, ends: list[str], padding: int
) -> None:
    async with Raw.to(served.port) as raw:
        # A large body makes the server stop reading for a while.
        await raw.send(post(served.port, body + b" " * padding))
        if body == b"flood":
            await raw.line()
        else:
            async with asyncio.timeout(30):
                await served.service.begun.wait()
        raw.close()
        async with asyncio.timeout(30):
            await served.service.over.wait()
            while served.service.ends != ends:
                await asyncio.sleep(0.005)
        assert served.face.counters.open == 0


async def test_a_client_that_leaves_in_the_middle_of_its_body_is_forgotten(
    served: Served,
) -> None:
    async with Raw.to(served.port) as raw:
        await raw.send(
            head(served.port, "POST /v1/messages", "Content-Length: 9") + b"12"
        )
        raw.close()
        assert (await ask(served.port, post(served.port))).status == 200
        assert len(served.service.seen) == 1


async def test_a_stream_that_breaks_ends_with_an_error_and_no_second_answer(
    served: Served,
) -> None:
    got = await ask(served.port, post(served.port, b"break"))
    assert got.status == 200
    first, last = got.body.split(b"data: 1\n\n")
    assert first == b""
    event, data = last.strip().split(b"\n")
    assert event == b"event: error"
    fault = json.loads(data.removeprefix(b"data: "))
    assert fault["error"]["type"] == "api_error"
    assert b"HTTP/1.1" not in got.body


async def test_a_plain_answer_that_breaks_is_cut_and_cannot_pass_for_whole(
    served: Served,
) -> None:
    async with Raw.to(served.port) as raw:
        await raw.send(post(served.port, b"break plain"))
        rest = await raw.ended()
        assert not rest.endswith(b"0\r\n\r\n")
        assert rest.count(b"HTTP/1.1") <= 1


async def test_foreign_headers_of_a_connection_do_not_pass(served: Served) -> None:
    got = await ask(served.port, post(served.port, b"headers"))
    assert got.body == b"{}"
    assert got.headers["content-length"] == "2"
    assert got.headers["request-id"] == "req_of_the_api"
    assert got.headers["x-odd"] == "ax-injected: yes?"
    assert not {"transfer-encoding", "access-control-allow-origin"} & set(got.headers)


async def test_health_tells_the_instance_to_all_and_more_to_who_has_the_token(
    served: Served,
) -> None:
    got = await ask(served.port, head(served.port, "GET /health", token=None))
    assert got.document == {"status": "ok", "instance": "the-instance"}
    await ask(served.port, post(served.port))
    known = await ask(served.port, head(served.port, "GET /health"))
    assert known.document["pid"] == 4711
    assert known.document["model"] == "tiny"
    assert (known.document["served"], known.document["open_requests"]) == (1, 0)


async def test_events_are_told_to_every_reader(served: Served) -> None:
    async with several(served.port, 2) as readers:
        for raw in readers:
            await raw.send(head(served.port, "GET /v1/mux/events"))
            got = await raw.got(body=False)
            assert got.headers["content-type"] == "text/event-stream"
            while await raw.line() != b": still here\n":
                pass
        served.service.feed.publish(ExchangeEnded(Exchange("x1")))
        for raw in readers:
            while await raw.line() != b"event: exchange_ended\n":
                pass
            data = await raw.line()
            assert json.loads(data.removeprefix(b"data: "))["id"] == "x1"
    async with asyncio.timeout(30):
        while served.service.feed.readers:
            await asyncio.sleep(0.005)


async def test_events_and_stop_need_the_token(served: Served) -> None:
    for target in ("GET /v1/mux/events", "POST /v1/mux/stop"):
        data = head(served.port, target, "Content-Length: 0", token=None)
        assert (await ask(served.port, data)).status == 401
    assert not served.stops
    data = head(served.port, "POST /v1/mux/stop", "Content-Length: 0")
    assert (await ask(served.port, data)).document == {"stopping": True}
    assert served.stops == [True]


async def test_the_end_of_the_proxy_is_told_to_what_is_under_way() -> None:
    async with AsyncExitStack() as proxy:
        served = await proxy.enter_async_context(serving())
        async with several(served.port, 2) as (waiting, streaming):
            await streaming.send(post(served.port, b"hang"))
            assert (await streaming.got(body=False)).status == 200
            await waiting.send(post(served.port, b"wait"))
            async with asyncio.timeout(30):
                while served.service.waiting < 2:
                    await asyncio.sleep(0.005)
            async with asyncio.timeout(30):
                await proxy.aclose()
            got = await waiting.got()
            assert (got.status, got.fault) == (503, "overloaded_error")
            assert b"event: error\ndata: " in await streaming.ended()
            assert await waiting.ended() == b""
    assert sorted(served.service.ends) == ["cancelled", "cancelled", "closed"]


async def test_a_reader_that_does_not_read_costs_no_memory_and_is_cut() -> None:
    """Back-pressure holds the service; past the limit the client is cut off."""
    async with serving(HttpLimits(write_seconds=0.5)) as served:
        before = psutil.Process().memory_info().rss
        async with Raw.to(served.port) as raw:
            raw.writer.transport.pause_reading()  # type: ignore[attr-defined]
            await raw.send(post(served.port, b"flood"))
            async with asyncio.timeout(30):
                await served.service.over.wait()
            assert psutil.Process().memory_info().rss - before < 16 * 2**20
            assert served.service.ends == ["closed"]
