"""Which local model: the one the settings name, or the installed starter."""

import os
from pathlib import Path

from mux_tui.core.config.settings import Settings
from mux_tui.core.paths import Paths, expanded
from mux_tui.core.weights.starter import starter_directory, starter_installed


def model_directory(settings: Settings, paths: Paths) -> Path | None:
    """The files of the model that mux's own server is to load; None: there are none.

    `providers.local.model` may name a directory, or one below the models directory.
    """
    named = settings.providers.local.model
    if not named:
        # As the server's record names it: the cache may be behind a link.
        return starter_directory(paths).resolve() if starter_installed(paths) else None

    for directory in (expanded(named), paths.models / named):
        # Not the method of Path, which fails on a name that is too long.
        if os.path.isfile(directory / "config.json"):
            return directory.resolve()

    return None
