"""Who is let in: the token, and no web page, whatever it tries."""

import pytest

from mux_tui.core.proxy.gate import Gate
from tests.core.proxy.conftest import Served
from tests.core.proxy.raw import TOKEN, ask, head, post


@pytest.mark.parametrize(
    "header",
    [
        f"Authorization: Bearer {TOKEN}",
        f"authorization: bearer {TOKEN}",
        f"X-Api-Key: {TOKEN}",
        f"X-Mux-Token: {TOKEN}",
    ],
)
async def test_the_token_is_taken_in_every_place_clients_put_it(
    served: Served, header: str
) -> None:
    data = head(served.port, "GET /v1/models", header, token=None)
    assert (await ask(served.port, data)).status == 200


@pytest.mark.parametrize(
    "header",
    [
        "X-Nothing: 1",
        "Authorization: Bearer wrong",
        f"Authorization: Bearer {TOKEN}x",
        f"Authorization: Bearer {TOKEN[:-1]}",
        "Authorization: Bearer ",
        "Authorization:",
        f"Authorization: Basic {TOKEN}",
        "X-Api-Key: ",
        "X-Mux-Token: \xe4\xf6",
        f"Cookie: token={TOKEN}",
    ],
)
@pytest.mark.parametrize("target", ["POST /v1/messages", "GET /v1/models", "GET /x"])
async def test_without_the_token_nothing_is_answered_and_nothing_retried(
    served: Served, header: str, target: str
) -> None:
    data = head(served.port, target, header, "Content-Length: 0", token=None)
    got = await ask(served.port, data)
    assert (got.status, got.fault) == (401, "authentication_error")
    assert got.headers["x-should-retry"] == "false"
    assert got.document["request_id"] == got.headers["request-id"]
    assert not served.service.seen


async def test_one_right_token_among_others_is_enough(served: Served) -> None:
    login = "Authorization: Bearer a-login-of-the-real-api"
    data = head(
        served.port, "GET /v1/models", login, f"X-Mux-Token: {TOKEN}", token=None
    )
    assert (await ask(served.port, data)).status == 200


@pytest.mark.parametrize("name", ["token", "api_key", "x-api-key", "authorization"])
async def test_a_token_in_the_query_is_no_token(served: Served, name: str) -> None:
    data = head(served.port, f"GET /v1/models?{name}={TOKEN}", token=None)
    assert (await ask(served.port, data)).status == 401


@pytest.mark.parametrize(
    "host",
    [
        "evil.test",
        "127.0.0.1.evil.test:{port}",
        "evil.test:{port}",
        "127.0.0.1",
        "localhost:1",
        "127.0.0.1:{port}.evil.test",
        "user@127.0.0.1:{port}",
        "0.0.0.0:{port}",
        " ",
    ],
)
async def test_a_name_that_is_not_ours_is_refused(served: Served, host: str) -> None:
    host = host.format(port=served.port)
    for target in ("GET /v1/models", "HEAD /", "GET /health"):
        got = await ask(served.port, head(served.port, target, host=host), False)
        assert got.status == 421


@pytest.mark.parametrize("name", ["localhost", "LocalHost", "127.0.0.1", "[::1]"])
async def test_every_name_of_this_machine_is_ours(served: Served, name: str) -> None:
    host = f"{name}:{served.port}"
    data = head(served.port, "GET /v1/models", host=host)
    assert (await ask(served.port, data)).status == 200


async def test_two_hosts_or_none_are_refused(served: Served) -> None:
    two = head(served.port, "GET /v1/models", "Host: evil.test")
    assert (await ask(served.port, two)).status == 400
    none = f"GET /v1/models HTTP/1.1\r\nX-Api-Key: {TOKEN}\r\n\r\n".encode()
    assert (await ask(served.port, none)).status == 400
    old = f"GET /v1/models HTTP/1.0\r\nX-Api-Key: {TOKEN}\r\n\r\n".encode()
    assert (await ask(served.port, old)).status == 400


async def test_an_address_in_the_request_line_has_to_be_ours_too(
    served: Served,
) -> None:
    for host in ("evil.test", f"evil.test:{served.port}", f"x@127.0.0.1:{served.port}"):
        data = head(served.port, f"GET http://{host}/v1/models")
        assert (await ask(served.port, data)).status == 421
    own = head(served.port, f"GET http://127.0.0.1:{served.port}/v1/models")
    assert (await ask(served.port, own)).status == 200


@pytest.mark.parametrize(
    "origin", ["https://evil.test", "null", "http://127.0.0.1", ""]
)
async def test_web_pages_are_refused_even_with_the_token(
    served: Served, origin: str
) -> None:
    data = head(served.port, "GET /v1/models", f"Origin: {origin}")
    got = await ask(served.port, data)
    assert (got.status, got.fault) == (403, "permission_error")
    assert not [name for name in got.headers if name.startswith("access-control")]


@pytest.mark.parametrize(
    "extra",
    [
        ("Access-Control-Request-Method: POST",),
        (
            "Access-Control-Request-Method: POST",
            "Access-Control-Request-Private-Network: true",
        ),
    ],
)
async def test_no_browser_is_told_that_it_may(
    served: Served, extra: tuple[str, ...]
) -> None:
    origin = "Origin: https://evil.test"
    data = head(served.port, "OPTIONS /v1/messages", origin, *extra, token=None)
    got = await ask(served.port, data)
    assert got.status == 403
    assert not [name for name in got.headers if name.startswith("access-control")]


async def test_a_web_socket_is_refused(served: Served) -> None:
    upgrade = ("Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Key: eA==")
    for token in (TOKEN, None):
        data = head(served.port, "GET /v1/messages", *upgrade, token=token)
        assert (await ask(served.port, data)).status == 400


async def test_looking_whether_somebody_is_there_needs_no_token(
    served: Served,
) -> None:
    for target in ("HEAD /", "GET /", "GET /health", "HEAD /health"):
        data = head(served.port, target, token=None)
        assert (await ask(served.port, data, body=False)).status == 200
    assert (await ask(served.port, post(served.port))).status == 200


def test_all_tokens_shown_are_compared_in_full() -> None:
    gate = Gate(1, "ab")
    assert not gate.knows([])
    assert not gate.knows([(b"x-api-key", b"")])
    assert gate.knows([(b"x-api-key", b"no"), (b"authorization", b"Bearer ab")])
