"""From what a cloud CLI says of its failure to the reason code for it.

The words are those the three CLIs use; they change more often than the codes, so a
status code, where there is one, is asked first.
"""

import re

from mux_tui.core.errors import BackendFault

_BY_STATUS: dict[int, BackendFault] = {
    401: "not_logged_in",
    403: "not_logged_in",
    413: "context_too_large",
    429: "rate_limit",
    529: "rate_limit",
}

_WORDS: dict[BackendFault, str] = {
    "context_too_large": (
        r"prompt is too long|context.?length.?exceeded|context window|"
        r"maximum context length|request too large"
    ),
    "not_logged_in": (
        r"not logged in|/login\b|log ?in (is )?required|invalid api key|"
        r"invalid x-api-key|api key not valid|unauthori[sz]ed|authentication|"
        r"\b401\b|oauth token|set an auth method|invalid auth method|"
        r"missing environment variable|permission_denied|no access token"
    ),
    "rate_limit": (
        r"rate.?limit|\b429\b|\b529\b|overloaded|usage limit|quota|"
        r"resource.?exhausted|too many requests|hit your limit"
    ),
    "network": (
        r"unable to connect|connection ?refused|connection failed|"
        r"waiting for network|fetch failed|getaddrinfo|enotfound|econnreset|"
        r"econnrefused|etimedout|network (is )?unreachable|does not resolve|"
        r"error sending request|dns error"
    ),
    "cut": (
        r"stream disconnected|stream ended without|api error: terminated|"
        r"premature close"
    ),
}

_USAGE = re.compile(
    r"unknown (option|argument)|unexpected argument|unrecognized (option|argument)|"
    r"invalid value .* for|error loading config|^usage:|trusted directory",
    re.IGNORECASE | re.MULTILINE,
)


def fault_of(message: str, status: int | None = None) -> BackendFault | None:
    """Return the reason code for a failure; None: neither code nor words tell.

    Args:
        message: What the CLI says.
        status: The HTTP status it got from its vendor; None: not told.
    """
    if status in _BY_STATUS:
        return _BY_STATUS[status]
    for fault, words in _WORDS.items():
        if re.search(words, message, re.IGNORECASE):
            return fault

    return "http_error" if status is not None and status >= 400 else None


def is_usage(message: str) -> bool:
    """Whether a CLI refuses its arguments or its configuration."""
    return bool(_USAGE.search(message))
