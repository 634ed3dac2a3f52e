"""The life of the model server that mux starts.

There is at most one. Whoever needs it starts it under a lock, or finds the one that
runs and adopts it; it outlives the mux that started it, and nothing is signalled that
is not proved ours.
"""

import dataclasses
import time
from pathlib import Path

from mux_tui.core.config.environment import Environment
from mux_tui.core.config.settings import Server
from mux_tui.core.errors import ServerError
from mux_tui.core.events import ServerChanged
from mux_tui.core.hardware.processes import ProcessIdentity
from mux_tui.core.model_server.ending import end_server, port_given_back
from mux_tui.core.model_server.exit_mark import exit_mark, write_exit
from mux_tui.core.model_server.inspection import ServerStatus, inspect, proves
from mux_tui.core.model_server.launch import Launch, mlx_program, plan, spawn
from mux_tui.core.model_server.lock import ServerBusy, held
from mux_tui.core.model_server.memory_guard import checked_memory
from mux_tui.core.model_server.model_files import checked_model
from mux_tui.core.model_server.probe import (
    Answer,
    ClientFactory,
    first_token,
    health,
    loopback_client,
)
from mux_tui.core.model_server.quiet import stays_busy, until_quiet
from mux_tui.core.model_server.record import (
    ServerRecord,
    process_of,
    read_record,
    remove_record,
    write_record,
)
from mux_tui.core.model_server.running import Running
from mux_tui.core.model_server.startup import Pace, PortLost, Report, Startup
from mux_tui.core.paths import Paths

MAX_RESTARTS = 3
RESTART_WINDOW = 300.0
"""Seconds in which a server is started again at most `MAX_RESTARTS` times."""

_PORT_TRIES = 3


def _silent(_: object) -> None:
    pass


class ModelServer:
    """Finds, starts, adopts and stops the one server; holds nothing open itself."""

    def __init__(
        self,
        paths: Paths,
        settings: Server,
        environment: Environment,
        *,
        program: tuple[str, ...] | None = None,
        clients: ClientFactory = loopback_client,
        pace: Pace | None = None,
    ) -> None:
        """Make one; touches nothing.

        Args:
            paths: Where record, lock and log are.
            settings: How the server is started.
            environment: The variables it may see, and the Python to run it.
            program: What to run instead of mlx_lm.server; it gets the same arguments.
            clients: Makes the HTTP client for one conversation.
            pace: How often and how long to look.
        """
        self._paths = paths
        self._settings = settings
        self._environment = environment
        self._program = program or mlx_program(environment.python)
        self._clients = clients
        self._pace = pace or Pace()

    async def status(self) -> ServerStatus:
        """How the server is; never starts, stops, restarts or writes anything."""
        status = await inspect(self._paths, self._clients, self._pace.answer)
        outdated = status.pid is not None and self._outdated(status)
        return dataclasses.replace(status, outdated=outdated)

    async def adopt(self) -> Running | None:
        """The server that runs already, whoever started it; None: there is none yet.

        One that is still loading is not waited for.
        """
        record = read_record(self._paths.server_record)
        process = process_of(record) if record else None
        if record is None or process is None:
            return None
        if record.state == "ready":
            answer = await self._answer(record, process)
            return self._running(record, process) if answer else None
        try:
            async with held(self._paths.server_lock, 0):
                return await self._adopt_started(record, process)
        except ServerBusy:
            return None

    async def start(
        self, model: Path, report: Report = _silent, *, cut: bool = False
    ) -> Running:
        """The server of this model: the one that runs, or a new one.

        Any number of simultaneous starts give one server. A server of another model
        is stopped first, once its requests have ended.

        Args:
            model: The model's directory.
            report: Told each phase, and warnings.
            cut: End requests to another model's server, instead of waiting for them.

        Raises:
            ServerError: It cannot be started; what was started has been ended.
        """
        model = checked_model(model)

        def waiting() -> None:
            report(ServerChanged("starting", "another mux is starting it"))

        limit = self._settings.start_timeout
        async with held(self._paths.server_lock, limit, waiting):
            record = read_record(self._paths.server_record)
            process = process_of(record) if record else None
            if record and process:
                running = await self._join(record, process, model, report)
                if running is not None:
                    return running

            # All that can be known beforehand is, before another server is ended.
            launch = self._plan(model)
            crowd = launch.crowd()
            machines = crowd.machines if crowd else 1
            checked_memory(model, self._settings, machines)
            if record and process:
                await self._make_way(record, process, model, report, cut)
            else:
                await self._tell_last(report)
            if warning := checked_memory(model, self._settings, machines):
                report(ServerChanged("starting", warning))
            return await self._launch(launch, report, _recent(record))

    async def start_in_background(self, model: Path) -> bool:
        """Start a server that has died, without waiting for it.

        Returns:
            Whether one was started. False when one lives or is being started, or when
            it has been started again too often of late.

        Raises:
            ServerError: The process cannot be started.
        """
        model = checked_model(model)
        try:
            async with held(self._paths.server_lock, 0):
                return await self._restart(model)
        except ServerBusy:
            return False

    async def stop(self, *, spare_busy: bool = False) -> bool:
        """End the server, if one runs that is proved ours.

        A server that is still loading is ended too.

        Args:
            spare_busy: Leave it alone while it answers somebody: for those who end it
                only because they leave.

        Returns:
            Whether one was running, and was ended.

        Raises:
            ServerError: It does not end.
        """
        try:
            async with held(self._paths.server_lock, 1.0):
                return await self._stop(spare_busy)
        except ServerBusy:
            # Whoever starts it sees it end, and that it was meant to.
            return False if spare_busy else await self._stop(spare_busy)

    async def _stop(self, spare_busy: bool) -> bool:
        record = read_record(self._paths.server_record)
        process = process_of(record) if record else None
        if record is None or process is None:
            remove_record(self._paths.server_record)
            return False
        if spare_busy and await stays_busy(self._clients, record, self._pace):
            return False

        await self._end(record, process)
        remove_record(self._paths.server_record, record.instance)
        return True

    async def _end(self, record: ServerRecord, process: ProcessIdentity) -> None:
        try:
            write_exit(exit_mark(self._paths.server_record), record.instance, "stopped")
        except OSError as error:
            raise ServerError(
                "cannot write to the state directory",
                error.strerror or str(error),
                f"Make {self._paths.state_dir} writable",
            ) from error
        if not await end_server(process, self._pace.grace):
            raise ServerError(
                f"the model server (pid {process.pid}) does not end",
                "it outlived SIGKILL",
                "It may wait for a disk; try again",
            )
        await port_given_back(record.port)

    async def _make_way(
        self,
        record: ServerRecord,
        process: ProcessIdentity,
        model: Path,
        report: Report,
        cut: bool,
    ) -> None:
        """End the server that lives, for one of this model."""
        if record.model != str(model) and not cut:
            limit = self._settings.start_timeout
            await until_quiet(self._clients, record, self._pace, limit, report)
        await self._end(record, process)

    async def _tell_last(self, report: Report) -> None:
        """Say what became of the server before, unless it was meant to end."""
        status = await inspect(self._paths, self._clients, self._pace.answer)
        if status.state in ("crashed", "stale"):
            text = f"the last one: {status.sentence.rstrip('.')}"
            report(ServerChanged("starting", text))

    async def _restart(self, model: Path) -> bool:
        record = read_record(self._paths.server_record)
        recent = _recent(record)
        if len(recent) >= MAX_RESTARTS:
            return False
        if record and (process := process_of(record)):
            if record.state == "starting" or await self._answer(record, process):
                return False
            await self._end(record, process)

        spawn(self._plan(model), self._paths, (*recent, time.time()))
        return True

    async def _join(
        self,
        record: ServerRecord,
        process: ProcessIdentity,
        model: Path,
        report: Report,
    ) -> Running | None:
        """Use the server that lives; None: it is to be ended."""
        if record.model != str(model):
            report(ServerChanged("stopping", f"it serves {Path(record.model).name}"))
            return None
        if record.state == "starting":
            return await self._join_starting(record, process, report)
        if not await self._answer(record, process):
            report(ServerChanged("stopping", "it does not answer"))
            return None

        running = self._running(record, process)
        text = "started with other settings; stop it to have the new ones"
        report(ServerChanged("ready", text if running.outdated else ""))
        return running

    async def _join_starting(
        self, record: ServerRecord, process: ProcessIdentity, report: Report
    ) -> Running | None:
        """Wait for a server whose starter did not; not ours to end when cancelled."""
        try:
            await self._startup(record, process, report).until_ready(self._clients)
        except ServerError as error:
            report(ServerChanged("stopping", error.why))
            return None

        return self._mark_ready(record, process, report)

    async def _launch(
        self, launch: Launch, report: Report, restarts: tuple[float, ...]
    ) -> Running:
        tries = 1 if self._settings.port else _PORT_TRIES
        while True:
            tries -= 1
            try:
                return await self._try(launch, report, restarts)
            except PortLost:
                if not tries:
                    raise

    async def _try(
        self, launch: Launch, report: Report, restarts: tuple[float, ...]
    ) -> Running:
        record, process = spawn(launch, self._paths, restarts)
        try:
            startup = self._startup(record, process, report)
            await startup.until_ready(self._clients)
            return self._mark_ready(record, process, report)
        except BaseException:
            # Cancelled, too: what was started in vain goes.
            remove_record(self._paths.server_record, record.instance)
            # A launcher has to end what it started on other machines.
            await end_server(process, self._pace.grace if record.ranks > 1 else 0)
            raise

    async def _adopt_started(
        self, record: ServerRecord, process: ProcessIdentity
    ) -> Running | None:
        answer = await self._answer(record, process)
        if answer is None or answer.model_state == "loading":
            return None
        try:
            async with self._clients() as client:
                await first_token(
                    client,
                    record.base_url,
                    timeout=self._pace.patience,
                    instance=record.instance,
                )
        except ServerError:
            return None

        return self._mark_ready(record, process, _silent)

    async def _answer(
        self, record: ServerRecord, process: ProcessIdentity
    ) -> Answer | None:
        """The server's own word that it can generate; None: it does not say so."""
        async with self._clients() as client:
            answer = await health(client, record.root, self._pace.patience)
        if answer is None or answer.status != 200 or answer.model_state == "dead":
            return None

        return answer if proves(answer, record, process.pid) else None

    def _startup(
        self, record: ServerRecord, process: ProcessIdentity, report: Report
    ) -> Startup:
        limit = self._settings.start_timeout
        return Startup(record, process, self._paths, limit, self._pace, report)

    def _mark_ready(
        self, record: ServerRecord, process: ProcessIdentity, report: Report
    ) -> Running:
        ready = dataclasses.replace(
            record, state="ready", pid=process.pid, process_started=process.started
        )
        write_record(self._paths.server_record, ready)
        report(ServerChanged("ready", Path(record.model).name))
        return self._running(ready, process)

    def _running(self, record: ServerRecord, process: ProcessIdentity) -> Running:
        return Running(
            record.base_url,
            record.model,
            process.pid,
            record.instance,
            self._outdated(record),
        )

    def _outdated(self, started: ServerRecord | ServerStatus) -> bool:
        return self._plan(Path(started.model)).fingerprint != started.fingerprint

    def _plan(self, model: Path) -> Launch:
        return plan(self._program, model, self._settings, self._environment)


def _recent(record: ServerRecord | None) -> tuple[float, ...]:
    now = time.time()
    restarts = record.restarts if record else ()
    return tuple(then for then in restarts if 0 <= now - then < RESTART_WINDOW)
