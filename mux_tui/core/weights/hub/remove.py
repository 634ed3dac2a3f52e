"""Removing what was downloaded; never what mux did not put there."""

from dataclasses import dataclass
from pathlib import Path

from mux_tui.core.errors import UsageError, WeightsError
from mux_tui.core.file_lock import held
from mux_tui.core.paths import Paths
from mux_tui.core.weights.hub import place
from mux_tui.core.weights.hub.name import HubName


@dataclass(frozen=True)
class Removable:
    """What is here of a model."""

    name: HubName
    directories: tuple[Path, ...]
    """The installed one, what an unfinished download left, or both."""

    bytes: int


def removable(id: str, paths: Paths) -> Removable:
    """Find what is here of OWNER/NAME; changes nothing.

    Raises:
        UsageError: No such model was downloaded by mux.
    """
    name = HubName.parse(id)
    there = (place.directory_of(name, paths), place.partial(name, paths))
    found = tuple(path for path in there if path and path.is_dir())
    if not found:
        raise UsageError(
            f"no {name.id} to remove",
            "mux did not download it",
            "See what is here: mux models list",
        )

    size = sum(file.lstat().st_size for path in found for file in path.iterdir())
    return Removable(name, found, size)


async def remove(what: Removable, paths: Paths) -> None:
    """Remove it.

    Raises:
        WeightsError: It is being downloaded, or cannot be removed.
    """
    cannot = f"cannot remove {what.name.id}"
    try:
        async with held(place.lock(what.name, paths), limit=0):
            for directory in what.directories:
                place.discard(directory)
    except TimeoutError as error:
        raise WeightsError(
            cannot, "it is being downloaded", "End that download first"
        ) from error
    except OSError as error:
        why = f"{error.filename or paths.models}: {error.strerror or error}"
        raise WeightsError(cannot, why) from error
