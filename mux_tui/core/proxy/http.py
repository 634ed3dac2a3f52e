"""What the HTTP face and the service behind it say to each other.

The face knows sockets, tokens and limits; the service knows requests and answers. All
that passes between them is an `Incoming` and a `Reply`.
"""

import json
from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal, Protocol

from mux_tui.core.events import ProxyEvent
from mux_tui.core.text import one_line

Body = bytes | AsyncGenerator[bytes, None]
"""An answer: whole, or in pieces as they come. The generator is closed when the client
leaves, wherever it stands; what it holds open is closed in its `finally`."""

FaultType = Literal[
    "invalid_request_error",
    "authentication_error",
    "permission_error",
    "not_found_error",
    "request_too_large",
    "rate_limit_error",
    "api_error",
    "timeout_error",
    "overloaded_error",
]
"""What the API calls its errors; clients know no others."""

_NOTHING: Mapping[str, str] = MappingProxyType({})
_MESSAGE = 300


@dataclass(frozen=True, slots=True)
class Incoming:
    """A request that passed the gate, whole."""

    method: str
    path: str
    query: str
    """What follows the question mark; never a place for secrets."""

    headers: Mapping[str, str]
    """By name in lower case; of a name sent twice, the last one."""

    body: bytes = b""
    request_id: str = ""
    """The `request-id` that the answer to it carries."""


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer, as far as it is known when it begins."""

    status: int
    headers: Mapping[str, str] = field(default_factory=lambda: _NOTHING)
    """By name in lower case. The face sets `content-length`, and a `request-id` when
    there is none; headers of one connection and CORS headers do not pass it."""

    body: Body = b""


class Service(Protocol):
    """What answers, once a request is let in.

    A method that waits is cancelled when the client leaves. An exception becomes
    `500 api_error`; faults that are the client's or the model's are replies.
    """

    async def messages(self, incoming: Incoming) -> Reply:
        """`POST /v1/messages`."""
        ...

    async def count_tokens(self, incoming: Incoming) -> Reply:
        """`POST /v1/messages/count_tokens`."""
        ...

    async def models(self, incoming: Incoming) -> Reply:
        """`GET /v1/models` and `GET /v1/models/ID`; `incoming.path` tells which."""
        ...

    async def health(self) -> Mapping[str, object]:
        """What the service tells of itself, as JSON values.

        `model`: the local model's name for people, or None. `traits`: its
        `ModelTraits` as an object, or None. More is passed on.
        """
        ...

    def warm(self) -> None:
        """Somebody is about to ask: read what can be read beforehand, at once."""
        ...

    def subscribe(self) -> AsyncGenerator[ProxyEvent, None]:
        """What happens from now on; `feed.Feed` is what to build it with.

        The service never waits for a reader: the generator of one that is too slow
        ends.
        """
        ...

    async def aclose(self) -> None:
        """End what is under way, and close what was opened."""
        ...


class Refused(Exception):
    """A request is not for the service; says what the client is told."""

    def __init__(
        self,
        status: int,
        kind: FaultType,
        why: str,
        headers: Mapping[str, str] = _NOTHING,
    ) -> None:
        """Make a refusal.

        Args:
            status: Its HTTP status.
            kind: The API's type of error.
            why: One sentence, without secrets and without what the client sent.
            headers: More headers of the answer.
        """
        super().__init__(why)
        self.status = status
        self.kind: FaultType = kind
        self.why = why
        self.headers = headers

    def reply(self, request_id: str) -> Reply:
        """As an answer to the request with that number."""
        return fault_reply(
            self.status,
            self.kind,
            f"mux: {self.why}",
            request_id,
            headers=self.headers,
        )


def fault_json(kind: FaultType, message: str, request_id: str = "") -> bytes:
    """An error in the API's shape; the message is made one line."""
    error = {"type": kind, "message": one_line(message, _MESSAGE)}
    whole: dict[str, object] = {"type": "error", "error": error}
    if request_id:
        whole["request_id"] = request_id
    return json.dumps(whole).encode()


def fault_reply(
    status: int,
    kind: FaultType,
    message: str,
    request_id: str = "",
    *,
    retry: bool = False,
    headers: Mapping[str, str] = _NOTHING,
) -> Reply:
    """An error as a reply.

    Args:
        status: Its HTTP status.
        kind: Its type; clients decide by status and type what to do.
        message: One sentence for the user, without secrets.
        request_id: As the request's.
        retry: Whether the same request may work a moment later; clients that are not
            told otherwise try many times.
        headers: More headers.
    """
    told = {"content-type": "application/json"}
    if not retry:
        told["x-should-retry"] = "false"
    return Reply(status, told | dict(headers), fault_json(kind, message, request_id))
