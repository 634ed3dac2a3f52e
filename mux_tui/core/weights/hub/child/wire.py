"""Telling the parent: one JSON object a line on standard output."""

import json
import sys
import time
from typing import Any

_EVERY = 0.25


def tell(**facts: Any) -> None:
    """Tell the parent one thing."""
    # Standard output is the wire to the parent here, not the user's terminal.
    sys.stdout.write(json.dumps(facts) + "\n")
    sys.stdout.flush()


class Meter:
    """Tells how far a step is, a few times a second and at its end."""

    def __init__(self, step: str, done: int, total: int) -> None:
        """Tell the beginning.

        Args:
            step: The step's name.
            done: Bytes there are already.
            total: Bytes there will be.
        """
        self._step = step
        self._done = done
        self._total = total
        self._told = 0.0
        self._tell()

    def more(self, count: int) -> None:
        """So many more bytes; fewer, when some must be had again."""
        self._done += count
        late = time.monotonic() - self._told >= _EVERY
        if late or self._done == self._total:
            self._tell()

    def _tell(self) -> None:
        self._told = time.monotonic()
        tell(step=self._step, done=self._done, total=self._total)
