"""The models on this machine's disk; only looked at, never touched.

Those that mux installed, those in the Hugging Face cache, and the one the settings
name, wherever it is.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from mux_tui.core.catalog.model import CatalogModel
from mux_tui.core.config.settings import Settings
from mux_tui.core.errors import EnvironmentProblem
from mux_tui.core.local_model.choose import model_directory
from mux_tui.core.model_server.shape import shape_of
from mux_tui.core.paths import Paths, expanded
from mux_tui.core.text import one_line

Where = Literal["mux", "hub cache", "elsewhere"]

_MOST = 200
"""More models than this in one place are not looked at."""

_PREFIX = "models--"


@dataclass(frozen=True)
class Installed:
    """A model that can be served as it is."""

    id: str
    """Its repository, or its directory's name; safe to show."""

    directory: Path
    bytes: int
    """Of its weights on disk."""

    where: Where
    setting: str
    """What `providers.local.model` has to say to have it."""

    shape: CatalogModel | None = None
    """What its files tell of it; None: not enough."""

    configured: bool = False
    """It is the one that the settings choose."""


def installed_models(
    settings: Settings, paths: Paths, variables: Mapping[str, str]
) -> tuple[Installed, ...]:
    """Look at all places; a model that is in two of them is told once."""
    chosen = model_directory(settings, paths)
    found: dict[Path, Installed] = {}
    for id, directory, where in _candidates(paths, variables, chosen):
        one = _look(id, directory, where, chosen)
        if one is not None:
            found.setdefault(one.directory, one)

    return tuple(found.values())


def hub_cache(variables: Mapping[str, str]) -> Path | None:
    """Where the Hugging Face cache is, by the variables it obeys; None: nowhere."""
    if named := variables.get("HF_HUB_CACHE") or variables.get("HUGGINGFACE_HUB_CACHE"):
        return expanded(named)
    if home := variables.get("HF_HOME"):
        return expanded(home) / "hub"
    if cache := variables.get("XDG_CACHE_HOME"):
        return Path(cache) / "huggingface" / "hub"
    try:
        # Beside mux's own cache directory, as it would be without MUX_HOME.
        beside = Paths.from_environment({"HOME": variables.get("HOME", "")}).cache_dir
    except EnvironmentProblem:
        return None

    return beside.parent / "huggingface" / "hub"


def _candidates(
    paths: Paths, variables: Mapping[str, str], chosen: Path | None
) -> Iterator[tuple[str, Path, Where]]:
    for directory in _folders(paths.models):
        yield directory.name, directory, "mux"
    cache = hub_cache(variables)
    for repository in _folders(cache) if cache else ():
        if repository.name.startswith(_PREFIX) and (snap := _snapshot(repository)):
            id = repository.name.removeprefix(_PREFIX).replace("--", "/", 1)
            yield id, snap, "hub cache"
    if chosen is not None:
        yield chosen.name, chosen, "elsewhere"


def _look(
    id: str, directory: Path, where: Where, chosen: Path | None
) -> Installed | None:
    try:
        if not (directory / "config.json").is_file():
            return None
        size = sum(file.stat().st_size for file in directory.glob("*.safetensors"))
        real = directory.resolve()
    except (OSError, RuntimeError):
        return None
    if not size:
        return None

    setting = id if where == "mux" else str(real)
    shape = shape_of(directory, id, size)
    return Installed(
        one_line(id, 200), real, size, where, setting, shape, real == chosen
    )


def _folders(place: Path) -> list[Path]:
    try:
        names = sorted(place.iterdir())
    except OSError:
        return []

    return [path for path in names if path.name[0] != "." and path.is_dir()][:_MOST]


def _snapshot(repository: Path) -> Path | None:
    """The files that `main` means, or the newest there are."""
    snapshots = repository / "snapshots"
    try:
        revision = (repository / "refs" / "main").read_text(errors="replace").strip()
    except OSError:
        revision = ""
    if revision.isalnum() and (snapshots / revision).is_dir():
        return snapshots / revision

    folders = _folders(snapshots)
    return max(folders, key=_changed, default=None)


def _changed(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0
