"""Anthropic Messages, the request: what a client may send, as frozen facts.

`anthropic_parse` reads a body into these. What a block means is kept, what a vendor
hangs on it (cache marks, citations, ids of no use here) is not.
"""

from dataclasses import dataclass, field
from typing import Any, Literal

Role = Literal["user", "assistant", "system"]
"""`system` inside the messages is real: newer clients send it."""


@dataclass(frozen=True, slots=True)
class Text:
    """Words."""

    text: str


@dataclass(frozen=True, slots=True)
class Image:
    """A picture, as data or as an address."""

    media_type: str = ""
    data: str = ""
    """Base64; empty when there is a `url`."""

    url: str = ""


@dataclass(frozen=True, slots=True)
class Document:
    """A file for the model to read."""

    media_type: str = ""
    title: str = ""
    text: str = ""
    """Its words, where it was sent as text; empty for a PDF or an address."""

    size: int = 0
    """Characters of its data, where it was sent as data."""


@dataclass(frozen=True, slots=True)
class Thinking:
    """What a model wrote for itself in an earlier turn; signatures are dropped."""

    text: str


@dataclass(frozen=True, slots=True)
class ToolUse:
    """A call that the assistant made in an earlier turn."""

    id: str
    name: str
    input: Any
    """Usually an object; whatever the client sent."""


@dataclass(frozen=True, slots=True)
class ToolResult:
    """What a call brought."""

    tool_use_id: str
    content: tuple["Block", ...] = ()
    is_error: bool = False


@dataclass(frozen=True, slots=True)
class Other:
    """A block of a kind that is only shown as text."""

    type: str
    text: str = ""
    """A short rendering; empty: it is left out."""


Block = Text | Image | Document | Thinking | ToolUse | ToolResult | Other


@dataclass(frozen=True, slots=True)
class Turn:
    """One message."""

    role: Role
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Tool:
    """A tool that the model may call."""

    name: str
    description: str = ""
    schema: dict[str, Any] = field(default_factory=dict[str, Any])
    """JSON Schema of its input, without `$schema` and vendor keys."""

    server: str = ""
    """The type of a tool that Anthropic's servers would run, such as
    `web_search_20250305`; empty: the client runs it."""


@dataclass(frozen=True, slots=True)
class ToolChoice:
    """Which tools the model must or may call."""

    mode: Literal["auto", "any", "tool", "none"] = "auto"
    name: str = ""
    """With `tool`: which."""

    parallel: bool = True
    """False: at most one call in an answer."""


@dataclass(frozen=True, slots=True)
class MessagesRequest:
    """A request, complete."""

    model: str
    """As the client asked; never sent to a local server."""

    turns: tuple[Turn, ...]
    max_tokens: int
    system: tuple[str, ...] = ()
    """The blocks of the system prompt, billing header left out."""

    tools: tuple[Tool, ...] = ()
    tool_choice: ToolChoice = ToolChoice()
    temperature: float | None = None
    top_p: float | None = None
    top_k: int | None = None
    stop_sequences: tuple[str, ...] = ()
    stream: bool = False
    thinking: bool = False
    effort: str = ""
    """`low` … `max`; empty: not told."""

    output_schema: dict[str, Any] | None = None
    """JSON Schema that the answer must follow; None: free text."""

    session_id: str = ""
    """The client's conversation; empty: not told."""
