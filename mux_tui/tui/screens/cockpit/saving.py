"""Writing an answer into a file that the user names, whole or not at all."""

import os
from pathlib import Path

from mux_tui.core.errors import EnvironmentProblem, UsageError
from mux_tui.core.paths import expanded
from mux_tui.core.text import one_line


def target_of(name: str, cwd: Path) -> Path:
    """The file that is meant; `~` is the home directory.

    Raises:
        UsageError: It is no name for a file.
    """
    clean = name.strip()
    if not clean or "\0" in clean:
        raise UsageError("no file name", "", "Type one, such as answer.md")

    path = cwd / expanded(clean)
    # A name that is too long for the system is told when it is written.
    if os.path.isdir(path):
        raise UsageError(
            f"{one_line(clean, 80)} is a directory", "", "Name a file in it"
        )
    if not os.path.isdir(path.parent):
        raise UsageError(
            f"no directory {one_line(str(path.parent), 80)}", "", "Make it first"
        )
    return path


def save(path: Path, text: str, *, replace: bool) -> None:
    """Write the file; readers see the old or the new whole.

    Args:
        path: From `target_of`.
        text: What it is to hold.
        replace: Whether one that is there may be replaced.

    Raises:
        FileExistsError: There is one, and it may not.
        EnvironmentProblem: It cannot be written; what was there is unchanged.
    """
    # A link stays a link: what it names is replaced.
    real = Path(os.path.realpath(path))
    if not replace and os.path.lexists(real):
        raise FileExistsError(str(real))
    beside = real.with_name(f".{real.name[:80]}.{os.getpid()}")
    try:
        with beside.open("x", encoding="utf-8", errors="replace") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.replace(beside, real)
    except OSError as error:
        raise EnvironmentProblem(
            f"cannot write {one_line(str(path), 80)}",
            error.strerror or str(error),
            "Name another file",
        ) from error
    finally:
        beside.unlink(missing_ok=True)
