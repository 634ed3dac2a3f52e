"""What the record, the process and its answers say together.

Read-only: nothing here starts, ends, restarts or writes.
"""

import asyncio
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from mux_tui.core.hardware.processes import (
    ProcessIdentity,
    alive,
    boot_time,
    port_owner,
    resident_bytes,
)
from mux_tui.core.model_server.exit_mark import ExitReason, exit_mark, read_exit
from mux_tui.core.model_server.probe import Answer, ClientFactory, health
from mux_tui.core.model_server.record import ServerRecord, process_of, read_record
from mux_tui.core.model_server.server_log import explains_memory, tail
from mux_tui.core.paths import Paths
from mux_tui.core.process.detached import collect

if TYPE_CHECKING:
    from httpx import AsyncClient

ServerState = Literal[
    "stopped", "starting", "ready", "unresponsive", "crashed", "stale"
]
"""`unresponsive`: the process lives, and does not answer or will never generate again.
`crashed`: it is gone, and nobody meant it to be. `stale`: the record is left over from
before the machine was restarted, or cannot be read."""

LOG_LINES = 15
_ENDING_SECONDS = 0.4
_ENDING_LOOKS = 8

_SENTENCES: dict[ExitReason, str] = {
    "idle": "It stopped by itself, for want of requests.",
    "terminated": "Somebody ended it.",
    "stopped": "It was stopped by mux.",
}


@dataclass(frozen=True)
class ServerStatus:
    """The model server that mux starts, as it is now."""

    state: ServerState
    sentence: str
    """The state, for people."""

    pid: int | None = None
    """None: no process."""

    port: int | None = None
    base_url: str = ""
    model: str = ""
    """The model's directory."""

    instance: str = ""
    fingerprint: str = ""
    """What it was started with, hashed."""

    outdated: bool = False
    """It was started by another version of mux, or with other settings than now."""

    uptime_seconds: float | None = None
    resident_bytes: int | None = None
    restarts: int = 0
    """How often it was lately started again after a crash."""

    log_path: str = ""
    log_lines: tuple[str, ...] = ()
    """The end of its log, safe to show; only where something is wrong."""

    out_of_memory: bool = False
    """The log tells that memory ran out."""


def proves(answer: Answer, record: ServerRecord, pid: int) -> bool:
    """Whether this answer came from the recorded server.

    By the token on the answer; from a server too plain to send one, by its process
    being the one that listens on the port.
    """
    if answer.instance:
        return answer.instance == record.instance

    owner = port_owner(record.port)
    return owner is not None and owner.pid == pid


async def inspect(paths: Paths, clients: ClientFactory, timeout: float) -> ServerStatus:
    """Find out how the server is.

    Args:
        paths: Where its record and its log are.
        clients: Makes the client that asks it.
        timeout: Seconds it may take to answer.
    """
    record = read_record(paths.server_record)
    if record is None:
        return _without_record(paths)

    process = process_of(record)
    if process is None:
        return _gone(record, paths)

    async with clients() as client:
        state, sentence = await _living(client, record, process, timeout)
    if state == "unresponsive" and await _ends(process):
        return _gone(record, paths)
    return _status(
        record,
        paths,
        state,
        sentence,
        pid=process.pid,
        resident=resident_bytes(process.pid),
    )


def _without_record(paths: Paths) -> ServerStatus:
    log = str(paths.server_log)
    if paths.server_record.exists():
        sentence = f"{paths.server_record} cannot be read; a start replaces it."
        return ServerStatus("stale", sentence, log_path=log)

    return ServerStatus("stopped", "No model server is running.", log_path=log)


def _gone(record: ServerRecord, paths: Paths) -> ServerStatus:
    reason = read_exit(exit_mark(paths.server_record), record.instance)
    if reason is not None:
        return _status(record, paths, "stopped", _SENTENCES[reason])
    if record.started_at < boot_time():
        sentence = "It ended when this machine was restarted."
        return _status(record, paths, "stale", sentence)

    status = _status(record, paths, "crashed", "It has crashed.")
    if not status.out_of_memory:
        return status
    return _status(record, paths, "crashed", "It has crashed: memory ran out.")


async def _ends(process: ProcessIdentity) -> bool:
    """Whether the process is just ending: it closes its port before it is gone."""
    for _ in range(_ENDING_LOOKS):
        collect(process.pid)
        if not alive(process.pid, process.started):
            return True
        await asyncio.sleep(_ENDING_SECONDS / _ENDING_LOOKS)

    return False


async def _living(
    client: "AsyncClient",
    record: ServerRecord,
    process: ProcessIdentity,
    timeout: float,
) -> tuple[ServerState, str]:
    answer = await health(client, record.root, timeout)
    if answer is None:
        if record.state == "starting":
            return "starting", "It is starting."
        return "unresponsive", "It does not answer."
    if not proves(answer, record, process.pid):
        return "unresponsive", f"Another program answers on port {record.port}."
    if answer.model_state == "dead" or answer.status != 200:
        return "unresponsive", "It lives, but can generate nothing any more."
    if record.state == "starting" and answer.model_state != "loaded":
        return "starting", "It is loading the model."

    return "ready", "It is ready."


def _status(
    record: ServerRecord,
    paths: Paths,
    state: ServerState,
    sentence: str,
    *,
    pid: int | None = None,
    resident: int | None = None,
) -> ServerStatus:
    wrong = state in ("crashed", "unresponsive")
    lines = tail(paths.server_log, LOG_LINES) if wrong else ()
    return ServerStatus(
        state,
        sentence,
        pid,
        record.port,
        record.base_url,
        record.model,
        record.instance,
        record.fingerprint,
        uptime_seconds=max(time.time() - record.started_at, 0.0) if pid else None,
        resident_bytes=resident,
        restarts=len(record.restarts),
        log_path=str(paths.server_log),
        log_lines=lines,
        out_of_memory=explains_memory(lines),
    )
