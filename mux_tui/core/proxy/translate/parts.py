"""The content of one message: pieces of text and pictures, in order.

Servers read a plain string best; a list of parts is written only where there is a
picture that the model can see.
"""

from collections.abc import Iterable, Sequence
from typing import Any, assert_never

from mux_tui.core.proxy.translate.harmless import harmless
from mux_tui.core.text import one_line
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

Part = str | Image
"""Text that is ready to be sent, or a picture that the model can see."""

_TYPE_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyz0123456789.+-")
_BASE64_LETTERS = (
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_=\r\n"
)


def parts_of(blocks: Iterable[Block], *, images: bool) -> list[Part]:
    """Turn what a person or a tool says into parts; empty ones are left out."""
    parts = (_part(block, images) for block in blocks)
    return [part for part in parts if not isinstance(part, str) or part.strip()]


def _part(block: Block, images: bool) -> Part:
    match block:
        case Text() | Other():
            return harmless(block.text)
        case Image():
            return block if images and _can_be_sent(block) else _image_words(block)
        case Document():
            return _document_words(block)
        case Thinking() | ToolUse() | ToolResult():
            return ""
        case _:
            assert_never(block)


def _can_be_sent(image: Image) -> bool:
    """Whether it is a picture's data, or an address that is no way into a network."""
    if not image.data:
        return image.url.startswith("https://") and harmless(image.url) == image.url

    group, _, kind = image.media_type.lower().partition("/")
    plain = group == "image" and _TYPE_LETTERS.issuperset(kind)
    # Nothing is left of it when all of it is base64.
    return plain and bool(kind) and not image.data.strip(_BASE64_LETTERS)


def _image_words(image: Image) -> str:
    kind = harmless(one_line(image.media_type or image.url or "not told", 200))
    size = f", {_decoded_size(image.data)} bytes" if image.data else ""
    return f"[image omitted: {kind}{size}]"


def _decoded_size(data: str) -> int:
    return len(data) * 3 // 4 - data[-2:].count("=")


def _document_words(document: Document) -> str:
    title = harmless(one_line(document.title, 200))
    if document.text:
        heading = f"[document: {title}]\n" if title else ""
        return heading + harmless(document.text)

    kind = harmless(one_line(document.media_type, 100))
    size = f"{document.size * 3 // 4} bytes" if document.size else ""
    facts = ", ".join(fact for fact in (title, kind, size) if fact)
    return f"[document omitted: {facts or 'not told'}]"


def content_of(parts: Sequence[Part]) -> str | list[dict[str, Any]]:
    """Write the content of a message: a string, or parts where there is a picture."""
    texts = [part for part in parts if isinstance(part, str)]
    if len(texts) == len(parts):
        return "\n\n".join(texts)

    return [_written(part) for part in parts]


def _written(part: Part) -> dict[str, Any]:
    if isinstance(part, str):
        return {"type": "text", "text": part}

    url = part.url or f"data:{part.media_type.lower()};base64,{part.data}"
    return {"type": "image_url", "image_url": {"url": url}}
