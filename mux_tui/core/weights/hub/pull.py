"""Downloading a model that was looked up, and putting it where mux finds it."""

import errno
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial as bound
from pathlib import Path
from typing import Any

from mux_tui.core.config.environment import Environment
from mux_tui.core.errors import WeightsError
from mux_tui.core.events import Progressed, plain
from mux_tui.core.file_lock import held
from mux_tui.core.paths import Paths, private_directory
from mux_tui.core.weights.hub import place
from mux_tui.core.weights.hub.fault import HubError
from mux_tui.core.weights.hub.plan import HubPlan
from mux_tui.core.weights.hub.worker import ask_child

_TRIES = 6
_MARGIN = 500_000_000
"""Bytes that a download leaves free, for what else the machine has to write."""

Report = Callable[[Progressed], None]


@dataclass(frozen=True)
class Room:
    """What a download still needs of the disk, in bytes, and what there is."""

    missing: int
    """Of the model, that are not here yet."""

    free: int

    @property
    def needed(self) -> int:
        """With the margin."""
        return self.missing + _MARGIN if self.missing else 0

    @property
    def enough(self) -> bool:
        """Whether it fits."""
        return self.needed <= self.free


def room_for(plan: HubPlan, paths: Paths) -> Room:
    """Look at the disk; changes nothing.

    Raises:
        WeightsError: It cannot be looked at.
    """
    there = paths.models
    while not there.exists() and there != there.parent:
        there = there.parent
    try:
        free = shutil.disk_usage(there).free
    except OSError as error:
        raise _unusable(there, error) from error

    return Room(plan.bytes - place.arrived(plan, paths), free)


def check_room(plan: HubPlan, paths: Paths) -> Room:
    """Look at the disk before a download; `pull` does so too.

    Raises:
        WeightsError: There is too little room, or the disk cannot be looked at.
    """
    room = room_for(plan, paths)
    if not room.enough:
        raise WeightsError(
            f"not enough disk space for {plan.name.id}",
            f"it takes {_gb(room.needed)} with what must stay free, "
            f"and {paths.models} has {_gb(room.free)} free",
            "Free some space, choose a smaller model (mux models fit), or set MUX_HOME "
            "to a directory with more",
        )

    return room


async def pull(
    plan: HubPlan, environment: Environment, report: Report, tries: int = _TRIES
) -> Path:
    """Download what the plan names, check it, and return the model's directory.

    What is here already is not fetched again: the whole model, or what an earlier
    download left of it. Several at once, in one process or many, end with one
    directory. Cancelling ends the child at once; the next call goes on.

    Args:
        plan: What to download, from `look_up`.
        environment: The user's variables: the hub, the login, proxies.
        report: Told of the steps `waiting`, `checking`, `downloading`, `reconnecting`.
        tries: How often a file is asked for in a row without one byte coming.

    Raises:
        HubError: It cannot be downloaded; nothing was installed.
        EnvironmentProblem: The disk has too little room, or cannot be written.
    """
    paths = environment.paths
    if done := place.installed(plan, paths):
        return done

    private_directory(paths.models)
    waiting = bound(report, Progressed("waiting", 0, unit="steps"))
    try:
        async with held(place.lock(plan.name, paths), waiting=waiting):
            if done := place.installed(plan, paths):
                return done
            return await _pull(plan, environment, report, tries)
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise HubError("disk_full", plan.name.id) from error
        raise _unusable(paths.models, error) from error


async def _pull(
    plan: HubPlan, environment: Environment, report: Report, tries: int
) -> Path:
    paths = environment.paths
    place.remove_leftovers(plan.name, paths)
    check_room(plan, paths)
    into = private_directory(place.partial(plan.name, paths))
    order = {"fetch": plain(plan), "into": str(into), "tries": tries}
    told: list[bool] = []

    def heed(facts: dict[str, Any]) -> None:
        match facts:
            case {"step": str(step), "done": int(done), "total": int(total)}:
                report(Progressed(step, done, total))
            case {"retry": int(retry), "of": int(of)}:
                report(Progressed("reconnecting", retry, of, unit="tries"))
            case {"fetched": True}:
                told.append(True)
            case _:
                pass

    await ask_child(plan.name.id, order, environment, heed)
    if not told:
        raise HubError("failed", plan.name.id, "it ended early")
    # Not in a thread: a cancellation must not come between its steps.
    return place.put_in_place(plan, paths)


def _unusable(where: Path, error: OSError) -> WeightsError:
    return WeightsError(
        "cannot install the model",
        f"{error.filename or where}: {error.strerror or error}",
        "Make it writable, or set MUX_HOME to a directory that is",
    )


def _gb(size: int) -> str:
    return f"{size / 1e9:.1f} GB"
