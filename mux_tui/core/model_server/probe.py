"""Is it our server that answers, and does it give a token?

A port that answers proves nothing, and neither does `/health`: mlx_lm.server says "ok"
while the model still loads. Proof is our own token on the answer, and a real token of
the model in it.
"""

import asyncio
import time
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

from mux_tui.core.errors import ServerError
from mux_tui.core.text import one_line
from mux_tui.core.wire.documents import NotJson
from mux_tui.core.wire.openai import (
    Message,
    Piece,
    ServerFault,
    build_request,
    parse_fault,
    parse_piece,
)

if TYPE_CHECKING:
    from httpx import AsyncClient, Response

ClientFactory = Callable[[], "AbstractAsyncContextManager[AsyncClient]"]

ModelState = Literal["loading", "loaded", "dead", "unknown"]
"""`dead`: the process lives, and will never generate again. `unknown`: not told."""

DEFAULT_MODEL = "default_model"
"""mlx_lm.server's name for the model it was started with. Any other name that it does
not know makes it unload that model."""

_BODY_BYTES = 1024 * 1024


@dataclass(frozen=True)
class Answer:
    """One answer over HTTP, with no more of its body than we are willing to hold."""

    status: int
    headers: dict[str, str]
    """By their names in lower case."""

    body: bytes
    cut: bool = False
    """The body was longer than what is held."""

    @property
    def instance(self) -> str:
        """The token of the server that mux started; empty: it has none."""
        return self.headers.get("x-mux-instance", "")

    @property
    def model_state(self) -> ModelState:
        """What our server says of its model."""
        told = self.headers.get("x-mux-model", "")
        return next(
            (state for state in get_args(ModelState) if state == told), "unknown"
        )

    @property
    def open_requests(self) -> int | None:
        """How many requests our server has under way; None: it does not tell."""
        told = self.headers.get("x-mux-requests", "")
        return int(told) if told.isascii() and told.isdigit() else None

    @property
    def idle_left(self) -> float | None:
        """Seconds until our server ends for want of requests.

        None: it does not, or has requests under way.
        """
        told = self.headers.get("x-mux-idle-left", "")
        plain = told.replace(".", "", 1)
        return float(told) if plain.isascii() and plain.isdigit() else None


@dataclass(frozen=True)
class FirstToken:
    """A real token, and how long it took."""

    seconds: float
    answer: Answer


def loopback_client() -> "AbstractAsyncContextManager[AsyncClient]":
    """A client for our own server: no proxy and no credentials from the environment."""
    # Late: a fifth of a second, and most commands talk to no server.
    import httpx

    # Plain HTTP on 127.0.0.1: reading the system's certificates would cost 25 ms.
    return httpx.AsyncClient(trust_env=False, timeout=None, verify=False)


def web_client() -> "AbstractAsyncContextManager[AsyncClient]":
    """A client for a server that the user names, here or elsewhere."""
    import httpx

    return httpx.AsyncClient(trust_env=False, timeout=None)


async def ask(
    client: "AsyncClient",
    url: str,
    timeout: float,
    *,
    body: bytes | None = None,
    headers: dict[str, str] | None = None,
) -> Answer:
    """Send one request, and hold a bounded part of the answer.

    Args:
        client: Who sends it.
        url: Where to.
        timeout: Seconds for all of it: a server that drips is as good as silent.
        body: JSON to POST; None: GET.
        headers: More headers.

    Raises:
        ServerError: No answer came, or not in time; `why` says which.
    """
    import httpx

    sent = {"Accept-Encoding": "identity"} | (headers or {})
    if body is not None:
        sent["Content-Type"] = "application/json"
    method = "GET" if body is None else "POST"
    try:
        async with (
            asyncio.timeout(timeout),
            client.stream(method, url, content=body, headers=sent) as response,
        ):
            return await _held(response)
    except TimeoutError:
        why = f"it has not answered within {timeout:g} s"
    except httpx.ConnectError:
        why = "nothing listens there, or it cannot be reached"
    except (httpx.UnsupportedProtocol, httpx.InvalidURL, UnicodeError):
        why = "this is no address of an HTTP server"
    except httpx.HTTPError as error:
        why = one_line(str(error), 120) or "the connection broke"

    raise ServerError(f"no answer from {one_line(url)}", why)


async def _held(response: "Response") -> Answer:
    body = bytearray()
    async for part in response.aiter_bytes():
        body += part
        if len(body) > _BODY_BYTES:
            break

    return Answer(
        response.status_code,
        {name.lower(): value for name, value in response.headers.items()},
        bytes(body[:_BODY_BYTES]),
        cut=len(body) > _BODY_BYTES,
    )


async def health(client: "AsyncClient", root: str, timeout: float) -> Answer | None:
    """Ask a server that mux started how it is; None: no answer in time."""
    try:
        return await ask(client, f"{root}/health", timeout)
    except ServerError:
        return None


async def first_token(
    client: "AsyncClient",
    base_url: str,
    model: str = DEFAULT_MODEL,
    timeout: float = 60.0,
    instance: str | None = None,
    headers: dict[str, str] | None = None,
) -> FirstToken:
    """Have one token generated, as the only proof that a model is served.

    Args:
        client: Who asks.
        base_url: Where the server answers, ending in `/v1`.
        model: The model's id there.
        timeout: Seconds to wait.
        instance: The token that must be on the answer; None: any server will do.
        headers: More headers, such as a key.

    Raises:
        ServerError: No token came, or another server's.
    """
    body = build_request(
        model, [Message("user", "Hi")], max_tokens=1, temperature=0, stream=False
    )
    url = f"{base_url}/chat/completions"
    begun = time.monotonic()
    answer = await ask(client, url, timeout, body=body, headers=headers)
    if instance is not None and answer.instance not in ("", instance):
        raise ServerError(
            f"{one_line(base_url)} is not the server that mux started",
            "another one answers there",
        )

    _check_token(answer, base_url)
    return FirstToken(time.monotonic() - begun, answer)


def _check_token(answer: Answer, base_url: str) -> None:
    what = f"no token from {one_line(base_url)}"
    if answer.status != 200:
        said = one_line(parse_fault(answer.body).message, 200)
        raise ServerError(what, f"HTTP {answer.status}" + (f", {said}" if said else ""))
    try:
        piece = parse_piece(answer.body)
    except NotJson as error:
        raise ServerError(what, f"the answer is {error}") from error

    match piece:
        case ServerFault(message=message):
            raise ServerError(what, one_line(message, 200))
        case Piece():
            counted = piece.usage.completion if piece.usage else None
            if not (piece.text or piece.reasoning or piece.logprobs or counted):
                raise ServerError(what, "the answer is empty")
