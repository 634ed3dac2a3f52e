"""Serving: from a free port to the end of the last answer.

The order is what matters. The port is held before the record names it; the record is
there before anybody is answered; and at the end nobody new is let in, what is under
way is told so, the record goes, and the service closes what it holds.
"""

import asyncio
import logging
import os
import resource
import secrets
import socket
import time
from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from mux_tui.core.config.environment import Environment
from mux_tui.core.config.settings import Settings
from mux_tui.core.errors import ProxyError
from mux_tui.core.hardware.processes import identity
from mux_tui.core.proxy.gate import Gate
from mux_tui.core.proxy.health import ProxySelf
from mux_tui.core.proxy.http import Service
from mux_tui.core.proxy.limits import HttpLimits
from mux_tui.core.proxy.listener import listener
from mux_tui.core.proxy.process.asking import ask_health
from mux_tui.core.proxy.process.fingerprint import fingerprint_of
from mux_tui.core.proxy.process.lock import locked
from mux_tui.core.proxy.process.port import listening
from mux_tui.core.proxy.process.record import (
    ProxyRecord,
    process_of,
    read_record,
    remove_record,
    write_record,
)
from mux_tui.core.proxy.server import Face

ServiceOpener = Callable[
    [Settings, Environment, Path], AbstractAsyncContextManager[Service]
]
Tell = Callable[[str], None]

_LOCK_SECONDS = 30.0
_ANSWER_SECONDS = 3.0
_OPEN_FILES = 8192


@dataclass(frozen=True)
class Serving:
    """What a proxy is served with."""

    settings: Settings
    environment: Environment
    cwd: Path
    tell: Tell
    """Told what the user should know, a line at a time."""

    instance: str = ""
    """The name that whoever starts it in the background has given it, holding the
    lock; empty: nobody has."""

    opener: ServiceOpener | None = None
    """Opens what answers; None: the real service."""

    limits: HttpLimits = field(default_factory=HttpLimits)


async def serve(serving: Serving) -> None:
    """Serve until somebody asks for the end, or nobody has asked for anything.

    Cancelling it ends it in the same order.

    Raises:
        ProxyError: A proxy runs already, or the port is taken.
        MuxError: The service cannot be opened.
    """
    _raise_open_files()
    async with AsyncExitStack() as stack:
        sock, record = await stack.enter_async_context(_place(serving))
        service = await stack.enter_async_context(_service(serving))
        ending = asyncio.Event()
        idle = serving.settings.proxy.idle_minutes * 60
        face = Face(
            service,
            Gate(record.port, record.token),
            ProxySelf(record.instance, record.pid, record.started_at, idle),
            ending.set,
            serving.limits,
        )
        # Before the service closes, which may take a moment: the place is free by then.
        path = serving.environment.paths.proxy_record
        stack.callback(remove_record, path, record.instance)
        await stack.enter_async_context(listener(sock, face, serving.limits))
        serving.tell(f"● proxy on {record.url} (pid {record.pid})")
        await _until_over(ending, face, idle, serving.tell)


@asynccontextmanager
async def _place(
    serving: Serving,
) -> AsyncGenerator[tuple[socket.socket, ProxyRecord], None]:
    """A port that is ours, and a record that says so."""
    paths = serving.environment.paths
    async with AsyncExitStack() as lock:
        if not serving.instance:
            await lock.enter_async_context(locked(paths, _LOCK_SECONDS))
        await _check_alone(serving)
        sock = listening(serving.settings.proxy.port)
        record = _record(serving, sock.getsockname()[1])
        try:
            write_record(paths.proxy_record, record)
        except ProxyError:
            sock.close()
            raise
    try:
        yield sock, record
    finally:
        sock.close()
        remove_record(paths.proxy_record, record.instance)


async def _check_alone(serving: Serving) -> None:
    record = read_record(serving.environment.paths.proxy_record)
    if record is None or process_of(record) is None:
        return
    told = await ask_health(record, _ANSWER_SECONDS)
    how = "is running" if told is not None else "is running but does not answer"
    raise ProxyError(
        f"a proxy {how}",
        f"pid {record.pid} on {record.url}",
        "Use it: mux proxy env; or end it: mux proxy stop",
    )


def _record(serving: Serving, port: int) -> ProxyRecord:
    me = identity(os.getpid())
    return ProxyRecord(
        serving.instance or secrets.token_hex(16),
        port,
        secrets.token_urlsafe(32),
        os.getpid(),
        me.started if me else 0.0,
        time.time(),
        fingerprint_of(serving.settings),
    )


def _service(serving: Serving) -> AbstractAsyncContextManager[Service]:
    opener = serving.opener
    if opener is None:
        # Late: it brings the HTTP client, the ledger and the model's code.
        from mux_tui.core.proxy.compose import open_service

        opener = open_service
    return opener(serving.settings, serving.environment, serving.cwd)


async def _until_over(
    ending: asyncio.Event, face: Face, idle_seconds: float, tell: Tell
) -> None:
    while not ending.is_set():
        left = None
        if idle_seconds > 0:
            left = idle_seconds - face.counters.quiet_seconds()
            if left <= 0:
                minutes = idle_seconds / 60
                tell(f"ending: nobody has asked for anything for {minutes:g} min")
                return
        try:
            async with asyncio.timeout(left):
                await ending.wait()
        except TimeoutError:
            continue


def _raise_open_files() -> None:
    """Allow as many connections as there may be clients: macOS begins with 256."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    infinite = hard == resource.RLIM_INFINITY
    wanted = _OPEN_FILES if infinite else min(_OPEN_FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        try:
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
        except (OSError, ValueError):
            logging.getLogger("mux.proxy").warning("only %d files may be open", soft)
