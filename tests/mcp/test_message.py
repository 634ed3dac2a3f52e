"""Lines into messages, and into the errors that answer what is none."""

import json

import mcp_types as types
import pytest
from hypothesis import given
from hypothesis import strategies as st
from mcp.shared.message import SessionMessage

from mux_tui.mcp.lines import Overlong
from mux_tui.mcp.message import read_message, write_message


def refused(line: bytes | Overlong) -> types.JSONRPCError:
    message = read_message(line)
    assert isinstance(message, types.JSONRPCError)
    return message


def test_a_request_is_a_message() -> None:
    message = read_message(b'{"jsonrpc":"2.0","id":1,"method":"ping"}')
    assert isinstance(message, SessionMessage)
    assert isinstance(message.message, types.JSONRPCRequest)


@pytest.mark.parametrize("line", [b"", b" ", b"\t\r"])
def test_an_empty_line_is_nothing(line: bytes) -> None:
    assert read_message(line) is None


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (b"hello", types.PARSE_ERROR),
        (b'{"jsonrpc":"2.0",', types.PARSE_ERROR),
        (b"\xff\xfe\x00", types.PARSE_ERROR),
        (b"[" * 5000 + b"]" * 5000, types.PARSE_ERROR),
        (b"[]", types.INVALID_REQUEST),
        (b"42", types.INVALID_REQUEST),
        (b'{"jsonrpc":"1.0","id":1,"method":"ping"}', types.INVALID_REQUEST),
        (b'[{"jsonrpc":"2.0","id":1,"method":"ping"}]', types.INVALID_REQUEST),
    ],
)
def test_what_is_no_message_is_answered_as_such(line: bytes, code: int) -> None:
    assert refused(line).error.code == code


@pytest.mark.parametrize(
    "line",
    [
        b'{"jsonrpc":"2.0","id":7,"method":"x","params":{"a":"\\ud800',
        b'{"method":"x","params":{"id":3,"a":"\xff"},"jsonrpc":"2.0","id":7}',
    ],
)
def test_the_sender_of_a_broken_request_does_not_wait(line: bytes) -> None:
    assert refused(line).id == 7


def test_the_sender_of_a_request_that_is_too_long_does_not_wait() -> None:
    tail = b'aaa"}},"jsonrpc":"2.0","id":"call-9"}'
    assert refused(Overlong(b'{"method":', tail, 99)).id == "call-9"


@given(st.binary(max_size=200))
def test_no_line_is_too_strange(line: bytes) -> None:
    message = read_message(line)
    if isinstance(message, types.JSONRPCError):
        assert json.loads(write_message(message))["error"]["code"] in (-32700, -32600)


@given(st.text(st.characters(codec=None), max_size=50))
def test_every_message_is_one_line_of_json(text: str) -> None:
    """Lone surrogates too, which UTF-8 cannot carry."""
    answer = types.JSONRPCResponse(jsonrpc="2.0", id=1, result={"text": text})
    line = write_message(answer)
    assert line.count(b"\n") == 1
    assert json.loads(line)["result"]["text"] == text
