"""How each kind of block is read."""

from typing import Any

import pytest

from mux_tui.core.wire.anthropic import (
    Document,
    Image,
    Other,
    Text,
    Thinking,
    ToolResult,
    ToolUse,
)
from mux_tui.core.wire.anthropic_blocks import parse_blocks


def blocks(content: Any) -> tuple[Any, ...]:
    """What the content of a message is read as."""
    return parse_blocks(content)


@pytest.mark.parametrize(
    ("block", "read"),
    [
        ({"type": "text", "text": "a", "cache_control": {}, "citations": 1}, Text("a")),
        (
            {"type": "thinking", "thinking": "hm", "signature": "abc"},
            Thinking("hm"),
        ),
        ({"type": "redacted_thinking", "data": "x"}, Other("redacted_thinking")),
        (
            {
                "type": "image",
                "source": {"data": "aGk=", "type": "base64", "media_type": "image/png"},
            },
            Image("image/png", "aGk="),
        ),
        (
            {"type": "image", "source": {"type": "url", "url": "https://a/b"}},
            Image(url="https://a/b"),
        ),
        ({"type": "image"}, Image()),
        (
            {
                "type": "document",
                "title": "t",
                "source": {"type": "text", "media_type": "text/plain", "data": "words"},
            },
            Document("text/plain", "t", "words"),
        ),
        (
            {
                "type": "document",
                "source": {
                    "type": "base64",
                    "media_type": "application/pdf",
                    "data": "x" * 8,
                },
            },
            Document("application/pdf", size=8),
        ),
        (
            {
                "type": "document",
                "source": {
                    "type": "content",
                    "content": [{"type": "text", "text": "a"}],
                },
            },
            Document(text="a"),
        ),
        (
            {"type": "document", "source": {"type": "url", "url": "https://a/b.pdf"}},
            Document(title="https://a/b.pdf"),
        ),
        (
            {"type": "tool_use", "id": "t1", "name": "Read", "input": {"a": 1}},
            ToolUse("t1", "Read", {"a": 1}),
        ),
        ({"type": "tool_result", "tool_use_id": "t1"}, ToolResult("t1")),
        (
            {
                "type": "tool_result",
                "tool_use_id": "t1",
                "content": "no",
                "is_error": True,
            },
            ToolResult("t1", (Text("no"),), is_error=True),
        ),
        (
            {
                "type": "tool_result",
                "tool_use_id": "t1",
                "content": [
                    {"type": "text", "text": "a"},
                    {"type": "tool_reference", "tool_name": "X"},
                    {"type": "tool_result", "tool_use_id": "t2", "content": "inner"},
                ],
            },
            ToolResult(
                "t1",
                (
                    Text("a"),
                    Other("tool_reference", "Tool X loaded."),
                    Other("tool_result", "inner"),
                ),
            ),
        ),
        (
            {
                "type": "search_result",
                "title": "T",
                "source": "https://a",
                "content": [{"type": "text", "text": "found"}],
            },
            Other("search_result", "T: https://a\nfound"),
        ),
        (
            {"type": "server_tool_use", "name": "web_search", "input": {"query": "q"}},
            Other("server_tool_use", '[web_search was called with {"query":"q"}]'),
        ),
        (
            {
                "type": "web_search_tool_result",
                "content": [
                    {"type": "web_search_result", "title": "T", "url": "https://a"}
                ],
            },
            Other("web_search_tool_result", "T: https://a"),
        ),
        (
            {
                "type": "web_search_tool_result",
                "content": {"error_code": "unavailable"},
            },
            Other("web_search_tool_result", "[The web search failed: unavailable]"),
        ),
        (
            {"type": "container_upload", "file_id": "f1"},
            Other("container_upload", "[file uploaded: f1]"),
        ),
        ({"type": "compaction", "content": "so far"}, Other("compaction", "so far")),
        ({"type": "newest", "x": 1}, Other("newest", "[newest]")),
    ],
)
def test_each_kind_of_block_is_read(block: Any, read: Any) -> None:
    assert blocks([block]) == (read,)


def test_text_stands_for_a_block_of_it() -> None:
    assert blocks("Hi") == blocks([{"type": "text", "text": "Hi"}]) == (Text("Hi"),)
    assert blocks("") == ()
    assert blocks([]) == ()
