"""A local model's state as it was last seen, while that is fresh enough to decide by.

A shell that stays open looks at the model every few seconds anyway. A busy server needs
a tenth of a second to say how it is, and a decision should not wait for that: whoever
asks the model itself finds out the truth then.
"""

import time
from collections.abc import Callable
from pathlib import Path

from mux_tui.core.local_model.base import LocalModel
from mux_tui.core.routing.situation import LocalState

FRESH_SECONDS = 5.0


class SeenModel:
    """What a decision looks at of a local model."""

    def __init__(
        self,
        local: LocalModel,
        fresh: float = FRESH_SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Look at `local`; nothing has been seen yet.

        Args:
            local: The model.
            fresh: Seconds for which "ready" is believed; 0: it is always asked.
            clock: Seconds that never jump.
        """
        self._local = local
        self._fresh = fresh
        self._clock = clock
        self._last: LocalState | None = None
        self._at = 0.0

    @property
    def directory(self) -> Path | None:
        """The model's files; None: they are somebody else's business."""
        return self._local.directory

    async def state(self) -> LocalState:
        """How it was a moment ago if it was ready, else how it is."""
        if (
            self._last is not None
            and self._last.status == "ready"
            and self._clock() - self._at < self._fresh
        ):
            return self._last

        return await self.look()

    async def look(self) -> LocalState:
        """How it is."""
        self._last = await self._local.state()
        self._at = self._clock()
        return self._last
