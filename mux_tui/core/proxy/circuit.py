"""Leaving a model alone that fails every time.

After some failures in a row requests are refused at once for a while; then one of them
is let through, and what becomes of it decides.
"""

import time
from collections.abc import Callable

FAILURES = 5
REST_SECONDS = 30.0


class Circuit:
    """Counts failures in a row."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        """Make one that lets everything through."""
        self.why = ""
        """The last failure."""

        self._now = now
        self._failures = 0
        self._until = 0.0

    def rest(self) -> float:
        """Seconds for which requests are refused; 0: this one may go.

        Whoever is told 0 after a rest is the one that is let through: the others are
        refused until its outcome is known, or another rest has passed.
        """
        if self._failures < FAILURES:
            return 0.0
        left = self._until - self._now()
        if left > 0:
            return left

        self._until = self._now() + REST_SECONDS
        return 0.0

    def failed(self, why: str) -> None:
        """A request failed for a reason that may hold for the next one too."""
        self.why = why
        self._failures += 1
        if self._failures >= FAILURES:
            self._until = self._now() + REST_SECONDS

    def succeeded(self) -> None:
        """A request was answered."""
        self._failures = 0

    @property
    def state(self) -> str:
        """`closed`: all goes through. `open`: nothing does. `half_open`: one may."""
        if self._failures < FAILURES:
            return "closed"

        return "open" if self._until > self._now() else "half_open"
