"""What the scripted cloud is told to answer, in words that fit all three vendors."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from tests.cloud.received import Received

Ending = Literal["whole", "error", "cut", "hang"]
"""How an answer ends: as it should; with the vendor's error event; with a closed
connection; or not at all. The last three come after half of the text."""


@dataclass(frozen=True)
class Usage:
    """Tokens as the vendor is to report them."""

    input: int = 120
    """The whole prompt, cached tokens included."""

    cached: int = 20
    output: int = 30
    """Everything generated, reasoning included."""

    reasoning: int = 0


@dataclass(frozen=True)
class ToolCall:
    """A call that the model asks for after its text."""

    name: str
    arguments: Mapping[str, Any] = field(default_factory=dict[str, Any])
    id: str = "call_0001"
    text: str = ""
    """Given in place of arguments, to a tool of OpenAI's that takes plain text."""

    namespace: str = ""
    """Where the tool is found, with OpenAI; empty: among the others."""


@dataclass(frozen=True)
class Answer:
    """The model answers."""

    text: str = "Hello from the scripted cloud."
    reasoning: str = ""
    tool: ToolCall | None = None
    usage: Usage = field(default_factory=Usage)
    model: str = ""
    """The model's name; empty: the one that was asked for."""

    ending: Ending = "whole"
    delay: float = 0.0
    """Seconds before the first byte, as a model needs them to read the prompt."""

    def pieces(self) -> list[str]:
        """The text in a few parts, as it is streamed; all there is before a bad end."""
        size = max(1, len(self.text) // 4)
        parts = [self.text[at : at + size] for at in range(0, len(self.text), size)]
        return parts if self.ending == "whole" else parts[: len(parts) // 2]


@dataclass(frozen=True)
class Failure:
    """The vendor refuses with an HTTP status."""

    status: int
    message: str = "The scripted cloud says no."
    headers: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True)
class Silence:
    """The request is read, and nothing is ever sent."""


Reply = Answer | Failure | Silence

Script = Reply | tuple[Reply, ...] | Callable[[Received], Reply]
"""One reply for all requests; one after the other, the last one repeated; or a choice
made for each request."""


def reply_to(script: Script, request: Received, number: int) -> Reply:
    """The script's reply to the inference request with this number, from 0."""
    match script:
        case Answer() | Failure() | Silence():
            return script
        case tuple():
            return script[min(number, len(script) - 1)]
        case _:
            return script(request)
