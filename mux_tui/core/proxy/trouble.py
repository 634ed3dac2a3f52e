"""What went wrong, as the client must hear it to do the right thing once.

A client repeats a request by itself after most statuses, and silently. So everything
that a repetition cannot mend says so, and a prompt that is too long is told in the one
wording that makes the client shorten its conversation.
"""

import math
import re
from dataclasses import dataclass

from mux_tui.core.errors import BackendError, MuxError
from mux_tui.core.proxy.upstream import Refused
from mux_tui.core.text import one_line
from mux_tui.core.wire.anthropic_events import ErrorType, Failure

_LONGEST_WAIT = 60
_LOADING_WAIT = 5
_WINDOW = re.compile(r"(?:maximum|limit|context|window)\D{0,60}(\d{3,9})", re.I)
_PROMPT = re.compile(
    r"(?:requested|prompt|input|have|has|resulted in)\D{0,60}(\d{3,9})\s+tokens", re.I
)


@dataclass(frozen=True)
class Trouble:
    """A fault, as a status or as the last event of a stream."""

    status: int
    type: ErrorType
    message: str
    """One line of at most 300 characters."""

    retry_after: int | None = None
    """Seconds; None: the header is left out."""

    should_retry: bool = False
    """False: `x-should-retry: false` is said."""

    @property
    def failure(self) -> Failure:
        """The fault as an event."""
        return Failure(self.type, self.message)

    @property
    def headers(self) -> dict[str, str]:
        """What goes with the status."""
        told = {} if self.should_retry else {"x-should-retry": "false"}
        if self.retry_after is not None:
            told["retry-after"] = str(self.retry_after)
        return told


def bad_request(why: str) -> Trouble:
    """A body that is no request."""
    return Trouble(400, "invalid_request_error", _said(f"not a request: {why}"))


def too_long(tokens: int, window: int) -> Trouble:
    """A prompt that does not fit; worded so that the client compacts."""
    tokens = max(tokens, window + 1)
    message = f"prompt is too long: {tokens} tokens > {window} maximum"
    return Trouble(400, "invalid_request_error", message)


def resting(seconds: float, why: str) -> Trouble:
    """The model failed too often just now, and is left alone for a moment."""
    message = _said(f"the local model failed several times in a row: {why}")
    return Trouble(
        503, "overloaded_error", message, max(1, math.ceil(seconds)), should_retry=True
    )


def from_error(error: MuxError, tokens: int, window: int | None) -> Trouble:
    """The trouble that an error means.

    Args:
        error: From starting, asking or reading the model.
        tokens: How long the prompt is, as far as that is known.
        window: How much the model holds; None: not known.
    """
    match error:
        case BackendError(fault="context_too_large"):
            return _overflow(error, tokens, window)
        case Refused():
            return _refused(error)
        case BackendError(fault="stalled"):
            return Trouble(504, "timeout_error", _said(error))
        case BackendError(fault="rate_limit"):
            return Trouble(429, "rate_limit_error", _said(error))
        case _:
            return Trouble(502, "api_error", _said(error))


def _said(words: object) -> str:
    return one_line(f"mux: {words}", 300)


def _refused(error: Refused) -> Trouble:
    message = _said(error)
    match error.status:
        case 429:
            wait = _wait(error.retry_after)
            retry = wait is not None
            return Trouble(429, "rate_limit_error", message, wait, should_retry=retry)
        case 503:
            wait = _wait(error.retry_after)
            wait = _LOADING_WAIT if wait is None else wait
            return Trouble(503, "overloaded_error", message, wait, should_retry=True)
        case 529:
            return Trouble(529, "overloaded_error", message, should_retry=True)
        case 408 | 504:
            return Trouble(504, "timeout_error", message)
        case 400 | 422:
            return Trouble(400, "invalid_request_error", message)
        case _:
            return Trouble(502, "api_error", message)


def _wait(header: str) -> int | None:
    text = header.strip()
    if not (text.isascii() and text.isdigit() and len(text) < 4):
        return None

    return int(text) if int(text) <= _LONGEST_WAIT else None


def _overflow(error: BackendError, tokens: int, window: int | None) -> Trouble:
    """The numbers are the server's where it tells them, else our own."""
    told = error.fault_told if isinstance(error, Refused) else None
    most = (told and told.context_tokens) or _number(_WINDOW, error.why) or window
    long = (told and told.prompt_tokens) or _number(_PROMPT, error.why) or tokens
    return too_long(long, most or max(long - 1, 1))


def _number(pattern: re.Pattern[str], words: str) -> int | None:
    found = pattern.search(words)
    return int(found[1]) if found else None
