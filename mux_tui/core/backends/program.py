"""Finding a cloud CLI's program, and saying why when there is none."""

import os
import shutil
from collections.abc import Mapping
from pathlib import Path

from mux_tui.core.errors import BackendError
from mux_tui.core.paths import expanded
from mux_tui.core.text import one_line


def find_program(command: str, variables: Mapping[str, str]) -> Path:
    """Return the absolute path of a program.

    Args:
        command: A name to look up on PATH, or a path.
        variables: Our environment; relative directories on its PATH are passed over,
            since they would mean places inside the project.

    Raises:
        BackendError: `not_found`: there is none, or it may not be run.
    """
    if os.sep in command or command.startswith("~"):
        return _runnable(expanded(command).absolute())

    folders = [
        folder
        for folder in variables.get("PATH", "").split(os.pathsep)
        if os.path.isabs(folder)
    ]
    found = shutil.which(command, path=os.pathsep.join(folders))
    if found is not None:
        return Path(found)

    for folder in folders:
        # Not the method of Path, which fails on a name that is too long.
        if os.path.isfile(Path(folder) / command):
            return _runnable(Path(folder) / command)
    raise BackendError("not_found", f"no command {one_line(command)} on PATH")


def _runnable(path: Path) -> Path:
    shown = one_line(str(path))
    if not os.path.isfile(path):
        raise BackendError("not_found", f"no program {shown}")
    if not os.access(path, os.X_OK):
        raise BackendError("not_found", f"cannot run {shown}", "it is not executable")

    return path
