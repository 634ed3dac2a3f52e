"""Where the ledger is."""

import os
from pathlib import Path

from mux_tui.core.config.settings import Ledger
from mux_tui.core.paths import Paths, expanded


def ledger_path(settings: Ledger, paths: Paths) -> Path:
    """The file that the settings name, or the one in the data directory."""
    if not settings.path:
        return paths.ledger

    return expanded(settings.path).absolute()


def is_there(path: Path) -> bool:
    """Whether there is a ledger to look at: looking for runs does not make one."""
    return os.path.lexists(path)
