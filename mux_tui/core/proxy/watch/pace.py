"""How often to look, and how long to wait."""

from dataclasses import dataclass


@dataclass(frozen=True)
class WatchPace:
    """Seconds, but for `past`."""

    absent: float = 0.5
    """Between two looks for a proxy that is not there: the cost of one is a file."""

    running: float = 3.0
    """Between two looks at one that answers."""

    retry: float = 0.5
    """Before the events of one that answers are asked for again; doubles."""

    longest_retry: float = 8.0
    answer: float = 3.0
    silence: float = 40.0
    """Without a byte; a proxy shows every 15 seconds that it lives."""

    lag: float = 0.3
    """The end of a request is in the ledger so much later, or a few times that."""

    young: float = 30.0
    """A proxy that does not answer yet is starting for so long."""

    past: int = 200
    """Requests that are recalled."""
