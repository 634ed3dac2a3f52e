"""The life of the proxy that runs in the background.

Whoever needs it starts it under a lock, or finds the one that runs. A proxy counts as
started when it answers with the name that it was given at its start.
"""

import asyncio
import secrets
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from mux_tui.core.config.environment import Environment
from mux_tui.core.config.settings import Settings
from mux_tui.core.errors import ProxyError
from mux_tui.core.hardware.processes import ProcessIdentity, identity
from mux_tui.core.model_server.server_log import rotate, tail
from mux_tui.core.paths import Paths
from mux_tui.core.process.detached import collect, start_detached
from mux_tui.core.proxy.process.asking import (
    ask_health,
    ask_to_stop,
    ask_to_warm,
    traits_of,
)
from mux_tui.core.proxy.process.ending import end_process, gone
from mux_tui.core.proxy.process.fingerprint import fingerprint_of
from mux_tui.core.proxy.process.lock import ProxyBusy, locked
from mux_tui.core.proxy.process.port import check_port
from mux_tui.core.proxy.process.record import (
    ARGUMENTS,
    ProxyRecord,
    process_of,
    read_record,
    remove_record,
)
from mux_tui.core.proxy.process.status import ProxyStatus, look
from mux_tui.core.proxy.translate.facts import ModelTraits

Tell = Callable[[str], None]


@dataclass(frozen=True)
class ProxyPace:
    """How long to wait for what, in seconds."""

    start: float = 30.0
    """From the start to the first answer."""

    answer: float = 3.0
    """For one answer."""

    end: float = 8.0
    """From being asked to end until it is gone."""

    grace: float = 3.0
    """Between SIGTERM and SIGKILL, for one that does not answer."""

    poll: float = 0.02


@dataclass(frozen=True)
class RunningProxy:
    """A proxy that answers, proved to be ours."""

    url: str
    """Where it answers, without a path."""

    token: str
    """What it wants to see."""

    pid: int
    port: int
    instance: str
    model: ModelTraits | None
    """The local model; None: it does not know it yet."""

    outdated: bool = False
    """It was started by another version of mux, or with other settings than now."""


def _silent(_: str) -> None:
    pass


class ProxyProcess:
    """Finds, starts, adopts and stops the one proxy; holds nothing open itself."""

    def __init__(
        self,
        settings: Settings,
        environment: Environment,
        cwd: Path,
        *,
        overrides: Mapping[str, str] = MappingProxyType({}),
        program: Sequence[str] = (),
        pace: ProxyPace | None = None,
    ) -> None:
        """Make one; touches nothing.

        Args:
            settings: All of them; a proxy that is started gets the same.
            environment: The variables that it sees, and the Python to run it.
            cwd: Its work directory, whose project may narrow the settings.
            overrides: Settings for this call only, handed on to it.
            program: What to run instead of `mux proxy run`; gets the same arguments.
            pace: How long to wait.
        """
        self._settings = settings
        self._environment = environment
        self._paths: Paths = environment.paths
        self._cwd = cwd
        self._overrides = overrides
        mux = (environment.python, "-P", "-m", "mux_tui")
        self._program = (*(program or mux), *ARGUMENTS)
        self._pace = pace or ProxyPace()
        self._fingerprint = fingerprint_of(settings)

    async def status(self) -> ProxyStatus:
        """How the proxy is; changes nothing."""
        return await look(self._paths, self._pace.answer, self._fingerprint)

    async def adopt(self) -> RunningProxy | None:
        """The proxy that runs already, whoever started it; None: there is none."""
        record = read_record(self._paths.proxy_record)
        if record is None or process_of(record) is None:
            return None
        told = await ask_health(record, self._pace.answer)
        return None if told is None else self._running(record, told)

    async def start(self, tell: Tell = _silent) -> RunningProxy:
        """The proxy: the one that runs, or a new one.

        Any number of simultaneous starts give one proxy.

        Args:
            tell: Told what is going on, in a few words.

        Raises:
            ProxyError: It cannot be started; what was started has been ended.
        """
        async with locked(self._paths, self._pace.start):
            if running := await self.adopt():
                if running.outdated:
                    tell("it was started with other settings; stop it for the new ones")
                await self._warm()
                return running

            await self._clear(tell)
            check_port(self._settings.proxy.port)
            instance = secrets.token_hex(16)
            process = self._spawn(instance)
            try:
                return await self._until_ready(instance, process)
            except BaseException:
                # Cancelled, too: what was started in vain goes.
                await end_process(process, 0.5)
                remove_record(self._paths.proxy_record, instance)
                raise

    async def stop(self) -> bool:
        """End the proxy, if one runs that is proved ours.

        What it has under way is told so.

        Returns:
            Whether one was running.

        Raises:
            ProxyError: It does not end.
        """
        try:
            async with locked(self._paths, self._pace.answer):
                return await self._stop()
        except ProxyBusy:
            # Whoever starts it sees it end.
            return await self._stop()

    async def _stop(self) -> bool:
        record = read_record(self._paths.proxy_record)
        process = process_of(record) if record else None
        if record is None or process is None:
            self._paths.proxy_record.unlink(missing_ok=True)
            return False

        asked = await ask_to_stop(record, self._pace.answer)
        ended = asked and await gone(process, self._pace.end, self._pace.poll)
        if not ended and not await end_process(process, self._pace.grace):
            raise ProxyError(
                f"the proxy (pid {process.pid}) does not end",
                "it outlived SIGKILL",
                "It may wait for a disk; try again",
            )
        remove_record(self._paths.proxy_record, record.instance)
        return True

    async def _warm(self) -> None:
        """Have a proxy that was there read the prompt, as a new one does by itself.

        Its model may have been unloaded meanwhile, and forgotten it.
        """
        if record := read_record(self._paths.proxy_record):
            await ask_to_warm(record, self._pace.answer)

    async def _clear(self, tell: Tell) -> None:
        """End what runs but does not answer, and its record."""
        record = read_record(self._paths.proxy_record)
        process = process_of(record) if record else None
        if process is not None:
            tell(f"ending the proxy that does not answer (pid {process.pid})")
            await end_process(process, self._pace.grace)
        self._paths.proxy_record.unlink(missing_ok=True)

    def _spawn(self, instance: str) -> ProcessIdentity:
        pairs = [f"--set={key}={value}" for key, value in self._overrides.items()]
        argv = (*self._program, "--instance", instance, *pairs)
        try:
            rotate(self._paths.proxy_log)
            variables = self._environment.variables
            pid = start_detached(argv, variables, self._cwd, self._paths.proxy_log)
        except OSError as error:
            why = f"{error.strerror or error}: {error.filename or argv[0]}"
            raise ProxyError("the proxy cannot be started", why) from error

        # One that has ended already has no start time, and counts as gone.
        return identity(pid) or ProcessIdentity(pid, 0.0)

    async def _until_ready(
        self, instance: str, process: ProcessIdentity
    ) -> RunningProxy:
        deadline = time.monotonic() + self._pace.start
        while time.monotonic() < deadline:
            if collect(process.pid) is not None:
                raise self._died()
            record = read_record(self._paths.proxy_record)
            if record is not None and record.instance == instance:
                told = await ask_health(record, self._pace.answer)
                if told is not None:
                    return self._running(record, told)
            await asyncio.sleep(self._pace.poll)

        why = f"it has not answered within {self._pace.start:g} s"
        log = f"See {self._paths.proxy_log}"
        raise ProxyError("the proxy cannot be started", why, log)

    def _died(self) -> ProxyError:
        lines = tail(self._paths.proxy_log, 1)
        why = lines[0].removeprefix("mux: ") if lines else "it ended at once"
        return ProxyError("the proxy cannot be started", why)

    def _running(self, record: ProxyRecord, told: Mapping[str, Any]) -> RunningProxy:
        return RunningProxy(
            record.url,
            record.token,
            record.pid,
            record.port,
            record.instance,
            traits_of(told),
            record.fingerprint != self._fingerprint,
        )
