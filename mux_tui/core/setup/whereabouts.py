"""Where a chosen model is on this disk, what it is called there, and what stays."""

import re
from pathlib import Path

from mux_tui.core.catalog.sizes import gib
from mux_tui.core.catalog.table import USERS_FILE, Catalogue, read_catalogue
from mux_tui.core.errors import UsageError
from mux_tui.core.model_server.address import base_url_of
from mux_tui.core.model_server.model_files import missing_part
from mux_tui.core.paths import Paths, expanded
from mux_tui.core.setup.choices import ModelChoice
from mux_tui.core.text import one_line
from mux_tui.core.weights.hub import place
from mux_tui.core.weights.hub.name import HubName
from mux_tui.core.weights.starter import (
    STARTER,
    starter_directory,
    starter_installed,
)
from mux_tui.core.weights.wheel import places

_HOST_AND_PORT = re.compile(r"(localhost|[\w.-]+|\[[0-9a-f:]+\]):\d{1,5}(/.*)?")
_HUB_NAME = re.compile(r"[\w.-]+/[\w.-]+")
_PATHS = ("/", "~", ".")


def catalogue_of(paths: Paths) -> Catalogue:
    """The models that are known, the user's own among them."""
    return read_catalogue(paths.config_dir / USERS_FILE)


def directory_of(model: ModelChoice, paths: Paths) -> Path | None:
    """The model's files; None: they are not here, or not ours to know of."""
    match model.kind:
        case "starter":
            return starter_directory(paths) if starter_installed(paths) else None
        case "hub":
            return place.directory_of(HubName.parse(model.id), paths)
        case "directory":
            candidates = (expanded(model.id), paths.models / model.id)
            return next((one for one in candidates if not missing_part(one)), None)
        case "none" | "server" | "cloud":
            return None


def setting_of(
    model: ModelChoice, paths: Paths, *, as_if_here: bool = False
) -> str | None:
    """What `providers.local.model` has to say; None: its files are not here.

    Args:
        model: The starter, a hub's model, or a directory.
        paths: Where models are installed.
        as_if_here: Take one that is not there for one that is.
    """
    directory = directory_of(model, paths)
    if directory is None and not as_if_here:
        return None

    match model.kind:
        case "hub":
            return directory.name if directory else HubName.parse(model.id).name
        case "directory":
            return model.id
        case "starter" | "none" | "server" | "cloud":
            return ""


def model_named(text: str, base: Path, paths: Paths) -> ModelChoice:
    """The model that a person means by a path, OWNER/NAME, or a server's address.

    Args:
        text: What was typed.
        base: Where relative paths begin.
        paths: Where models are installed.

    Raises:
        UsageError: It can be none of these.
    """
    text = text.strip()
    if "://" in text or _HOST_AND_PORT.fullmatch(text):
        return ModelChoice("server", base_url=base_url_of(text))

    directory = base / expanded(text)
    if not missing_part(directory):
        return ModelChoice("directory", str(directory.resolve()))
    if not text.startswith(_PATHS) and (found := _known(text, paths)):
        return found

    raise UsageError(
        f"no model at {one_line(text)}",
        missing_part(directory),
        "Name the directory of an MLX model, a hub's OWNER/NAME, or a server's "
        "address; or use: mux setup --starter",
    )


def _known(text: str, paths: Paths) -> ModelChoice | None:
    here = paths.models / text
    if "/" not in text and not missing_part(here):
        return ModelChoice("directory", text)

    entry = catalogue_of(paths).find(text) if "/" not in text else None
    if entry is not None:
        return ModelChoice("starter") if entry.starter else ModelChoice("hub", entry.id)

    hub = _HUB_NAME.fullmatch(text) is not None
    return ModelChoice("hub", HubName.parse(text).id) if hub else None


def what_stays(paths: Paths) -> tuple[str, ...]:
    """Downloads that were begun and not ended, one line each."""
    begun = [
        f"{gib(one.bytes)} of {one.name.id} stay; to go on: mux models pull "
        f"{one.name.id}; to drop them: mux models remove {one.name.id}"
        for one in place.unfinished(paths)
    ]
    fetched = [path for path in places(STARTER.wheel, paths) if path.exists()]
    if fetched and not starter_installed(paths):
        where = one_line(str(fetched[0]), 300)
        begun.append(f"{where} stays; to go on: mux setup --starter")
    return tuple(begun)
