"""A local model on a server that mux did not start: Ollama, llama-server, …"""

from collections.abc import Mapping
from pathlib import Path

import httpx

from mux_tui.core.backends.chat_completions import ChatCompletions, Endpoint
from mux_tui.core.backends.chat_probe import ServedModel, list_models, probe_token
from mux_tui.core.config.settings import Settings
from mux_tui.core.errors import BackendError, ServerError
from mux_tui.core.events import ServerChanged
from mux_tui.core.local_model.base import Report
from mux_tui.core.local_model.recovery import recover
from mux_tui.core.routing.situation import LocalState

_LOOK_SECONDS = 2.0
"""How long a server on this machine may take to list its models."""


class ServedLocalModel:
    """A model behind `providers.local.base_url`."""

    directory: Path | None = None

    def __init__(
        self,
        client: httpx.AsyncClient,
        settings: Settings,
        variables: Mapping[str, str],
        cwd: Path,
    ) -> None:
        """Make one; touches nothing.

        Args:
            client: Owned, and closed, by the caller.
            settings: Where the server is, and how it is restarted.
            variables: The environment, which holds the key and is given to the restart
                command.
            cwd: Where the restart command runs.
        """
        self._client = client
        self._settings = settings
        self._variables = variables
        self._cwd = cwd
        self._models: tuple[ServedModel, ...] = ()

    async def state(self) -> LocalState:
        """One look at the server's list of models."""
        local = self._settings.providers.local
        try:
            await self._look()
        except BackendError as error:
            if self._settings.local_runtime.restart_command:
                return LocalState("startable", str(error), local.model)
            return LocalState("unreachable", str(error), local.model)

        model = self._model()
        source = "settings" if local.context_window else "the server"
        window = self._window(model)
        return LocalState("ready", "", model, window, source if window else "")

    async def ready(self, report: Report) -> ChatCompletions:
        """Look, restart if need be, and return the backend."""
        local, limits = self._settings.providers.local, self._settings.limits
        return ChatCompletions(self._client, await self.endpoint(report), local, limits)

    async def endpoint(self, report: Report) -> Endpoint:
        """Look, and run the restart command if the server does not answer.

        Raises:
            ServerError: It does not answer, and could not be restarted.
        """
        local = self._settings.providers.local
        endpoint = Endpoint(local.base_url)
        runtime = self._settings.local_runtime
        if runtime.restart_command and not await self._healthy():
            report(ServerChanged("starting", "running local_runtime.restart_command"))
        recovery = await recover(self._healthy, runtime, self._variables, self._cwd)
        if not recovery.ok:
            raise ServerError(
                f"no answer from {endpoint.shown}",
                recovery.detail,
                "Start that server, or choose another: mux setup --help",
            )

        model = self._model()
        window = self._window(model) or 0
        endpoint = Endpoint(local.base_url, model, self._key(), window)
        if recovery.restart_attempted:
            await self._prove(endpoint)
        return endpoint

    async def _prove(self, endpoint: Endpoint) -> None:
        """Have a token generated: a server may list what it cannot load."""
        limit = self._settings.providers.local.first_token_timeout
        try:
            await probe_token(self._client, endpoint, limit)
        except BackendError as error:
            raise ServerError(
                f"{endpoint.shown} was restarted and gives no token",
                error.why or error.what,
                "See what that server says",
            ) from error

    def recover(self) -> None:
        """Nothing: the restart command is only run when a task waits for it."""

    async def aclose(self) -> None:
        """Nothing to wait for."""

    async def _healthy(self) -> bool:
        url = self._settings.local_runtime.health_url
        try:
            if url:
                answer = await self._client.get(url, timeout=_LOOK_SECONDS)
                if answer.status_code != 200:
                    return False
            await self._look()
        except (BackendError, httpx.HTTPError):
            return False

        return True

    async def _look(self) -> None:
        base_url = self._settings.providers.local.base_url
        self._models = await list_models(
            self._client, base_url, self._key(), _LOOK_SECONDS
        )

    def _key(self) -> str:
        name = self._settings.providers.local.api_key_env
        return self._variables.get(name, "") if name else ""

    def _model(self) -> str:
        first = self._models[0].id if self._models else ""
        return self._settings.providers.local.model or first

    def _window(self, model: str) -> int | None:
        told = {served.id: served.context_window for served in self._models}
        return self._settings.providers.local.context_window or told.get(model)
