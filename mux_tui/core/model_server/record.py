"""The file that remembers the running model server.

It holds what proves that a process is ours: number, start time and the instance token
on its command line. All three must fit before it is signalled or trusted.
"""

import dataclasses
import json
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

from mux_tui.core.errors import ServerError
from mux_tui.core.hardware.processes import ProcessIdentity, find, is_same
from mux_tui.core.paths import write_private
from mux_tui.core.wire.documents import (
    NotJson,
    as_count,
    as_list,
    as_number,
    as_object,
    as_text,
    parse,
)

RecordedState = Literal["starting", "ready"]
"""`starting`: no token has been seen of it yet."""

RESTARTS_KEPT = 20
_KILLS_KEPT = 20


@dataclass(frozen=True)
class ServerRecord:
    """One server that mux started."""

    instance: str
    """The token on its command line and on each of its answers."""

    port: int
    model: str
    """The model's directory, absolute."""

    fingerprint: str
    """Hash of everything that the settings and mux put into its start."""

    started_at: float
    """When it was started, in seconds from the epoch."""

    pid: int = 0
    """0: it was about to be started when this was written."""

    process_started: float = 0.0
    """As `ProcessIdentity.started`."""

    state: RecordedState = "starting"
    restarts: tuple[float, ...] = ()
    """When it was started again after a crash, in seconds from the epoch."""

    ranks: int = 1
    """How many processes share the model, on this machine or on several."""

    kills: tuple[tuple[str, int], ...] = ()
    """As `kernel_kills`, when it was started."""

    @property
    def root(self) -> str:
        """Where it answers, without a path."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def base_url(self) -> str:
        """Where it answers Chat Completions."""
        return f"{self.root}/v1"


def read_record(path: Path) -> ServerRecord | None:
    """Read the record; None when there is none that can be used."""
    try:
        return _record(path.read_bytes())
    except (OSError, NotJson):
        return None


def write_record(path: Path, record: ServerRecord) -> None:
    """Write the record, so that readers see the old one or the new one, whole.

    Raises:
        ServerError: It cannot be written.
    """
    text = json.dumps(
        dataclasses.asdict(record) | {"base_url": record.base_url}, indent=2
    )
    try:
        write_private(path, text + "\n")
    except OSError as error:
        raise ServerError(
            f"cannot write {path}",
            error.strerror or str(error),
            "Make room, or make it writable",
        ) from error


def remove_record(path: Path, instance: str | None = None) -> None:
    """Remove the record, if it still is that of `instance`; None: whatever it is."""
    if instance is not None:
        record = read_record(path)
        if record is not None and record.instance != instance:
            return

    # One that cannot be removed is told to be stale by whoever reads it.
    with suppress(OSError):
        path.unlink()


def process_of(record: ServerRecord) -> ProcessIdentity | None:
    """The server's process, proved to be the one recorded; None: it is gone."""
    if record.pid == 0:
        # Whoever started it was killed before it could note the number.
        return find(record.instance)
    if is_same(record.pid, record.process_started, record.instance):
        return ProcessIdentity(record.pid, record.process_started)

    return None


def _record(data: bytes) -> ServerRecord | None:
    found = as_object(parse(data))
    port = as_count(found.get("port"))
    state = found.get("state")
    record = ServerRecord(
        as_text(found.get("instance")),
        port or 0,
        as_text(found.get("model")),
        as_text(found.get("fingerprint")),
        as_number(found.get("started_at")) or 0.0,
        as_count(found.get("pid")) or 0,
        as_number(found.get("process_started")) or 0.0,
        "ready" if state == "ready" else "starting",
        _times(found.get("restarts")),
        as_count(found.get("ranks")) or 1,
        _kills(found.get("kills")),
    )
    usable = record.instance and 0 < record.port < 65_536 and record.started_at > 0
    return record if usable and state in get_args(RecordedState) else None


def _times(value: object) -> tuple[float, ...]:
    numbers = (as_number(item) for item in as_list(value)[-RESTARTS_KEPT:])
    return tuple(number for number in numbers if number is not None)


def _kills(value: object) -> tuple[tuple[str, int], ...]:
    pairs = [as_list(pair) for pair in as_list(value)[:_KILLS_KEPT]]
    return tuple(
        (as_text(pair[0]), as_count(pair[1]) or 0) for pair in pairs if len(pair) == 2
    )
