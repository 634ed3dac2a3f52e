"""How fast a download is lately, and how long it still takes."""

import time
from collections import deque
from collections.abc import Callable

from mux_tui.core.events import Progressed

_WINDOW = 10.0
_FIRST = 0.5


class Pace:
    """Reads the clock at every report; a new step begins anew."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """Start with nothing seen; `clock` tells seconds."""
        self._clock = clock
        self._step = ""
        self._seen: deque[tuple[float, int]] = deque()
        self._total: int | None = None

    def seen(self, event: Progressed) -> None:
        """Take note of how far it is."""
        went_back = bool(self._seen) and event.done < self._seen[-1][1]
        if event.step != self._step or went_back:
            self._seen.clear()
        self._step, self._total = event.step, event.total
        now = self._clock()
        self._seen.append((now, event.done))
        while len(self._seen) > 2 and self._seen[1][0] <= now - _WINDOW:
            self._seen.popleft()

    @property
    def per_second(self) -> float | None:
        """Units a second; None: too early to tell."""
        if len(self._seen) < 2:
            return None

        (start, before), (end, done) = self._seen[0], self._seen[-1]
        return (done - before) / (end - start) if end - start >= _FIRST else None

    @property
    def seconds_left(self) -> float | None:
        """Until all is there at this pace; None: cannot be told."""
        if not self.per_second or self._total is None:
            return None

        return max(self._total - self._seen[-1][1], 0) / self.per_second
