"""What the screens work with: the one way from the floor of screens to the core.

Light on purpose: the first frame is painted before the engine is imported, so the desk
hands out promises, and imports what is heavy when it is asked for.
"""

import asyncio
import time
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from mux_tui.core.config.environment import Environment
from mux_tui.core.config.load import Loaded, load
from mux_tui.core.config.settings import Settings
from mux_tui.core.errors import MuxError
from mux_tui.tui.questions import Questions

if TYPE_CHECKING:
    from mux_tui.core.doctor.check import Report
    from mux_tui.core.engine import Engine
    from mux_tui.core.ledger.store import Ledger
    from mux_tui.core.local_model.base import Report as ServerReport
    from mux_tui.core.machine.service import Machine
    from mux_tui.core.model_server.lifecycle import ModelServer
    from mux_tui.core.permission import Ask
    from mux_tui.core.process.run import Exit, Line
    from mux_tui.core.proxy.claude_code import ClientCommand
    from mux_tui.core.proxy.process.lifecycle import ProxyProcess
    from mux_tui.core.proxy.watch.watcher import ProxyWatch
    from mux_tui.core.replay.planning import Order
    from mux_tui.core.replay.rerunning import ReplayEvent, Replays
    from mux_tui.core.setup.wizard import Wizard
    from mux_tui.core.takeback import Act
    from mux_tui.core.workspace.results import Result
    from mux_tui.core.workspace.undo import Merging
    from mux_tui.tui.pulse import Pulse
    from mux_tui.tui.repeating import Repeating


_SOON = (
    "mux_tui.tui.screens.cockpit.sitting",
    "mux_tui.tui.screens.cockpit.place",
    "mux_tui.tui.code_colours",
    "mux_tui.tui.dialogs.cloud_question",
    "mux_tui.tui.dialogs.review",
    "mux_tui.tui.dialogs.leave",
    "mux_tui.tui.palette",
    "markdown_it",
    "textual.scrollbar",
)
"""Modules that the first frame does without, and that somebody soon waits for."""


def _import_all(names: Sequence[str]) -> None:
    for name in names:
        import_module(name)


@dataclass
class Desk:
    """The services of one cockpit; tests replace what reads machine or clock."""

    environment: Environment
    cwd: Path
    """The work directory of new tasks."""

    loaded: Loaded
    """The settings that hold now, with their origins."""

    overrides: Mapping[str, str] = field(default_factory=dict[str, str])
    """`--set KEY=VALUE` of this call."""

    questions: Questions = field(default_factory=Questions)
    now: Callable[[], float] = time.time
    """Seconds since 1970, for people."""

    tick: Callable[[], float] = time.monotonic
    """Seconds that never jump, for durations."""

    loaded_all: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when nothing more is loaded before somebody asks for it."""

    _engine: "asyncio.Future[Engine] | None" = None
    _repeating: "Repeating | None" = None

    @property
    def settings(self) -> Settings:
        """The settings that hold now."""
        return self.loaded.settings

    async def engine(self) -> "Engine":
        """The engine, once it is open.

        Raises:
            MuxError: It could not be opened.
        """
        promise = self._promise()
        # Not awaited itself: whoever is cancelled would cancel it for everybody.
        await asyncio.wait({promise})
        return promise.result()

    async def keep(self, closing: asyncio.Event) -> None:
        """Open the engine, hand it out, and close it when `closing` is set.

        Everything in one task, for what is opened in a task is closed there.

        Raises:
            MuxError: It could not be opened.
        """
        try:
            async with self.open() as engine:
                self._engine_is(engine)
                await asyncio.to_thread(_import_all, _SOON)
                # It only saves time: what is wrong is told when it is needed.
                with suppress(MuxError, OSError):
                    await engine.warm()
                self.loaded_all.set()
                await closing.wait()
                if self._repeating:
                    await self._repeating.end()
        except BaseException as error:
            self._engine_is(error)
            self.loaded_all.set()
            raise
        finally:
            # Runs have ended by themselves; whoever else asked would wait forever.
            self.questions.end()

    @asynccontextmanager
    async def open(self) -> "AsyncGenerator[Engine, None]":
        """Open the real engine; tests open another one."""
        await asyncio.to_thread(import_module, "mux_tui.core.engine")
        from mux_tui.core.engine import open_engine

        async with open_engine(
            self.settings,
            self.environment,
            self.cwd,
            ask=self.questions.ask,
            approve=self.questions.approve,
            door="tui",
        ) as engine:
            yield engine

    def _engine_is(self, engine: "Engine | BaseException") -> None:
        promise = self._promise()
        if promise.done():
            return
        if isinstance(engine, BaseException):
            promise.set_exception(engine)
            # Nobody may have asked for it yet.
            promise.exception()
        else:
            promise.set_result(engine)

    async def renew(self, loaded: Loaded) -> None:
        """New settings hold from now on; runs under way keep theirs.

        Raises:
            MuxError: There is no engine.
        """
        self.loaded = loaded
        await (await self.engine()).renew(loaded.settings)

    async def proxy(self) -> "ProxyProcess":
        """What finds, starts and stops the proxy."""
        await asyncio.to_thread(import_module, "mux_tui.core.proxy.process.lifecycle")
        from mux_tui.core.proxy.process.lifecycle import ProxyProcess

        return ProxyProcess(
            self.settings, self.environment, self.cwd, overrides=self.overrides
        )

    async def machine(self) -> "Machine":
        """This machine, its models and its model server, as the settings are now."""
        await asyncio.to_thread(import_module, "mux_tui.core.machine.service")
        from mux_tui.core.machine.service import Machine

        return Machine(self.settings, self.environment)

    async def proxy_watch(self) -> "ProxyWatch":
        """What tells of the proxy and its requests, with those of the ledger."""
        await asyncio.to_thread(import_module, "mux_tui.core.proxy.watch.watcher")
        from mux_tui.core.proxy.watch.past import no_past
        from mux_tui.core.proxy.watch.watcher import ProxyWatch

        ledger = (await self.engine()).ledger
        past = ledger.exchanges if ledger else no_past
        return ProxyWatch(await self.proxy(), past)

    async def claude_code(
        self, report: "ServerReport", tell: Callable[[str], None]
    ) -> "ClientCommand":
        """Claude Code on the local model, ready to be started.

        Args:
            report: Told each phase of a start of the model server.
            tell: Told what else goes on, a line at a time.

        Raises:
            MuxError: Claude Code, the model or the proxy is not there.
        """
        await asyncio.to_thread(import_module, "mux_tui.core.proxy.claude_code")
        from mux_tui.core.proxy.claude_code import ready_client

        proxy = await self.proxy()
        return await ready_client(
            self.settings, self.environment, self.cwd, proxy, report, tell
        )

    async def model_server(self) -> "ModelServer":
        """What finds, starts and stops the model server of ours."""
        await asyncio.to_thread(import_module, "mux_tui.core.model_server.lifecycle")
        from mux_tui.core.model_server.lifecycle import ModelServer

        settings = self.settings.server
        return ModelServer(self.environment.paths, settings, self.environment)

    @property
    def tasks_under_way(self) -> int:
        """How many tasks have not ended; none while the engine is not open."""
        engine, repeating = self._open_engine, self._repeating
        replays = int(repeating is not None and repeating.under_way)
        runs = sum(run.outcome is None for run in engine.runs) if engine else 0
        return runs + replays

    async def end_tasks(self) -> None:
        """End what is under way, and wait until it is recorded as interrupted."""
        if self._repeating:
            await self._repeating.end()
        if engine := self._open_engine:
            await engine.end_runs()

    @property
    def _open_engine(self) -> "Engine | None":
        promise = self._engine
        if promise is None or not promise.done() or promise.exception() is not None:
            return None

        return promise.result()

    async def take_back(
        self, run_id: str, act: "Act", merging: "Merging" = "never"
    ) -> "Result":
        """Take a run's changes back, or do them again; as `core.takeback` does.

        Raises:
            MuxError: There is nothing to take back, or it cannot be done.
        """
        await asyncio.to_thread(import_module, "mux_tui.core.takeback")
        from mux_tui.core.takeback import take_back

        ledger = (await self.engine()).ledger
        return await take_back(run_id, act, self.environment.paths, ledger, merging)

    @property
    def repeating(self) -> "Repeating":
        """What repeats stored runs while the cockpit is used."""
        from mux_tui.tui.repeating import Repeating

        if self._repeating is None:
            self._repeating = Repeating(self)
        return self._repeating

    async def ledger(self) -> "Ledger":
        """The ledger, once the engine is open.

        Raises:
            MuxError: There is none.
        """
        ledger = (await self.engine()).ledger
        if ledger is None:
            raise MuxError("there is no ledger", "", "See: mux doctor")

        return ledger

    def settings_of(self, directory: Path, above: Mapping[str, object]) -> Settings:
        """The settings that hold in a directory; it blocks.

        Args:
            directory: A work directory.
            above: Settings by dotted name, above all others.

        Raises:
            ConfigError: Some of them are wrong.
        """
        overrides = dict[str, object](self.overrides) | dict(above)
        return load(self.environment, directory, overrides).settings

    @asynccontextmanager
    async def replays(
        self, order: "Order", told: "Callable[[ReplayEvent], None]", ask: "Ask"
    ) -> "AsyncGenerator[Replays, None]":
        """Make ready for replays, with an engine of their own; tests open another one.

        Args:
            order: How runs are repeated.
            told: Told each event.
            ask: Whether a task may leave this machine.

        Raises:
            MuxError: The model cannot be served, or there is no ledger.
        """
        await asyncio.to_thread(import_module, "mux_tui.core.replay.rerunning")
        from mux_tui.core.replay.rerunning import open_replays

        where = self.environment, self.cwd
        async with open_replays(
            order, *where, self.settings_of, told, ask=ask, door="tui"
        ) as replays:
            yield replays

    async def wizard(self) -> "Wizard":
        """A new setup of this machine, in six steps.

        Raises:
            ConfigError: The settings cannot be read; they have to be mended first.
        """
        await asyncio.to_thread(import_module, "mux_tui.core.setup.wizard")
        from mux_tui.core.setup.wizard import open_wizard

        return await asyncio.to_thread(open_wizard, self.environment, self.overrides)

    async def pulse(self) -> "Pulse":
        """How everything is at the moment, for the head of each screen."""
        from mux_tui.tui.pulse import feel

        return await feel(self)

    async def examine(self) -> "Report":
        """The doctor's report."""
        await asyncio.to_thread(import_module, "mux_tui.core.doctor.report")
        from mux_tui.core.doctor.report import examine

        return await examine(self.environment, self.cwd, self.overrides)

    async def call_mux(
        self, arguments: Sequence[str]
    ) -> "AsyncGenerator[Line | Exit, None]":
        """Call mux as a child, with what holds here: its lines, then its end.

        Args:
            arguments: Of the command line, without the program.
        """
        from mux_tui.core.process.run import stream

        environment = self.environment
        given = [f"{name}={value}" for name, value in self.overrides.items()]
        sets = [word for pair in given for word in ("--set", pair)]
        argv = (environment.python, "-P", "-m", "mux_tui", *arguments, *sets)
        return stream(argv, cwd=self.cwd, env=environment.variables)

    def _promise(self) -> "asyncio.Future[Engine]":
        if self._engine is None:
            self._engine = asyncio.get_running_loop().create_future()
        return self._engine
