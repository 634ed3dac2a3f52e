"""What the record, the process and its answers say together.

Read-only: nothing here starts, ends, restarts or writes.
"""

import asyncio
import signal
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from mux_tui.core.hardware.processes import (
    ProcessIdentity,
    alive,
    boot_time,
    family,
    port_owner,
    resident_bytes,
)
from mux_tui.core.model_server.distributed.fallen import fallen_rank
from mux_tui.core.model_server.exit_mark import ExitReason, exit_mark, read_exit
from mux_tui.core.model_server.out_of_memory import ADVICE, killed_since
from mux_tui.core.model_server.probe import Answer, ClientFactory, health
from mux_tui.core.model_server.record import ServerRecord, process_of, read_record
from mux_tui.core.model_server.server_log import (
    explains_memory,
    tail,
    told_error,
)
from mux_tui.core.paths import Paths
from mux_tui.core.process.detached import collect

ServerState = Literal[
    "stopped", "starting", "ready", "unresponsive", "crashed", "stale"
]
"""`unresponsive`: the process lives, and does not answer or will never generate again.
`crashed`: it is gone, and nobody meant it to be. `stale`: the record is left over from
before the machine was restarted, or cannot be read."""

LOG_LINES = 15
MEMORY_RAN_OUT = "memory ran out"
_BARREN = "It lives, but can generate nothing any more"
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
    ranks: int = 1
    """How many processes share the model, on this machine or on several."""

    restarts: int = 0
    """How often it was lately started again after a crash."""

    log_path: str = ""
    log_lines: tuple[str, ...] = ()
    """The end of its log, safe to show; only where something is wrong."""

    out_of_memory: bool = False
    """Memory ran out, as the log tells or the kernel has counted."""

    advice: str = ""
    """What to change so that it does not happen again; empty: nothing is known."""

    open_requests: int | None = None
    """How many requests it has under way; None: it does not tell."""

    idle_seconds_left: float | None = None
    """Seconds until it ends for want of requests; None: it does not end, or is not idle
    now."""

    idle_stops_at: float | None = None
    """The same as a time, in seconds from the epoch."""


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
        answer = await health(client, record.root, timeout)
    state, sentence = _living(answer, record, process)
    if state == "unresponsive" and await _ends(process):
        return _gone(record, paths)

    resident = _resident(record, process)
    status = _status(record, paths, state, sentence, process.pid, resident)
    return _told(status, answer) if answer and state == "ready" else status


def _told(status: ServerStatus, answer: Answer) -> ServerStatus:
    """With what the server itself says of its requests."""
    left = answer.idle_left
    return replace(
        status,
        open_requests=answer.open_requests,
        idle_seconds_left=left,
        idle_stops_at=None if left is None else time.time() + left,
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
    return replace(status, sentence=f"It has crashed{_cause(status)}.")


def _cause(status: ServerStatus) -> str:
    if status.out_of_memory:
        return f": {MEMORY_RAN_OUT}"

    told = fallen_rank(status.log_lines) or told_error(status.log_lines)
    return f": {told.removeprefix('mux: ').rstrip('.')}" if told else ""


def ran_out(record: ServerRecord, lines: Sequence[str], status: int | None) -> bool:
    """Whether a server that is gone has ended for want of memory.

    Args:
        record: Which server.
        lines: The end of its log.
        status: Its exit status, negative for a signal; None: not known.
    """
    if explains_memory(lines):
        return True

    # The kernel counts for the whole machine: it may have killed somebody else.
    silent = status in (None, -signal.SIGKILL) and not told_error(lines)
    return silent and killed_since(record.kills)


async def _ends(process: ProcessIdentity) -> bool:
    """Whether the process is just ending: it closes its port before it is gone."""
    for _ in range(_ENDING_LOOKS):
        collect(process.pid)
        if not alive(process.pid, process.started):
            return True
        await asyncio.sleep(_ENDING_SECONDS / _ENDING_LOOKS)

    return False


def _living(
    answer: Answer | None, record: ServerRecord, process: ProcessIdentity
) -> tuple[ServerState, str]:
    if answer is None:
        if record.state == "starting":
            return "starting", "It is starting."
        return "unresponsive", "It does not answer."
    if not proves(answer, record, process.pid):
        return "unresponsive", f"Another program answers on port {record.port}."
    if answer.model_state == "dead" or answer.status != 200:
        return "unresponsive", f"{_BARREN}."
    if record.state == "starting" and answer.model_state != "loaded":
        return "starting", "It is loading the model."

    shared = f", on {record.ranks} ranks" if record.ranks > 1 else ""
    return "ready", f"It is ready{shared}."


def _resident(record: ServerRecord, process: ProcessIdentity) -> int | None:
    if record.ranks == 1:
        return resident_bytes(process.pid)

    # The launcher holds next to nothing; ranks elsewhere cannot be asked.
    sizes = (resident_bytes(member.pid) for member in family(process.pid))
    return sum(size for size in sizes if size is not None)


def _status(
    record: ServerRecord,
    paths: Paths,
    state: ServerState,
    sentence: str,
    pid: int | None = None,
    resident: int | None = None,
) -> ServerStatus:
    wrong = state in ("crashed", "unresponsive")
    lines = tail(paths.server_log, LOG_LINES) if wrong else ()
    exhausted = explains_memory(lines)
    if state == "crashed":
        exhausted = ran_out(record, lines, collect(record.pid))
    elif exhausted and sentence.startswith(_BARREN):
        sentence = f"{_BARREN}: {MEMORY_RAN_OUT}."
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
        ranks=record.ranks,
        restarts=len(record.restarts),
        log_path=str(paths.server_log),
        log_lines=lines,
        out_of_memory=exhausted,
        advice=ADVICE if exhausted else "",
    )
