"""The file that remembers the running proxy: where it is, who it is, and its token.

Only its owner may read it: who holds the token may use the model, and where relaying
is allowed, whatever the client's own login pays for.
"""

import dataclasses
import json
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from mux_tui.core.errors import ProxyError
from mux_tui.core.hardware.processes import ProcessIdentity, alive, identity
from mux_tui.core.paths import write_private
from mux_tui.core.wire.documents import (
    NotJson,
    as_count,
    as_number,
    as_object,
    as_text,
    parse,
)

ARGUMENTS = ("proxy", "run")
"""Words on the command line of every proxy."""


@dataclass(frozen=True)
class ProxyRecord:
    """One proxy that runs, or ran."""

    instance: str
    """Tells it apart from every other; each of its answers to `/health` has it."""

    port: int
    token: str = dataclasses.field(repr=False)
    pid: int
    process_started: float
    """As `ProcessIdentity.started`."""

    started_at: float
    """In seconds from the epoch."""

    fingerprint: str = ""
    """Hash of the settings it was started with."""

    @property
    def url(self) -> str:
        """Where it answers, without a path."""
        return f"http://127.0.0.1:{self.port}"


def read_record(path: Path) -> ProxyRecord | None:
    """Read the record; None when there is none that can be used."""
    try:
        return _record(path.read_bytes())
    except (OSError, NotJson):
        return None


def write_record(path: Path, record: ProxyRecord) -> None:
    """Write the record, whole, for its owner alone.

    Raises:
        ProxyError: It cannot be written.
    """
    text = json.dumps(dataclasses.asdict(record) | {"url": record.url}, indent=2)
    try:
        write_private(path, text + "\n")
    except OSError as error:
        raise ProxyError(
            f"cannot write {path}", error.strerror or str(error), "Make it writable"
        ) from error


def remove_record(path: Path, instance: str) -> None:
    """Remove the record, unless it is that of another proxy."""
    record = read_record(path)
    if record is None or record.instance == instance:
        with suppress(OSError):
            path.unlink()


def process_of(record: ProxyRecord) -> ProcessIdentity | None:
    """The proxy's process, proved to be the one recorded; None: it is gone."""
    if not alive(record.pid, record.process_started):
        return None
    found = identity(record.pid)
    # After a restart of the machine, number and start may fit a stranger.
    fits = found is not None and set(ARGUMENTS) <= set(found.command)
    return found if fits else None


def _record(data: bytes) -> ProxyRecord | None:
    found = as_object(parse(data))
    record = ProxyRecord(
        as_text(found.get("instance")),
        as_count(found.get("port")) or 0,
        as_text(found.get("token")),
        as_count(found.get("pid")) or 0,
        as_number(found.get("process_started")) or 0.0,
        as_number(found.get("started_at")) or 0.0,
        as_text(found.get("fingerprint")),
    )
    named = record.instance and record.token.isascii() and record.token
    return record if named and record.pid > 0 and 0 < record.port < 65_536 else None
