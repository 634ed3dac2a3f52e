"""Who may come in: programs on this machine that know the token, and no web page.

A browser lets any page send requests to 127.0.0.1. What stops them here is the token,
the Host header (a page whose name was pointed at us still sends its own), and the
Origin header, which no program of ours sends.
"""

import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from mux_tui.core.proxy.http import Refused

Headers = Sequence[tuple[bytes, bytes]]
"""As they were sent, names in lower case."""

_OPEN = {("HEAD", "/"), ("GET", "/"), ("GET", "/health"), ("HEAD", "/health")}
"""What answers without the token; it tells nothing that a port scan does not."""

_INVALID: Final = "invalid_request_error"
_TOKEN_HEADERS = (b"x-mux-token", b"x-api-key")


@dataclass(frozen=True)
class Gate:
    """What a request must show."""

    port: int
    token: str

    def check(self, method: str, path: str, target: bytes, headers: Headers) -> None:
        """Let a request in.

        Args:
            method: Its method.
            path: Its path.
            target: What was asked for, as it stands in the request line.
            headers: All its headers.

        Raises:
            Refused: It is not let in.
        """
        names = {name for name, _ in headers}
        self._check_host(target, headers)
        if b"origin" in names:
            raise Refused(
                403, "permission_error", "web pages are not let in: Origin is sent"
            )
        if b"sec-websocket-key" in names:
            raise Refused(400, _INVALID, "there are no WebSockets here")
        if (method, path) not in _OPEN and not self.knows(headers):
            why = "the proxy's token is missing or wrong. See: mux proxy env"
            raise Refused(401, "authentication_error", why)

    def knows(self, headers: Headers) -> bool:
        """Whether the token is among the headers, wherever clients put it."""
        wanted = self.token.encode()
        # Every place is compared, so that the time tells nothing of which one fits.
        fits = [hmac.compare_digest(shown, wanted) for shown in _shown(headers)]
        return any(fits)

    def _check_host(self, target: bytes, headers: Headers) -> None:
        hosts = [value for name, value in headers if name == b"host"]
        if len(hosts) != 1:
            raise Refused(400, _INVALID, f"{len(hosts)} Host headers instead of one")
        if not self._is_ours(hosts[0]):
            raise Refused(421, _INVALID, "the Host header names another server")
        if not target.startswith(b"/") and not self._is_absolute(target):
            raise Refused(421, _INVALID, "the address names another server")

    def _is_absolute(self, target: bytes) -> bool:
        scheme, _, rest = target.partition(b"://")
        return scheme.lower() == b"http" and self._is_ours(rest.partition(b"/")[0])

    def _is_ours(self, host: bytes) -> bool:
        names = (b"127.0.0.1", b"localhost", b"[::1]")
        return host.lower() in {b"%s:%d" % (name, self.port) for name in names}


def _shown(headers: Headers) -> list[bytes]:
    shown: list[bytes] = []
    for name, value in headers:
        if name in _TOKEN_HEADERS:
            shown.append(value.strip())
        elif name == b"authorization":
            scheme, _, token = value.partition(b" ")
            if scheme.lower() == b"bearer":
                shown.append(token.strip())

    return shown
