"""Step 3: what a download would bring, exactly; and bringing it.

Cancelling it leaves what has come, which the next try goes on with.
"""

import asyncio
import sys
import time
from collections.abc import Callable
from pathlib import Path

from mux_tui.core.config.environment import Environment
from mux_tui.core.errors import UsageError, WeightsError
from mux_tui.core.events import Progressed
from mux_tui.core.hardware.memory import free_disk
from mux_tui.core.paths import Paths
from mux_tui.core.setup.choices import ModelChoice
from mux_tui.core.setup.facts import Downloaded, DownloadFound
from mux_tui.core.text import one_line
from mux_tui.core.weights.gguf_model import dtype_for
from mux_tui.core.weights.hub import place
from mux_tui.core.weights.hub.look_up import look_up
from mux_tui.core.weights.hub.name import HubName
from mux_tui.core.weights.hub.pull import check_room, pull, room_for
from mux_tui.core.weights.starter import STARTER, install_starter, starter_installed
from mux_tui.core.weights.wheel import places

_TRIES = 1
"""A hub that does not answer is told at once: there are other ways on."""

Report = Callable[[Progressed], None]


async def look_at_download(
    model: ModelChoice, environment: Environment
) -> DownloadFound:
    """Ask what choosing this model would bring; fetches nothing of it.

    Args:
        model: One that is fetched.
        environment: The variables: the hub, the login, proxies.

    Raises:
        WeightsError: No hub answers, it has no such model, or the disk is a riddle.
        UsageError: It is nothing that is fetched.
    """
    match model.kind:
        case "starter":
            return _starter(environment.paths)
        case "hub":
            return await _hub(model, environment)
        case "none" | "directory" | "server" | "cloud":
            raise UsageError(f"{model.name} is nothing to download")


async def fetch(
    model: ModelChoice, environment: Environment, report: Report
) -> Downloaded:
    """Bring the model here, or go on with that.

    Args:
        model: One that is fetched.
        environment: The variables: the hub, the login, proxies.
        report: Told how far it is.

    Raises:
        WeightsError: It cannot be had; what has come stays.
        EnvironmentProblem: A directory cannot be written.
        UsageError: It is nothing that is fetched.
    """
    begun = time.monotonic()
    found = await look_at_download(model, environment)
    directory = await _brought(found, environment, report)
    seconds = time.monotonic() - begun
    return Downloaded(model, directory, found.missing, seconds)


async def _brought(
    found: DownloadFound, environment: Environment, report: Report
) -> Path:
    model, paths = found.model, environment.paths
    if model.kind == "starter":
        return await install_starter(paths, environment, report)
    if found.already and (here := place.directory_of(HubName.parse(model.id), paths)):
        return here

    plan = await look_up(model.id, environment, tries=_TRIES)
    check_room(plan, paths)
    return await pull(plan, environment, report)


def _starter(paths: Paths) -> DownloadFound:
    dtype = dtype_for(sys.platform)
    installed = starter_installed(paths)
    fetched = any(place.exists() for place in places(STARTER.wheel, paths))
    missing = 0 if installed or fetched else STARTER.download_bytes
    needed = STARTER.gguf_bytes + STARTER.disk_bytes(dtype) + missing
    return DownloadFound(
        ModelChoice("starter"),
        STARTER.id,
        STARTER.download_bytes,
        missing,
        installed,
        0 if installed else needed,
        _free(paths.models),
        STARTER.licence,
        STARTER.honest_word,
        ((STARTER.wheel.file_name, STARTER.wheel.size),),
    )


async def _hub(model: ModelChoice, environment: Environment) -> DownloadFound:
    paths = environment.paths
    if here := place.directory_of(HubName.parse(model.id), paths):
        size = await asyncio.to_thread(_size, here)
        return DownloadFound(model, model.id, size, 0, True, 0, _free(here), "")

    plan = await look_up(model.id, environment, tries=_TRIES)
    room = room_for(plan, paths)
    files = tuple((file.name, file.size) for file in plan.files)
    return DownloadFound(
        model,
        plan.name.id,
        plan.bytes,
        room.missing,
        False,
        room.needed,
        room.free,
        one_line(plan.licence, 60),
        files=files,
    )


def _size(directory: Path) -> int:
    try:
        return sum(file.stat().st_size for file in directory.iterdir())
    except OSError as error:
        raise WeightsError(
            f"cannot look at {directory}", error.strerror or str(error)
        ) from error


def _free(folder: Path) -> int:
    return free_disk(folder) or 0
