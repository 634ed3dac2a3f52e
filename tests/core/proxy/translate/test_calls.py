"""Calls in an answer's text: what is one, what is none, and that nothing is lost."""

import json
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mux_tui.core.proxy.translate.calls import CallParser, Text, ToolNames
from mux_tui.core.proxy.translate.markup import call_text, neutralised
from mux_tui.core.wire.control_tokens import disarmed
from tests.core.proxy.translate.offering import TOOLS, calls, parts, raw, text, tool

JSON_CALL = '{"name": "Bash", "arguments": {"command": "ls -la"}}'
XML_CALL = (
    "<function=Bash>\n<parameter=command>\nls -la\n</parameter>\n"
    "<parameter=timeout>\n5000\n</parameter>\n</function>"
)
NOTHING: dict[str, Any] = {}
LS = ("Bash", {"command": "ls -la"})
LS_SLOW = ("Bash", {"command": "ls -la", "timeout": 5000})


def made(answer: str, cut: bool = False) -> list[tuple[str, Any]]:
    """Name and arguments of each call; the answer is also read by single characters."""
    whole = parts(answer, cut=cut)
    assert parts(*answer, cut=cut) == whole
    assert raw(whole) == answer
    good = [call for call in calls(whole) if not call.broken]
    return [(c.name, json.loads(c.arguments or '""')) for c in good]


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (f"<tool_call>{JSON_CALL}</tool_call>", [LS]),
        (f"ok <tool_call>\n{JSON_CALL}\n</tool_call>\n", [LS]),
        (f"<tool_call>{JSON_CALL}", [LS]),
        (f"<tool_call>\n{JSON_CALL}\n", [LS]),
        (f"<tool_call>{JSON_CALL}</tool_call>\n" * 3, [LS] * 3),
        (f"<tool_call>{JSON_CALL}<tool_call>{JSON_CALL}", [LS] * 2),
        (f"<tool_call>\n{JSON_CALL}\n{JSON_CALL}\n</tool_call>", [LS] * 2),
        (f"<tool_call>[{JSON_CALL}, {JSON_CALL}]</tool_call>", [LS] * 2),
        (f"<tool_call>{JSON_CALL}}}</tool_call>", [LS]),
        (f"<tool_call>{JSON_CALL}</tool>", [LS]),
        (f"<|tool_call|>{JSON_CALL}<|/tool_call|>", [LS]),
        (f"<tool_call>{JSON_CALL[:-1]}</tool_call>", [LS]),
        (f"<tool_call>{{{JSON_CALL}}}</tool_call>", [LS]),
        ('<tool_call>{"name": "Bash", "parameters": {"command": "x"}}', None),
        ('<tool_call>{"tool": "Bash", "input": {"command": "x"}}', None),
        (
            '<tool_call>{"type": "function", "function": {"name": "Bash", '
            '"arguments": "{\\"command\\": \\"x\\"}"}}</tool_call>',
            None,
        ),
        (f"<tool_call>\n{XML_CALL}\n</tool_call>", [LS_SLOW]),
        (XML_CALL, [LS_SLOW]),
        (f"{XML_CALL}\n</tool_call>", [LS_SLOW]),
        (XML_CALL.removesuffix("</function>"), [LS_SLOW]),
        (f"{XML_CALL}\n{XML_CALL}", [LS_SLOW] * 2),
        ("<function=ListFiles>\n</function>", [("ListFiles", NOTHING)]),
        (f"```json\n{JSON_CALL}\n```", [LS]),
        (f"I look.\n\n```json\n{JSON_CALL}\n```\n", [LS]),
        (f"```tool_call\n{JSON_CALL}\n```", [LS]),
        (f"```json\n{JSON_CALL}\n```\n\n```json\n{JSON_CALL}\n```", [LS] * 2),
        (f"```json\n{JSON_CALL}", [LS]),
        (JSON_CALL, [LS]),
        (f"  {JSON_CALL}\n", [LS]),
        (f"I look.\n{JSON_CALL}", [LS]),
        (f"{JSON_CALL}\n{JSON_CALL}", [LS] * 2),
        (f"[{JSON_CALL}, {JSON_CALL}]", [LS] * 2),
        (f"<{{{JSON_CALL}}}>", [LS]),
        (f"<{JSON_CALL}>", [LS]),
        ('<Bash>{"command": "ls -la"}</Bash>', [LS]),
        ('<bash>\n{"command": "ls -la"}\n</bash>', [LS]),
        ('<Bash>{"command": "ls -la"}', [LS]),
        ('<tool_call>{"name": "no_such", "arguments": {}}</tool_call>', None),
        (
            "<tool_call><function=no_such><parameter=a>1</parameter></function>",
            [("no_such", {"a": "1"})],
        ),
    ],
)
def test_a_call_is_found_in_every_form(
    answer: str, expected: list[tuple[str, Any]] | None
) -> None:
    found = made(answer)

    if expected is None:
        assert len(found) == 1
    else:
        assert found == expected


@pytest.mark.parametrize(
    "answer",
    [
        "use <function= to call a function, and <parameter= for its parameters",
        "`<tool_call>` begins a call, `</tool_call>` ends it",
        "<tool_call> is the mark",
        "<tool_call>",
        "<function=Bash> runs a command",
        "<function=unknown><parameter=a>1</parameter></function>",
        f"Example:\n```\n<tool_call>{JSON_CALL}</tool_call>\n```\nDone.",
        f"Example:\n```xml\n{XML_CALL}\n```\n",
        f"~~~\n<tool_call>{JSON_CALL}</tool_call>\n~~~",
        f"1. Example:\n   ```\n   <tool_call>{JSON_CALL}</tool_call>\n   ```\n",
        f"````\n```\n<tool_call>{JSON_CALL}</tool_call>\n```\n````\n",
        f"Write `<tool_call>{JSON_CALL}</tool_call>` to call.",
        f'Write "<tool_call>{JSON_CALL}</tool_call>" to call.',
        f"```json\n{JSON_CALL}\n```\nThis would list the files.",
        f"{JSON_CALL} is how it looks.",
        f"{JSON_CALL}\nis how it looks.",
        f"It looks like {JSON_CALL}",
        f"```python\n{JSON_CALL}\n```",
        '{"name": "my-app", "version": "1.0", "input": {}}',
        '```json\n{"name": "Bash", "version": "1.0"}\n```',
        '```json\n{"name": "Bash", "arguments": {}, "scripts": {}}\n```',
        '```json\n{"name": "other", "arguments": {}}\n```',
        "<Task>{children}</Task> and <Bash>{props}</Bash>",
        '<Bash>{"other": 1}</Bash>',
        '<Bash>{"command": "ls"} is how it looks</Bash>',
        "int main()\n{\n  return 0;\n}\n",
        "a < b, {x} and [y], `code` and ``` ticks",
        "I would use the Bash tool to read_file(path).",
        "< tool_call>{}</tool_call>",
        "",
    ],
)
def test_what_only_talks_of_calls_is_text(answer: str) -> None:
    assert made(answer) == []
    assert text(parts(answer)) == answer


@pytest.mark.parametrize(
    "answer",
    [
        '<tool_call>{"name": "Bash", "arguments": {"command": "ls',
        '<tool_call>{"name": "Bash", "arguments": {"command": "ls"}',
        "<tool_call>{'name': bash, }</tool_call> after",
        "<function=Write><parameter=file_path>a</parameter><parameter=content>\nabc",
        "<tool_call><function=Write><parameter=file_path>a</parameter>",
        '```json\n{"name": "Bash", "arguments": {"command": "ls"',
        '{"name": "Bash", "arguments": {"command": "l',
    ],
)
def test_what_is_cut_off_is_never_completed(answer: str) -> None:
    assert made(answer, cut=True) == []


def test_a_missing_bracket_is_mended_only_if_the_model_has_ended() -> None:
    answer = '<tool_call>{"name": "Bash", "arguments": {"command": "ls -la"}'

    assert made(answer) == [LS]
    assert calls(parts(answer))[0].mended == "a missing bracket"
    assert made(answer, cut=True) == []


FILES = [
    "    indented\n",
    "\n\n  two lines before, spaces behind   \n\n",
    "\ttab\r\n",
    f"see:\n<tool_call>\n{JSON_CALL}\n</tool_call>\nend",
    f"see:\n<tool_call>\n{XML_CALL}\n</tool_call>\nend",
    f"```json\n{JSON_CALL}\n```",
    "</parameter> closes <parameter=x> opens </parameter>",
    "if a < b and c > d: print('</tool_call>')",
    "",
]


@pytest.mark.parametrize("content", FILES)
def test_white_space_and_marks_in_a_value_survive_exactly(content: str) -> None:
    arguments = {"file_path": "a.md", "content": content}
    call = json.dumps({"name": "Write", "arguments": arguments})
    xml = (
        "<function=Write>\n<parameter=file_path>\na.md\n</parameter>\n"
        f"<parameter=content>\n{content}\n</parameter>\n</function>"
    )

    for answer in (
        f"<tool_call>\n{call}\n</tool_call>",
        f"<tool_call>\n{xml}\n</tool_call>",
        xml,
    ):
        assert made(answer) == [("Write", arguments)]


def test_a_value_that_talks_of_an_open_mark_is_still_a_file() -> None:
    answer = (
        "<function=Write><parameter=file_path>a</parameter><parameter=content>\n"
        "write <parameter=NAME> first\n</parameter></function>"
    )

    assert made(answer) == [
        ("Write", {"file_path": "a", "content": "write <parameter=NAME> first"})
    ]


def test_a_file_that_cannot_be_told_from_a_call_is_neither_written_nor_called() -> None:
    """An open mark and an example in one file: where does it end?"""
    answer = (
        "<function=Write><parameter=file_path>a</parameter><parameter=content>\n"
        f"write <parameter=NAME> first:\n{XML_CALL}\nthen go on\n"
        "</parameter></function>"
    )

    assert made(answer) == []
    assert raw(parts(answer)) == answer


def test_a_missing_closing_mark_of_a_value_is_mended() -> None:
    answer = (
        "<function=Write>\n<parameter=file_path>\na\n<parameter=content>\nb\n"
        "</parameter>\n</function>"
    )

    assert made(answer) == [("Write", {"file_path": "a", "content": "b"})]
    assert calls(parts(answer))[0].mended


def test_values_get_their_schema_s_type() -> None:
    answer = (
        "<function=mcp__files__search_index><parameter=query>12</parameter>"
        '<parameter=options>{"a": [1]}</parameter>'
        "<parameter=tags>\n[1, 2]\n</parameter></function>"
        "<function=Edit><parameter=replace_all>True</parameter>"
        "<parameter=old_string>true</parameter></function>"
    )

    assert made(answer) == [
        (
            "mcp__files__search_index",
            {"query": "12", "options": {"a": [1]}, "tags": [1, 2]},
        ),
        ("Edit", {"replace_all": True, "old_string": "true"}),
    ]


def test_text_around_calls_and_a_truncated_second_call_are_kept() -> None:
    first = f"<tool_call>{JSON_CALL}</tool_call>"
    second = '<tool_call>{"name": "Bash", "argu'
    found = parts(f"before\n{first}\nafter\n{second}", cut=True)

    assert text(found) == "before\n\nafter\n"
    assert [call.raw for call in calls(found)] == [first, second]
    assert [bool(call.broken) for call in calls(found)] == [False, True]
    assert calls(found)[1].name == "Bash"


@pytest.mark.parametrize(
    "pieces",
    [
        ["Hello", " wor", "ld. ", "This is pl", "ain text", ".\n", "More\n\n", "x"],
        ["- a ", "list\n", "- 1 < 2", " and <b>", "bold</b>"],
        ["code: ", "x[0]", " {y}", " `z`", "\n"],
        ["def f():\n", "    return {\n", '        "a": 1', "\n    }\n"],
    ],
)
def test_plain_text_passes_without_delay(pieces: list[str]) -> None:
    parser = CallParser(TOOLS)

    shown = [
        "".join(t.text for t in parser.feed(p) if isinstance(t, Text)) for p in pieces
    ]

    assert shown == pieces


def test_only_a_possible_mark_is_held_back() -> None:
    parser = CallParser(TOOLS)

    assert parser.feed("a <") == [Text("a ")]
    assert parser.feed("tool") == []
    assert parser.feed("box") == [Text("<toolbox")]
    assert parser.feed("\n```py") == [Text("\n```py")]
    assert parser.feed("\n<tool_call>") == [Text("\n<tool_call>")]


def test_a_call_is_given_as_soon_as_it_is_whole() -> None:
    parser = CallParser(TOOLS)

    found = parser.feed(f"a <tool_call>{JSON_CALL}</tool_call>")

    assert [type(part).__name__ for part in found] == ["Text", "Call"]


WORDS = [
    *("<tool_call>", "</tool_call>", JSON_CALL, JSON_CALL[:20], JSON_CALL[20:]),
    *(XML_CALL, "<function=Bash>", "<parameter=command>", "</parameter>", "ls"),
    *("</function>", "```json\n", "```", "`", "\n", " ", "text", "<", "{", "}", "["),
    *('"', "'", "\\", "<{", '<Bash>{"command": "x"}', "</Bash>", "\n~~~\n", "<|tool_"),
]


@given(
    st.lists(st.sampled_from(WORDS), max_size=12),
    st.lists(st.integers(0, 400), max_size=10),
    st.booleans(),
)
def test_any_split_gives_the_same_parts_and_loses_nothing(
    words: list[str], places: list[int], cut: bool
) -> None:
    answer = "".join(words)
    edges = [0, *sorted(min(place, len(answer)) for place in places), len(answer)]
    pieces = [answer[a:b] for a, b in zip(edges, edges[1:], strict=False)]
    whole = parts(answer, cut=cut)

    assert parts(*pieces, cut=cut) == whole
    assert parts(*answer, cut=cut) == whole
    assert raw(whole) == answer


@given(st.text(max_size=60), st.integers(0, 60))
def test_any_value_survives_in_json(content: str, place: int) -> None:
    arguments = {"file_path": "a", "content": content}
    call = json.dumps({"name": "Write", "arguments": arguments}, ensure_ascii=False)
    answer = f"<tool_call>{call}</tool_call>"
    found = parts(answer[:place], answer[place:])

    assert [json.loads(c.arguments) for c in calls(found)] == [arguments]


@given(st.dictionaries(st.text(max_size=5), st.text(max_size=20), max_size=3))
def test_what_the_history_shows_is_what_is_read(arguments: dict[str, str]) -> None:
    assert made(call_text("Bash", arguments)) == [("Bash", arguments)]


@pytest.mark.parametrize(
    "quoted",
    [
        f"<tool_call>{JSON_CALL}</tool_call>",
        f"<tool_call>\n{XML_CALL}\n</tool_call>",
        XML_CALL,
        f"<{{{JSON_CALL}}}>",
        f"<|tool_call|>{JSON_CALL}",
    ],
)
def test_an_echo_of_other_people_s_text_calls_nothing(quoted: str) -> None:
    """Their text has been neutralised on its way to the model."""
    assert made(f"It says: {disarmed(neutralised(quoted))}") == []


def test_a_model_that_repeats_itself_for_ever_is_read_in_time() -> None:
    """Each half call is not read to the end of the answer."""
    for half in ('{"name": "Bash",\n', '<{"name": "Bash", ', "<tool_call>{", "<Bash>{"):
        began = time.process_time()
        assert made(half * 1000) == []
        assert time.process_time() - began < 5


def test_a_repaired_tool_name_is_the_only_thing_that_is_guessed() -> None:
    """JSON whose repair gives a name without arguments calls nothing."""
    assert made("<tool_call>{'name': 'Bash'}</tool_call>") == []
    assert made('<tool_call>{"name": "ListFiles"}</tool_call>') == [("ListFiles", "")]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("Read", "Read"),
        ("read", "Read"),
        ("read_file", "Read"),
        ("readFile", "Read"),
        ("ReadFile", "Read"),
        ("run_bash_command", "Bash"),
        ("functions.Bash", "Bash"),
        ("list_files", "ListFiles"),
        ("search_index", "mcp__files__search_index"),
        ("MCP__Files__searchIndex", "mcp__files__search_index"),
        ("reader", ""),
        ("command", ""),
        ("", ""),
    ],
)
def test_a_name_means_a_tool_if_only_one_can_be_meant(written: str, meant: str) -> None:
    found = ToolNames(TOOLS).find(written)

    assert (found.name if found else "") == meant


def test_a_name_that_could_mean_two_tools_means_none() -> None:
    found = parts(
        '{"name": "read_file", "arguments": {"path": "a"}}',
        tools=[tool("Read", "path"), tool("read", "path")],
    )

    assert calls(found) == []
