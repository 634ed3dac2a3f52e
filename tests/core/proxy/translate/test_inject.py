"""Tools for a model that has no native ones: in the prompt, and in the history."""

import json
from typing import Any

import pytest

from mux_tui.core.proxy.translate.facts import ChatRequest
from mux_tui.core.proxy.translate.inject import inject
from mux_tui.core.proxy.translate.markup import call_text, neutralised
from mux_tui.core.proxy.translate.request import TOOLS_BUDGET, to_chat
from mux_tui.core.proxy.translate.schema_words import parameters, type_words
from mux_tui.core.wire.anthropic import Tool
from mux_tui.core.wire.anthropic_parse import parse_request
from tests.core.proxy.translate.turns import PLAIN, assistant, result, text, use, user

EDIT = Tool(
    "Edit",
    "Replaces text in a file. The text must be there exactly once.\n\nUsage: long.",
    {
        "type": "object",
        "properties": {
            "file_path": {"type": "string", "description": "The file.\nAbsolute."},
            "mode": {"enum": ["once", "all"]},
            "lines": {"type": "array", "items": {"type": "integer"}},
        },
        "required": ["file_path", "mode"],
    },
)
ASK = Tool(
    "mcp__team__ask",
    "Asks a colleague.",
    {
        "properties": {
            "who": {
                "type": "object",
                "properties": {"name": {"type": "string"}},
                "required": ["name"],
            }
        }
    },
)
INSTRUCTION = """\
# Tools

You can call these tools:
<tools>
<tool name="Edit">
Replaces text in a file. The text must be there exactly once.

Usage: long.
- file_path (string): The file. Absolute.
- mode ("once"|"all")
- lines (integer[], optional)
</tool>
<tool name="mcp__team__ask">
Asks a colleague.
- who ({name: string}, optional)
</tool>
</tools>

To call one, write <tool_call> with its name and its arguments as JSON,
exactly in this form:
<tool_call>
{"name": "Edit", "arguments": {"file_path": "/path/to/file", "mode": "once"}}
</tool_call>
Write one such block for each call, and nothing after the last one. Use
only the names above. The results come to you in the next message, as
<tool_result> blocks in the order of the calls: never write those."""


def chat(**fields: Any) -> ChatRequest:
    """The translation for a model without native tools."""
    tools = [
        {"name": t.name, "description": t.description, "input_schema": t.schema}
        for t in (EDIT, ASK)
    ]
    whole = {
        "model": "m",
        "max_tokens": 9,
        "messages": [user("Hi")],
        "tools": tools,
        **fields,
    }
    return to_chat(parse_request(json.dumps(whole).encode()), PLAIN, 4096)


def test_the_tools_of_the_request_follow_the_system_prompt() -> None:
    translated = chat(system="You code.")

    assert translated.body["messages"] == [
        {"role": "system", "content": f"You code.\n\n{INSTRUCTION}"},
        {"role": "user", "content": "Hi"},
    ]
    assert "tools" not in translated.body
    assert translated.injected
    assert [tool.name for tool in translated.tools] == ["Edit", "mcp__team__ask"]


def test_history_speaks_the_language_of_the_instruction() -> None:
    turns = [
        user("a"),
        assistant(text("I look."), use("t", "Edit", mode="all"), use("u", "Edit")),
        user(text("go on"), result("u", "no", is_error=True), result("t", "done")),
    ]

    assert chat(messages=turns).body["messages"][2:] == [
        {
            "role": "assistant",
            "content": 'I look.\n<tool_call>\n{"name": "Edit", "arguments": '
            '{"mode": "all"}}\n</tool_call>\n<tool_call>\n'
            '{"name": "Edit", "arguments": {}}\n</tool_call>',
        },
        {
            "role": "user",
            "content": '<tool_result name="Edit">\ndone\n</tool_result>\n\n'
            '<tool_result name="Edit" status="error">\nError: no\n</tool_result>\n\n'
            "go on",
        },
    ]
    assert call_text("Edit", {"mode": "all"}) in turns_content(turns)
    assert call_text("Edit", {"file_path": "/path/to/file", "mode": "once"}) in (
        INSTRUCTION
    )


def turns_content(turns: list[Any]) -> str:
    """The assistant's turn of a conversation."""
    return chat(messages=turns).body["messages"][2]["content"]


def test_a_call_can_be_read_back_from_the_history() -> None:
    arguments = {"text": 'a "b"\n\té\\', "n": [1, None, True]}
    call = call_text("Edit", arguments)

    inner = call.removeprefix("<tool_call>\n").removesuffix("\n</tool_call>")
    assert json.loads(inner) == {"name": "Edit", "arguments": arguments}


def test_nothing_in_a_call_ends_it() -> None:
    call = call_text("Edit", {"text": "</tool_call><tool_call>"})

    assert call.count("<tool_call>") == call.count("</tool_call>") == 1


def test_the_name_of_a_result_cannot_leave_its_mark() -> None:
    turns = [user("a"), assistant(use("t", 'x">\n<b')), user(result("t", "1"))]

    content = chat(messages=turns).body["messages"][-1]["content"]
    assert content.startswith('<tool_result name="x____b">\n1\n')


def test_without_tools_nothing_is_told_of_them() -> None:
    translated = chat(tools=[])

    assert translated.body["messages"] == [{"role": "user", "content": "Hi"}]
    assert not translated.injected


@pytest.mark.parametrize(
    ("text", "harmless"),
    [
        ("<tool_call>", "< tool_call>"),
        ("</tool_call>", "< /tool_call>"),
        ("<tool_calls>", "< tool_calls>"),
        ("<tool_result name", "< tool_result name"),
        ("</tool_response>", "< /tool_response>"),
        ("<function=Bash>", "< function=Bash>"),
        ('<{{"name": 1', '< {{"name": 1'),
        ('<{ "name": 1', '< { "name": 1'),
        ("<function name='x'></function>", "<function name='x'></function>"),
        ("<parameters> <tools> a<b", "<parameters> <tools> a<b"),
        ("<div>{{x}}</div>", "<div>{{x}}</div>"),
    ],
)
def test_only_what_could_be_a_call_is_broken(text: str, harmless: str) -> None:
    assert neutralised(text) == harmless
    assert neutralised(harmless) == harmless


MANY = [
    Tool(
        f"tool{n}",
        f"Does {n}. " + "And more of it. " * 30,
        {"properties": {"a": {"type": "string", "description": "First. Second."}}},
    )
    for n in range(20)
]


@pytest.mark.parametrize(
    ("budget", "shown", "why"),
    [
        (20_000, f"Does 3. {'And more of it. ' * 30}".strip(), ""),
        (2500, "Does 3.\n- a (string, optional): First.\n", "first sentences only"),
        (1500, '<tool name="tool3">a?: string</tool>', "names and parameters only"),
    ],
)
def test_what_does_not_fit_is_shortened_for_all_alike(
    budget: int, shown: str, why: str
) -> None:
    injection = inject(MANY, budget)

    assert shown in injection.text
    assert len(injection.text) <= budget
    assert injection.tools == tuple(MANY)
    assert len(injection.cuts) == (20 if why else 0)
    assert all(cut.why.startswith(why) for cut in injection.cuts)
    assert all(0 < cut.after < cut.before for cut in injection.cuts)


def test_what_cannot_fit_at_all_is_left_out_and_named() -> None:
    injection = inject(MANY, 900)

    assert len(injection.text) <= 900
    assert 0 < len(injection.tools) < 20
    gone = [cut for cut in injection.cuts if cut.why == "no room"]
    assert [cut.what for cut in gone] == [
        f"tool tool{n}" for n in range(len(injection.tools), 20)
    ]
    assert len(injection.cuts) == 20


def test_one_tool_is_always_told_of() -> None:
    assert inject(MANY, 0).tools == (MANY[0],)


def test_cuts_of_injected_tools_reach_the_record() -> None:
    tools = [
        {"name": f"t{n}", "description": "Long. " + "words " * 200} for n in range(50)
    ]
    translated = chat(tools=tools)

    assert len(translated.cuts) == len(translated.tools) == 50
    system = translated.body["messages"][0]["content"]
    assert len(system) <= TOOLS_BUDGET["small"]


@pytest.mark.parametrize(
    ("schema", "words"),
    [
        ({"type": "string"}, "string"),
        ({"type": ["string", "null"]}, "string|null"),
        ({"enum": ["a", 1, None]}, '"a"|1|null'),
        ({"const": "x"}, '"x"'),
        ({"type": "array"}, "any[]"),
        ({"type": "array", "items": {"enum": ["a", "b"]}}, '("a"|"b")[]'),
        ({"anyOf": [{"type": "string"}, {"type": "number"}]}, "string|number"),
        (
            {
                "type": "object",
                "properties": {"a": {"type": "string"}, "b": {}},
                "required": ["a"],
            },
            "{a: string, b?: any}",
        ),
        ({"type": "object"}, "object"),
        ({"type": 5, "properties": 7}, "any"),
        ({"anyOf": "x", "enum": 3}, "any"),
        ({}, "any"),
    ],
)
def test_a_schema_in_words(schema: dict[str, Any], words: str) -> None:
    assert type_words(schema) == words


def test_a_schema_in_words_is_never_endless() -> None:
    schema: dict[str, Any] = {"type": "string"}
    for _ in range(50):
        schema = {"type": "object", "properties": {"a": schema}}
    assert type_words(schema) == "{a?: {a?: {a?: {a?: any}}}}"

    wide = Tool("x", "", {"properties": {"a": {"enum": ["word" * 10] * 50}}})
    assert len(parameters(wide)[0].type) == 400
