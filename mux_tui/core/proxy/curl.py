"""The last request as a command that asks it again, without anything secret in it.

The token is a variable of the shell, and the body comes from the file in which
credentials are masked already. It goes in by standard input: a shell takes no argument
of that size.
"""

import json
import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from mux_tui.core.errors import ProxyError
from mux_tui.core.paths import Paths
from mux_tui.core.proxy.client_environment import TOKEN_HEADER
from mux_tui.core.text import one_line
from mux_tui.core.wire.documents import NotJson, as_object, as_text, parse

_MOST_BYTES = 64 * 1024 * 1024
_PASSED_ON = frozenset({"anthropic-version", "anthropic-beta"})
_VALUE = re.compile(r"[\x20-\x7e]{1,500}")
_END = "END_OF_BODY"
_VERSION = "2023-06-01"


@dataclass(frozen=True)
class KeptRequest:
    """The newest request that the proxy has kept."""

    id: str
    """Of the exchange."""

    body: Mapping[str, Any]
    """As the client sent it, credentials masked."""

    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    """Those that say what kind of request it is."""


def kept_request(paths: Paths) -> KeptRequest:
    """Read the newest request.

    Raises:
        ProxyError: None was kept, or not the whole of it.
    """
    path = paths.last_request
    what = "there is no last request to ask again"
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise ProxyError(what, f"{path} is too large")
        found = as_object(parse(path.read_bytes()))
    except FileNotFoundError as error:
        step = "Use the proxy once, with proxy.keep_last on"
        raise ProxyError(what, "none was kept", step) from error
    except OSError as error:
        raise ProxyError(what, f"{path}: {error.strerror or error}") from error
    except NotJson as error:
        raise ProxyError(what, f"{path} is {error}") from error

    body = as_object(found.get("body"))
    if not body:
        raise ProxyError(what, "it was no JSON object, or too large to be kept whole")

    return KeptRequest(as_text(found.get("id")), body, _kind(found.get("headers")))


def curl_command(kept: KeptRequest, url: str) -> str:
    """A command for a POSIX shell; it takes the token from mux, and shows none.

    Args:
        kept: What to ask.
        url: Where the proxy answers, without a path.
    """
    headers = {"content-type": "application/json", "anthropic-version": _VERSION}
    told = [
        f"  -H {shlex.quote(f'{name}: {value}')} \\"
        for name, value in (headers | dict(kept.headers)).items()
    ]
    # In ASCII, and on one line: nothing in it can end the document, or reach a
    # terminal as anything but text.
    body = json.dumps(kept.body, separators=(",", ":")).replace("\x7f", "\\u007f")
    lines = (
        "MUX_TOKEN=$(mux proxy env --token) &&",
        f"curl -sS -N {shlex.quote(one_line(url) + '/v1/messages')} \\",
        f'  -H "{TOKEN_HEADER}: $MUX_TOKEN" \\',
        *told,
        f"  --data-binary @- <<'{_END}'",
        body,
        _END,
    )
    return "\n".join(lines) + "\n"


def _kind(value: object) -> dict[str, str]:
    return {
        name: text
        for name, text in as_object(value).items()
        if name in _PASSED_ON and _VALUE.fullmatch(as_text(text))
    }
