"""The conversation, from turns to the messages of Chat Completions.

Each message depends only on the turns up to the one after it, so a conversation that
grows keeps the bytes of what is already there.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from mux_tui.core.proxy.translate.groups import Group, grouped
from mux_tui.core.proxy.translate.harmless import harmless
from mux_tui.core.proxy.translate.markup import call_text, result_text
from mux_tui.core.proxy.translate.parts import Part, content_of, parts_of
from mux_tui.core.proxy.translate.tool_results import (
    Answered,
    Call,
    calls_of,
    matched,
)
from mux_tui.core.wire.anthropic import Other, Text, Thinking, ToolUse, Turn
from mux_tui.core.wire.documents import as_object, as_text

Message = dict[str, Any]

_OPENING = "(The conversation goes on.)"
_EMPTY = "(no content)"
_UNPARSED = "__unparsedToolInput"


@dataclass(frozen=True, slots=True)
class Manner:
    """How messages are written for a model."""

    injected: bool
    """Calls and results are text, in the language of the instruction."""

    images: bool
    """The model can see."""

    echo: bool
    """Earlier answers are given back byte for byte, with their thinking."""


def messages_of(turns: Sequence[Turn], manner: Manner) -> list[Message]:
    """Write the conversation; it begins with the user and is never empty."""
    groups = grouped(turns, thinking=manner.echo)
    messages: list[Message] = []
    if not groups or groups[0].role == "assistant":
        messages.append(_user([_OPENING if groups else _EMPTY]))
    calls: list[Call] = []
    for group in groups:
        if group.role == "assistant":
            calls = calls_of(group.blocks)
            messages.append(_assistant(group, calls, manner))
        else:
            messages += _user_side(group, calls, manner)
            calls = []

    return messages


def _user(parts: Sequence[Part]) -> Message:
    return {"role": "user", "content": content_of(parts)}


def _user_side(group: Group, calls: Sequence[Call], manner: Manner) -> list[Message]:
    answers, said = matched(calls, group.blocks, images=manner.images)
    pictures = [image for answer in answers for image in answer.images]
    said += pictures + parts_of(group.blocks, images=manner.images)
    if manner.injected:
        results: list[Part] = [_result_words(answer) for answer in answers]
        return [_user(results + said)] if results or said else [_user([_EMPTY])]

    messages = [_tool(answer) for answer in answers]
    if said or not messages:
        messages.append(_user(said or [_EMPTY]))
    return messages


def _tool(answer: Answered) -> Message:
    return {"role": "tool", "tool_call_id": answer.call.id, "content": answer.text}


def _result_words(answer: Answered) -> str:
    name = answer.call.use.name
    return result_text(name, answer.text, is_error=answer.is_error)


def _assistant(group: Group, calls: Sequence[Call], manner: Manner) -> Message:
    # What the model wrote itself must be the same bytes where its cache needs that.
    safe = str if manner.echo else harmless
    text = safe("\n\n".join(_texts(group)))
    message: Message = {"role": "assistant", "content": text}
    if calls and manner.injected:
        message["content"] = _with_calls(text, calls, safe)
    elif calls:
        message["tool_calls"] = [_native_call(call, safe) for call in calls]
    if thoughts := [b.text for b in group.blocks if isinstance(b, Thinking)]:
        message["reasoning_content"] = "\n\n".join(thoughts)
    return message


def _texts(group: Group) -> list[str]:
    return [b.text for b in group.blocks if isinstance(b, (Text, Other))]


def _with_calls(text: str, calls: Sequence[Call], safe: Callable[[str], str]) -> str:
    gap = "\n" if text and not text.endswith("\n") else ""
    words = (call_text(c.use.name, _arguments(c.use), safe) for c in calls)
    return text + gap + "\n".join(words)


def _native_call(call: Call, safe: Callable[[str], str]) -> Message:
    arguments = safe(orjson.dumps(_arguments(call.use)).decode())
    function = {"name": safe(call.use.name), "arguments": arguments}
    return {"id": call.id, "type": "function", "function": function}


def _arguments(use: ToolUse) -> dict[str, Any]:
    """The input as an object, which is what templates and servers can read."""
    given = as_object(use.input)
    if not given and use.input not in (None, "", {}):
        return {"input": use.input}

    return (
        _object_in(given[_UNPARSED]) or given if list(given) == [_UNPARSED] else given
    )


def _object_in(text: object) -> dict[str, Any]:
    try:
        return as_object(orjson.loads(as_text(text)))
    except orjson.JSONDecodeError:
        return {}
