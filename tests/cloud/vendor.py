"""What the three vendors' protocols have in common."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Protocol

from tests.cloud.received import Received, VendorName
from tests.cloud.script import Answer, ToolCall


@dataclass(frozen=True)
class Inference:
    """What a request for inference asks."""

    model: str
    stream: bool
    prompt: str


class Vendor(Protocol):
    """One vendor's protocol; all of it is values in, values out."""

    name: VendorName

    def inference(self, request: Received) -> Inference | None:
        """What the request asks; None when it is not for this vendor's model."""
        ...

    def whole(self, answer: Answer, model: str) -> dict[str, Any]:
        """The answer as one document."""
        ...

    def opening(self, answer: Answer, model: str) -> Iterator[bytes]:
        """The stream up to the last piece of text."""
        ...

    def closing(self, answer: Answer, model: str) -> Iterator[bytes]:
        """The rest of a stream that ends as it should."""
        ...

    def stream_error(self, message: str) -> bytes:
        """The event that tells of a failure in the middle of a stream."""
        ...

    def error(self, status: int, message: str) -> dict[str, Any]:
        """The document that goes with an error status."""
        ...


def sse(data: dict[str, Any], event: str = "") -> bytes:
    """One server-sent event."""
    name = f"event: {event}\n" if event else ""
    return f"{name}data: {json.dumps(data)}\n\n".encode()


def arguments(tool: ToolCall) -> str:
    """A tool call's arguments as JSON text."""
    return json.dumps(dict(tool.arguments))
