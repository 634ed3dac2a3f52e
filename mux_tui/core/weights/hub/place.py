"""Where a hub's models are, and where they are while they come.

Below the models directory: `NAME/` with a marker that tells whose it is, and
`.OWNER--NAME.partial/` while files arrive, on the same disk, so that one rename puts it
in its place. A directory without our marker is never touched.
"""

import json
import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from mux_tui.core.paths import Paths, write_private
from mux_tui.core.weights.hub.name import HubName
from mux_tui.core.weights.hub.plan import HubPlan
from mux_tui.core.weights.starter import STARTER
from mux_tui.core.wire.documents import NotJson, as_object, as_text, parse

_MARKER = "installed.json"
_MARKER_LIMIT = 1024 * 1024
_PARTIAL = ".partial"
_ASIDE = ".old-"


@dataclass(frozen=True)
class Unfinished:
    """A model that has not wholly come."""

    name: HubName
    directory: Path
    bytes: int
    """That are here."""


def directory_of(name: HubName, paths: Paths) -> Path | None:
    """Where the model is, as far as markers tell; None: it is not installed."""
    for candidate in (paths.models / name.name, paths.models / name.long):
        if _told_id(candidate) == name.id:
            return candidate

    return None


def installed(plan: HubPlan, paths: Paths) -> Path | None:
    """Where the model is, if it is there at the plan's commit and wholly."""
    directory = directory_of(plan.name, paths)
    if directory is None or _marker(directory).get("commit") != plan.commit:
        return None
    try:
        there = {path.name: path.stat().st_size for path in directory.iterdir()}
    except OSError:
        return None

    whole = all(there.get(file.name) == file.size for file in plan.files)
    return directory if whole else None


def partial(name: HubName, paths: Paths) -> Path:
    """Where files arrive."""
    return paths.models / f".{name.long}{_PARTIAL}"


def lock(name: HubName, paths: Paths) -> Path:
    """Held while a model is downloaded or removed."""
    return paths.models / f".{name.long}.lock"


def arrived(plan: HubPlan, paths: Paths) -> int:
    """Bytes of the plan that an earlier download left."""
    here = partial(plan.name, paths)
    return sum(min(_size(here / file.name), file.size) for file in plan.files)


def unfinished(paths: Paths) -> tuple[Unfinished, ...]:
    """The downloads that were begun and not ended, by name."""
    found: list[Unfinished] = []
    for directory in sorted(paths.models.glob(f".*{_PARTIAL}")):
        long = directory.name.removeprefix(".").removesuffix(_PARTIAL)
        if name := HubName.of_directory(long):
            size = sum(map(_size, directory.iterdir()))
            found.append(Unfinished(name, directory, size))

    return tuple(found)


def put_in_place(plan: HubPlan, paths: Paths) -> Path:
    """Mark what has arrived as installed, and return its directory.

    Raises:
        OSError: It cannot be written; what was installed before is unchanged.
    """
    come = partial(plan.name, paths)
    _remove_strangers(plan, come)
    files = {file.name: file.size for file in plan.files}
    marker = {
        "id": plan.name.id,
        "revision": plan.revision,
        "commit": plan.commit,
        "licence": plan.licence,
        "files": files,
    }
    write_private(come / _MARKER, json.dumps(marker, indent=2) + "\n")
    _flush(come)

    target = directory_of(plan.name, paths) or _free(plan.name, paths)
    aside = _set_aside(target) if target.is_dir() else None
    os.replace(come, target)
    _flush(paths.models)
    if aside is not None:
        shutil.rmtree(aside, ignore_errors=True)
    return target


def discard(directory: Path) -> None:
    """Remove a directory; it is gone at once, however long its files take.

    Raises:
        OSError: It cannot be removed.
    """
    shutil.rmtree(_set_aside(directory))


def remove_leftovers(name: HubName, paths: Paths) -> None:
    """Remove what killed processes had set aside to be removed."""
    for own in (name.name, name.long, partial(name, paths).name):
        for directory in paths.models.glob(f".{own}{_ASIDE}*"):
            shutil.rmtree(directory, ignore_errors=True)


def _free(name: HubName, paths: Paths) -> Path:
    short = paths.models / name.name
    # Not the starter's: that one is put there without looking.
    taken = os.path.lexists(short) or name.name.lower() == STARTER.id.lower()
    return paths.models / name.long if taken else short


def _set_aside(target: Path) -> Path:
    """Move what is there out of the way, since no rename replaces a full directory."""
    aside = Path(mkdtemp(dir=target.parent, prefix=f".{target.name}{_ASIDE}"))
    os.replace(target, aside)
    return aside


def _remove_strangers(plan: HubPlan, directory: Path) -> None:
    names = {file.name for file in plan.files}
    for path in directory.iterdir():
        if path.name in names:
            continue
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()


def _told_id(directory: Path) -> str:
    return as_text(_marker(directory).get("id"))


def _marker(directory: Path) -> dict[str, Any]:
    path = directory / _MARKER
    try:
        if path.stat().st_size > _MARKER_LIMIT:
            return {}
        return as_object(parse(path.read_bytes()))
    except (OSError, NotJson):
        return {}


def _size(path: Path) -> int:
    try:
        return path.lstat().st_size
    except OSError:
        return 0


def _flush(directory: Path) -> None:
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
