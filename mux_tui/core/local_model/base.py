"""The two questions that are asked of a local model, whoever serves it."""

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from mux_tui.core.backends.base import Backend
from mux_tui.core.backends.chat_endpoint import Endpoint
from mux_tui.core.errors import ServerError
from mux_tui.core.events import ServerChanged
from mux_tui.core.routing.situation import LocalState

Report = Callable[[ServerChanged], None]
"""Told of each phase while a server gets ready."""


class LocalModel(Protocol):
    """A model that can be asked, now or after a start."""

    @property
    def directory(self) -> Path | None:
        """The model's files; None: they are somebody else's business."""
        ...

    async def state(self) -> LocalState:
        """What can be told within milliseconds, changing nothing."""
        ...

    async def ready(self, report: Report) -> Backend:
        """Start or restart what is needed, and return the backend to ask.

        Raises:
            MuxError: It cannot be made ready; the error says why.
        """
        ...

    async def endpoint(self, report: Report) -> Endpoint:
        """Start or restart what is needed, and say where the model answers.

        Raises:
            MuxError: It cannot be made ready; the error says why.
        """
        ...

    def recover(self) -> None:
        """Begin to get a crashed server back, without waiting for it."""
        ...

    async def aclose(self) -> None:
        """Let what `recover` began get as far as it has to."""
        ...


class FixedModel:
    """A backend that is always ready, as a local model: for the demo and for tests."""

    directory: Path | None = None

    def __init__(self, backend: Backend, state: LocalState) -> None:
        """Serve `backend`, and tell `state` of it."""
        self._backend = backend
        self._state = state

    async def state(self) -> LocalState:
        """The state it was made with."""
        return self._state

    async def ready(self, report: Report) -> Backend:
        """The backend, at once."""
        return self._backend

    async def endpoint(self, report: Report) -> Endpoint:
        """Nowhere: a scripted backend has no address.

        Raises:
            ServerError: Always.
        """
        raise ServerError("no address to ask", "the model is scripted")

    def recover(self) -> None:
        """Nothing: it does not crash."""

    async def aclose(self) -> None:
        """Nothing to wait for."""
