"""On to the real API, with the client's own login, and back byte for byte.

What the client asks and what the API answers pass unchanged, errors included. What
does not pass: the proxy's token, headers of one connection, redirects, and whatever a
browser would read as leave to look in.

Unlike the local model, the real API may be behind the user's HTTP proxy and behind
certificates of their own, so that the client made here reads those from the
environment (`HTTPS_PROXY`, `NO_PROXY`, `SSL_CERT_FILE`). An API on this machine is
asked without them.
"""

import asyncio
import time
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from dataclasses import dataclass
from typing import cast
from urllib.parse import urlsplit

import httpx

from mux_tui.core.backends.chat_endpoint import shown_url
from mux_tui.core.config.urls import fault_of_url, is_loopback
from mux_tui.core.errors import BackendError, ConfigError
from mux_tui.core.proxy.answer_tap import AnswerTap
from mux_tui.core.proxy.closing_body import ClosingBody
from mux_tui.core.proxy.credentials import SECRET_HEADERS, Credentials
from mux_tui.core.proxy.http import Incoming, Reply, fault_json, fault_reply

_ONE_HOP = frozenset(
    {
        *("connection", "keep-alive", "proxy-connection", "proxy-authenticate"),
        *("te", "trailer", "trailers", "transfer-encoding", "upgrade", "expect"),
    }
)
_NOT_SENT = (
    _ONE_HOP
    | SECRET_HEADERS
    | {"host", "content-length", "accept-encoding", "origin", "referer", "forwarded"}
)
_NOT_GIVEN_BACK = _ONE_HOP | {
    *("content-length", "set-cookie", "alt-svc", "strict-transport-security"),
    *("date", "server"),
}
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"})
_OURS = ("/v1/messages/count_tokens",)
_THEIRS = ("/v1/", "/api/")


@dataclass(frozen=True)
class RelayLimits:
    """How long a relayed request may take, in seconds."""

    connect: float = 15.0
    write: float = 60.0
    """For one piece of the request."""

    first_byte: float = 600.0
    """From the request to the answer's status; an answer that is not streamed has to
    be written first."""

    silence: float = 300.0
    """Between two pieces of an answer."""


def relay_client(base_url: str) -> httpx.AsyncClient:
    """The client for the real API; it alone may go through the user's HTTP proxy."""
    return httpx.AsyncClient(
        trust_env=not is_loopback(base_url),
        follow_redirects=False,
        timeout=None,
        limits=httpx.Limits(max_connections=64, max_keepalive_connections=16),
    )


def is_relayable(method: str, path: str) -> bool:
    """Whether a request for something else than an answer may be passed on."""
    return (
        method in _METHODS
        and path.startswith(_THEIRS)
        and ".." not in path.split("/")
        and path not in _OURS
    )


class Relay:
    """Passes requests on to one API."""

    def __init__(
        self,
        client: httpx.AsyncClient,
        base_url: str,
        limits: RelayLimits | None = None,
    ) -> None:
        """Make a relay; the client stays its owner's to close.

        Args:
            client: As `relay_client` makes it.
            base_url: Where the API answers, without its path `/v1`.
            limits: How long to wait.

        Raises:
            ConfigError: Nobody's login may be sent to that address.
        """
        self._client = client
        self._limits = limits or RelayLimits()
        self._base = base_url.rstrip("/")
        self.shown = shown_url(base_url)
        if fault := _fault_of(base_url):
            raise ConfigError(
                f"cannot pass requests on to {self.shown}",
                f"proxy.relay_url must {fault}",
                "Set proxy.relay_url",
            )

    async def send(
        self,
        incoming: Incoming,
        body: bytes,
        login: Credentials,
        tap: AnswerTap | None = None,
    ) -> Reply:
        """Pass a request on.

        Args:
            incoming: The client's request.
            body: What to send as its body, as `history.cloud_body` makes it.
            login: The client's own.
            tap: Is shown the answer as it passes.

        Returns:
            The API's answer, whatever its status; or an error of our own, 502 or 504,
            that is not to be repeated.
        """
        tap = tap or AnswerTap()
        begun = time.monotonic()
        try:
            request = self._request(incoming, body, login)
            response = await self._client.send(
                request, stream=True, auth=None, follow_redirects=False
            )
        except httpx.TimeoutException:
            waited = f"after {time.monotonic() - begun:.0f} seconds"
            why = f"mux: no answer from {self.shown} {waited}"
            return fault_reply(504, "timeout_error", why, incoming.request_id)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            return self._broken(_cause(error), incoming)

        if 300 <= response.status_code < 400:
            await response.aclose()
            return self._broken("it wants the request to go elsewhere", incoming)

        headers = _given_back(response.headers)
        kind = headers.get("content-type", "")
        tap.begin(kind, headers.get("content-encoding", ""))
        passing = _passing(response, tap, self._limits.silence, self.shown)
        answer = ClosingBody(passing, response.aclose)
        return Reply(response.status_code, headers, answer)

    def _request(
        self, incoming: Incoming, body: bytes, login: Credentials
    ) -> httpx.Request:
        limits = self._limits
        query = f"?{incoming.query}" if incoming.query else ""
        # Not by the client, which would add headers of its own.
        return httpx.Request(
            incoming.method,
            f"{self._base}{incoming.path}{query}",
            headers=_sent(incoming.headers, login),
            content=body or None,
            extensions={
                "timeout": {
                    "connect": limits.connect,
                    "write": limits.write,
                    "read": limits.first_byte,
                    "pool": limits.connect,
                }
            },
        )

    def _broken(self, why: str, incoming: Incoming) -> Reply:
        message = f"mux: no answer from {self.shown}: {why}"
        return fault_reply(502, "api_error", message, incoming.request_id)


async def _passing(
    response: httpx.Response, tap: AnswerTap, silence: float, shown: str
) -> AsyncGenerator[bytes, None]:
    """Pass the pieces on, and say so when they break off.

    Raises:
        BackendError: An answer that is no plain stream of events broke off: its client
            must not take it for whole.
    """
    try:
        async with aclosing(_arriving(response, silence)) as pieces:
            async for piece in pieces:
                tap.feed(piece)
                yield piece
        tap.end()
    except (httpx.HTTPError, TimeoutError) as error:
        if tap.complete:
            return
        why = _cause(error)
        if not _is_event_stream(response.headers):
            what = f"{shown} broke its answer off"
            raise BackendError("cut", what, why) from None
        message = f"mux: {shown} broke its answer off: {why}"
        data = fault_json("api_error", message)
        farewell = b"\n\nevent: error\ndata: " + data + b"\n\n"
        tap.feed(farewell)
        yield farewell
    finally:
        await response.aclose()


async def _arriving(
    response: httpx.Response, silence: float
) -> AsyncGenerator[bytes, None]:
    # Annotated as an iterator, but a generator that wants to be closed.
    arriving = cast(AsyncGenerator[bytes, None], response.aiter_raw())
    async with aclosing(arriving) as raw:
        while True:
            async with asyncio.timeout(silence):
                piece = await anext(raw, None)
            if piece is None:
                return
            yield piece


def _is_event_stream(headers: httpx.Headers) -> bool:
    plain = headers.get("content-encoding", "identity") in ("", "identity")
    return plain and headers.get("content-type", "").startswith("text/event-stream")


def _sent(headers: Mapping[str, str], login: Credentials) -> list[tuple[bytes, bytes]]:
    """What the API is told: the client's headers, but for those of this connection.

    A compressed answer is not asked for: from here to the client it is one machine,
    and the tap has to read it.
    """
    named = {name.strip().lower() for name in headers.get("connection", "").split(",")}
    kept = {
        name: value
        for name, value in headers.items()
        if name not in _NOT_SENT and name not in named and not name.startswith("x-mux-")
    }
    kept |= {"accept-encoding": "identity"} | dict(login.headers)
    return [
        (name.encode("latin-1", "replace"), value.encode("latin-1", "replace"))
        for name, value in kept.items()
    ]


def _given_back(headers: httpx.Headers) -> dict[str, str]:
    named = {name.strip().lower() for name in headers.get("connection", "").split(",")}
    return {
        name: value
        for name, value in headers.items()
        if name not in _NOT_GIVEN_BACK
        and name not in named
        and not name.startswith("access-control-")
    }


def _fault_of(url: str) -> str:
    if fault := fault_of_url(url):
        return fault
    if "@" in urlsplit(url).netloc:
        return "name no user and no password"
    if url.startswith("http://") and not is_loopback(url):
        return "begin with https://, so that nobody can read the login on its way"

    return ""


def _cause(error: Exception) -> str:
    """Why it failed, in our own words: an error's text may hold a proxy's password."""
    match error:
        case httpx.ProxyError():
            return "the HTTP proxy of the environment refuses"
        case httpx.ConnectError():
            return "no connection"
        case httpx.TimeoutException() | TimeoutError():
            return "nothing came for too long"
        case httpx.UnsupportedProtocol() | httpx.InvalidURL():
            return "the address cannot be used"
        case _:
            return "the connection broke"
