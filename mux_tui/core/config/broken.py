"""Settings to go on with while a file of them is broken, until it is mended.

Every value that is right holds. What a person may have forbidden, in the very line that
cannot be read, stays forbidden: such settings take the value that allows the least.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType

from mux_tui.core.config.environment import Environment
from mux_tui.core.config.keys import Key, keys
from mux_tui.core.config.load import Layers, Loaded, build, layers_of, wrong_settings
from mux_tui.core.config.origin import Origin
from mux_tui.core.config.settings import Settings

_MEANWHILE = Origin("shipped", "mux, until the settings are mended")


@dataclass(frozen=True)
class Broken:
    """What holds meanwhile, and what is wrong."""

    loaded: Loaded
    problems: tuple[str, ...]
    """One line each, with file and line."""


def load_broken(
    environment: Environment, cwd: Path | None, overrides: Mapping[str, object]
) -> Broken:
    """The settings to go on with when `load` has refused them.

    Raises:
        ConfigError: A variable or a flag is wrong, which no editor can mend.
    """
    files = layers_of(environment, cwd, {}, files_only=True)
    whole = layers_of(environment, cwd, overrides)
    if len(whole.problems) > len(files.problems):
        raise wrong_settings(whole.problems)

    if whole.problems:
        _narrow(whole)
    loaded = Loaded(build(Settings, whole.values), MappingProxyType(whole.origins))
    return Broken(loaded, tuple(whole.problems))


def _narrow(layers: Layers) -> None:
    """Give settings that can be narrowed the value that allows the least."""
    for name, key in keys().items():
        least = _least(key, layers.values[name])
        if least != layers.values[name]:
            layers.values[name] = least
            layers.origins[name] = replace(_MEANWHILE)


def _least(key: Key, value: object) -> object:
    match key.narrows:
        case "off":
            return False
        case "later_choice":
            return key.choices[-1]
        case "subset":
            return ()
        case "smaller" | None:
            # A limit of one second or one byte would forbid everything.
            return value
