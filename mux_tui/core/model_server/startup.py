"""From the started process to its first token."""

import asyncio
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from mux_tui.core.errors import ServerError
from mux_tui.core.events import ServerChanged, ServerEvent, ServerPhase
from mux_tui.core.hardware.processes import ProcessIdentity, alive
from mux_tui.core.model_server.exit_mark import exit_mark, read_exit
from mux_tui.core.model_server.inspection import (
    LOG_LINES,
    MEMORY_RAN_OUT,
    proves,
    ran_out,
)
from mux_tui.core.model_server.launch import port_taken
from mux_tui.core.model_server.memory_guard import no_room
from mux_tui.core.model_server.out_of_memory import ADVICE
from mux_tui.core.model_server.probe import ClientFactory, first_token, health
from mux_tui.core.model_server.record import ServerRecord
from mux_tui.core.model_server.server_log import (
    explains_memory,
    last_words,
    tail,
)
from mux_tui.core.paths import Paths
from mux_tui.core.process.detached import collect

if TYPE_CHECKING:
    from httpx import AsyncClient

Report = Callable[[ServerEvent], None]

_LAST_SECONDS = 5.0
_LAST_LOOKS = 50

_PORT_TAKEN = 98
"""The server's exit status when it cannot bind its port."""

_NO_ROOM = 96
"""Its exit status when the GPU cannot hold the model."""

_LAST_WORDS = 120


class ServerDied(ServerError):
    """The server ended, or gave up, before its first token."""

    def __init__(
        self, what: str, why: str, next_step: str, log_lines: tuple[str, ...] = ()
    ) -> None:
        """Make the error.

        Args:
            what: What happened.
            why: The cause, as far as the log tells.
            next_step: What the reader can do now.
            log_lines: The end of its log, safe to show.
        """
        super().__init__(what, why, next_step)
        self.log_lines = log_lines


class PortLost(ServerError):
    """Somebody else took the port between its choice and its use."""


@dataclass(frozen=True)
class Pace:
    """How often and how long to look; tests are in more of a hurry."""

    poll: float = 0.1
    """Seconds between two looks at a starting server."""

    answer: float = 2.0
    """Seconds a status question may take."""

    patience: float = 10.0
    """Seconds until a server that was ready, and is silent, is given up."""

    grace: float = 5.0
    """Seconds between SIGTERM and SIGKILL."""

    stale: float = 30.0
    """Seconds without another phase until it is said that it takes long, and again."""


class Slow:
    """Tells when a phase takes long, each time another span of it has passed."""

    def __init__(self, phase: ServerPhase, span: float) -> None:
        """Begin to count, in spans of so many seconds."""
        self.phase: ServerPhase = phase
        self._span = span
        self._begun = time.monotonic()
        self._told = 0.0

    def due(self) -> float:
        """Seconds in the phase, if it is time to say so; else 0."""
        seconds = time.monotonic() - self._begun
        if seconds - self._told < self._span:
            return 0.0

        self._told = seconds
        return seconds


@dataclass
class Startup:
    """One server on its way up."""

    record: ServerRecord
    process: ProcessIdentity
    paths: Paths
    limit: float
    """Seconds until the first token."""

    pace: Pace
    report: Report

    def __post_init__(self) -> None:
        self._slow = Slow("starting", self.pace.stale)

    async def until_ready(self, clients: ClientFactory) -> None:
        """Wait for the first token, and tell each phase once.

        Raises:
            ServerDied: The process ended, or will never generate; told within two
                seconds of it.
            PortLost: Another program has the port.
            ServerError: The time limit has passed.
        """
        try:
            async with asyncio.timeout(self.limit), clients() as client:
                self._phase("starting")
                await self._loaded(client)
                self._phase("warming")
                await self._warm(client)
        except TimeoutError:
            raise self._too_slow() from None

    async def _loaded(self, client: "AsyncClient") -> None:
        loading = False
        while True:
            self._look()
            answer = await health(client, self.record.root, self.pace.answer)
            if answer is not None:
                if not proves(answer, self.record, self.process.pid):
                    raise PortLost(*port_taken(self.record.port).args)
                if answer.model_state == "dead":
                    await self._last_words()
                    raise self._gave_up("the model cannot be loaded")
                if answer.model_state != "loading":
                    return
                if not loading:
                    self._phase("loading")
                    loading = True
            await asyncio.sleep(self.pace.poll)

    async def _warm(self, client: "AsyncClient") -> None:
        asking = asyncio.ensure_future(
            first_token(
                client,
                self.record.base_url,
                timeout=self.limit,
                instance=self.record.instance,
            )
        )
        try:
            while not asking.done():
                self._look()
                await asyncio.wait([asking], timeout=max(self.pace.poll, 0.01))
            asking.result()
        except ServerError as error:
            await self._last_words()
            raise self._gave_up(error.why) from error
        finally:
            asking.cancel()
            await asyncio.gather(asking, return_exceptions=True)

    async def _last_words(self) -> None:
        """Let a launcher that has lost a rank say which, and why, before it ends."""
        self._check_alive()
        if self.record.ranks > 1:
            for _ in range(_LAST_LOOKS):
                await asyncio.sleep(_LAST_SECONDS / _LAST_LOOKS)
                self._check_alive()

    def _phase(self, phase: ServerPhase) -> None:
        self.report(ServerChanged(phase, Path(self.record.model).name))
        self._slow = Slow(phase, self.pace.stale)

    def _look(self) -> None:
        self._check_alive()
        if seconds := self._slow.due():
            text = f"still {self._slow.phase} after {seconds:.0f} s"
            last = last_words(tail(self.paths.server_log, LOG_LINES))
            text += f"; its log ends: {last[:_LAST_WORDS]}" if last else ""
            self.report(ServerChanged(self._slow.phase, text))

    def _check_alive(self) -> None:
        # In this order: what is seen to be dead has an exit status to collect.
        living = alive(self.process.pid, self.process.started)
        status = collect(self.process.pid)
        if living and status is None:
            return
        if status == _PORT_TAKEN:
            raise PortLost(*port_taken(self.record.port).args)

        raise died(self.record, self.paths, status)

    def _gave_up(self, why: str) -> ServerDied:
        if read_exit(exit_mark(self.paths.server_record), self.record.instance):
            return died(self.record, self.paths, None)

        lines = tail(self.paths.server_log, LOG_LINES)
        what = "the model server gives no token"
        if explains_memory(lines):
            return ServerDied(what, MEMORY_RAN_OUT, ADVICE, lines)
        return ServerDied(what, _cause(lines) or why, _LOGS, lines)

    def _too_slow(self) -> ServerError:
        return ServerError(
            f"the model server gave no token within {self.limit:.0f} s",
            f"its log is {self.paths.server_log}",
            "Raise server.start_timeout, or choose a smaller model",
        )


_LOGS = "See `mux server logs`"


def died(record: ServerRecord, paths: Paths, status: int | None) -> ServerDied:
    """The error for a server that ended before its first token.

    Args:
        record: Which server.
        paths: Where its log is.
        status: Its exit status, negative for a signal; None: not known.
    """
    what = "the model server ended before its first token"
    if read_exit(exit_mark(paths.server_record), record.instance):
        return ServerDied(what, "it was stopped", "Start it again: `mux server start`")
    if status is not None:
        what += f" (signal {-status})" if status < 0 else f" (exit status {status})"

    lines = tail(paths.server_log, LOG_LINES)
    if ran_out(record, lines, status):
        return ServerDied(what, MEMORY_RAN_OUT, ADVICE, lines)
    if status == _NO_ROOM:
        error = no_room(Path(record.model), _cause(lines))
        return ServerDied(error.what, error.why, error.next_step, lines)

    why = _cause(lines)
    if status == -signal.SIGKILL:
        why = "it was killed, perhaps by the system for want of memory"
    return ServerDied(what, why or "its log says nothing", _LOGS, lines)


def _cause(lines: tuple[str, ...]) -> str:
    return last_words(lines).removeprefix("mux: ")
