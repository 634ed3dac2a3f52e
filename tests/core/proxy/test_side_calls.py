"""Requests of the client's own, answered without a model, and those that are not."""

import json
from typing import Any

import pytest

from mux_tui.core.proxy.side_calls import NO_SEARCH, side_answer
from mux_tui.core.wire.anthropic_parse import parse_request
from tests.core.proxy.asking import BASH, body_of, service_at
from tests.upstream import upstream

SEARCH = {"type": "web_search_20250305", "name": "web_search", "max_uses": 8}


def schema_of(*names: str) -> dict[str, Any]:
    """An `output_config` that wants an object with these strings."""
    properties = {name: {"type": "string"} for name in names}
    schema = {"type": "object", "properties": properties, "required": list(names)}
    return {"format": {"type": "json_schema", "schema": schema}}


def answer(text: str = "hello", **more: Any) -> str | None:
    """What a request is answered with."""
    return side_answer(parse_request(json.dumps(body_of(text, **more)).encode()))


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("fix the login bug", "Fix the login bug"),
        (
            "please write a parser for the new file format of ours",
            "Please write a parser for the new",
        ),
        ("why?", "Why"),
        ("<session>\nadd a test\n</session>", "Add a test"),
        ("<system-reminder>Today is Monday</system-reminder>rename x", "Rename x"),
        ("über die Brücke 🌉", "Über die Brücke 🌉"),
        ("", "Conversation"),
    ],
)
def test_a_title_is_made_of_the_users_own_words(text: str, title: str) -> None:
    told = answer(text, output_config=schema_of("title"), stream=True)

    assert told
    assert json.loads(told) == {"title": title}


def test_a_title_with_a_branch_gets_both() -> None:
    told = answer("Fix the login bug!", output_config=schema_of("title", "branch"))

    assert told
    assert json.loads(told) == {
        "branch": "fix-the-login-bug",
        "title": "Fix the login bug",
    }


def test_the_older_topic_prompt_gets_its_two_fields() -> None:
    told = answer(
        "add a cache",
        system="Say as JSON whether it is a new topic: isNewTopic and title.",
    )

    assert told
    assert json.loads(told) == {"isNewTopic": True, "title": "Add a cache"}


@pytest.mark.parametrize("text", ["quota", "ping", "Hi", "test"])
def test_a_probe_of_one_token_is_answered(text: str) -> None:
    assert answer(text, max_tokens=1) == "ok"


@pytest.mark.parametrize("tools", [[], [BASH]])
def test_a_warm_up_is_answered_with_and_without_tools(tools: list[Any]) -> None:
    assert answer("Warmup", tools=tools) == "ok"


def test_a_web_search_gets_a_plain_answer() -> None:
    choice = {"type": "tool", "name": "web_search"}
    told = answer("search for mux", tools=[SEARCH], tool_choice=choice)

    assert told == NO_SEARCH


@pytest.mark.parametrize(
    "more",
    [
        {},
        {"tools": [BASH]},
        {"tools": [BASH, SEARCH]},
        {"tools": [BASH], "output_config": schema_of("title")},
        {"output_config": schema_of("summary")},
        {"output_config": schema_of("title", "body")},
        {"max_tokens": 2},
    ],
)
def test_what_needs_a_model_is_not_answered(more: dict[str, Any]) -> None:
    assert answer("ping", **more) is None
    assert answer("write a function", max_tokens=1) is None


@pytest.mark.parametrize("stream", [True, False])
async def test_the_model_hears_nothing_of_a_side_call(stream: bool) -> None:
    async with upstream() as server:
        async with service_at(server.base_url) as served:
            heard = await served.ask(
                "fix it", stream=stream, output_config=schema_of("title")
            )
            exchange = await served.ended()
        assert server.log == []

    if stream:
        text = heard.seen.text
        assert heard.seen.stop_reason == "end_turn"
    else:
        text = heard.document["content"][0]["text"]
    assert json.loads(text) == {"title": "Fix it"}
    assert (exchange.kind, exchange.route) == ("side", "none")
    assert (exchange.reason, exchange.status) == ("side_call", "done")
