"""The model that a person names: by its directory, or as `mux models list` does."""

from dataclasses import dataclass
from pathlib import Path

from mux_tui.core.config.environment import Environment
from mux_tui.core.config.settings import Settings
from mux_tui.core.errors import ServerError, UsageError
from mux_tui.core.machine.installed import installed_models
from mux_tui.core.model_server.model_files import checked_model
from mux_tui.core.text import one_line


@dataclass(frozen=True)
class Named:
    """A model on this machine."""

    directory: Path
    setting: str
    """What `providers.local.model` has to say to have it."""


def named_model(
    name: str, settings: Settings, environment: Environment, cwd: Path
) -> Named:
    """Find the model; it blocks.

    Args:
        name: An id, its last part, or a directory relative to `cwd`.
        settings: Which model they name is one of those that are looked at.
        environment: Where models are.
        cwd: The work directory.

    Raises:
        UsageError: There is none of that name.
    """
    for one in installed_models(settings, environment.paths, environment.variables):
        if name in (one.id, one.id.rpartition("/")[2]):
            return Named(one.directory, one.setting)
    try:
        directory = checked_model(cwd / name)
    except ServerError as error:
        raise UsageError(
            f"there is no model {one_line(name, 80)} on this machine",
            f"{error.why}, and none of that name is installed",
            "See: mux models list; to have one: mux models pull ID",
        ) from error

    return Named(directory, str(directory))
