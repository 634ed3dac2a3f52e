"""The answer's bytes, read by the real SDK as their strictest client."""

import json
import warnings
from collections.abc import Sequence
from typing import Any, cast

import httpx2
import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mux_tui.core.wire.anthropic_events import (
    AnswerEvent,
    BlockDelta,
    BlockKind,
    BlockStart,
    BlockStop,
    Counts,
    ErrorType,
    Failure,
    Heartbeat,
    MessageDelta,
    MessageStart,
    MessageStop,
    StopReason,
)
from mux_tui.core.wire.anthropic_frames import (
    AnswerFailed,
    assemble,
    count_body,
    error_body,
    frame,
    models_page,
)

with warnings.catch_warnings():
    # Its own imports are its own business.
    warnings.simplefilter("ignore")
    import anthropic

START = MessageStart("msg_1", "local", Counts(12, 3, 1))
END = (MessageDelta("end_turn", Counts(9, 6, 4)), MessageStop())


def block(
    index: int, kind: BlockKind, *pieces: str, tool_id: str = "", name: str = ""
) -> list[AnswerEvent]:
    """A block in pieces."""
    deltas = [BlockDelta(index, kind, piece) for piece in pieces]
    return [BlockStart(index, kind, tool_id, name), *deltas, BlockStop(index)]


def client(content: bytes, kind: str, status: int = 200) -> anthropic.Anthropic:
    """The SDK, with a server that answers these bytes."""

    def answer(_: httpx2.Request) -> httpx2.Response:
        return httpx2.Response(status, content=content, headers={"content-type": kind})

    return anthropic.Anthropic(
        api_key="k",
        base_url="http://local.test",
        max_retries=0,
        http_client=httpx2.Client(transport=httpx2.MockTransport(answer)),
    )


def streamed(events: Sequence[AnswerEvent]) -> dict[str, Any]:
    """What the SDK puts together from the frames of these events."""
    data = b"".join(map(frame, events))
    with (
        client(data, "text/event-stream") as sdk,
        sdk.messages.stream(
            model="m", max_tokens=9, messages=[{"role": "user", "content": "x"}]
        ) as stream,
    ):
        message = stream.get_final_message().to_dict(mode="json")

    # The SDK adds this field itself while it accumulates.
    assert message.pop("stop_details", None) is None
    return message


def whole(events: Sequence[AnswerEvent]) -> dict[str, Any]:
    """What the SDK reads when the same answer is not streamed."""
    with client(orjson.dumps(assemble(events)), "application/json") as sdk:
        message = sdk.messages.create(
            model="m", max_tokens=9, messages=[{"role": "user", "content": "x"}]
        )
        return message.to_dict(mode="json")


ANSWERS: dict[str, list[AnswerEvent]] = {
    "text": [START, *block(0, "text", "Hel", "lo"), *END],
    "heartbeats": [
        START,
        Heartbeat(),
        Heartbeat(),
        *block(0, "text", "a"),
        Heartbeat(),
        *END,
    ],
    "thinking first": [
        START,
        *block(0, "thinking", "hm", "m"),
        *block(1, "text", "so"),
        *END,
    ],
    "parallel calls": [
        START,
        *block(0, "text", "I read."),
        *block(1, "tool_use", '{"a', '": 1}', tool_id="toolu_1", name="Read"),
        *block(2, "tool_use", '{"b": [true]}', tool_id="toolu_2", name="mcp__x__y"),
        MessageDelta("tool_use", Counts(1, 2, 3)),
        MessageStop(),
    ],
    "call without arguments": [
        START,
        *block(0, "tool_use", tool_id="toolu_1", name="List"),
        MessageDelta("tool_use", Counts(1, 0, 3)),
        MessageStop(),
    ],
    "stop sequence": [
        START,
        *block(0, "text", "a"),
        MessageDelta("stop_sequence", Counts(1, 0, 3), "END"),
        MessageStop(),
    ],
    "odd characters": [
        START,
        *block(0, "text", 'a"\\\n\r\u2028\0\x1f', "\U0001f600", "data: x\n\n"),
        *END,
    ],
}


@pytest.mark.parametrize("name", ANSWERS)
def test_the_sdk_reads_the_same_message_from_both_forms(name: str) -> None:
    events = ANSWERS[name]

    assert streamed(events) == whole(events) == assemble(events)


def test_a_message_has_every_field() -> None:
    assert assemble(ANSWERS["parallel calls"]) == {
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "model": "local",
        "content": [
            {"type": "text", "text": "I read."},
            {"type": "tool_use", "id": "toolu_1", "name": "Read", "input": {"a": 1}},
            {
                "type": "tool_use",
                "id": "toolu_2",
                "name": "mcp__x__y",
                "input": {"b": [True]},
            },
        ],
        "stop_reason": "tool_use",
        "stop_sequence": None,
        "usage": {
            "input_tokens": 1,
            "cache_creation_input_tokens": 0,
            "cache_read_input_tokens": 2,
            "output_tokens": 3,
        },
    }


@pytest.mark.parametrize(
    ("event", "data"),
    [
        (
            BlockDelta(2, "text", 'é"\n'),
            '{"type":"content_block_delta","index":2,'
            '"delta":{"type":"text_delta","text":"é\\"\\n"}}',
        ),
        (
            BlockDelta(0, "thinking", "x"),
            '{"type":"content_block_delta","index":0,'
            '"delta":{"type":"thinking_delta","thinking":"x"}}',
        ),
        (
            BlockDelta(0, "tool_use", "{"),
            '{"type":"content_block_delta","index":0,'
            '"delta":{"type":"input_json_delta","partial_json":"{"}}',
        ),
        (
            BlockStart(1, "tool_use", "toolu_1", "Read"),
            '{"type":"content_block_start","index":1,"content_block":'
            '{"type":"tool_use","id":"toolu_1","name":"Read","input":{}}}',
        ),
        (
            BlockStart(0, "thinking"),
            '{"type":"content_block_start","index":0,"content_block":'
            '{"type":"thinking","thinking":"","signature":""}}',
        ),
        (BlockStop(1), '{"type":"content_block_stop","index":1}'),
        (
            Heartbeat(),
            '{"type":"message_delta","delta":{"stop_reason":null,"stop_sequence":null},'
            '"usage":{"output_tokens":0}}',
        ),
        (MessageStop(), '{"type":"message_stop"}'),
        (
            Failure("api_error", "mux: a: b. c"),
            '{"type":"error","error":{"type":"api_error","message":"mux: a: b. c"}}',
        ),
    ],
)
def test_the_grammar_of_a_frame(event: AnswerEvent, data: str) -> None:
    name = json.loads(data)["type"]

    assert frame(event).decode() == f"event: {name}\ndata: {data}\n\n"


def test_a_failure_reaches_the_client_as_an_error() -> None:
    failure = Failure("overloaded_error", "mux: the model is loading: wait.")

    with pytest.raises(anthropic.APIStatusError, match="the model is loading"):
        streamed([START, *block(0, "text", "a"), failure])
    with pytest.raises(AnswerFailed) as caught:
        assemble([START, failure])
    assert caught.value.failure == failure


def test_events_without_a_start_are_no_message() -> None:
    with pytest.raises(ValueError, match="without a start"):
        assemble([Heartbeat()])


def test_arguments_that_are_no_json_are_handed_over_as_they_are() -> None:
    events = [START, *block(0, "tool_use", "{a:", tool_id="toolu_1", name="R"), *END]

    assert assemble(events)["content"][0]["input"] == {"__unparsedToolInput": "{a:"}


def test_half_a_character_does_not_end_the_stream() -> None:
    events = [START, *block(0, "text", "a\ud83d"), *END]

    assert streamed(events)["content"][0]["text"] == "a\ufffd"
    assert assemble(events)["content"][0]["text"] == "a\ufffd"


@pytest.mark.parametrize(
    ("kind", "status", "raised"),
    [
        ("invalid_request_error", 400, anthropic.BadRequestError),
        ("not_found_error", 404, anthropic.NotFoundError),
        ("rate_limit_error", 429, anthropic.RateLimitError),
        ("api_error", 502, anthropic.InternalServerError),
    ],
)
def test_an_error_body_is_understood(
    kind: ErrorType, status: int, raised: type[anthropic.APIStatusError]
) -> None:
    data = error_body(kind, "mux: no: because. do", "req_1")

    with (
        client(data, "application/json", status) as sdk,
        pytest.raises(raised, match="because") as caught,
    ):
        sdk.messages.create(
            model="m", max_tokens=9, messages=[{"role": "user", "content": "x"}]
        )
    assert json.loads(data)["request_id"] == "req_1"
    assert cast(dict[str, Any], caught.value.body)["error"]["type"] == kind


def test_the_list_of_models_is_read_by_the_sdk() -> None:
    page = models_page(
        [("claude-local-qwen3", "Qwen3 (local)"), ("claude-b", "B")],
        "2026-01-01T00:00:00Z",
    )

    with client(page, "application/json") as sdk:
        models = list(sdk.models.list())
    assert [model.id for model in models] == ["claude-local-qwen3", "claude-b"]
    assert models[0].display_name == "Qwen3 (local)"
    assert json.loads(page)["first_id"] == "claude-local-qwen3"
    assert json.loads(models_page([], ""))["last_id"] is None


def test_a_count_of_tokens_is_read_by_the_sdk() -> None:
    with client(count_body(1234), "application/json") as sdk:
        counted = sdk.messages.count_tokens(
            model="m", messages=[{"role": "user", "content": "x"}]
        )
    assert counted.input_tokens == 1234


TEXTS = st.lists(st.text(max_size=6), max_size=4)
INPUTS = st.dictionaries(st.text(max_size=4), st.integers() | st.text(), max_size=3)


@st.composite
def answers(draw: st.DrawFn) -> list[AnswerEvent]:
    """Any complete answer, its texts and arguments cut anywhere."""
    events: list[AnswerEvent] = [START]
    kinds = draw(st.lists(st.sampled_from(("text", "thinking", "tool_use"))))
    for index, kind in enumerate(kinds):
        events += [Heartbeat()] * draw(st.integers(0, 2))
        if kind == "tool_use":
            text = json.dumps(draw(INPUTS))
            place = draw(st.integers(0, len(text)))
            pieces = [text[:place], text[place:]]
        else:
            pieces = draw(TEXTS)
        events += block(index, kind, *pieces, tool_id=f"toolu_{index}", name="Read")

    reason = draw(st.sampled_from(("end_turn", "max_tokens", "tool_use")))
    counts = Counts(*(draw(st.integers(0, 10**9)) for _ in range(3)))
    return [*events, MessageDelta(cast(StopReason, reason), counts), MessageStop()]


@given(answers())
@settings(max_examples=40, deadline=None)
def test_any_answer_is_the_same_streamed_and_whole(events: list[AnswerEvent]) -> None:
    assert streamed(events) == assemble(events)
