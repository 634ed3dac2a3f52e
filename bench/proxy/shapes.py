"""Requests shaped like Claude Code's, made of synthetic words; the same each time."""

import json
import random
from typing import Any, Literal

Size = Literal["small", "big"]

MODEL = "claude-sonnet-4-5-20250929"
_SYSTEM, _TOOLS, _TALK = 25_000, 60_000, 200_000
"""Characters of each part of the big request."""

_WORDS = (
    "the of to and in file code test return value import module function class error"
    " path line change edit read write search result run command output project user"
    " agent tool token stream prompt model cache server client request response parse"
    " json async await loop queue worker thread handler config option default string"
    " integer list dict"
).split()
_NAMES = (
    "Task Bash Glob Grep LS ExitPlanMode Read Edit MultiEdit Write NotebookEdit"
    " WebFetch TodoWrite WebSearch BashOutput KillShell SlashCommand"
    " mcp__ide__getDiagnostics mcp__ide__executeCode Skill"
).split()


def prose(chance: random.Random, length: int) -> str:
    """Sentences, cut to a length."""
    text = ""
    while len(text) < length:
        words = (chance.choice(_WORDS) for _ in range(chance.randint(6, 16)))
        text += " ".join(words).capitalize() + ".\n"
    return text[:length]


def code(chance: random.Random, length: int) -> str:
    """Something with quotes, braces and escapes, as source has."""
    text = ""
    while len(text) < length:
        one, two, three = (chance.choice(_WORDS) for _ in range(3))
        text += (
            f'    def {one}_{chance.randint(1, 99)}(self, {two}: str = "{three}\\n"):\n'
            f"        return {{'{two}': {chance.randint(0, 9999)}}}  # {one} {three}\n"
        )
    return text[:length]


def tools(chance: random.Random, length: int = _TOOLS) -> list[dict[str, Any]]:
    """Tool definitions of so many characters together."""
    each = length // len(_NAMES)
    return [_tool(chance, name, each) for name in _NAMES]


def _tool(chance: random.Random, name: str, length: int) -> dict[str, Any]:
    text = {"type": "string"}
    properties: dict[str, Any] = {
        word: text | {"description": prose(chance, 120)}
        for word in chance.sample(_WORDS, 5)
    }
    edit = {"type": "object", "properties": {"old": text, "new": text}}
    properties["edits"] = {"type": "array", "minItems": 1, "items": edit}
    schema = {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "type": "object",
        "properties": properties,
        "required": list(properties)[:2],
        "additionalProperties": False,
    }
    room = max(50, length - len(json.dumps(schema)) - 60)
    return {"name": name, "description": prose(chance, room), "input_schema": schema}


def request(size: Size, stream: bool = True) -> dict[str, Any]:
    """A whole request."""
    chance = random.Random(1)
    common: dict[str, Any] = {"model": MODEL, "stream": stream}
    if size == "small":
        words = f"Say hello. {prose(chance, 200)}"
        return common | {
            "max_tokens": 512,
            "system": "You are a helpful assistant.",
            "messages": [{"role": "user", "content": words}],
        }

    mark = {"cache_control": {"type": "ephemeral"}}
    identity = "You are Claude Code, Anthropic's official CLI for Claude."
    return common | {
        "max_tokens": 32_000,
        "temperature": 1,
        "system": [
            {"type": "text", "text": identity} | mark,
            {"type": "text", "text": prose(chance, _SYSTEM)} | mark,
        ],
        "tools": tools(chance),
        "messages": [opening(chance), *talk(chance, _TALK)],
        "metadata": {"user_id": "user_x_account__session_y"},
    }


def opening(chance: random.Random) -> dict[str, Any]:
    """The first message: a reminder, and what the user wants."""
    reminder = f"<system-reminder>\n{prose(chance, 1500)}</system-reminder>"
    return {
        "role": "user",
        "content": [
            {"type": "text", "text": reminder},
            {"type": "text", "text": "Please fix the failing test in the project."},
        ],
    }


def talk(chance: random.Random, length: int) -> list[dict[str, Any]]:
    """Calls of tools and their results, of so many characters together."""
    messages: list[dict[str, Any]] = []
    number = size = 0
    while size < length:
        number += 1
        words = prose(chance, 300)
        result = code(chance, chance.choice((800, 2500, 8000)))
        messages += round_trip(chance.choice(_NAMES[:8]), number, words, result)
        size += len(words) + len(result)

    return messages


def round_trip(tool: str, number: int, words: str, result: str) -> list[dict[str, Any]]:
    """One call of a tool, and its result."""
    id = f"toolu_{number:024d}"
    arguments = {"file_path": f"/src/{number}.py", "command": "pytest -q"}
    call = {"type": "tool_use", "id": id, "name": tool, "input": arguments}
    text = {"type": "text", "text": words}
    content = [{"type": "text", "text": result}]
    answer = {"type": "tool_result", "tool_use_id": id, "content": content}
    return [
        {"role": "assistant", "content": [text, call]},
        {"role": "user", "content": [answer]},
    ]


def body(size: Size, stream: bool = True) -> bytes:
    """The same as bytes."""
    return json.dumps(request(size, stream)).encode()
