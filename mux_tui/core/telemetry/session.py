"""The HTTP session under OpenTelemetry's exporters.

They would try six times, take a redirect and any web page for a success, and log the
reason of a failure. Here a delivery is tried once, what answers has to be a collector,
and the reason is kept for whoever tells the user. Proxies of the environment are used
for collectors elsewhere; logins out of `~/.netrc` never are.
"""

import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.auth import AuthBase

from mux_tui.core.config.urls import is_loopback
from mux_tui.core.telemetry.target import Target
from mux_tui.core.telemetry.undelivered import DOCTOR, Undelivered
from mux_tui.core.text import one_line

_MOST_READ = 65_536
_OWN = ("content-type", "content-encoding", "user-agent")
"""Headers that are the exporter's business."""

_BUSY = (408, 429)


class _NoLogin(AuthBase):
    """Keeps requests from looking for a login of its own."""

    def __call__(self, r: requests.PreparedRequest) -> requests.PreparedRequest:
        return r


class _Failed(Exception):
    """Nothing that the exporter would try again."""


class CollectorSession(requests.Session):
    """Speaks with one collector."""

    def __init__(self, target: Target) -> None:
        """Make one; nothing is connected yet."""
        super().__init__()
        self.auth = _NoLogin()
        self.trust_env = not is_loopback(target.endpoint)
        self.failure: Undelivered | None = None
        """Why the last delivery failed; None: it did not."""

        self.answer = b""
        """The body of the last answer, as far as it was read."""

        self._target = target

    def reset(self) -> None:
        """Forget the last delivery."""
        self.failure, self.answer = None, b""

    def request(  # pyright: ignore[reportIncompatibleMethodOverride]
        self,
        method: str,
        url: str,
        headers: Mapping[str, str] | None = None,
        data: bytes | None = None,
        **_: Any,
    ) -> requests.Response:
        """Send once; the time limit is the target's.

        Raises:
            _Failed: It was not taken; `failure` says why.
        """
        self.reset()
        own = {k: v for k, v in (headers or {}).items() if k.lower() in _OWN}
        try:
            response = super().request(
                method,
                url,
                headers=own | dict(self._target.headers),
                data=data,
                timeout=self._target.timeout,
                allow_redirects=False,
                stream=True,
            )
            self.answer = self._read(response)
        except (requests.RequestException, OSError, ValueError) as error:
            self.failure = self._of_error(error)
            raise _Failed(str(self.failure)) from error

        self.failure = self._of_answer(response)
        if self.failure is not None:
            raise _Failed(str(self.failure))

        return response

    def _read(self, response: requests.Response) -> bytes:
        """The beginning of a body, as far as it comes in time."""
        until = time.monotonic() + self._target.timeout
        body = b""
        with response:
            for piece in response.iter_content(4096):
                body += piece
                if len(body) > _MOST_READ or time.monotonic() > until:
                    break
        return body[:_MOST_READ]

    def _of_error(self, error: Exception) -> Undelivered:
        where, limit = self._target.shown, self._target.timeout
        match error:
            case requests.exceptions.SSLError():
                why = f"the certificate of {where} is not trusted"
                hint = "Name yours in OTEL_EXPORTER_OTLP_CERTIFICATE"
                return Undelivered(why, hint)
            case requests.exceptions.ConnectTimeout():
                why = f"{where} could not be reached within {limit:g} s"
            case requests.exceptions.Timeout():
                why = f"{where} did not answer within {limit:g} s"
            case (
                requests.exceptions.ConnectionError()
                | requests.exceptions.ChunkedEncodingError()
            ):
                why = f"nothing at {where} answers as a collector does"
            case OSError() if not isinstance(error, requests.RequestException):
                why = one_line(str(error), 200)
                hint = "Look at OTEL_EXPORTER_OTLP_CERTIFICATE and its like"
                return Undelivered(why, hint)
            case _:
                why = f"{where}: {one_line(type(error).__name__, 80)}"
        return Undelivered(why, _hint(self._target))

    def _of_answer(self, response: requests.Response) -> Undelivered | None:
        where, status = self._target.shown, response.status_code
        again = status >= 500 or status in _BUSY
        kind = response.headers.get("content-type", "").partition(";")[0].strip()
        match status:
            case _ if 200 <= status < 300 and kind.lower() != "text/html":
                return None
            case _ if 200 <= status < 300:
                why, hint = f"a web page answers at {where}", _hint(self._target)
            case 401 | 403:
                why = f"{where} did not accept the headers ({status})"
                hint = "Look at the variable that telemetry.headers_env names"
            case 404 | 405:
                why = f"{where} takes no such data ({status})"
                hint = f"Check telemetry.endpoint; {DOCTOR}"
            case _:
                why, hint = f"{where} answered {status}", DOCTOR
        return Undelivered(why, hint, again=again, status=status)


def _hint(target: Target) -> str:
    try:
        port = urlsplit(target.endpoint).port
    except ValueError:
        port = None
    if port == 4317:
        return "Port 4317 is gRPC's; OTLP over HTTP is usually at 4318"

    return f"Start the collector, or mend telemetry.endpoint; {DOCTOR}"
