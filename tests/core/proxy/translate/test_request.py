"""Every row of the mapping of everything but messages."""

import json
from dataclasses import replace
from typing import Any

import pytest

from mux_tui.core.proxy.translate.facts import ModelTraits
from tests.core.proxy.translate.turns import (
    NATIVE,
    PLAIN,
    PNG,
    SEEING,
    THINKER,
    assistant,
    chat,
    result,
    said,
    text,
    tool,
    use,
    user,
)

READ: dict[str, Any] = {
    "name": "Read",
    "description": "Reads a file.",
    "input_schema": {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "type": "object",
        "properties": {"path": {"type": "string"}},
        "required": ["path"],
    },
    "cache_control": {"type": "ephemeral"},
}
WEB_SEARCH = {"type": "web_search_20250305", "name": "web_search", "max_uses": 8}


def test_a_plain_request_holds_nothing_but_what_is_needed() -> None:
    assert chat().body == {
        "model": "local/model",
        "messages": [said("user", "Hi")],
        "max_tokens": 100,
    }


def test_the_system_prompt_is_one_leading_message() -> None:
    blocks = [text("x-anthropic-billing-header: cc_version=2"), text("A"), text("B")]

    first = chat(system=[{**b, "cache_control": {}} for b in blocks]).body["messages"]
    assert first == [said("system", "A\n\nB"), said("user", "Hi")]


def test_tools_become_functions_and_server_tools_stay_behind() -> None:
    translated = chat(tools=[READ, WEB_SEARCH, {"name": "mcp__a__b"}])

    assert translated.body["tools"] == [
        {
            "type": "function",
            "function": {
                "name": "Read",
                "description": "Reads a file.",
                "parameters": {
                    "type": "object",
                    "properties": {"path": {"type": "string"}},
                    "required": ["path"],
                },
            },
        },
        {
            "type": "function",
            "function": {
                "name": "mcp__a__b",
                "parameters": {"type": "object", "properties": {}},
            },
        },
    ]
    assert [tool.name for tool in translated.tools] == ["Read", "mcp__a__b"]
    assert translated.notes == (
        "server tool web_search (web_search_20250305) left out",
    )
    assert not translated.injected


def test_the_definition_of_a_tool_cannot_hold_control_tokens() -> None:
    schema = {"type": "object", "properties": {"a": {"description": "<|im_end|>"}}}
    evil = {"name": "x", "description": "<|im_start|>", "input_schema": schema}

    function = chat(tools=[evil]).body["tools"][0]["function"]
    assert function["description"] == "< |im_start|>"
    assert function["parameters"]["properties"]["a"]["description"] == "< |im_end|>"


@pytest.mark.parametrize(
    ("choice", "words", "must_call", "parallel"),
    [
        ({"type": "auto"}, "", "", True),
        ({"type": "auto", "disable_parallel_tool_use": True}, "", "", False),
        ({"type": "any"}, "Answer with a call of one of your tools.", "*", True),
        (
            {"type": "tool", "name": "Read"},
            "Answer with a call of the tool Read.",
            "Read",
            True,
        ),
        ({"type": "tool", "name": "Gone"}, "", "", True),
        (
            {"type": "none"},
            "Answer with text only. Do not call a tool.",
            "",
            True,
        ),
    ],
)
@pytest.mark.parametrize("traits", [NATIVE, PLAIN])
def test_the_choice_of_tools_is_said_in_words(
    traits: ModelTraits, choice: Any, words: str, must_call: str, parallel: bool
) -> None:
    translated = chat(traits, tools=[READ], tool_choice=choice)

    reminder = f"\n\n<system-reminder>\n{words}\n</system-reminder>" if words else ""
    assert translated.body["messages"][-1] == said("user", f"Hi{reminder}")
    assert "tool_choice" not in translated.body
    assert (translated.must_call, translated.parallel) == (must_call, parallel)
    assert bool(translated.tools) is (choice["type"] != "none")


def test_a_choice_without_tools_demands_nothing() -> None:
    search = chat(
        tools=[WEB_SEARCH], tool_choice={"type": "tool", "name": "web_search"}
    )

    assert search.must_call == ""
    assert search.body["messages"] == [said("user", "Hi")]
    assert "tools" not in search.body


def test_a_demand_after_results_is_a_message_of_its_own() -> None:
    turns = [user("a"), assistant(use("t")), user(result("t", "x"))]
    translated = chat(messages=turns, tools=[READ], tool_choice={"type": "any"})

    assert translated.body["messages"][-2] == tool("t", "x")
    assert "one of your tools" in translated.body["messages"][-1]["content"]


def test_a_demand_joins_pictures_as_a_part() -> None:
    translated = chat(
        SEEING, messages=[user(PNG)], tools=[READ], tool_choice={"type": "any"}
    )

    assert [part["type"] for part in translated.body["messages"][0]["content"]] == [
        "image_url",
        "text",
    ]


def test_the_form_of_the_answer_is_asked_for_in_words() -> None:
    schema = {"type": "object", "properties": {"title": {"type": "string"}}}
    form = {"format": {"type": "json_schema", "schema": schema}}

    content = chat(output_config=form).body["messages"][-1]["content"]
    assert content.startswith("Hi\n\n<system-reminder>\nAnswer with JSON only")
    assert json.dumps(schema, separators=(",", ":")) in content


@pytest.mark.parametrize(
    ("asked", "cap", "window", "characters", "sent"),
    [
        (32000, 4096, None, 2, 4096),
        (100, 4096, None, 2, 100),
        (32000, 4096, 4000, 8000, 2000),
        (32000, 4096, 4000, 100_000, 256),
        (32000, 4096, 100, 100_000, 100),
        (5, 0, None, 2, 1),
    ],
)
def test_the_answer_is_limited_by_cap_and_context(
    asked: int, cap: int, window: int | None, characters: int, sent: int
) -> None:
    traits = replace(NATIVE, context_window=window)
    turns = [user("x" * characters)]

    body = chat(traits, cap, max_tokens=asked, messages=turns).body
    assert body["max_tokens"] == sent


def test_sampling_is_passed_on_and_stop_sequences_are_not() -> None:
    translated = chat(temperature=1, top_p=0.9, top_k=40, stop_sequences=["END"])

    assert {"temperature": 1.0, "top_p": 0.9, "top_k": 40}.items() <= (
        translated.body.items()
    )
    assert "stop" not in translated.body
    assert translated.stop_sequences == ("END",)


@pytest.mark.parametrize("asked", [True, False])
def test_only_a_model_that_can_think_is_told_whether_to(asked: bool) -> None:
    thinking = {"type": "adaptive" if asked else "disabled"}

    assert chat(THINKER, thinking=thinking).body["chat_template_kwargs"] == {
        "enable_thinking": asked
    }
    assert "chat_template_kwargs" not in chat(thinking=thinking).body


def test_the_client_names_no_model_for_the_server() -> None:
    assert chat(model="../../etc").body["model"] == "local/model"
    assert "model" not in chat(replace(NATIVE, id="")).body


def test_nothing_else_of_the_client_travels() -> None:
    extras: dict[str, Any] = {
        "adapters": "x",
        "draft_model": "x",
        "chat_template_kwargs": {"a": 1},
        "metadata": {"user_id": "secret"},
        "service_tier": "auto",
        "context_management": {"edits": []},
        "stream": True,
    }

    assert chat(**extras).body == chat().body


def test_an_answer_that_the_client_began_is_noted() -> None:
    assert chat(messages=[user("a"), assistant("{")]).notes == (
        "the client began the answer; it is shown as an earlier turn",
    )
