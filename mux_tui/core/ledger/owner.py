"""Which process a running row belongs to."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Owner:
    """A process, told apart from a later one with the same number."""

    pid: int
    started: float
    """When the process began, in seconds since 1970, as the system tells."""


Alive = Callable[[int, float], bool]
"""Whether the process with this pid that began at this time still runs."""
