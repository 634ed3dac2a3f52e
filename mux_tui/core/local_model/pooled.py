"""A local model on several servers that mux did not start.

The least busy one is asked; one that fails before its first token is passed over for
the next. Once an answer has begun it is nobody else's: what was shown cannot be taken
back, and a second server would tell another story.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import aclosing
from pathlib import Path

import httpx

from mux_tui.core.backends.base import Backend, Request
from mux_tui.core.backends.chat_completions import ChatCompletions, Endpoint
from mux_tui.core.backends.chat_probe import list_models
from mux_tui.core.config.settings import Settings
from mux_tui.core.errors import BackendError, BackendFault, ServerError
from mux_tui.core.events import BackendEvent, Prefilled, ServerChanged
from mux_tui.core.local_model.base import Report
from mux_tui.core.local_model.pool import Member, Pool, addresses
from mux_tui.core.local_model.recovery import recover
from mux_tui.core.routing.situation import LocalState
from mux_tui.core.task import Route

_LOOK_SECONDS = 2.0
"""How long a server may take to list its models."""

_ANYWHERE: frozenset[BackendFault] = frozenset({"context_too_large", "usage"})
"""Faults of the request: the next server would say the same."""


Asker = Callable[[Member], Backend]
"""Makes the backend that asks one of the servers."""


class PooledLocalModel:
    """A model behind each of `providers.local.endpoints`."""

    directory: Path | None = None

    def __init__(
        self,
        client: httpx.AsyncClient,
        settings: Settings,
        variables: Mapping[str, str],
        cwd: Path,
        pool: Pool | None = None,
    ) -> None:
        """Make one; touches nothing.

        Args:
            client: Owned, and closed, by the caller.
            settings: Where the servers are, and how they are restarted.
            variables: The environment, which holds the key and is given to the restart
                command.
            cwd: Where the restart command runs.
            pool: The servers; None: those of the settings.
        """
        self._client = client
        self._settings = settings
        self._variables = variables
        self._cwd = cwd
        self.pool = pool or Pool(addresses(settings.providers.local))

    async def state(self) -> LocalState:
        """Ready as long as one of them answers; the detail tells of all."""
        local = self._settings.providers.local
        await self._look(self.pool.stale())
        detail = self.pool.sentence()
        if not self.pool.healthy:
            restart = self._settings.local_runtime.restart_command
            status = "startable" if restart else "unreachable"
            return LocalState(status, detail, local.model)

        endpoint = self._endpoint(self.pool.order()[0])
        window = endpoint.context_window or None
        source = "settings" if local.context_window else "the server"
        return LocalState(
            "ready", detail, endpoint.model, window, source if window else ""
        )

    async def ready(self, report: Report) -> "PooledBackend":
        """Look, restart if none answers, and return the backend that asks them."""
        await self._awake(report, self.pool.stale())
        return PooledBackend(self.pool, self._asker)

    async def endpoint(self, report: Report) -> Endpoint:
        """The least busy server that answers now.

        Raises:
            ServerError: None answers, and none could be restarted.
        """
        # Whoever asks has lost the one it had: what was seen before counts no more.
        await self._awake(report, self.pool.members)
        return self._endpoint(self.pool.order()[0])

    def recover(self) -> None:
        """Nothing: the restart command is only run when a task waits for it."""

    async def aclose(self) -> None:
        """Nothing to wait for."""

    async def _awake(self, report: Report, unsure: tuple[Member, ...]) -> None:
        await self._look(unsure)
        if self.pool.healthy:
            return

        runtime = self._settings.local_runtime
        if runtime.restart_command:
            report(ServerChanged("starting", "running local_runtime.restart_command"))
        recovery = await recover(self._healthy, runtime, self._variables, self._cwd)
        if not recovery.ok:
            raise ServerError(
                f"no answer from any of {len(self.pool.members)} model servers",
                f"{self.pool.sentence()}; {recovery.detail}",
                "Start one of them, or choose another: mux setup --help",
            )

    async def _healthy(self) -> bool:
        await self._look(self.pool.members)
        return bool(self.pool.healthy)

    async def _look(self, members: tuple[Member, ...]) -> None:
        await asyncio.gather(*map(self._ask_models, members))

    async def _ask_models(self, member: Member) -> None:
        try:
            models = await list_models(
                self._client, member.url, self._key(), _LOOK_SECONDS
            )
        except BackendError as error:
            self.pool.failed(member, error.why or error.what)
        else:
            self.pool.answered(member, models)

    def _asker(self, member: Member) -> ChatCompletions:
        local, limits = self._settings.providers.local, self._settings.limits
        return ChatCompletions(self._client, self._endpoint(member), local, limits)

    def _endpoint(self, member: Member) -> Endpoint:
        local = self._settings.providers.local
        model = local.model or (member.models[0].id if member.models else "")
        told = {served.id: served.context_window for served in member.models}
        window = local.context_window or told.get(model) or 0
        return Endpoint(member.url, model, self._key(), window)

    def _key(self) -> str:
        name = self._settings.providers.local.api_key_env
        return self._variables.get(name, "") if name else ""


class PooledBackend:
    """Asks one of several servers, and another when that one is silent."""

    name = "chat_completions"
    route: Route = "local"

    def __init__(self, pool: Pool, asker: Asker) -> None:
        """Make one.

        Args:
            pool: The servers.
            asker: Asks one of them.
        """
        self._pool = pool
        self._asker = asker

    @property
    def model(self) -> str:
        """The model of the server that would be asked now."""
        return self._asker(self._pool.order()[0]).model

    async def run(self, request: Request) -> AsyncGenerator[BackendEvent, None]:
        """Ask the least busy server, and the next as long as none has begun."""
        passed: list[Member] = []
        while True:
            member = next(m for m in self._pool.order() if m not in passed)
            begun = False
            try:
                with self._pool.working(member):
                    async with aclosing(self._asker(member).run(request)) as events:
                        async for event in events:
                            begun = begun or not isinstance(event, Prefilled)
                            yield event
                return
            except BackendError as error:
                if error.fault in _ANYWHERE:
                    raise
                self._pool.failed(member, error.why or error.what)
                passed.append(member)
                if begun or len(passed) == len(self._pool.members):
                    raise
