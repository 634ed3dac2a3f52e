"""The model's directory, looked at before a server is started for it."""

import os
from pathlib import Path

from mux_tui.core.errors import ServerError
from mux_tui.core.paths import expanded


def checked_model(model: Path) -> Path:
    """The directory, absolute and without links, if it looks like a model's.

    Raises:
        ServerError: It is missing, or holds no model.
    """
    install = "Install one with `mux setup`"
    try:
        model = expanded(model).resolve()
        if why := missing_part(model):
            raise ServerError(f"no model at {model}", why, install)
    except (OSError, ValueError, RuntimeError) as error:
        raise ServerError("the model cannot be used", str(error), install) from error

    return model


def missing_part(model: Path) -> str:
    """What a directory lacks to be a model's; empty: nothing that can be seen."""
    # Not the method of Path, which fails on a name that is too long.
    if not os.path.isdir(model):
        return "no such directory"
    if not (model / "config.json").is_file():
        return "no config.json in it"

    return "" if any(model.glob("*.safetensors")) else "no *.safetensors in it"


def model_bytes(model: Path) -> int:
    """Size of a model's weights on disk, in bytes; 0: they cannot be looked at."""
    try:
        return sum(file.stat().st_size for file in model.glob("*.safetensors"))
    except OSError:
        return 0
