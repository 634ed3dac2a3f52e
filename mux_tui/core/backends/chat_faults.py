"""Everything that can go wrong at a model server, as one error with a reason code."""

import errno
import os
import re
from collections.abc import Generator
from contextlib import contextmanager
from typing import cast

import httpx

from mux_tui.core.backends.chat_endpoint import Endpoint
from mux_tui.core.errors import BackendError
from mux_tui.core.text import one_line
from mux_tui.core.wire.openai import ServerFault
from mux_tui.core.wire.sse import EventTooLarge

_OVERFLOW = re.compile(
    r"context[ _-]*(length|size|window|limit|overflow|exceeded)"
    r"|exceeds? .{0,40}context"
    r"|max(imum)?[ _](model|input|prompt|seq)\w*[ _]len"
    r"|(prompt|input|request|messages?) (is |are )?too (long|large)"
    r"|too many (input |prompt )?tokens"
    r"|token limit exceeded|exceeds? .{0,20}token limit"
    r"|reduce the (length|number of tokens)"
    r"|inputs.{0,40}max_new_tokens",
    re.IGNORECASE,
)
_THROTTLED = re.compile(r"rate.?limit|throttl|per minute|please wait", re.IGNORECASE)
_TRACEBACK = "Traceback (most recent call last)"
_HOMES = re.compile(r"(/Users|/home)/[^/\s'\":]+|/root\b|[A-Z]:\\Users\\[^\\\s'\":]+")


def server_words(message: str) -> str:
    """A server's message as one short line, without traceback and home directories."""
    before, traceback, after = message.strip().partition(_TRACEBACK)
    lines = before.strip().splitlines() or after.strip().splitlines()[-1:]
    line = lines[0] if lines else ""
    if traceback:
        line = line.rstrip(" :")

    return one_line(_HOMES.sub("~", line), 300)


def is_overflow(fault: ServerFault) -> bool:
    """Whether the server says that the prompt does not fit the model."""
    if fault.context_tokens and fault.prompt_tokens:
        return True

    words = f"{fault.kind} {fault.message}"
    return bool(_OVERFLOW.search(words)) and not _THROTTLED.search(words)


def from_status(status: int, fault: ServerFault, endpoint: Endpoint) -> BackendError:
    """The error for an answer that is not a success."""
    if status < 300:
        return bad_response(endpoint, f"an empty answer with status {status}")
    if status < 400:
        return BackendError(
            "http_error",
            f"{endpoint.shown} answers with status {status}",
            "redirects are not followed",
            "Set providers.local.base_url to the server's own address",
        )
    if status in (401, 403):
        return BackendError(
            "not_logged_in",
            f"{endpoint.shown} refuses the request with status {status}",
            server_words(fault.message),
            "Set providers.local.api_key_env to the variable with the server's key",
        )
    if status == 429:
        return BackendError(
            "rate_limit", f"{endpoint.shown} is busy", server_words(fault.message)
        )
    if status == 413 or (status < 500 and is_overflow(fault)):
        return _overflow(fault)

    what = f"{endpoint.shown} answers with status {status}"
    return BackendError("http_error", what, server_words(fault.message))


def from_server(fault: ServerFault) -> BackendError:
    """The error for a fault told inside a successful answer."""
    if is_overflow(fault):
        return _overflow(fault)

    why = server_words(fault.message) or server_words(fault.kind)
    return BackendError("backend_error", "the local server reports an error", why)


def _overflow(fault: ServerFault) -> BackendError:
    sizes = (
        f" ({fault.prompt_tokens} tokens, the model holds {fault.context_tokens})"
        if fault.prompt_tokens and fault.context_tokens
        else ""
    )
    return BackendError(
        "context_too_large",
        f"the prompt is too large for the local model{sizes}",
        server_words(fault.message),
    )


def cut(tokens: int) -> BackendError:
    """The error for a stream that ended before the answer did."""
    return BackendError(
        "cut", f"the local server closed the stream after {tokens} tokens"
    )


def bad_response(endpoint: Endpoint, why: str) -> BackendError:
    """The error for bytes that are no Chat Completions answer."""
    return BackendError(
        "bad_response",
        f"{endpoint.shown} does not answer as a Chat Completions server",
        one_line(why),
        "Look which program answers there",
    )


@contextmanager
def as_backend_errors(endpoint: Endpoint) -> Generator[None, None, None]:
    """Turn what httpx and the codecs raise into `BackendError`."""
    try:
        yield
    except EventTooLarge as error:
        raise bad_response(endpoint, str(error)) from error
    except httpx.ConnectTimeout as error:
        raise BackendError(
            "stalled",
            f"no connection to {endpoint.shown} in time",
            "",
            _start(endpoint),
        ) from error
    except httpx.ConnectError as error:
        raise BackendError(
            "connection",
            f"no answer from {endpoint.shown}",
            _connect_reason(error),
            _start(endpoint),
        ) from error
    except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError) as error:
        raise _other(error, endpoint) from error


def _other(error: Exception, endpoint: Endpoint) -> BackendError:
    if is_cut(error):
        return cut(0)
    if isinstance(error, httpx.RemoteProtocolError):
        return bad_response(endpoint, str(error))

    return BackendError(
        "connection",
        f"cannot talk to {endpoint.shown}",
        one_line(str(error) or type(error).__name__),
        "Check providers.local.base_url",
    )


def is_cut(error: Exception) -> bool:
    """Whether the server went away, rather than said something wrong."""
    if isinstance(error, httpx.RemoteProtocolError):
        # The library has one class for both; only its words differ.
        return "disconnected" in str(error) or "closed connection" in str(error)

    return isinstance(error, httpx.NetworkError)


def _start(endpoint: Endpoint) -> str:
    if endpoint.label:
        # Only the server that mux starts is called by another name than its id.
        return "Start it: mux server start"

    return "Start that server, or check providers.local.base_url"


def _connect_reason(error: BaseException) -> str:
    """The operating system's words, which libraries wrap several times."""
    reason = str(error)
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, OSError) and cause.errno:
            # asyncio puts the address into the text; name look-ups have own numbers.
            own = cause.errno in errno.errorcode
            reason = os.strerror(cause.errno) if own else cause.strerror or reason
        cause = _beneath(cause)

    return one_line(reason).lower()


def _beneath(error: BaseException) -> BaseException | None:
    if isinstance(error, BaseExceptionGroup):
        return cast(BaseExceptionGroup[BaseException], error).exceptions[0]

    return error.__cause__ or error.__context__
