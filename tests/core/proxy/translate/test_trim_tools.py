"""Tool definitions get shorter, the less needed ones first, and stay usable."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import validate

from mux_tui.core.proxy.translate.sizes import size_of_tool
from mux_tui.core.proxy.translate.tool_trim import CORE, LADDER, STEPS, fit_tools
from mux_tui.core.wire.anthropic import Tool

SCHEMA: dict[str, Any] = {
    "type": "object",
    "title": "Input",
    "description": "What to edit. " * 30,
    "properties": {
        "description": {"type": "string", "description": "Why it is done. " * 30},
        "title": {"type": "string", "enum": ["a", "b"], "default": "a"},
        "edits": {
            "type": "array",
            "items": {
                "type": "object",
                "title": "Edit",
                "properties": {"old": {"type": "string", "description": "Before"}},
                "required": ["old"],
            },
        },
        "either": {
            "anyOf": [{"type": "null", "description": "None"}, {"type": "string"}]
        },
    },
    "required": ["description", "edits"],
    "additionalProperties": False,
}
VALID = {"description": "x", "edits": [{"old": "y"}], "title": "a"}


def tool(name: str, length: int = 4000) -> Tool:
    return Tool(name, "It does one thing well. " * (length // 24), SCHEMA)


def total(tools: tuple[Tool, ...]) -> int:
    return sum(map(size_of_tool, tools))


def test_what_fits_stays_as_it_is() -> None:
    tools = (tool("Bash"), tool("Agent"))

    assert fit_tools(tools, total(tools)) == (tools, ())


@pytest.mark.parametrize("limit", [20_000, 9000, 5000, 3000, 2000, 1500])
def test_definitions_fit_their_limit_and_accept_the_same_calls(limit: int) -> None:
    tools = (tool("Agent"), tool("Bash"), tool("Read"), tool("mcp__x__y", 9000))
    fitted, cuts = fit_tools(tools, limit)

    assert total(fitted) <= limit
    assert cuts
    for one in fitted:
        validate(VALID, one.schema)


def test_core_tools_keep_more_than_the_others() -> None:
    fitted, _ = fit_tools((tool("Agent"), tool("Bash")), 2500)
    agent, bash = fitted

    assert len(bash.description) > len(agent.description)
    assert size_of_tool(bash) > size_of_tool(agent)


def test_descriptions_inside_parameters_go_and_enums_stay() -> None:
    (found,), _ = fit_tools((tool("Agent", 1500),), 2000)
    properties = found.schema["properties"]

    assert properties["title"] == SCHEMA["properties"]["title"]
    assert properties["edits"]["items"]["properties"] == {"old": {"type": "string"}}
    assert properties["either"] == {"anyOf": [{"type": "null"}, {"type": "string"}]}
    assert 0 < len(properties["description"]["description"]) <= 200
    assert "title" not in found.schema


def test_a_tool_goes_only_when_names_do_not_fit_and_those_of_servers_first() -> None:
    names = ("mcp__a__1", "Agent", "Bash", "mcp__a__2", "Skill")
    fitted, cuts = fit_tools(tuple(map(tool, names)), 650)

    assert [one.name for one in fitted] == ["Agent", "Bash", "Skill"]
    assert [cut.what for cut in cuts if cut.after == 0] == [
        "tool mcp__a__1",
        "tool mcp__a__2",
    ]
    assert [one.name for one in fit_tools(tuple(map(tool, names)), 10)[0]] == ["Bash"]


def test_servers_tools_are_left_to_the_translation() -> None:
    search = Tool("web_search", server="web_search_20250305")
    fitted, _ = fit_tools((tool("Agent"), search), 500)

    assert fitted[1] == search


def test_each_step_leaves_less() -> None:
    sizes = [
        total(fit_tools((tool(name),), limit)[0])
        for name in ("Bash", "Agent")
        for limit in (9000, 4000, 2000, 1200, 700, 400, 200)
    ]

    assert sizes[:7] == sorted(sizes[:7], reverse=True)
    assert sizes[7:] == sorted(sizes[7:], reverse=True)
    assert all(ours <= others < len(STEPS) for others, ours in LADDER)
    assert "Bash" in CORE


_schemas = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=200),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ("properties", "items", "description", "type", "anyOf", "x")
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)
_objects = st.dictionaries(
    st.sampled_from(("properties", "required", "description", "type")), _schemas
)


@settings(deadline=None)
@given(st.lists(_objects, max_size=4), st.integers(-10, 3000))
def test_any_schema_is_shortened_twice_alike(
    schemas: list[dict[str, Any]], limit: int
) -> None:
    tools = tuple(
        Tool(f"t{n}", "Some words. " * 50, schema) for n, schema in enumerate(schemas)
    )
    once, cuts = fit_tools(tools, limit)

    assert fit_tools(once, limit)[0] == once
    assert total(once) <= max(limit, 0)
    assert total(tools) - total(once) == sum(cut.before - cut.after for cut in cuts)
