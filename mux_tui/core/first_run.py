"""Setting mux up: the embedded starter, a model's directory, or somebody's server.

Nothing is written to the settings before what they will name has been tried.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from mux_tui.core.config.environment import Environment
from mux_tui.core.config.save import Change, set_value, unset_value
from mux_tui.core.errors import ServerError, UsageError
from mux_tui.core.events import Progressed
from mux_tui.core.model_server.address import base_url_of
from mux_tui.core.model_server.examine import examine
from mux_tui.core.model_server.model_files import missing_part
from mux_tui.core.paths import expanded
from mux_tui.core.text import one_line
from mux_tui.core.weights.starter import install_starter, starter_directory

SCHEMA = "mux.setup/1"

_BASE_URL = "providers.local.base_url"
_MODEL = "providers.local.model"
_KEY = "providers.local.api_key_env"


@dataclass(frozen=True)
class Setup:
    """What has been set up."""

    kind: str
    """`starter`, `model` or `endpoint`."""

    model: str
    """The model's directory, or its id at the endpoint."""

    endpoint: str = ""
    """Where the server answers; empty: mux starts its own."""

    first_token_seconds: float | None = None
    """Measured at the endpoint; None: not measured."""

    context_window: int | None = None
    changes: tuple[Change, ...] = ()
    """What was changed in the user's settings."""


async def use_starter(
    environment: Environment, report: Callable[[Progressed], None]
) -> Setup:
    """Install the starter, and let the settings use it.

    Raises:
        WeightsError: It cannot be fetched, checked or converted.
        ConfigError: The user's settings cannot be changed.
    """
    paths = environment.paths
    directory = await install_starter(paths, environment, report)
    changes = _point(environment, base_url="", model="", key="")
    assert directory == starter_directory(paths)
    return Setup("starter", str(directory), changes=changes)


def use_model(environment: Environment, model: str, base: Path) -> Setup:
    """Let mux's own server load the model in a directory.

    Raises:
        UsageError: There is no MLX model there.
        ConfigError: The user's settings cannot be changed.
    """
    directory = (base / expanded(model)).resolve()
    if why := missing_part(directory):
        raise UsageError(
            f"no model at {one_line(str(directory))}",
            why,
            "Name the directory of an MLX model, or use: mux setup --starter",
        )

    changes = _point(environment, base_url="", model=str(directory), key="")
    return Setup("model", str(directory), changes=changes)


async def use_endpoint(
    environment: Environment, url: str, model: str = "", key_env: str = ""
) -> Setup:
    """Try a server that somebody else runs, and let the settings use it.

    Args:
        environment: Where the settings are, and the key.
        url: As the user wrote it; `/v1` may be left out.
        model: The model's id there; empty: the first that is offered.
        key_env: The variable that holds the server's key; empty: none.

    Raises:
        UsageError: It is no URL, or the variable is not set.
        ServerError: No model answers there.
        ConfigError: The user's settings cannot be changed.
    """
    key = environment.variables.get(key_env, "") if key_env else ""
    if key_env and not key:
        raise UsageError(
            f"no key in {one_line(key_env)}", "that variable is not set", "Export it"
        )

    base_url = base_url_of(url)
    found = await examine(base_url, model=model, key=key)
    if found.problem:
        step = "Start that server, or check the address"
        if found.needs_key:
            step = "Name the variable that holds its key: --api-key-env NAME"
        elif found.models:
            step = "Name another of its models with --model ID, or look at its log"
        raise ServerError(
            f"cannot use {one_line(base_url)}", found.problem.rstrip("."), step
        )

    window = {served.id: served.context_window for served in found.models}
    changes = _point(environment, base_url=base_url, model=found.model, key=key_env)
    return Setup(
        "endpoint",
        found.model,
        base_url,
        found.first_token_seconds,
        window.get(found.model),
        changes,
    )


def _point(
    environment: Environment, *, base_url: str, model: str, key: str
) -> tuple[Change, ...]:
    """Make the settings name a model; what is the default is taken out."""
    file = environment.paths.config_file
    changes: list[Change] = []
    for name, value in ((_BASE_URL, base_url), (_MODEL, model), (_KEY, key)):
        if value:
            changes.append(set_value(file, name, value))
        elif file.exists():
            changes.append(unset_value(file, name))
    return tuple(change for change in changes if change.before != change.after)
