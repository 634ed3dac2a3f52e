"""The blocks of a message: what is known is kept, everything else becomes words.

A block of an unknown kind is never an error: clients grow new kinds faster than any
table of them.
"""

from collections.abc import Callable
from typing import Any, cast

import orjson

from mux_tui.core.wire import anthropic_check as check
from mux_tui.core.wire.anthropic import (
    Block,
    Document,
    Image,
    Other,
    Text,
    Thinking,
    ToolResult,
    ToolUse,
)
from mux_tui.core.wire.anthropic_check import BadRequest
from mux_tui.core.wire.documents import as_list, as_object, as_text

_Holder = dict[str, Any]


def parse_blocks(content: object) -> tuple[Block, ...]:
    """Read the content of a message: a string, or a list of blocks.

    Raises:
        BadRequest: It is neither, or a block lacks what its kind must have.
    """
    return _read_blocks(content, _READERS)


def _read_blocks(
    content: object, readers: dict[str, Callable[[_Holder], Block]]
) -> tuple[Block, ...]:
    if isinstance(content, str):
        return (Text(content),) if content else ()
    if not isinstance(content, list):
        raise BadRequest("content: must be a string or a list of blocks")

    items = cast(list[object], content)
    return tuple(_block(place, item, readers) for place, item in enumerate(items))


def _block(
    place: int, item: object, readers: dict[str, Callable[[_Holder], Block]]
) -> Block:
    if not isinstance(item, dict):
        raise BadRequest(f"content.{place}: must be an object with a type")

    block = cast(_Holder, item)
    try:
        return readers.get(check.filled(block, "type"), other)(block)
    except BadRequest as error:
        raise BadRequest(f"content.{place}.{error}") from error


def _text(block: _Holder) -> Block:
    return Text(check.text(block, "text"))


def _thinking(block: _Holder) -> Block:
    return Thinking(as_text(block.get("thinking")))


def _image(block: _Holder) -> Block:
    source = as_object(block.get("source"))
    return Image(
        as_text(source.get("media_type"))[:100],
        as_text(source.get("data")),
        as_text(source.get("url")),
    )


def _document(block: _Holder) -> Block:
    source = as_object(block.get("source"))
    kind = source.get("type")
    media_type = as_text(source.get("media_type"))[:100]
    title = as_text(block.get("title")) or as_text(source.get("url"))
    data = as_text(source.get("data"))
    if kind == "text":
        return Document(media_type, title, data)
    if kind == "content":
        return Document(media_type, title, _words(source.get("content")))

    return Document(media_type, title, size=len(data))


def _tool_use(block: _Holder) -> Block:
    return ToolUse(
        check.filled(block, "id"),
        check.filled(block, "name"),
        check.sendable(block.get("input"), "input"),
    )


def _tool_result(block: _Holder) -> Block:
    content = block.get("content")
    return ToolResult(
        check.filled(block, "tool_use_id"),
        # A result inside a result would be endless; it is shown as words.
        () if content is None else _read_blocks(content, _INNER),
        block.get("is_error") is True,
    )


def other(block: _Holder) -> Other:
    """Render a block of a kind that has no class of its own."""
    kind = as_text(block.get("type"))
    render = _RENDERINGS.get(kind)
    return Other(kind, render(block) if render else _unknown(block))


def _unknown(block: _Holder) -> str:
    kind = as_text(block.get("type"))
    if kind.endswith("_tool_use"):
        return _server_tool_use(block)

    return as_text(block.get("text")) or _words(block.get("content")) or f"[{kind}]"


def _words(content: object) -> str:
    if isinstance(content, str):
        return content

    parts = [as_object(item) for item in as_list(content)]
    lines = (as_text(part.get("text")) or _found_page(part) for part in parts)
    return "\n".join(line for line in lines if line)


def _found_page(part: _Holder) -> str:
    place = as_text(part.get("url")) or as_text(part.get("source"))
    return ": ".join(word for word in (as_text(part.get("title")), place) if word)


def _search_result(block: _Holder) -> str:
    return "\n".join(
        part for part in (_found_page(block), _words(block.get("content"))) if part
    )


def _server_tool_use(block: _Holder) -> str:
    asked = orjson.dumps(check.sendable(block.get("input"), "input")).decode()
    return f"[{as_text(block.get('name')) or 'A tool'} was called with {asked}]"


def _web_search_result(block: _Holder) -> str:
    failed = as_text(as_object(block.get("content")).get("error_code"))
    if failed:
        return f"[The web search failed: {failed}]"

    return _words(block.get("content")) or "[The web search found nothing]"


def _tool_reference(block: _Holder) -> str:
    return f"Tool {as_text(block.get('tool_name'))} loaded."


def _container_upload(block: _Holder) -> str:
    return f"[file uploaded: {as_text(block.get('file_id'))}]"


_RENDERINGS: dict[str, Callable[[_Holder], str]] = {
    "search_result": _search_result,
    "server_tool_use": _server_tool_use,
    "web_search_tool_result": _web_search_result,
    "tool_reference": _tool_reference,
    "container_upload": _container_upload,
    "redacted_thinking": lambda _: "",
}
_INNER: dict[str, Callable[[_Holder], Block]] = {
    "text": _text,
    "image": _image,
    "document": _document,
}
_READERS: dict[str, Callable[[_Holder], Block]] = _INNER | {
    "thinking": _thinking,
    "tool_use": _tool_use,
    "tool_result": _tool_result,
}

KINDS = frozenset(_READERS) | frozenset(_RENDERINGS)
"""The kinds of blocks that are known by name; others are shown as far as they tell."""
