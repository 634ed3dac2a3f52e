"""The tap reads what passes, however it was cut, and never fails."""

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from mux_tui.core.proxy.answer_tap import MOST_BYTES, AnswerTap, Passed

STREAM = "text/event-stream; charset=utf-8"
FULL = Passed(True, "claude-x", 130, 100, 42, "tool_use", 1)


def event(value: dict[str, Any]) -> bytes:
    """One frame of a stream."""
    return f"event: {value['type']}\ndata: {json.dumps(value)}\n\n".encode()


STARTED = event(
    {
        "type": "message_start",
        "message": {
            "type": "message",
            "model": "claude-x",
            "stop_reason": None,
            "usage": {
                "input_tokens": 20,
                "cache_creation_input_tokens": 10,
                "cache_read_input_tokens": 100,
                "output_tokens": 1,
            },
        },
    }
)
DELTA = event(
    {
        "type": "content_block_delta",
        "index": 0,
        "delta": {"type": "text_delta", "text": "é message_stop"},
    }
)
CALL = event(
    {
        "type": "content_block_start",
        "index": 1,
        "content_block": {"type": "tool_use", "id": "t", "name": "n", "input": {}},
    }
)
ENDED = event(
    {
        "type": "message_delta",
        "delta": {"stop_reason": "tool_use", "stop_sequence": None},
        "usage": {"output_tokens": 42},
    }
) + event({"type": "message_stop"})
WHOLE = STARTED + event({"type": "ping"}) + DELTA + CALL + ENDED


def read(pieces: list[bytes], kind: str = STREAM, encoding: str = "") -> AnswerTap:
    """Let an answer pass."""
    tap = AnswerTap()
    tap.begin(kind, encoding)
    for piece in pieces:
        tap.feed(piece)
    tap.end()
    return tap


@given(st.lists(st.integers(0, len(WHOLE)), max_size=12))
def test_any_split_tells_the_same(cuts: list[int]) -> None:
    at = [0, *sorted(cuts), len(WHOLE)]
    pieces = [WHOLE[a:b] for a, b in zip(at, at[1:], strict=False)]
    assert read(pieces).passed == FULL


def test_one_byte_at_a_time() -> None:
    assert read([WHOLE[i : i + 1] for i in range(len(WHOLE))]).passed == FULL


@given(st.binary(max_size=300), st.sampled_from([STREAM, "application/json", ""]))
def test_no_bytes_make_it_fail(junk: bytes, kind: str) -> None:
    read([STARTED, junk, WHOLE, junk], kind)
    read([junk], kind)


def test_the_first_content_is_noticed_at_once() -> None:
    tap = AnswerTap()
    tap.begin(STREAM)
    tap.feed(STARTED)
    assert not tap.content_begun
    tap.feed(DELTA)
    assert tap.content_begun


def test_a_stream_that_ends_too_early_is_not_complete() -> None:
    passed = read([STARTED, DELTA]).passed
    assert not passed.complete
    assert passed.error == "the stream ended before the answer did"
    assert (passed.input_tokens, passed.output_tokens) == (130, 1)


def test_an_error_is_told_on_one_line() -> None:
    error = {"type": "overloaded_error", "message": "Over\nloaded\x1b[0m"}
    frame = event({"type": "error", "error": error})
    expected = "overloaded_error: Over loaded␛[0m"
    assert read([STARTED, frame]).passed.error == expected
    document = json.dumps({"type": "error", "error": error}).encode()
    passed = read([document], "application/json").passed
    assert (passed.error, passed.complete) == (expected, False)


def test_a_document_is_read_like_a_stream() -> None:
    document = {
        "type": "message",
        "model": "claude-x",
        "content": [{"type": "text", "text": "x"}, {"type": "tool_use"}],
        "stop_reason": "tool_use",
        "usage": {
            "input_tokens": 20,
            "cache_creation_input_tokens": 10,
            "cache_read_input_tokens": 100,
            "output_tokens": 42,
        },
    }
    body = json.dumps(document).encode()
    assert read([body[:9], body[9:]], "application/json").passed == FULL


def test_numbers_that_are_junk_are_not_known() -> None:
    usage = {"input_tokens": -1, "output_tokens": "7", "cache_read_input_tokens": 1e99}
    start = event({"type": "message_start", "message": {"usage": usage}})
    passed = read([start]).passed
    assert (passed.input_tokens, passed.output_tokens, passed.cached_tokens) == (
        None,
        None,
        None,
    )


def test_a_compressed_answer_is_not_read() -> None:
    assert read([WHOLE], STREAM, "gzip").passed == Passed(complete=True)


def test_an_answer_without_end_is_not_kept() -> None:
    tap = AnswerTap()
    tap.begin("application/json")
    piece = b" " * (1024 * 1024)
    for _ in range(MOST_BYTES // len(piece) + 1):
        tap.feed(piece)
    tap.feed(json.dumps({"type": "message"}).encode())
    tap.end()
    assert tap.passed == Passed(complete=True)


def test_an_event_without_end_is_given_up() -> None:
    passed = read([STARTED, b"data: " + b"x" * (17 * 1024 * 1024), ENDED]).passed
    assert (passed.input_tokens, passed.output_tokens) == (130, 1)
    assert passed.stop_reason == ""
