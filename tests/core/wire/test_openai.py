"""The Chat Completions codec."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mux_tui.core.wire.documents import NotJson
from mux_tui.core.wire.openai import (
    Message,
    Piece,
    ServerFault,
    TokenCounts,
    ToolCallPart,
    build_request,
    parse_fault,
    parse_piece,
    prefill_progress,
)


def chunk(delta: object = None, **choice: object) -> bytes:
    """A chunk whose first choice has this delta."""
    whole = {"index": 0, "delta": delta, "finish_reason": None} | choice
    return json.dumps({"choices": [whole]}).encode()


def read(data: bytes) -> Piece:
    """A piece that is no fault."""
    piece = parse_piece(data)
    assert isinstance(piece, Piece)
    return piece


def test_a_request_holds_what_is_set_and_no_null() -> None:
    messages = [Message("system", "s"), Message("user", "\u4f60")]

    streamed = json.loads(build_request("m", messages, max_tokens=5, logprobs=True))
    assert streamed == {
        "model": "m",
        "messages": [
            {"role": "system", "content": "s"},
            {"role": "user", "content": "\u4f60"},
        ],
        "max_tokens": 5,
        "logprobs": True,
        "stream": True,
        "stream_options": {"include_usage": True},
    }
    plain = build_request("", [], max_tokens=1, temperature=0.0, stream=False)
    assert json.loads(plain) == {"messages": [], "max_tokens": 1, "temperature": 0.0}


def test_a_lone_surrogate_in_the_prompt_still_makes_utf8() -> None:
    body = build_request("m", [Message("user", "a\ud800b")], max_tokens=1)

    assert json.loads(body)["messages"][0]["content"] == "a?b"


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (chunk({"content": "x"}), "x"),
        (chunk({"content": None}), ""),
        (chunk({"content": 42}), ""),
        (
            chunk({"content": [{"type": "text", "text": "a"}, None, 1, {"text": "b"}]}),
            "ab",
        ),
        (chunk(None), ""),
        (chunk("junk"), ""),
        (chunk(None, message={"content": "whole"}), "whole"),
        (chunk(None, text="legacy"), "legacy"),
        (b'{"choices": []}', ""),
        (b'{"choices": null}', ""),
        (b'{"choices": [null, 7, {"index": 1, "delta": {"content": "no"}}]}', ""),
        (b'{"choices": [{"delta": {"content": "no index"}}]}', "no index"),
        (b"{}", ""),
        (b'{"error": null, "choices": [{"delta": {"content": "x"}}]}', "x"),
        (b'\xef\xbb\xbf {"choices": [{"delta": {"content": "x"}}]}', "x"),
    ],
)
def test_text_is_read_from_any_shape(data: bytes, text: str) -> None:
    assert read(data).text == text


@pytest.mark.parametrize(
    ("delta", "reasoning"),
    [
        ({"reasoning": "r"}, "r"),
        ({"reasoning_content": "r"}, "r"),
        ({"reasoning": "r", "reasoning_content": "r"}, "r"),
        ({"reasoning": None, "reasoning_content": 3}, ""),
    ],
)
def test_reasoning_has_two_names(delta: object, reasoning: str) -> None:
    assert read(chunk(delta)).reasoning == reasoning


def test_text_and_finish_reason_may_share_a_chunk() -> None:
    piece = read(chunk({"content": "last"}, finish_reason="stop"))

    assert (piece.text, piece.finish) == ("last", "stop")


@pytest.mark.parametrize(
    ("logprobs", "numbers"),
    [
        ({"content": [{"logprob": -0.5}, {"id": 3, "logprob": -1}]}, (-0.5, -1.0)),
        ({"token_logprobs": [None, -2.5]}, (-2.5,)),
        ({"content": [{"logprob": "x"}, None, {"logprob": 9}]}, ()),
        ({"content": [{"logprob": 1e-9}]}, (0.0,)),
        ({"content": [{"logprob": True}]}, ()),
        ({"content": None}, ()),
        (None, ()),
        (7, ()),
    ],
)
def test_only_real_log_probabilities_are_read(
    logprobs: object, numbers: tuple[float, ...]
) -> None:
    assert read(chunk({"content": "x"}, logprobs=logprobs)).logprobs == numbers


@pytest.mark.parametrize(
    ("usage", "counts"),
    [
        (None, None),
        ("junk", None),
        ({}, TokenCounts()),
        ({"prompt_tokens": "11", "completion_tokens": -5}, TokenCounts()),
        ({"prompt_tokens": 11.0, "completion_tokens": 0}, TokenCounts(11, 0)),
        ({"prompt_tokens": 1.5, "completion_tokens": 10**30}, TokenCounts()),
        ({"prompt_tokens": True}, TokenCounts()),
        (
            {
                "prompt_tokens": 11,
                "completion_tokens": 7,
                "prompt_tokens_details": {"cached_tokens": 5},
                "completion_tokens_details": {"reasoning_tokens": 3},
            },
            TokenCounts(11, 7, 5, 3),
        ),
    ],
)
def test_token_counts_are_whole_and_never_negative(
    usage: Any, counts: TokenCounts | None
) -> None:
    assert read(json.dumps({"choices": [], "usage": usage}).encode()).usage == counts


def test_tool_calls_keep_their_parts() -> None:
    calls: list[object] = [
        {"index": 2, "id": "c", "function": {"name": "bash", "arguments": '{"a'}},
        {"function": {"arguments": {"b": 1}}},
        None,
    ]

    assert read(chunk({"tool_calls": calls})).tool_calls == (
        ToolCallPart(2, "c", "bash", '{"a'),
        ToolCallPart(1, arguments='{"b": 1}'),
        ToolCallPart(2),
    )


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"<<<not json>>>", "not JSON"),
        (b'{"choices": [{"delta"', "not JSON"),
        (b"", "not JSON"),
        (b'{"a": "b\x00c"}', "not JSON"),
        (b"[1]", "not a JSON object"),
        (b"null", "not a JSON object"),
        (b"12345", "not a JSON object"),
        (b'{"a": "caf\xe9"}', "not UTF-8"),
        (b"[" * 100_000 + b"]" * 100_000, "nested too deeply"),
        (b'{"a": ' + b"9" * 5000 + b"}", "a number that is too long"),
    ],
)
def test_what_is_no_object_is_one_error(data: bytes, reason: str) -> None:
    with pytest.raises(NotJson, match=reason):
        parse_piece(data)


def test_numbers_that_json_does_not_have_count_as_absent() -> None:
    piece = read(
        b'{"choices":[{"delta":{"content":"n"},"logprobs":NaN}],'
        b'"usage":{"prompt_tokens":Infinity,"completion_tokens":1e999}}'
    )

    assert (piece.text, piece.usage) == ("n", TokenCounts())


@pytest.mark.parametrize(
    ("document", "fault"),
    [
        ({"error": "boom"}, ServerFault("boom")),
        (
            {"error": {"message": "m", "type": "t", "code": 500}},
            ServerFault("m", "t 500"),
        ),
        ({"error": {"message": 7}}, ServerFault("")),
        ({"object": "error", "message": "m", "code": 1}, ServerFault("m", "1")),
        ({"message": "m"}, ServerFault("m")),
        (
            {"error": {"message": "m", "n_prompt_tokens": 9, "n_ctx": 4}},
            ServerFault("m", "", 9, 4),
        ),
    ],
)
def test_errors_have_many_shapes(document: object, fault: ServerFault) -> None:
    data = json.dumps(document).encode()

    assert parse_piece(data) == fault
    assert parse_fault(data) == fault


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", ""),
        (b"Not Found", "Not Found"),
        (b"<html>x</html>", "a web page"),
        (b"[1]", ""),
        (b'{"detail": "no"}', "no"),
        (b"\xff", "\ufffd"),
    ],
)
def test_a_refusal_is_read_whatever_it_is(data: bytes, message: str) -> None:
    assert parse_fault(data) == ServerFault(message)


@pytest.mark.parametrize(
    ("comment", "progress"),
    [
        ("keepalive 3/5", (3, 5)),
        (" keepalive 0/10 ", (0, 10)),
        ("keepalive", None),
        ("keepalive 1/" + "9" * 5000, None),
        ("ping", None),
    ],
)
def test_comments_tell_how_much_of_the_prompt_is_read(
    comment: str, progress: tuple[int, int] | None
) -> None:
    assert prefill_progress(comment) == progress


KEYS = (
    "choices delta message content usage logprobs tool_calls function index model "
    "finish_reason error reasoning arguments prompt_tokens logprob"
).split()
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5)
JSON = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(KEYS), inner, max_size=4)
    ),
    max_leaves=20,
)


@given(JSON)
def test_no_document_makes_the_reader_fail(document: object) -> None:
    """Whatever the types of its fields are, a JSON object is read."""
    data = json.dumps({"choices": [document], "usage": document}).encode()
    piece = parse_piece(data)

    assert isinstance(piece, Piece)
    assert all(n <= 0 for n in piece.logprobs)
    parse_fault(json.dumps(document).encode())
