"""The model's directory, looked at before a server is started for it."""

import os
from pathlib import Path

from mux_tui.core.errors import ServerError
from mux_tui.core.hardware.memory import memory
from mux_tui.core.paths import expanded

_ROOM = 1.15
"""Memory a loaded model takes, as a multiple of its files; the context comes on top."""


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
    """Size of a model's weights on disk, in bytes."""
    return sum(file.stat().st_size for file in model.glob("*.safetensors"))


def memory_warning(model: Path) -> str:
    """What to say when the model will hardly fit into the free memory, or nothing."""
    needed, available = round(model_bytes(model) * _ROOM), memory().available
    if needed <= available:
        return ""

    return f"the model needs about {_gb(needed)}, and {_gb(available)} are free"


def _gb(size: int) -> str:
    return f"{size / 1e9:.1f} GB"
