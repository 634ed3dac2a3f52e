"""Which files hold settings here."""

import os
from dataclasses import dataclass
from pathlib import Path

from mux_tui.core.config.environment import Environment
from mux_tui.core.paths import shipped

PROJECT_FILE = ".mux.toml"


@dataclass(frozen=True)
class Places:
    """The files that count, whether they are there or not; lowest layer first."""

    shipped: Path
    user: Path
    projects: tuple[Path, ...] = ()
    """Those that are there, from the top of the git tree down to the work directory."""


def places(environment: Environment, cwd: Path | None) -> Places:
    """Find the files that count in a work directory; None: outside of any."""
    project = project_files(cwd) if cwd else ()
    return Places(shipped("config.toml"), environment.paths.config_file, project)


def project_files(cwd: Path) -> tuple[Path, ...]:
    """The `.mux.toml` files between the git tree's top and `cwd`.

    Outside of a git tree only `cwd` itself is looked at: what stands above it, say in
    a shared temporary directory, may be anybody's.
    """
    try:
        real = Path(os.path.realpath(cwd))
    except ValueError:
        # A NUL byte: no directory has such a name.
        return ()

    folders = [real, *real.parents]
    tops = (n for n, folder in enumerate(folders) if _there(folder / ".git"))
    inside = folders[: next(tops, 0) + 1]
    files = (folder / PROJECT_FILE for folder in reversed(inside))
    return tuple(file for file in files if _there(file))


def _there(path: Path) -> bool:
    """Whether there is anything of that name, a broken link included."""
    try:
        path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    except (OSError, ValueError):
        # Not ours to look at: nothing can be read from there either.
        return False

    return True
