"""Trying again what may yet work: broken connections, and a hub in trouble."""

import time
from collections.abc import Callable
from typing import TypeVar

import httpx2
from huggingface_hub.errors import HfHubHTTPError

from mux_tui.core.weights.hub.child.wire import tell

_FIRST_PAUSE = 0.5
_LONGEST_PAUSE = 30.0
_PASSING = frozenset((408, 429, 500, 502, 503, 504))

Result = TypeVar("Result")


class Cut(Exception):
    """An answer ended before it was whole."""


class Patience:
    """Counts the tries that brought nothing, and waits longer after each."""

    def __init__(self, tries: int) -> None:
        """Allow so many in a row."""
        self._tries = tries
        self._failed = 0

    def renew(self) -> None:
        """Something came: begin to count anew."""
        self._failed = 0

    def wait(self, error: Exception) -> None:
        """Wait before another try.

        Raises:
            Exception: The error itself, when it will not pass or was the last.
        """
        self._failed += 1
        if not passing(error) or self._failed >= self._tries:
            raise error

        tell(retry=self._failed, of=self._tries)
        time.sleep(_pause(error, self._failed))


def persistently(work: Callable[[], Result], tries: int) -> Result:
    """Do `work` again until it works, or will not."""
    patience = Patience(tries)
    while True:
        try:
            return work()
        except (httpx2.HTTPError, HfHubHTTPError) as error:
            patience.wait(error)


def passing(error: Exception) -> bool:
    """Whether the next try may go better."""
    if isinstance(error, HfHubHTTPError):
        return error.response.status_code in _PASSING

    # What the address itself cannot be does not pass.
    return isinstance(error, (httpx2.TransportError, Cut)) and not isinstance(
        error, httpx2.UnsupportedProtocol
    )


def _pause(error: Exception, failed: int) -> float:
    asked = ""
    if isinstance(error, HfHubHTTPError):
        asked = error.response.headers.get("retry-after", "")
    wanted = float(asked) if asked.isascii() and asked.isdigit() else 0.0
    return min(max(_FIRST_PAUSE * 2 ** (failed - 1), wanted), _LONGEST_PAUSE)
