"""The event decoder."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mux_tui.core.wire.sse import EventTooLarge, SseComment, SseDecoder, SseEvent

Item = SseEvent | SseComment


def decoded(*pieces: bytes) -> list[Item]:
    """Everything in one stream that arrives in these pieces."""
    decoder = SseDecoder()
    items = [item for piece in pieces for item in decoder.feed(piece)]
    return items + decoder.flush()


@pytest.mark.parametrize(
    ("stream", "items"),
    [
        (b"data: a\n\ndata: b\n\n", [SseEvent(b"a"), SseEvent(b"b")]),
        (b"data: a\r\n\r\ndata: b\r\n\r\n", [SseEvent(b"a"), SseEvent(b"b")]),
        (b"data: a\r\rdata: b\r\r", [SseEvent(b"a"), SseEvent(b"b")]),
        (b"data: a\r\ndata: b\n\r\n", [SseEvent(b"a\nb")]),
        (b"data:a\n\n", [SseEvent(b"a")]),
        (b"data:  a\n\n", [SseEvent(b" a")]),
        (b"data: a\ndata:\ndata: b\n\n", [SseEvent(b"a\n\nb")]),
        (b"data\n\n", [SseEvent(b"")]),
        (b"data:\n\n", [SseEvent(b"")]),
        (b"\xef\xbb\xbfdata: a\n\n", [SseEvent(b"a")]),
        (b"data: a", [SseEvent(b"a")]),
        (b"data: a\n", [SseEvent(b"a")]),
        (b": keepalive 1/2\n\n", [SseComment("keepalive 1/2")]),
        (b":\n", [SseComment("")]),
        (b"event: error\ndata: x\n\n", [SseEvent(b"x", "error")]),
        (b"event: e\n\ndata: x\n\n", [SseEvent(b"x")]),
        (b"event: e\nevent:\ndata: x\n\n", [SseEvent(b"x")]),
        (b"foo: bar\nbare\ndata: x\n\n", [SseEvent(b"x")]),
        (
            b"id: 1\ndata: x\n\ndata: y\n\n",
            [SseEvent(b"x", id="1"), SseEvent(b"y", id="1")],
        ),
        (b"id: a\0b\ndata: x\n\n", [SseEvent(b"x")]),
        (b"data: \xff\n\n", [SseEvent(b"\xff")]),
        (
            "data: a\u2028b\u0085c\x0bd\n\n".encode(),
            [SseEvent("a\u2028b\u0085c\x0bd".encode())],
        ),
        (b"\n\n\n", []),
        (b"", []),
    ],
)
def test_a_stream_gives_its_events(stream: bytes, items: list[Item]) -> None:
    assert decoded(stream) == items


def test_retry_is_remembered_when_it_is_a_number() -> None:
    decoder = SseDecoder()
    decoder.feed(b"retry: 20\n\nretry: soon\n\n")

    assert decoder.retry_ms == 20


LINES = st.sampled_from(
    [
        b"data: abc",
        "data: na\u00efve \u4f60 \U0001f600".encode(),
        b"data:x",
        b"data",
        b"",
        b"",
        b": comment",
        b"event: error",
        b"id: 7",
        b"other: y",
        b"\xef\xbb\xbfdata: marked",
    ]
)
ENDS = st.sampled_from([b"\n", b"\r\n", b"\r"])


@given(
    st.lists(st.tuples(LINES, ENDS), max_size=12),
    st.booleans(),
    st.lists(st.integers(0, 200), max_size=12),
)
def test_any_split_of_the_bytes_gives_the_same_events(
    lines: list[tuple[bytes, bytes]], marked: bool, places: list[int]
) -> None:
    stream = b"".join(line + end for line, end in lines)
    stream = b"\xef\xbb\xbf" + stream if marked else stream
    edges = [0, *sorted(places), len(stream)]
    pieces = [stream[a:b] for a, b in zip(edges, edges[1:], strict=False)]

    whole = decoded(stream)
    assert decoded(*pieces) == whole
    assert decoded(*(stream[i : i + 1] for i in range(len(stream)))) == whole


@pytest.mark.parametrize(
    "stream",
    [
        b"data: " + b"x" * 100 + b"\n\n",
        b"data: " + b"x" * 100,
        b": " + b"x" * 100,
        b"data: 0123456789\n" * 8,
        b"data:\n" * 80,
    ],
)
def test_a_line_or_an_event_past_the_limit_is_an_error(stream: bytes) -> None:
    for size in (len(stream), 7):
        decoder = SseDecoder(limit=64)
        pieces = [stream[i : i + size] for i in range(0, len(stream), size)]
        with pytest.raises(EventTooLarge, match="64 bytes"):
            list(map(decoder.feed, pieces))


def test_many_small_events_pass_any_limit_on_one() -> None:
    decoder = SseDecoder(limit=64)

    assert len(decoder.feed(b"data: 0123456789\n\n" * 100)) == 100
