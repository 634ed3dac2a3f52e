"""What is written about the server is true of it."""

import dataclasses
from pathlib import Path

from mux_tui.cli.spec.documents import documents, schema_of
from mux_tui.core.mcp_documents import RunTold
from mux_tui.mcp.arguments import JsonArguments
from mux_tui.mcp.prompts import PROMPTS
from mux_tui.mcp.tools import TOOLS

GUIDE = (Path(__file__).parents[2] / "docs" / "mcp.md").read_text(encoding="utf-8")


def test_every_tool_option_and_prompt_is_in_the_guide() -> None:
    names = [tool.name for tool in TOOLS] + [prompt.name for prompt in PROMPTS]
    assert [
        n for n in [*names, *JsonArguments.model_fields] if f"`{n}`" not in GUIDE
    ] == []


def test_every_argument_and_most_results_say_what_they_are() -> None:
    for tool in TOOLS:
        properties = tool.listed.input_schema.get("properties", {})
        assert all(one.get("description") for one in properties.values())


def test_what_tools_promise_is_what_mux_spec_prints() -> None:
    published = {one.id: one for one in documents()}
    for tool in TOOLS:
        schema = tool.listed.output_schema
        assert schema is not None
        assert schema == schema_of(published[schema["title"]])
        assert published[schema["title"]].over_mcp


def test_every_document_over_mcp_is_in_the_guide() -> None:
    ids = [one.id for one in documents() if one.over_mcp]
    assert len(ids) == 5
    assert [id for id in ids if f"`{id}`" not in GUIDE] == []


def test_the_results_that_the_guide_names_are_there() -> None:
    named = GUIDE[GUIDE.index("A task says") : GUIDE.index("## Tasks that take long")]
    words = [word.strip("`,.\n ") for word in named.split() if word.startswith("`")]
    assert len(words) > 12
    assert set(words) <= {field.name for field in dataclasses.fields(RunTold)}
