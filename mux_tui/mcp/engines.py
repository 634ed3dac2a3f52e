"""One engine for each set of settings that a work directory asks for.

Projects may narrow the settings, and the settings may change between two calls; a task
is done under those that hold for it. Each engine is opened and closed in one task of
its own, because a call that needs it may be cancelled.
"""

import asyncio
import logging
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from mux_tui.core.config.environment import Environment
from mux_tui.core.config.load import load
from mux_tui.core.config.settings import Settings
from mux_tui.mcp.jobs import Jobs

if TYPE_CHECKING:
    from mux_tui.core.engine import Engine

_LOG = logging.getLogger(__name__)
_MOST_IDLE = 3


@dataclass
class _Held:
    """An engine that is being opened, open, or being closed."""

    settings: Settings
    closing: asyncio.Event = field(default_factory=asyncio.Event)
    engine: "asyncio.Future[Engine]" = field(
        default_factory=lambda: asyncio.get_running_loop().create_future()
    )
    work: "asyncio.Task[None] | None" = None
    users: int = 0
    """Calls that are about to use it."""

    @property
    def idle(self) -> bool:
        """Whether it is open and does nothing."""
        if self.users or not self.engine.done() or self.engine.exception():
            return False

        return all(run.outcome for run in self.engine.result().runs)


class Engines:
    """The engines of one server."""

    def __init__(
        self,
        environment: Environment,
        cwd: Path,
        overrides: Mapping[str, str],
        jobs: Jobs,
    ) -> None:
        """Begin with none.

        Args:
            environment: The variables, and with them the directories.
            cwd: Where the server was started.
            overrides: Settings for this server only.
            jobs: Who is asked what an engine may do.
        """
        self.environment = environment
        self.cwd = cwd
        self.overrides = overrides
        self._jobs = jobs
        self._held: list[_Held] = []

    async def settings(self, cwd: Path) -> Settings:
        """The settings that hold in a work directory now.

        Raises:
            ConfigError: Something is wrong in them.
        """
        loaded = await asyncio.to_thread(load, self.environment, cwd, self.overrides)
        return loaded.settings

    @asynccontextmanager
    async def engine(
        self, cwd: Path, prefer_local: bool = False
    ) -> "AsyncGenerator[Engine, None]":
        """The engine for a work directory; tasks of it outlive the context.

        Args:
            cwd: Absolute.
            prefer_local: That a task is hard is no reason to send it away.

        Raises:
            ConfigError: Something is wrong in the settings.
            MuxError: It cannot be opened.
        """
        settings = await self.settings(cwd)
        if prefer_local:
            settings = _staying(settings)
        held = self._find(settings) or self._open(settings)
        held.users += 1
        try:
            # Not awaited itself: whoever is cancelled would cancel it for everybody.
            await asyncio.wait({held.engine})
            yield held.engine.result()
        finally:
            held.users -= 1

    @asynccontextmanager
    async def closed_at_end(self) -> AsyncGenerator[None, None]:
        """Close all engines when the body is left, their tasks ended and recorded."""
        try:
            yield
        finally:
            for held in self._held:
                held.closing.set()
            works = [held.work for held in self._held if held.work]
            if works:
                await asyncio.wait(works)
            await self._jobs.followed()

    def _find(self, settings: Settings) -> _Held | None:
        for held in self._held:
            if held.settings == settings and not held.closing.is_set():
                return held

        return None

    def _open(self, settings: Settings) -> _Held:
        self._held = [one for one in self._held if not (one.work and one.work.done())]
        idle = [one for one in self._held if one.idle and not one.closing.is_set()]
        for one in idle[: max(0, len(idle) + 1 - _MOST_IDLE)]:
            one.closing.set()
        held = _Held(settings)
        held.work = asyncio.create_task(self._keep(held))
        self._held.append(held)
        return held

    async def _keep(self, held: _Held) -> None:
        # Late: who only asks for the list of tools does not wait for it.
        from mux_tui.core.engine import open_engine
        from mux_tui.mcp.proof import sandboxed

        try:
            async with open_engine(
                held.settings,
                self.environment,
                self.cwd,
                ask=self._jobs.ask,
                approve=self._jobs.approve,
                door="mcp",
            ) as engine:
                engine.parts = replace(engine.parts, verify=sandboxed(engine.parts))
                held.engine.set_result(engine)
                await held.closing.wait()
        except Exception as error:  # Told to whoever asks for the engine.
            held.closing.set()
            if held.engine.done():
                _LOG.error("an engine was not closed in order", exc_info=error)
            else:
                held.engine.set_exception(error)


def _staying(settings: Settings) -> Settings:
    kept = tuple(why for why in settings.router.escalate_on if why != "high_complexity")
    return replace(settings, router=replace(settings.router, escalate_on=kept))
