"""Tools as a client offers them, and parts of an answer, for the tests of calls."""

from collections.abc import Iterable
from typing import Any

from mux_tui.core.proxy.translate.calls import Call, CallParser, Part, Text
from mux_tui.core.wire.anthropic import Tool


def tool(name: str, *required: str, **properties: Any) -> Tool:
    """A tool whose parameters are strings, unless `properties` says another type."""
    rules = {key: {"type": "string"} for key in required}
    rules |= {
        key: rule if isinstance(rule, dict) else {"type": rule}
        for key, rule in properties.items()
    }
    return Tool(
        name,
        f"The tool {name}.",
        {"type": "object", "properties": rules, "required": list(required)},
    )


BASH = tool("Bash", "command", timeout="integer", background="boolean")
READ = tool("Read", "file_path", offset="integer", limit="integer")
WRITE = tool("Write", "file_path", "content")
EDIT = tool("Edit", "file_path", "old_string", "new_string", replace_all="boolean")
LIST = tool("ListFiles")
MCP = tool("mcp__files__search_index", "query", options="object", tags="array")
TOOLS = (BASH, READ, WRITE, EDIT, LIST, MCP)


def parts(*pieces: str, tools: Iterable[Tool] = TOOLS, cut: bool = False) -> list[Part]:
    """What an answer that comes in these pieces turns out to be, texts joined."""
    parser = CallParser(tools)
    found = [part for piece in pieces for part in parser.feed(piece)]
    return joined([*found, *parser.flush(cut)])


def joined(found: Iterable[Part]) -> list[Part]:
    """The parts, with texts that follow one another joined."""
    result: list[Part] = []
    for part in found:
        last = result[-1] if result else None
        if isinstance(part, Text) and isinstance(last, Text):
            result[-1] = Text(last.text + part.text)
        else:
            result.append(part)

    return result


def raw(found: Iterable[Part]) -> str:
    """What the model wrote."""
    return "".join(p.text if isinstance(p, Text) else p.raw for p in found)


def calls(found: Iterable[Part]) -> list[Call]:
    """The calls among the parts."""
    return [part for part in found if isinstance(part, Call)]


def text(found: Iterable[Part]) -> str:
    """The text among the parts, joined."""
    return "".join(part.text for part in found if isinstance(part, Text))
