"""The way to the local model: found once, and kept until it leads nowhere.

Looking for a server costs more than asking it does. So what was found is used again as
long as it answers, and looked for anew when it has been quiet or has failed.
"""

import asyncio
import time
from collections.abc import Callable
from dataclasses import replace

from mux_tui.core.backends.chat_endpoint import Endpoint
from mux_tui.core.errors import MuxError
from mux_tui.core.events import ServerChanged
from mux_tui.core.local_model.base import LocalModel
from mux_tui.core.proxy.translate.facts import ModelTraits
from mux_tui.core.routing.situation import LocalState

TraitsOf = Callable[[Endpoint], ModelTraits]
"""Reads what the name and the files of a model tell; takes milliseconds."""

_FRESH_SECONDS = 60.0
"""An address is trusted so long after its last use: servers stop when idle, and their
port may become somebody else's."""

_STATE_SECONDS = 2.0


class LocalDoor:
    """Where the local model answers, and what is known of it."""

    def __init__(
        self,
        local: LocalModel,
        traits_of: TraitsOf,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        """Make one that has not looked yet."""
        self.local = local
        self.phase = ""
        """What the server is doing, in words; empty: it is not being started."""

        self._traits_of = traits_of
        self._now = now
        self._opening = asyncio.Lock()
        self._endpoint: Endpoint | None = None
        self._traits: ModelTraits | None = None
        self._used = 0.0
        self._state: LocalState | None = None
        self._state_at = 0.0

    @property
    def traits(self) -> ModelTraits | None:
        """The model, as last seen; None: not seen yet."""
        return self._traits

    async def state(self) -> LocalState:
        """How the model is; no server is asked while one is known to answer."""
        if self._endpoint and self._fresh:
            return self._as_ready(self._endpoint)
        if self._state and self._now() - self._state_at < _STATE_SECONDS:
            return self._state

        self._state = await self.local.state()
        self._state_at = self._now()
        return self._state

    async def expected(self) -> ModelTraits:
        """The model that will answer, even if its server has to be started first."""
        if self._traits:
            return self._traits

        state = await self.state()
        directory = self.local.directory
        named = directory.name if directory else state.model
        window = state.context_window or 0
        model = str(directory) if directory else state.model
        seen = self._traits_of(
            Endpoint("http://127.0.0.1/v1", model, context_window=window, label=named)
        )
        if state.status == "ready":
            self._traits = seen
        return seen

    async def open(self) -> tuple[Endpoint, ModelTraits]:
        """Where the model answers; starts or restarts what is needed.

        Raises:
            MuxError: It cannot be made ready.
        """
        if self._endpoint and self._traits and self._fresh:
            self._used = self._now()
            return self._endpoint, self._traits

        async with self._opening:
            # Whoever waited finds what the first one opened.
            if not (self._endpoint and self._fresh):
                await self._find()
            assert self._endpoint
            assert self._traits
            self._used = self._now()
            return self._endpoint, self._traits

    def lost(self) -> None:
        """It does not answer there any more."""
        self._endpoint = None
        self._state = None

    def learned(self, prefill_rate: float) -> None:
        """How fast the model reads, in tokens a second, was measured."""
        if self._traits:
            self._traits = replace(self._traits, prefill_rate=prefill_rate)

    async def _find(self) -> None:
        try:
            endpoint = await self.local.endpoint(self._report)
        except MuxError:
            self.lost()
            raise
        finally:
            self.phase = ""
        if self._traits is None or endpoint != self._endpoint:
            self._traits = self._traits_of(endpoint)
        self._endpoint = endpoint

    def _report(self, change: ServerChanged) -> None:
        self.phase = change.text or change.phase

    @property
    def _fresh(self) -> bool:
        return self._now() - self._used < _FRESH_SECONDS

    def _as_ready(self, endpoint: Endpoint) -> LocalState:
        name = self._traits.name if self._traits else endpoint.model
        return LocalState("ready", "", name, endpoint.context_window or None)
