"""What the real API would refuse is taken out, and nothing else."""

import json
from typing import Any

import pytest

from mux_tui.core.proxy.history import cloud_body

LOCAL = {"type": "thinking", "thinking": "hm", "signature": ""}
SIGNED = {"type": "thinking", "thinking": "hm", "signature": "EqQBCkYIB"}
SAID = {"type": "text", "text": "Done."}
CALL = {"type": "tool_use", "id": "toolu_1", "name": "Read", "input": {"n": 1.0}}
RESULT = {"type": "tool_result", "tool_use_id": "toolu_1", "content": "x"}
ASKED = {"role": "user", "content": "Do it."}


def request(*messages: Any, **others: Any) -> dict[str, Any]:
    """A request with these messages."""
    return {"model": "m", "max_tokens": 10, "messages": list(messages)} | others


def body_of(value: dict[str, Any]) -> bytes:
    """A body as no serialiser of ours would write it."""
    return json.dumps(value, indent=1).encode()


def answer(*blocks: Any) -> dict[str, Any]:
    """An assistant's turn."""
    return {"role": "assistant", "content": list(blocks)}


def relayed(value: dict[str, Any], model: str = "") -> dict[str, Any]:
    """What the API gets."""
    return json.loads(cloud_body(body_of(value), model))


@pytest.mark.parametrize(
    "value",
    [
        request(ASKED),
        request(ASKED, answer(SIGNED, SAID), ASKED),
        request(ASKED, {"role": "assistant", "content": "text"}, ASKED),
        request(ASKED, answer({"type": "redacted_thinking", "data": "x"}), ASKED),
        request({"role": "user", "content": [{"type": "text", "text": ""}]}),
        request(ASKED, answer(), ASKED),
        request(
            ASKED,
            answer(SIGNED, CALL),
            {"role": "user", "content": [RESULT]},
            thinking={"type": "enabled", "budget_tokens": 2000},
        ),
        request("junk", None, 3, {"role": "assistant", "content": [None, 3, "x"]}),
    ],
)
def test_what_the_api_takes_goes_on_byte_for_byte(value: dict[str, Any]) -> None:
    body = body_of(value)
    assert cloud_body(body) is body
    assert cloud_body(body, "m") is body


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'"assistant"', b"\xff\xfe"])
def test_what_is_no_request_goes_on_as_it_is(body: bytes) -> None:
    assert cloud_body(body) is body
    assert cloud_body(body, "claude-x") is body


def test_local_thinking_is_taken_out() -> None:
    value = request(ASKED, answer(LOCAL, SAID, CALL), ASKED, answer(SIGNED, SAID))
    expected = request(ASKED, answer(SAID, CALL), ASKED, answer(SIGNED, SAID))
    assert relayed(value) == expected


@pytest.mark.parametrize("signature", [None, "", "  ", 3])
def test_only_a_signature_makes_thinking_real(signature: object) -> None:
    foreign = {"type": "thinking", "thinking": "x", "signature": signature}
    assert relayed(request(ASKED, answer(foreign, SAID)))["messages"][1] == answer(SAID)
    missing = {"type": "thinking", "thinking": "x"}
    assert relayed(request(ASKED, answer(missing, SAID)))["messages"][1] == answer(SAID)


def test_a_turn_that_was_only_thinking_goes() -> None:
    value = request(ASKED, answer(LOCAL, {"type": "text", "text": "\n"}), ASKED)
    assert relayed(value) == request(ASKED, ASKED)


def test_words_of_the_user_are_never_taken_out() -> None:
    told = {"role": "user", "content": [LOCAL, {"type": "text", "text": ""}]}
    value = request(told, answer(LOCAL, SAID))
    assert relayed(value)["messages"][0] == told


def test_the_model_is_replaced_and_all_else_stays() -> None:
    value = request(ASKED, system="model", metadata={"model": "x"}, unknown=[1, None])
    assert relayed(value, "claude-x") == value | {"model": "claude-x"}
    assert list(relayed(value, "claude-x")) == list(value)


def test_thinking_is_turned_off_in_a_turn_that_a_local_model_began() -> None:
    """With a budget for thinking, such a turn would have to begin with signed one."""
    edits = [{"type": "clear_thinking_20251015", "keep": "all"}]
    told = {"role": "system", "content": "agents"}
    value = request(
        ASKED,
        answer(LOCAL, CALL),
        {"role": "user", "content": [RESULT]},
        told,
        thinking={"type": "enabled", "budget_tokens": 2000},
        context_management={"edits": edits},
    )
    sent = relayed(value)
    assert "thinking" not in sent
    assert "context_management" not in sent
    assert sent["messages"][1] == answer(CALL)

    other = {"type": "clear_tool_uses_20250919"}
    value["context_management"] = {"edits": [*edits, other]}
    assert relayed(value)["context_management"] == {"edits": [other]}


def test_thinking_stays_on_where_the_model_decides_or_a_turn_begins() -> None:
    adaptive = request(
        ASKED,
        answer(LOCAL, CALL),
        {"role": "user", "content": [RESULT]},
        thinking={"type": "adaptive"},
    )
    assert relayed(adaptive)["thinking"] == {"type": "adaptive"}
    enabled = {"type": "enabled", "budget_tokens": 2000}
    begun = request(ASKED, answer(LOCAL, SAID), ASKED, thinking=enabled)
    assert relayed(begun)["thinking"] == enabled


def test_half_a_surrogate_pair_goes_on() -> None:
    body = body_of(request({"role": "user", "content": "\ud83d"}, answer(LOCAL, SAID)))
    sent = json.loads(cloud_body(body))
    assert sent["messages"][0]["content"] == "\ud83d"
    assert sent["messages"][1] == answer(SAID)
