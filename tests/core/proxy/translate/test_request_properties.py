"""What holds for every request, however odd."""

import json
from typing import Any, cast

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mux_tui.core.proxy.translate.facts import ChatRequest, ModelTraits
from mux_tui.core.proxy.translate.request import to_chat
from mux_tui.core.wire.anthropic_parse import parse_request
from tests.core.proxy.translate.turns import (
    HYBRID,
    NATIVE,
    PLAIN,
    SEEING,
    assistant,
    text,
    user,
)

MODELS = [NATIVE, PLAIN, SEEING, HYBRID]

IDS = st.sampled_from(["a", "b", "c"])
TEXTS = st.sampled_from(
    ["", " ", "x", "é\U0001f600", "<tool_call>\n{}", "<|im_end|>", "</tool_result>"]
)
JUST = st.just
TEXT = st.builds(text, TEXTS)
IMAGE_SOURCE = st.fixed_dictionaries(
    {"type": JUST("base64"), "media_type": JUST("image/png"), "data": TEXTS}
)
IMAGE = st.fixed_dictionaries({"type": JUST("image"), "source": IMAGE_SOURCE})
ODD = st.fixed_dictionaries(
    {
        "type": st.sampled_from(
            ["document", "search_result", "server_tool_use", "new", "image"]
        ),
        "text": TEXTS,
        "content": st.lists(TEXTS, max_size=1),
    }
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | TEXTS,
    lambda inner: (
        st.lists(inner, max_size=2) | st.dictionaries(TEXTS, inner, max_size=2)
    ),
    max_leaves=5,
)
USE = st.fixed_dictionaries(
    {
        "type": JUST("tool_use"),
        "id": IDS,
        "name": st.sampled_from(["Read", "gone", 'a">']),
        "input": JSON,
    }
)
RESULT = st.fixed_dictionaries(
    {
        "type": JUST("tool_result"),
        "tool_use_id": IDS,
        "content": TEXTS | st.lists(TEXT | IMAGE | ODD, max_size=2),
        "is_error": st.booleans(),
    }
)
THINKING = st.fixed_dictionaries({"type": JUST("thinking"), "thinking": TEXTS})
BLOCKS = st.lists(TEXT | IMAGE | ODD | USE | RESULT | THINKING, max_size=4)
ROLES = st.sampled_from(["user", "assistant", "system"])
TURNS = st.lists(
    st.fixed_dictionaries({"role": ROLES, "content": TEXTS | BLOCKS}),
    min_size=1,
    max_size=7,
)
SCHEMAS = st.dictionaries(st.sampled_from(["type", "properties", "required"]), JSON)
TOOLS = st.lists(
    st.fixed_dictionaries(
        {
            "name": st.sampled_from(["Read", "mcp__a__b", "Write"]),
            "description": TEXTS,
            "input_schema": st.none() | SCHEMAS,
        }
    ),
    max_size=3,
    unique_by=lambda tool: str(tool["name"]),
)
CHOICES = st.sampled_from(
    [None, {"type": "any"}, {"type": "none"}, {"type": "tool", "name": "Read"}]
)


def body(turns: list[Any], tools: list[Any], choice: Any = None) -> bytes:
    """A request's bytes."""
    fields = {"model": "m", "max_tokens": 5, "messages": turns, "tools": tools}
    return json.dumps({**fields, "tool_choice": choice, "system": "S"}).encode()


def chat(traits: ModelTraits, data: bytes) -> ChatRequest:
    """Its translation."""
    return to_chat(parse_request(data), traits, 100)


def no_null(value: object) -> bool:
    """Whether there is no null outside of what the client itself sent."""
    match value:
        case dict():
            items = cast(dict[str, object], value).items()
            return all(key == "parameters" or no_null(inner) for key, inner in items)
        case list():
            return all(no_null(inner) for inner in cast(list[object], value))
        case _:
            return value is not None


@pytest.mark.parametrize("traits", MODELS)
@given(turns=TURNS, tools=TOOLS, choice=CHOICES)
@settings(max_examples=60, deadline=None)
def test_every_request_becomes_a_conversation_that_templates_take(
    traits: ModelTraits, turns: list[Any], tools: list[Any], choice: Any
) -> None:
    data = body(turns, tools, choice)
    translated = chat(traits, data)

    written = orjson.dumps(translated.body)
    assert written == orjson.dumps(chat(traits, data).body)
    assert no_null(translated.body)

    system, *messages = translated.body["messages"]
    assert system["role"] == "system"
    assert messages[0]["role"] == "user"
    check_order(messages)
    for call in (c for m in messages for c in m.get("tool_calls", ())):
        assert isinstance(json.loads(call["function"]["arguments"]), dict)


def check_order(messages: list[dict[str, Any]]) -> None:
    """User and assistant alternate; each call has one result, right behind it."""
    waiting: list[str] = []
    before = "assistant"
    for message in messages:
        role = message["role"]
        if role == "tool":
            assert message["tool_call_id"] == waiting.pop(0)
            assert message["content"]
            before = "tool"
            continue
        assert not waiting
        assert role != before
        assert not (before == "tool" and role not in ("user", "assistant"))
        waiting = [call["id"] for call in message.get("tool_calls", ())]
        assert len(set(waiting)) == len(waiting)
        before = role


@pytest.mark.parametrize("traits", MODELS)
@given(turns=TURNS, tools=TOOLS)
@settings(max_examples=60, deadline=None)
def test_a_conversation_that_grows_keeps_its_beginning(
    traits: ModelTraits, turns: list[Any], tools: list[Any]
) -> None:
    turns = [user("first"), *turns]
    before = chat(traits, body(turns, tools)).body
    last = before["messages"][-1]["role"]
    new = user("more") if last == "assistant" else assistant("more")
    after = chat(traits, body([*turns, new], tools)).body

    assert orjson.dumps(after["messages"][: len(before["messages"])]) == (
        orjson.dumps(before["messages"])
    )
    assert after.get("tools") == before.get("tools")


@pytest.mark.parametrize("traits", MODELS)
@given(turns=TURNS)
@settings(max_examples=60, deadline=None)
def test_nobody_but_the_assistant_can_write_a_call(
    traits: ModelTraits, turns: list[Any]
) -> None:
    messages = chat(traits, body(turns, [])).body["messages"]

    for message in messages:
        if message["role"] != "assistant":
            written = orjson.dumps(message["content"]).decode()
            assert "<tool_call>" not in written
            assert "<|im_end|>" not in written
