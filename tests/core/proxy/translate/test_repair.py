"""A call's arguments: right, mended where that is plain, or refused."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mux_tui.core.proxy.translate.calls import (
    Bad,
    Good,
    Mended,
    check,
    reask_instruction,
)
from mux_tui.core.wire.anthropic import Tool
from tests.core.proxy.translate.offering import BASH, EDIT, LIST, MCP, READ, WRITE, tool


@pytest.mark.parametrize(
    ("offered", "arguments"),
    [
        (BASH, '{"command": "ls"}'),
        (BASH, '{"command": "ls", "timeout": 10, "more": 1}'),
        (LIST, ""),
        (LIST, "  "),
        (LIST, "{}"),
        (WRITE, '{"file_path": "a", "content": "  x\\n\\n"}'),
        (Tool("free"), '{"anything": [1, {}]}'),
    ],
)
def test_right_arguments_stay_as_they_are(offered: Tool, arguments: str) -> None:
    checked = check(offered, arguments)

    assert isinstance(checked, Good)
    assert checked.input == json.loads(arguments.strip() or "{}")
    assert checked.text == (arguments.strip() or "{}")


@pytest.mark.parametrize(
    ("offered", "arguments", "meant", "how"),
    [
        (BASH, '{"command": "a\nb"}', {"command": "a\nb"}, "line break"),
        (BASH, r'{"command": "a \$ \d"}', {"command": r"a \$ \d"}, "escape"),
        (BASH, r'{"command": "it\'s"}', {"command": "it's"}, "escape"),
        (BASH, '{{"command": "ls"}}', {"command": "ls"}, "doubled"),
        (BASH, '{"command": "ls"}}', {"command": "ls"}, "too many"),
        (BASH, '{"command": "ls"', {"command": "ls"}, "missing bracket"),
        (BASH, '{"command": "ls",}', {"command": "ls"}, "JSON"),
        (
            BASH,
            "{'command': 'say \\'a\\' \"b\"'}",
            {"command": "say 'a' \"b\""},
            "JSON",
        ),
        (
            BASH,
            '{"command": "ls", "background": True}',
            {"command": "ls", "background": True},
            "JSON",
        ),
        (BASH, '{"command": "echo "hi""}', {"command": 'echo "hi"'}, "JSON"),
        (BASH, "{'command': ' ls '}", {"command": " ls "}, "JSON"),
        (BASH, '{command: "ls"}', {"command": "ls"}, "JSON"),
        (BASH, '"{\\"command\\": \\"ls\\"}"', {"command": "ls"}, "inside a string"),
        (BASH, '{"cmd": "ls"}', {"command": "ls"}, "cmd is command"),
        (BASH, '{"command": 5}', {"command": "5"}, "command"),
        (
            BASH,
            '{"command": "a", "timeout": "10", "background": "True"}',
            {"command": "a", "timeout": 10, "background": True},
            "timeout",
        ),
        (
            BASH,
            '{"command": "a", "timeout": 10.0}',
            {"command": "a", "timeout": 10},
            "timeout",
        ),
        (BASH, '{"command": "a", "timeout": null}', {"command": "a"}, "timeout"),
        (READ, '{"path": "a"}', {"file_path": "a"}, "path is file_path"),
        (READ, '{"filePath": "a"}', {"file_path": "a"}, "filePath is file_path"),
        (
            EDIT,
            '{"path": "a", "old_str": "b", "new_str": " c\\n"}',
            {"file_path": "a", "old_string": "b", "new_string": " c\n"},
            "old_str",
        ),
        (
            MCP,
            '{"query": "a", "tags": "[1]", "options": "{}"}',
            {"query": "a", "tags": [1], "options": {}},
            "tags",
        ),
    ],
)
def test_what_is_plainly_meant_is_mended(
    offered: Tool, arguments: str, meant: dict[str, Any], how: str
) -> None:
    checked = check(offered, arguments)

    assert isinstance(checked, Mended), checked
    assert checked.input == meant
    assert json.loads(checked.text) == meant
    assert how in checked.how


@pytest.mark.parametrize(
    ("offered", "arguments"),
    [
        (BASH, "ls -la"),
        (BASH, "[1, 2]"),
        (BASH, "5"),
        (BASH, "null"),
        (BASH, '"ls"'),
        (BASH, '{"command": "ls'),
        (BASH, '{"command": "ls", "timeout":'),
        (BASH, '{"command": NaN}'),
        (BASH, "[" * 100_000),
        (BASH, '{"command": ' + "9" * 5000 + "}"),
        (BASH, '{"command": "echo "hi" there" now"}'),
        (WRITE, "{'file_path': 'a', 'content': 'it's'}"),
    ],
)
def test_what_is_no_object_is_refused(offered: Tool, arguments: str) -> None:
    checked = check(offered, arguments)

    assert isinstance(checked, Bad)
    assert checked.input is None
    assert checked.reason
    assert "\n" not in checked.reason


@pytest.mark.parametrize(
    ("offered", "arguments", "words"),
    [
        (BASH, "{}", "'command' is a required property"),
        (BASH, '{"command": ["a"]}', "command: "),
        (BASH, '{"command": "a", "timeout": "soon"}', "timeout: "),
        (READ, '{"path": "a", "file": "b"}', "file_path"),
        (WRITE, '{"file_path": "a", "content": {"a": 1}}', "content: "),
    ],
)
def test_what_the_schema_objects_to_keeps_its_input(
    offered: Tool, arguments: str, words: str
) -> None:
    """The client can say what is wrong with an object, and the model learns from it."""
    checked = check(offered, arguments)

    assert isinstance(checked, Bad)
    assert checked.input == json.loads(arguments)
    assert words in checked.reason


@pytest.mark.parametrize(
    "whole", ['{"command": "ls"}', '{"command": "a\\"b", "x": []}']
)
def test_truncated_arguments_are_never_completed(whole: str) -> None:
    for stop in range(1, len(whole)):
        checked = check(BASH, whole[:stop], cut=True)

        assert isinstance(checked, Bad), whole[:stop]
        assert checked.input is None


def test_unknown_keys_go_only_if_the_schema_forbids_them() -> None:
    strict = tool("strict", "a")
    strict.schema["additionalProperties"] = False

    checked = check(strict, '{"a": "x", "b": 1}')
    assert isinstance(checked, Mended)
    assert checked.input == {"a": "x"}
    assert checked.how == "dropped the unknown b"


@pytest.mark.parametrize(
    "schema",
    [
        {"type": 7},
        {"type": "object", "properties": 5},
        {"required": "x", "properties": []},
        {"$ref": "#/nowhere"},
        {"$ref": "http://127.0.0.1:9/schema.json"},
        {"type": "object", "properties": {"a": {"pattern": "((("}}},
        {"$schema": "urn:nothing", "type": "object"},
    ],
)
def test_a_schema_that_is_no_good_is_no_objection(schema: dict[str, Any]) -> None:
    assert isinstance(check(Tool("odd", "", schema), '{"a": "b"}'), Good)


def test_a_pattern_of_the_client_s_is_never_run() -> None:
    slow = tool("slow", a={"type": "string", "pattern": "^(a+)+$"})

    assert isinstance(check(slow, json.dumps({"a": "a" * 60 + "!"})), Good)


@given(st.dictionaries(st.text(max_size=5), st.text(max_size=20), max_size=4))
def test_any_object_of_strings_survives(given_: dict[str, str]) -> None:
    for text in (json.dumps(given_), json.dumps(given_, ensure_ascii=False)):
        checked = check(Tool("free"), text)

        assert isinstance(checked, Good)
        assert checked.input == given_


@given(st.text(max_size=60))
def test_any_text_is_checked_without_an_error(arguments: str) -> None:
    checked = check(BASH, arguments)

    if not isinstance(checked, Bad) or checked.input is not None:
        assert isinstance(json.loads(checked.text), dict)


@given(
    st.text("ab \n\"'{}:,\\\t", max_size=20),
    st.sampled_from(["{'command': '%s'}", '{command: "%s"}', '{"command": "%s",}']),
)
def test_a_mended_value_is_the_text_that_stands_there(value: str, form: str) -> None:
    """Whatever the repair makes of it: nothing is trimmed, dropped or invented."""
    checked = check(BASH, form % value)

    if isinstance(checked, Mended) and "\\" not in value:
        more = set(checked.input) - {"command"}
        assert more or checked.input == {"command": value}


def test_the_model_is_told_what_was_wrong() -> None:
    told = reask_instruction(BASH, "'command' is a required\nproperty")

    assert "Bash" in told
    assert "'command' is a required property" in told
    assert '"command"' in told
    assert "could not be used" in reask_instruction(None, "it cannot be read")
