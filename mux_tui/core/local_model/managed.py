"""A local model on the server that mux starts itself."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import assert_never

from mux_tui.core.backends.base import Backend
from mux_tui.core.backends.chat_endpoint import Endpoint
from mux_tui.core.config.settings import Settings
from mux_tui.core.errors import ServerError
from mux_tui.core.events import ServerChanged
from mux_tui.core.local_model.base import Report
from mux_tui.core.local_model.explained import Explained
from mux_tui.core.model_server.inspection import ServerStatus
from mux_tui.core.model_server.lifecycle import ModelServer
from mux_tui.core.model_server.memory_guard import memory_fit
from mux_tui.core.routing.situation import LocalState, LocalStatus
from mux_tui.core.weights.tokenizer import context_window

SET_UP = "Install one: mux setup --starter"


class ManagedModel:
    """A model's files, and the server that mux starts for them."""

    def __init__(
        self,
        server: ModelServer,
        directory: Path | None,
        settings: Settings,
        backend: Callable[[Endpoint], Backend],
    ) -> None:
        """Make one; touches nothing.

        Args:
            server: Starts and finds the server.
            directory: The model's files; None: no model is installed.
            settings: Whether the server may be started, and what is known of the model.
            backend: Makes the backend for a running server.
        """
        self.directory = directory
        self._server = server
        self._settings = settings
        self._backend = backend
        self._background: set[asyncio.Task[bool]] = set()

    async def state(self) -> LocalState:
        """How the server is; a server that is being started counts as startable."""
        if self.directory is None:
            return LocalState("not_configured", self._missing)

        status = await self._server.status()
        state, detail = self._read(status)
        window, source = self._window()
        return LocalState(state, detail, self.directory.name, window, source)

    async def ready(self, report: Report) -> Backend:
        """Start the server, or find the one that runs, and return its backend."""
        backend = self._backend(await self.endpoint(report))
        return Explained(backend, self._server.status)

    async def endpoint(self, report: Report) -> Endpoint:
        """Start the server, or find the one that runs, and say where it answers.

        Raises:
            ServerError: No model is installed, or the server cannot be started.
        """
        if self.directory is None:
            raise ServerError("no local model", self._missing, SET_UP)
        running = await self._server.adopt()
        if running is None or running.model != str(self.directory):
            if not self._settings.server.autostart:
                raise ServerError(
                    "the model server is not running",
                    "server.autostart is off",
                    "Start it: mux server start",
                )
            running = await self._server.start(self.directory, _only_changes(report))

        return Endpoint(
            running.base_url,
            running.model_id,
            context_window=self._window()[0] or 0,
            label=self.directory.name,
        )

    def recover(self) -> None:
        """Start a crashed server again, without waiting for it."""
        if self.directory is None or not self._settings.server.autostart:
            return

        task = asyncio.create_task(self._restart(self.directory))
        self._background.add(task)
        task.add_done_callback(self._background.discard)

    async def aclose(self) -> None:
        """Wait until a restart that was begun has its process; that is quick."""
        await asyncio.gather(*self._background)

    async def _restart(self, directory: Path) -> bool:
        try:
            return await self._server.start_in_background(directory)
        except ServerError:
            # Said by doctor and by the next task; this one goes elsewhere anyway.
            return False

    @property
    def _missing(self) -> str:
        named = self._settings.providers.local.model
        return f"no model files at {named}" if named else "no model is installed"

    def _window(self) -> tuple[int | None, str]:
        window, source = self._told_window()
        if self.directory is None or self._settings.server.memory_guard != "refuse":
            return window, source

        fitting = memory_fit(self.directory).window
        if fitting is not None and (window is None or fitting < window):
            return fitting, "this machine's memory"
        return window, source

    def _told_window(self) -> tuple[int | None, str]:
        if set_ := self._settings.providers.local.context_window:
            return set_, "settings"
        if self.directory and (told := context_window(self.directory)):
            return told, "the model's files"

        return None, ""

    def _read(self, status: ServerStatus) -> tuple[LocalStatus, str]:
        match status.state:
            case "ready":
                return "ready", status.sentence
            case "crashed" | "unresponsive":
                advice = f" {status.advice}." if status.advice else ""
                return "crashed", f"{status.sentence}{advice}"
            case "starting":
                return "startable", status.sentence
            case "stopped" | "stale":
                if self._settings.server.autostart:
                    return "startable", status.sentence
                return "unreachable", "it is stopped, and server.autostart is off"
            case _:
                assert_never(status.state)


def _only_changes(report: Report) -> Callable[[object], None]:
    def told(event: object) -> None:
        if isinstance(event, ServerChanged):
            report(event)

    return told
