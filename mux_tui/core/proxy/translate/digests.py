"""What is left of a tool's result: all of it, its two ends, or one line about it.

Both forms depend on the result and its call alone, never on how long ago it was: the
same result gives the same bytes on every later turn, and the server's cache holds.
"""

from dataclasses import replace
from typing import Any

from mux_tui.core.proxy.translate.openings import head_and_tail, level
from mux_tui.core.proxy.translate.reminders import without_nudge
from mux_tui.core.proxy.translate.sizes import size_of, size_of_block
from mux_tui.core.text import one_line
from mux_tui.core.wire.anthropic import Block, Image, Text, ToolResult, ToolUse
from mux_tui.core.wire.documents import as_object

_ARGUMENTS = (
    "file_path",
    "notebook_path",
    "path",
    "command",
    "pattern",
    "url",
    "query",
)
_ARGUMENT_LIMIT = 80
_LINE_LIMIT = 60
_LINE_SEEN = 300
_LEAST_REPEATED = 400
_OURS = "[mux: "


def name_of(call: ToolUse | None) -> str:
    """The call in a few words, such as `Read src/app.py`."""
    if call is None:
        return "a tool"

    argument = one_line(_argument(call.input), _ARGUMENT_LIMIT)
    return f"{one_line(call.name, 60)} {argument}".rstrip()


def _argument(given: Any) -> str:
    values = as_object(given)
    named = [values[name] for name in _ARGUMENTS if name in values]
    return next((v for v in [*named, *values.values()] if isinstance(v, str)), "")


def shortened(result: ToolResult, limit: int, *, clean: bool) -> ToolResult:
    """The result with its texts cut to `limit` characters together, the longest first.

    Args:
        result: As it came; returned itself when nothing changes.
        limit: In characters, for all its texts.
        clean: Leave out the nudges that the client puts at a result's end.
    """
    blocks = tuple(_cleaned(b) for b in result.content) if clean else result.content
    sizes = [size_of(b.text) if isinstance(b, Text) else 0 for b in blocks]
    if sum(sizes) > limit:
        most = level(sizes, limit)
        blocks = tuple(_ends(block, most) for block in blocks)
    return result if blocks == result.content else replace(result, content=blocks)


def _cleaned(block: Block) -> Block:
    if not isinstance(block, Text):
        return block

    text = without_nudge(block.text)
    return block if text is block.text else Text(text)


def _ends(block: Block, limit: int) -> Block:
    return Text(head_and_tail(block.text, limit)) if isinstance(block, Text) else block


def digest(result: ToolResult, call: ToolUse | None) -> ToolResult:
    """One line in place of the result, or the result itself where that is shorter."""
    text = words_of(result)
    kind = "error" if result.is_error else "result"
    facts = [f"{len(text):,} characters", f"{text.count(chr(10)) + 1:,} lines"]
    images = sum(isinstance(block, Image) for block in result.content)
    facts += [f"{images} images"] if images else []
    if telling := _telling(text, result.is_error, call):
        facts.append(telling)
    line = f"{_OURS}{kind} of {name_of(call)} is no longer shown: {', '.join(facts)}]"
    left = replace(result, content=(Text(line),))
    return left if size_of_block(left) < size_of_block(result) else result


def is_digest(result: ToolResult) -> bool:
    """Whether it is such a line already."""
    return words_of(result).startswith(_OURS)


def _telling(text: str, failed: bool, call: ToolUse | None) -> str:
    """The line that says most: an error's first, a command's last. A file has none."""
    if failed:
        return f"beginning {one_line(text[:_LINE_SEEN], _LINE_LIMIT)!r}"
    if call is not None and "command" in as_object(call.input):
        last = text[-_LINE_SEEN:].rstrip().rpartition("\n")[2]
        return f"ending {one_line(last, _LINE_LIMIT)!r}"

    return ""


def pointer(result: ToolResult, call: ToolUse | None) -> ToolResult:
    """One line in place of a result that is the same as an earlier one."""
    line = f"{_OURS}the same as the earlier result of {name_of(call)}]"
    return replace(result, content=(Text(line),))


def repeatable(result: ToolResult) -> str:
    """The text by which a result that comes again is known; empty: it is too short to
    matter, or holds more than text."""
    text = words_of(result)
    only_text = all(isinstance(block, Text) for block in result.content)
    long = len(text) >= _LEAST_REPEATED and not result.is_error
    return text if only_text and long else ""


def words_of(result: ToolResult) -> str:
    """All text of a result."""
    texts = [block.text for block in result.content if isinstance(block, Text)]
    return texts[0] if len(texts) == 1 else "\n".join(texts)
