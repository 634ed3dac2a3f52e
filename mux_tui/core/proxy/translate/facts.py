"""What the translation needs to know, and what it hands over."""

from dataclasses import dataclass, field
from typing import Any, Literal

from mux_tui.core.exchange import Cut
from mux_tui.core.wire.anthropic import MessagesRequest, Tool

Tier = Literal["small", "medium", "large"]
"""By parameter count: up to 8, 9 to 32, more than 32 billion. Unknown is `small`."""


@dataclass(frozen=True)
class ModelTraits:
    """The local model, as far as prompts depend on it."""

    id: str
    """What the server is asked for; never the client's name for a model."""

    name: str
    """What people call it."""

    tier: Tier = "small"
    parameters: float | None = None
    """In billions; None: its name and files do not tell."""

    context_window: int | None = None
    native_tools: bool = False
    """Its chat template takes tools, and the server parses its calls."""

    trimmable_cache: bool = True
    """The server can reuse a part of a cached prompt; False for hybrid and sliding
    window models, which want earlier answers back byte for byte."""

    thinking: bool = False
    """Its template knows a switch for thinking."""

    images: bool = False
    prefill_rate: float | None = None
    """Measured tokens per second of reading; None: not measured yet."""


@dataclass(frozen=True)
class Trimmed:
    """A request made to fit, and what that took."""

    request: MessagesRequest
    cuts: tuple[Cut, ...] = ()


@dataclass(frozen=True)
class ChatRequest:
    """A translated request, ready to be sent."""

    body: dict[str, Any]
    """Chat Completions, without `stream`; `max_tokens` always set."""

    tools: tuple[Tool, ...] = ()
    """What the model may call; the parser of its answer knows no other names."""

    injected: bool = False
    """The tools stand as text in the system prompt: calls come back as text."""

    stop_sequences: tuple[str, ...] = ()
    """To be watched for in the answer: servers do not do it right."""

    parallel: bool = True
    """False: only the first call of the answer counts."""

    must_call: str = ""
    """The tool that has to be called; `*`: any; empty: none has to."""

    notes: tuple[str, ...] = field(default=())
    """What could not be translated, for the record."""

    cuts: tuple[Cut, ...] = ()
    """What of the injected tools was shortened."""
