"""What a newer client sends is told by name, and what is known is not."""

import json
from typing import Any

import pytest

from mux_tui.core.proxy.client_shapes import Asked, Findings, examine

KNOWN: dict[str, Any] = {
    "model": "local",
    "max_tokens": 32000,
    "stream": True,
    "thinking": {"type": "adaptive"},
    "output_config": {"effort": "high"},
    "metadata": {"user_id": "{}"},
    "context_management": {"edits": []},
    "system": [{"type": "text", "text": "S", "cache_control": {"type": "ephemeral"}}],
    "tools": [{"name": "Read", "description": "", "input_schema": {"type": "object"}}],
    "messages": [
        {"role": "user", "content": [{"type": "text", "text": "Hi"}]},
        {"role": "system", "content": "Agents: none"},
        {
            "role": "assistant",
            "content": [
                {"type": "thinking", "thinking": "T", "signature": ""},
                {"type": "tool_use", "id": "t1", "name": "Read", "input": {}},
            ],
        },
        {
            "role": "user",
            "content": [
                {
                    "type": "tool_result",
                    "tool_use_id": "t1",
                    "content": [{"type": "image", "source": {"type": "base64"}}],
                    "is_error": False,
                }
            ],
        },
    ],
}
BETAS = "claude-code-20250219,effort-2025-11-24"


def found(
    body: dict[str, Any], betas: str = BETAS, path: str = "/v1/messages"
) -> Findings:
    headers = {"anthropic-beta": betas}
    return examine([Asked("POST", path, headers, json.dumps(body).encode())])


def told(findings: Findings) -> list[str]:
    return [*findings.blocks, *findings.fields, *findings.warnings]


def with_block(block: dict[str, Any], role: str = "user") -> dict[str, Any]:
    return KNOWN | {"messages": [{"role": role, "content": [block]}]}


def test_what_is_known_is_not_told() -> None:
    assert told(found(KNOWN)) == []
    counting: dict[str, Any] = {
        "model": "local",
        "messages": KNOWN["messages"],
        "tools": [],
    }
    assert told(found(counting, "", "/v1/messages/count_tokens")) == []
    others = [Asked("HEAD", "/", {}), Asked("CONNECT", "elsewhere:443", {})]
    assert told(examine(others)) == []


def test_an_unknown_block_is_told_with_its_place() -> None:
    block = {"type": "hologram", "data": "x"}
    assert told(found(with_block(block))) == ["hologram in user"]
    result = {"type": "tool_result", "tool_use_id": "t", "content": [block]}
    assert told(found(with_block(result))) == ["hologram in tool_result"]
    assert told(found(KNOWN | {"system": [block]})) == ["hologram in system"]


def test_a_thing_that_comes_again_and_again_is_told_once() -> None:
    block = {"type": "hologram"}
    body = KNOWN | {"messages": [{"role": "user", "content": [block] * 9}] * 9}
    assert told(found(body)) == ["hologram in user"]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"mood": 1}, "mood"),
        ({"thinking": {"type": "adaptive", "depth": 3}}, "thinking.depth"),
        ({"thinking": {"type": "dreaming"}}, "thinking.type dreaming"),
        ({"output_config": {"tone": "x"}}, "output_config.tone"),
        (
            {"tools": [{"name": "A", "input_schema": {"type": "object"}, "new": 1}]},
            "tools.new",
        ),
        ({"tools": [{"type": "telepathy_1", "name": "t"}]}, "tool of type telepathy_1"),
        (
            {"messages": [{"role": "user", "content": "x", "mood": 1}]},
            "messages.mood",
        ),
        (
            with_block({"type": "text", "text": "x", "tone": 1}),
            "text.tone",
        ),
    ],
)
def test_an_unknown_field_is_told_by_its_place(
    change: dict[str, Any], expected: str
) -> None:
    assert told(found(KNOWN | change)) == [expected]


def test_features_are_known_by_name_and_told_when_their_date_is_new() -> None:
    findings = found(KNOWN, "effort-2027-01-01, telepathy-2027-01-01,,")
    assert list(findings.fields) == ["anthropic-beta telepathy-2027-01-01"]
    assert list(findings.warnings) == ["the feature effort-2027-01-01 has a new date"]


def test_what_the_proxy_would_refuse_is_told_in_its_own_words() -> None:
    findings = found(KNOWN | {"messages": [{"role": "oracle", "content": "x"}]})
    assert list(findings.fields) == ["role oracle"]
    (warning,) = findings.warnings
    assert warning.startswith("the proxy would refuse: messages.0.role: must be")
    garbage = Asked("POST", "/v1/messages", {}, b"not json")
    (warning,) = examine([garbage]).warnings
    assert "must be JSON" in warning


def test_a_tool_without_a_described_input_is_told() -> None:
    findings = found(KNOWN | {"tools": [{"name": "A", "input_schema": {}}]})
    assert told(findings) == ["the input of tool A is not described as an object"]


def test_an_unknown_place_is_told() -> None:
    findings = examine([Asked("GET", "/v2/secrets", {})])
    assert told(findings) == [
        "it asks for GET /v2/secrets, which the proxy does not have"
    ]


def test_hostile_names_are_made_safe_and_short() -> None:
    nasty = "\x1b[2J\n" + "x" * 5000
    for line in told(found(KNOWN | {nasty: 1})) + told(
        found(with_block({"type": nasty}))
    ):
        assert "\x1b" not in line
        assert "\n" not in line
        assert len(line) < 200


ODD: list[dict[str, Any]] = [
    {},
    {"messages": 3, "system": 4, "tools": "x", "thinking": [], "metadata": "x"},
    {"messages": [None, 3, []], "system": [None], "tools": [None, {"type": 3}]},
    {"messages": [{"role": None, "content": {"type": 7}}]},
    KNOWN | {"messages": [{"role": ["x"], "content": [[], {"type": ["a"]}]}]},
]


@pytest.mark.parametrize("body", ODD)
def test_no_shape_of_a_body_is_too_odd(body: dict[str, Any]) -> None:
    assert told(found(body))
