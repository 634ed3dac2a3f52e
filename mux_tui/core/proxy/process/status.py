"""How the proxy is; looking changes nothing."""

import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from mux_tui.core.hardware.processes import resident_bytes
from mux_tui.core.model_server.server_log import tail
from mux_tui.core.paths import Paths
from mux_tui.core.proxy.process.asking import ask_health, traits_of
from mux_tui.core.proxy.process.record import ProxyRecord, process_of, read_record
from mux_tui.core.proxy.translate.facts import ModelTraits
from mux_tui.core.text import one_line
from mux_tui.core.wire.documents import as_count, as_list, as_number, as_text

ProxyState = Literal["stopped", "running", "unresponsive", "crashed"]
"""`crashed`: it is gone, and did not end in order."""

_LOG_LINES = 10


@dataclass(frozen=True)
class ProxyStatus:
    """The proxy, as it is now."""

    state: ProxyState
    sentence: str
    """The state, for people."""

    pid: int | None = None
    """None: no process."""

    port: int | None = None
    url: str = ""
    """Where it answers, without a path; empty: it does not."""

    instance: str = ""
    since: str = ""
    """When it was started, in UTC."""

    uptime_seconds: float | None = None
    open_requests: int | None = None
    served: int | None = None
    """Requests that are over."""

    waiting: int | None = None
    """Requests among the open ones that wait for the model."""

    ends_in_seconds: float | None = None
    """Until it ends if nobody asks for anything; None: it does not, or not now."""

    model: str = ""
    """The local model's name; empty: not known."""

    model_status: str = ""
    """How the model is: `ready`, `loading`, `down`…; empty: not told."""

    model_detail: str = ""
    """The same for people, safe to show; empty: nothing to say."""

    circuit: str = ""
    """`open`: the model failed so often that it is left alone for a while."""

    notices: tuple[str, ...] = ()
    """What the user should know of it."""

    traits: ModelTraits | None = None
    fingerprint: str = ""
    outdated: bool = False
    """It was started by another version of mux, or with other settings than now."""

    resident_bytes: int | None = None
    log: str = ""
    """Where it writes, when it was started in the background."""

    log_lines: tuple[str, ...] = ()
    """The end of its log, safe to show; only where something is wrong."""


async def look(paths: Paths, timeout: float, fingerprint: str = "") -> ProxyStatus:
    """Find out how the proxy is.

    Args:
        paths: Where its record and its log are.
        timeout: Seconds it may take to answer.
        fingerprint: Of the settings that hold now; empty: not compared.
    """
    log = str(paths.proxy_log)
    record = read_record(paths.proxy_record)
    if record is None:
        return ProxyStatus("stopped", "No proxy is running.", log=log)

    process = process_of(record)
    if process is None:
        lines = tail(paths.proxy_log, _LOG_LINES)
        return ProxyStatus("crashed", "It has crashed.", log=log, log_lines=lines)

    told = await ask_health(record, timeout)
    outdated = bool(fingerprint) and fingerprint != record.fingerprint
    return _living(record, told, log, outdated)


def _living(record: ProxyRecord, told: Any, log: str, outdated: bool) -> ProxyStatus:
    answers = told is not None
    told = told or {}
    return ProxyStatus(
        "running" if answers else "unresponsive",
        "It is ready." if answers else "It does not answer.",
        record.pid,
        record.port,
        record.url if answers else "",
        record.instance,
        datetime.fromtimestamp(record.started_at, UTC).isoformat(timespec="seconds"),
        max(time.time() - record.started_at, 0.0),
        as_count(told.get("open_requests")),
        as_count(told.get("served")),
        as_count(told.get("waiting")),
        as_number(told.get("ends_in")),
        as_text(told.get("model")),
        as_text(told.get("model_status")),
        one_line(as_text(told.get("model_detail"))),
        as_text(told.get("circuit")),
        tuple(one_line(as_text(text)) for text in as_list(told.get("notices"))),
        traits_of(told),
        record.fingerprint,
        outdated,
        resident_bytes(record.pid),
        log,
    )
