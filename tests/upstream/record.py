"""What is known of one request afterwards: the evidence that tests look at."""

import time
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

Ended = Literal["open", "complete", "cut", "client_gone", "crashed"]
"""`client_gone`: the client left before the answer was written."""


@dataclass
class Record:
    """One request, and how it ended."""

    number: int
    """From 1, in order of arrival."""

    method: str
    path: str
    http: str
    headers: dict[str, str]
    """By lower-case name."""

    body: dict[str, Any]
    """The JSON object that was sent; empty when none was."""

    mode: str = ""
    ended: Ended = "open"
    error: str = ""
    """What went wrong in the mode itself."""

    milliseconds: float = 0.0
    """From the request to its end, or to the client's leaving."""

    bytes_sent: int = 0
    events_sent: int = 0
    started: float = field(default_factory=time.monotonic)
    """On the clock of `time.monotonic`."""

    @property
    def ended_at(self) -> float:
        """When it ended, on the clock of `time.monotonic`."""
        return self.started + self.milliseconds / 1000

    def end(self, how: Ended) -> None:
        """Note how and when it ended."""
        self.ended = how
        self.milliseconds = round((time.monotonic() - self.started) * 1000, 1)

    def as_json(self) -> dict[str, Any]:
        """All of it, for another process."""
        return asdict(self)
