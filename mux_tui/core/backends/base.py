"""The protocol every backend speaks: ask, and iterate over what happens."""

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from mux_tui.core.events import BackendEvent
from mux_tui.core.task import Route


@dataclass(frozen=True)
class Request:
    """What a backend is asked."""

    prompt: str
    """The user's words, or a hand-off brief around them. May begin with anything."""

    cwd: Path
    """Where a backend that reads the project does so: absolute, existing."""

    system: str = ""
    """Standing instructions; backends with their own ignore it."""

    writes: bool = False
    """Whether a backend with tools may change files, inside of `cwd` alone; it never
    gets to run commands for it that could reach further."""

    temperature: float | None = None
    """Sampling temperature; None: as the settings say. CLIs have none."""

    max_tokens: int | None = None
    """Most tokens of the answer; None: as the settings say. CLIs have none."""


class Backend(Protocol):
    """One way to get an answer.

    A backend holds no state between requests: two may run at once.
    """

    @property
    def name(self) -> str:
        """Which kind of backend this is, for the ledger: `chat_completions`, …"""
        ...

    @property
    def route(self) -> Route:
        """Which route it serves."""
        ...

    @property
    def model(self) -> str:
        """The model it will ask for; empty: the backend's own default."""
        ...

    def run(self, request: Request) -> AsyncGenerator[BackendEvent, None]:
        """Ask, and yield deltas while the answer grows, then one `Completion`.

        Closing the generator, or cancelling the task that reads it, stops the work at
        once and leaves no connection and no process behind.

        Raises:
            BackendError: No answer could be had; `fault` says why. What had been
                yielded until then is not an answer.
        """
        ...
