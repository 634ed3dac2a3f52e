"""Whatever comes in, only the protocol goes out, and the server lives."""

import json
import random
import threading
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from tests.cli.muxing import World
from tests.mcp.serving import QUESTION, bare, complaints, greeted, request

SEED = 20_260
LINES = 1_000
PIECES: tuple[bytes, ...] = (
    b"\x00\x01\x1b[31m\x7f",
    b"\xff\xfe\xc3\x28",
    b"{" * 300,
    b"[" * 5_000 + b"]" * 5_000,
    b'{"jsonrpc":"2.0"',
    b'"id":null,',
    b'"method":"tools/call"',
    b'"params":{"name":"mux","arguments":',
    b"null true 1e999 -0 NaN",
    b'"\\ud800"',
    b"x" * 100_000,
    "\u2028\u202e\U0001f600".encode(),
    b"Content-Length: 10\r\n\r\n",
    b"GET / HTTP/1.1",
)

pytestmark = pytest.mark.slow


def hostile(chance: random.Random, number: int) -> bytes:
    """One line that no client should send."""
    match chance.randrange(5):
        case 0:
            return chance.randbytes(chance.randrange(1, 400)).replace(b"\n", b"\r")
        case 1:
            return b"".join(chance.choices(PIECES, k=chance.randrange(1, 5)))
        case 2:
            return json.dumps(shape(chance, number)).encode()
        case 3:
            whole = json.dumps(request(number, "tools/list")).encode()
            return whole[: chance.randrange(1, len(whole))]
        case _:
            whole = bytearray(json.dumps(request(number, "prompts/list")).encode())
            whole[chance.randrange(len(whole))] = chance.choice(b'\x00\xff"{}[],:a')
            return bytes(whole)


def shape(chance: random.Random, number: int) -> Any:
    """JSON that is nearly a message, or none at all."""
    strange: tuple[Any, ...] = (None, True, -1, 1e300, "", "x" * 1000, [], {}, [[]])
    any_of: Callable[[Sequence[Any]], Any] = chance.choice
    return any_of(
        (
            any_of(strange),
            {"jsonrpc": any_of(strange), "id": number, "method": "ping"},
            {"jsonrpc": "2.0", "id": any_of(strange), "method": "tools/list"},
            {"jsonrpc": "2.0", "id": number, "method": any_of(strange)},
            {"jsonrpc": "2.0", "id": number, "method": "tools/call", "params": 1},
            request(number, "tools/call", name=any_of(strange), arguments=None),
            request(number, "tools/call", name="mux_json", arguments=any_of(strange)),
            request(number, "tools/call", name="mux_json", arguments={"bogus": number}),
            request(number, "tools/call", name="mux_job", arguments={"run_id": "\x00"}),
            request(number, "resources/read", uri=any_of(strange)),
            request(number, "prompts/get", name="delegate", arguments=any_of(strange)),
            request(number, "no/such/method", a=any_of(strange)),
            request(number, "initialize"),
            {"jsonrpc": "2.0", "method": any_of(("notifications/cancelled", "x"))},
            {"jsonrpc": "2.0", "id": number, "result": any_of(strange)},
            {"jsonrpc": "2.0", "id": number, "error": any_of(strange)},
            [request(number, "ping"), request(number, "ping")],
        )
    )


@pytest.mark.timeout(120)
def test_a_thousand_hostile_lines(world: World) -> None:
    chance = random.Random(SEED)
    lines = [hostile(chance, 1_000 + n) for n in range(LINES)]
    with bare(world) as server:
        greeted(server)
        # Beside us: it answers meanwhile, and somebody has to read that.
        sending = threading.Thread(
            target=lambda: server.send(*lines, request(99, "tools/list"))
        )
        sending.start()
        answer = server.answer_to(99)
        sending.join()
        assert len(answer["result"]["tools"]) == 8
        assert server.leave() == 0
        assert server.process.stdout
        for line in server.process.stdout.read().splitlines():
            assert json.loads(line)["jsonrpc"] == "2.0"
    assert "Traceback" not in complaints(world)
    assert "\x1b" not in complaints(world)


def test_a_thousand_hostile_lines_before_anything_else(world: World) -> None:
    chance = random.Random(SEED + 1)
    lines = [hostile(chance, 1_000 + n).replace(b"io.model", b"") for n in range(LINES)]
    with bare(world) as server:
        sending = threading.Thread(
            target=lambda: server.send(*lines, request(99, "ping"))
        )
        sending.start()
        assert server.answer_to(99)["result"] == {}
        sending.join()
        assert server.leave() == 0


def test_a_line_that_is_too_long_is_answered(world: World) -> None:
    with bare(world) as server:
        greeted(server)
        head = b'{"method":"tools/call","params":{"name":"mux","arguments":{"task":"'
        tail = b'"}},"jsonrpc":"2.0","id":5}'
        piece = b"x" * (1 << 20)
        assert server.process.stdin
        server.process.stdin.write(head)
        for _ in range(66):
            server.process.stdin.write(piece)
        server.send(tail)
        assert server.answer_to(5)["error"]["code"] == -32600
        server.send(request(6, "ping"))
        assert server.answer_to(6)["result"] == {}


def test_a_task_that_is_too_long_is_refused_in_one_line(world: World) -> None:
    with bare(world) as server:
        greeted(server)
        asked = {"task": "x" * 10_000_000}
        server.send(request(5, "tools/call", name="mux", arguments=asked))
        result = server.answer_to(5)["result"]
    assert result["isError"]
    assert "too long" in result["content"][0]["text"]


def test_only_the_protocol_is_on_stdout_whatever_prints(
    cloudy: World, answering: World
) -> None:
    """Children that write, warnings and errors of the server, and the calls."""
    assert cloudy.clis
    cloudy.clis.say("flood-stderr")
    with bare(cloudy) as server:
        greeted(server)
        asks = (
            {"task": QUESTION, "route": "gemini", "timeout": 20},
            {"task": QUESTION, "route": "local"},
        )
        for number, asked in enumerate(asks, start=1):
            server.send(request(number, "tools/call", name="mux_json", arguments=asked))
        # Each of them parses every line that comes before it.
        assert "result" in server.answer_to(2)
        server.send(request(3, "tools/call", name="mux_doctor", arguments={}))
        assert "result" in server.answer_to(3)
