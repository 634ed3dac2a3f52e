"""Python, memory, disk, and the matrix library."""

import importlib.metadata
import platform
import sys
from pathlib import Path

from mux_tui.core.doctor.check import Check, Fix, own_fix
from mux_tui.core.hardware.memory import can_write, free_disk, memory
from mux_tui.core.hardware.openblas import PREFILL_GAIN, find_openblas
from mux_tui.core.model_server.model_files import model_bytes
from mux_tui.core.paths import Paths
from mux_tui.core.text import one_line

_ROOM = 1.15
_LITTLE_DISK = 2_000_000_000
_USE_OPENBLAS = own_fix(
    "Use it for the model server", ("config", "set", "server.openblas", "true")
)


def check_python() -> Check:
    """The interpreter, and the packages the model server needs."""
    version = platform.python_version()
    where = f"Python {version} at {sys.prefix}"
    try:
        server = importlib.metadata.version("mlx-lm")
        importlib.metadata.version("mlx")
    except importlib.metadata.PackageNotFoundError as error:
        return Check(
            "python",
            "warning",
            f"{error.name} is not installed",
            f"{where}. mux cannot run a model server of its own without it.",
            "pip install --upgrade mux-tui",
            (
                Fix(
                    "Install mux anew, with what it needs",
                    "pip install --upgrade mux-tui",
                ),
            ),
        )

    return Check("python", "ok", f"Python {version}, mlx-lm {server}", where)


def check_memory(model: Path | None, running: bool) -> Check:
    """Main memory against the size of the model."""
    now = memory()
    facts = f"{_gb(now.available)} of {_gb(now.total)} free"
    if now.limited:
        facts += " (limited for this process group)"
    if model is None or running:
        return Check("memory", "ok", facts)

    needed = round(model_bytes(model) * _ROOM)
    if needed > now.available:
        return Check(
            "memory",
            "warning",
            f"the model needs about {_gb(needed)}, and {facts}",
            fix="Close other programs, or choose a smaller model",
        )

    return Check("memory", "ok", f"{facts}; the model needs about {_gb(needed)}")


def check_disk(paths: Paths) -> Check:
    """Whether mux can write its files, and room for the ledger and for models."""
    for place in (paths.data_dir, paths.state_dir, paths.cache_dir):
        if not can_write(place):
            return Check(
                "disk",
                "warning",
                f"nothing can be written to {one_line(str(place))}",
                "Tasks are not recorded, and no model server can be started.",
                "Make it writable, or set MUX_HOME to a directory that is",
            )

    for place in (paths.data_dir, paths.cache_dir):
        free = free_disk(place)
        if free is not None and free < _LITTLE_DISK:
            return Check(
                "disk",
                "warning",
                f"{_gb(free)} free at {place}",
                fix=f"Make room: models are in {paths.models}",
            )

    free = free_disk(paths.cache_dir)
    told = f"{_gb(free)} free" if free is not None else "free space is not known"
    return Check("disk", "ok", f"{told} at {paths.cache_dir}")


def check_openblas(enabled: bool) -> Check | None:
    """Linux: whether prompts are read with a fast matrix library."""
    if not sys.platform.startswith("linux"):
        return None

    found = find_openblas()
    if found is not None:
        how = "preloaded for the model server" if enabled else "not used"
        if enabled:
            return Check("openblas", "ok", f"{how}: {found}")
        fix = _USE_OPENBLAS
        return Check("openblas", "note", f"{how}: {found}", "", fix.command, (fix,))

    return Check(
        "openblas",
        "note",
        f"not installed; with it prompts are read about {PREFILL_GAIN} times faster",
        "MLX for Linux brings a plain single-threaded BLAS.",
        "Install your system's OpenBLAS; on Debian: apt install libopenblas0-pthread",
    )


def _gb(size: int) -> str:
    return f"{size / 1e9:.1f} GB"
