"""The last request as a command: the same request, and nothing secret in it."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mux_tui.core.config.environment import Environment
from mux_tui.core.errors import ProxyError
from mux_tui.core.paths import Paths
from mux_tui.core.proxy.curl import KeptRequest, curl_command, kept_request
from mux_tui.core.proxy.last_request import Kept, write

URL = "http://127.0.0.1:3456"
SHOWING = 'curl() { printf "%s\\0" "$@"; cat; }; mux() { echo the-token; }\n'
"""Programs of that name that show what they were given."""


@pytest.fixture
def paths(own_home: Path) -> Paths:
    """Where the last request is kept."""
    del own_home
    return Environment().paths


def _run(command: str) -> tuple[list[str], bytes]:
    """What a shell makes of a command: curl's arguments, and its input."""
    ended = subprocess.run(
        ["sh", "-c", SHOWING + command], capture_output=True, check=True
    )
    assert ended.stderr == b""
    *arguments, body = ended.stdout.split(b"\0")
    return [one.decode() for one in arguments], body


def _body(text: Any) -> dict[str, Any]:
    return {"model": "m", "messages": [{"role": "user", "content": text}]}


def test_the_request_is_the_one_that_was_kept(paths: Paths) -> None:
    body = _body('it\'s $(whoami) `id` "x"\nEND_OF_BODY\nEND_OF_BODY\x07\x7f\u2028é')
    headers = {
        "authorization": "Bearer secret-secret-1",
        "x-mux-token": "secret-secret-2",
        "anthropic-beta": "a-1,b-2",
        "user-agent": "it",
    }
    write(paths, Kept("e-1", json.dumps(body).encode(), headers=headers))
    kept = kept_request(paths)
    command = curl_command(kept, URL)
    assert kept.id == "e-1"
    assert "secret" not in command
    assert command.isascii()
    assert not [c for c in command if ord(c) < 32 and c != "\n" or ord(c) == 127]

    arguments, given_body = _run(command)
    assert json.loads(given_body) == body
    assert f"{URL}/v1/messages" in arguments
    assert "X-Mux-Token: the-token" in arguments
    assert "anthropic-beta: a-1,b-2" in arguments
    assert "content-type: application/json" in arguments


@given(st.dictionaries(st.text(), st.text() | st.lists(st.text()), min_size=1))
def test_no_body_gets_out_of_the_document(body: dict[str, Any]) -> None:
    command = curl_command(KeptRequest("e", body), URL)
    before, after = command.split(" <<'END_OF_BODY'\n")
    line, end, rest = after.split("\n")
    assert json.loads(line) == body
    assert (end, rest) == ("END_OF_BODY", "")
    assert line not in before


@pytest.mark.parametrize(
    "value", ["a\nX: y", "\x1b[2J", "é", "x" * 501, "", "a\0b", 7, None]
)
def test_a_header_that_is_odd_is_left_out(paths: Paths, value: object) -> None:
    paths.last_request.parent.mkdir(parents=True)
    document = {"id": "e", "headers": {"anthropic-beta": value}, "body": _body("x")}
    paths.last_request.write_text(json.dumps(document))
    assert kept_request(paths).headers == {}


def test_quotes_in_a_header_stay_text() -> None:
    kept = KeptRequest("e", _body("x"), {"anthropic-beta": "it's $(id)"})
    arguments, _ = _run(curl_command(kept, URL))
    assert "anthropic-beta: it's $(id)" in arguments


def test_without_a_last_request_it_says_what_to_do(paths: Paths) -> None:
    with pytest.raises(ProxyError, match=r"none was kept\. Use the proxy once"):
        kept_request(paths)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff",
        b"[]",
        b"[" * 100_000,
        b'{"id":"e","text":"cut off"}',
        b'{"body":3}',
    ],
)
def test_a_file_that_is_none_is_one_line(paths: Paths, data: bytes) -> None:
    paths.last_request.parent.mkdir(parents=True)
    paths.last_request.write_bytes(data)
    with pytest.raises(ProxyError, match="no last request to ask again"):
        kept_request(paths)
