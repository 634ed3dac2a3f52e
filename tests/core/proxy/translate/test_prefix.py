"""The first difference between two prompts of one conversation is named."""

from os.path import commonprefix
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mux_tui.core.proxy.translate.facts import ChatRequest
from mux_tui.core.proxy.translate.markup import RESULT_OPEN
from mux_tui.core.proxy.translate.prefix import PrefixWatch

Json = dict[str, Any]


def said(role: str, text: str) -> Json:
    return {"role": role, "content": text}


def tool(name: str, description: str = "") -> Json:
    return {
        "type": "function",
        "function": {"name": name, "description": description},
    }


SYSTEM = said("system", "Be brief.\nToday is 2026-11-20.\nThe directory is /shop.")
PROMPT = [
    SYSTEM,
    said("user", "Hello"),
    said("assistant", "Reading."),
    {"role": "tool", "tool_call_id": "1", "content": "line\n" * 50},
]
TOOLS = [tool("Read"), tool("Write")]


def difference(before: Json, now: Json) -> str:
    watch = PrefixWatch()
    assert watch.compare("s", ChatRequest(before)) == ""
    return watch.compare("s", ChatRequest(now))


def prompt(*messages: Json, tools: list[Json] | None = None) -> Json:
    return {"messages": list(messages), "tools": tools or TOOLS}


def replaced(place: int, message: Json) -> Json:
    messages = list(PROMPT)
    messages[place] = message
    return prompt(*messages, said("assistant", "Done."))


@pytest.mark.parametrize(
    ("now", "sentence"),
    [
        (prompt(*PROMPT, said("user", "More")), ""),
        (prompt(*PROMPT), ""),
        (prompt(*PROMPT[:2]), ""),
        (
            prompt(*PROMPT, tools=TOOLS[::-1]),
            "Tool order: the same tools, in another order.",
        ),
        (
            prompt(*PROMPT, tools=[tool("Read"), tool("Write", "!")]),
            "Tool definitions: Write changed.",
        ),
        (
            prompt(*PROMPT, tools=[tool("Read"), tool("Bash")]),
            "Tool definitions: Write gone, Bash new.",
        ),
        (
            replaced(0, said("system", SYSTEM["content"].replace("20.", "21."))),
            "Message 1, from byte 57: a date or counter line, 'Today is 2026-11-21.'.",
        ),
        (
            replaced(0, said("system", SYSTEM["content"].replace("brief", "long"))),
            "Message 1, from byte 31: the system prompt, 'Be long.'.",
        ),
        (
            replaced(3, {**PROMPT[3], "content": "[cut]"}),
            "Message 4, from byte 205: an earlier result was cut again.",
        ),
        (
            replaced(3, {**PROMPT[3], "content": "line\n" * 60}),
            "Message 4, from byte 397: an earlier result changed.",
        ),
        (
            replaced(2, said("assistant", "I am reading.")),
            "Message 3, from byte 150: an earlier answer came back differently.",
        ),
        (
            replaced(1, said("user", "Hi")),
            "Message 2, from byte 113: an earlier user message changed and is shorter.",
        ),
        (
            replaced(1, said("assistant", "Hello")),
            "Message 2, from byte 86: assistant instead of user.",
        ),
    ],
)
def test_the_first_difference_has_its_sentence(now: Json, sentence: str) -> None:
    assert difference(prompt(*PROMPT), now) == sentence


def test_a_result_shown_as_text_is_a_result() -> None:
    before = prompt(SYSTEM, said("user", f"{RESULT_OPEN}>long</x>"))
    now = prompt(SYSTEM, said("user", f"{RESULT_OPEN}>cut</x>"))

    assert difference(before, now).endswith(": an earlier result was cut again.")


@settings(deadline=None)
@given(st.text(min_size=1, max_size=30), st.text(max_size=30), st.text(max_size=30))
def test_the_byte_is_the_first_that_differs(same: str, one: str, two: str) -> None:
    before = prompt(SYSTEM, said("user", f"{same}a{one}"))
    now = prompt(SYSTEM, said("user", f"{same}b{two}"))
    texts = (b"".join(map(orjson.dumps, p["messages"])) for p in (before, now))

    place = len(commonprefix([text.decode("latin-1") for text in texts]))
    assert f"from byte {place:,}:" in difference(before, now)


def test_conversations_are_compared_with_themselves() -> None:
    watch = PrefixWatch()
    watch.compare("a", ChatRequest(prompt(*PROMPT)))

    assert watch.compare("b", ChatRequest(prompt(said("user", "other")))) == ""
    assert watch.compare("a", ChatRequest(prompt(said("user", "other")))) != ""


def test_only_the_newest_conversations_are_remembered() -> None:
    watch = PrefixWatch(sessions=2)
    for session in ("a", "b", "a", "c"):
        watch.compare(session, ChatRequest(prompt(*PROMPT)))

    changed = ChatRequest(replaced(1, said("user", "Hi")))
    assert watch.compare("a", changed) != ""
    assert watch.compare("b", changed) == ""


def test_control_characters_of_a_prompt_do_not_reach_the_sentence() -> None:
    found = difference(
        prompt(said("system", "a")), prompt(said("system", "\x1b[2J\u202eb"))
    )

    assert found.isprintable()


_json = st.recursive(
    st.none() | st.booleans() | st.integers(0, 9) | st.text(max_size=8),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.fixed_dictionaries({"messages": _json, "tools": _json}), max_size=4))
def test_any_body_can_be_compared(bodies: list[Json]) -> None:
    watch = PrefixWatch()
    for body in bodies:
        watch.compare("s", ChatRequest(body))

        assert watch.compare("s", ChatRequest(body)) == ""
