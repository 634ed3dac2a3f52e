"""Another model, for as long as replays last; then the one before is served again.

Also after a failure and after Ctrl-C. Nobody's answer is cut for it: what somebody else
has under way is waited for, and where there is no time for that, said.
"""

import asyncio
from collections.abc import AsyncGenerator, Coroutine, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from mux_tui.core.config.environment import Environment
from mux_tui.core.config.settings import Settings
from mux_tui.core.errors import ServerError
from mux_tui.core.events import ServerChanged
from mux_tui.core.finishing import finished
from mux_tui.core.local_model.choose import model_directory
from mux_tui.core.local_model.pool import addresses
from mux_tui.core.machine.named import named_model
from mux_tui.core.model_server.lifecycle import ModelServer
from mux_tui.core.model_server.lock import ServerBusy, held
from mux_tui.core.model_server.startup import Report
from mux_tui.core.model_server.switch import switch
from mux_tui.core.paths import Paths
from mux_tui.core.task import CLOUD_ROUTES, RouteChoice

_PAUSE_SECONDS = 0.25
"""Between two looks at whether somebody is answered still."""


@dataclass(frozen=True)
class Wanted:
    """The model that replays are asked of."""

    name: str = ""
    """Empty: the one of the settings."""

    overrides: Mapping[str, object] = field(default_factory=dict[str, object])
    """Settings, by dotted name, with which it is asked."""

    directory: Path | None = None
    """What mux's own server has to serve; None: nothing is to be switched."""


def wanted_model(
    name: str,
    route: RouteChoice,
    settings: Settings,
    environment: Environment,
    cwd: Path,
) -> Wanted:
    """What a model's name means; it blocks.

    Args:
        name: For a cloud route what its CLI calls it, else a model of the endpoint
            that is configured, or one on this machine; empty: none is named.
        route: Who is to be asked.
        settings: The user's.
        environment: Where models are.
        cwd: What a directory is relative to.

    Raises:
        UsageError: There is no such model on this machine.
    """
    if not name:
        return Wanted()
    if route in CLOUD_ROUTES:
        return Wanted(name, {f"providers.{route}.model": name})
    if addresses(settings.providers.local):
        return Wanted(name, {"providers.local.model": name})

    found = named_model(name, settings, environment, cwd)
    overrides = {"providers.local.model": found.setting}
    if model_directory(settings, environment.paths) == found.directory:
        return Wanted(found.directory.name, overrides)

    return Wanted(found.directory.name, overrides, found.directory)


@asynccontextmanager
async def alone(wanted: Wanted, paths: Paths) -> AsyncGenerator[None, None]:
    """Keep the replays of other processes from serving a model of theirs meanwhile.

    Each would go back to the other's in the end, and that would stay.

    Args:
        wanted: What is to be served; without a directory nothing is kept.
        paths: Where the lock is.

    Raises:
        ServerError: Others have begun.
    """
    async with AsyncExitStack() as stack:
        if wanted.directory is not None:
            try:
                await stack.enter_async_context(held(paths.replay_lock, 0))
            except ServerBusy as error:
                raise ServerError(
                    f"{wanted.name} is not served",
                    "other replays have another model served",
                    "Wait until they have ended, or end them",
                ) from error
        yield


@asynccontextmanager
async def served(
    wanted: Wanted, server: ModelServer, report: Report
) -> AsyncGenerator[None, None]:
    """Serve a model for as long as the context is open.

    Args:
        wanted: Which; without a directory nothing is done.
        server: The one that mux starts.
        report: Told each phase, and what could not be made as it was.

    Raises:
        ServerError: It cannot be served; the one before is.
    """
    if wanted.directory is None:
        yield
        return

    status = await server.status()
    before = Path(status.model) if status.pid is not None else None
    if before == wanted.directory:
        yield
        return

    await switch(server, wanted.directory, report)
    patient = False
    try:
        yield
        patient = True
    finally:
        await _back(server, wanted.directory, before, report, patient)


async def _back(
    server: ModelServer, after: Path, before: Path | None, report: Report, patient: bool
) -> None:
    """Serve the model of before again, or none if there was none."""
    waiting = False
    try:
        while not await _to_its_end(_quickly_back(server, after, before, report)):
            if not patient or before is None:
                report(_stays(after, before))
                return
            if not waiting:
                waiting = True
                told = f"{after.name} is answering somebody; waiting for the end of it"
                report(ServerChanged("stopping", told))
            await _paused(_stays(after, before), report)
    except ServerError as error:
        report(ServerChanged("stopping", f"{error.what}: {error.why}"))


async def _paused(stays: ServerChanged, report: Report) -> None:
    try:
        await asyncio.sleep(_PAUSE_SECONDS)
    except asyncio.CancelledError:
        report(stays)
        raise


async def _to_its_end(work: Coroutine[None, None, bool]) -> bool:
    task = asyncio.create_task(work)
    try:
        await finished(task)
    except asyncio.CancelledError:
        if task.done() and not task.cancelled():
            task.exception()
        raise
    return task.result()


async def _quickly_back(
    server: ModelServer, after: Path, before: Path | None, report: Report
) -> bool:
    """Whether all is as it was, or somebody else has seen to it."""
    status = await server.status()
    if status.pid is None or Path(status.model) != after:
        return True
    if not await server.stop(spare_busy=True):
        return False
    if before is not None:
        await server.start_in_background(before)
        report(ServerChanged("starting", f"going back to {before.name}"))

    return True


def _stays(after: Path, before: Path | None) -> ServerChanged:
    way = f"; to go back: mux server switch {before.name}" if before else ""
    return ServerChanged("ready", f"{after.name} is answering somebody, and stays{way}")
