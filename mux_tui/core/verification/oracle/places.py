"""What a sandbox hides, and what of it tool chains still need to read."""

import os
from collections.abc import Iterable, Sequence
from pathlib import Path

HOMES = (Path("/home"), Path("/root"), Path("/Users"), Path("/var/root"))
_SOCKETS = (Path("/run"), Path("/tmp"), Path("/var/tmp"))
_SECRET_FILES = (
    Path("/etc/shadow"),
    Path("/etc/shadow-"),
    Path("/etc/gshadow"),
    Path("/etc/gshadow-"),
)
_SECRET_FOLDERS = (Path("/etc/ssh"), Path("/etc/ssl/private"), Path("/etc/sudoers.d"))

_TOOLS = (
    ".nvm/versions",
    ".nvm/alias",
    ".volta",
    ".fnm",
    ".asdf",
    ".pyenv",
    ".rbenv",
    ".bun/bin",
    ".deno/bin",
    ".rustup",
    # Not all of .cargo: credentials.toml is there.
    ".cargo/bin",
    ".cargo/registry",
    ".cargo/git",
    "go/bin",
    "go/pkg/mod",
    "sdk",
    "miniconda3",
    "anaconda3",
    "miniforge3",
    ".local/bin",
    ".local/lib",
    ".local/share/mise",
    ".local/share/fnm",
    ".local/share/pnpm",
    ".local/share/pipx",
    ".local/share/virtualenvs",
    ".local/share/uv/python",
    ".local/share/uv/tools",
    ".cache/pypoetry/virtualenvs",
    "Library/pnpm",
    "Library/Python",
)
"""Directories of a home that hold programs and libraries, and no secrets."""


def hidden_folders(home: Path, more: Iterable[Path] = ()) -> list[Path]:
    """The directories that a run sees as empty, outermost first.

    Homes hold secrets; /run and /tmp hold sockets, and a socket in a file system is
    reached although there is no network.
    """
    wanted = {*HOMES, *_SOCKETS, *_SECRET_FOLDERS, home, *more}
    real = {path.resolve() for path in wanted if path.is_dir()}
    real.discard(Path("/"))
    return sorted(real, key=lambda path: (len(path.parts), path))


def secret_files() -> list[Path]:
    """Files outside those directories that a run of root could read."""
    return [path for path in _SECRET_FILES if path.exists()]


def tool_folders(
    home: Path, hidden: Sequence[Path], programs: Iterable[Path], search: Iterable[str]
) -> list[Path]:
    """What a run may read inside what is hidden.

    Args:
        home: The user's home.
        hidden: What `hidden_folders` told.
        programs: The programs of the run; the installation of each is among them.
        search: The directories of PATH.
    """
    found = [home / folder for folder in _TOOLS]
    folders = [Path(folder) for folder in search]
    # A shim of pyenv, asdf or mise starts what lies beside it.
    found += [*folders, *(one.parent for one in folders if one.name == "shims")]
    for program in programs:
        found += [_installation(hop, hidden) for hop in _hops(program)]
    if (Path("/run/current-system")).exists():
        found.append(Path("/run/current-system"))

    return sorted(
        {path for path in found if path.exists() and _beneath(path, hidden)},
        key=lambda path: (len(path.parts), path),
    )


def _hops(program: Path) -> list[Path]:
    """The program, and each link's target on the way to the file itself."""
    hops = [program]
    while hops[-1].is_symlink() and len(hops) < 16:
        hops.append(Path(os.path.normpath(hops[-1].parent / hops[-1].readlink())))

    return [*hops, program.resolve()]


def _installation(program: Path, hidden: Sequence[Path]) -> Path:
    """The directory that a program was installed to, as far as that is sure."""
    folder = program.parent
    prefix = folder.parent
    # A home, or its .local, holds more than one installation.
    shared = prefix.name == ".local" or prefix in hidden or prefix.parent in HOMES
    return folder if folder.name != "bin" or shared else prefix


def _beneath(path: Path, hidden: Sequence[Path]) -> bool:
    """Whether it is inside of something hidden, and hides nothing itself."""
    inside = any(folder in path.parents for folder in hidden)
    return inside and not any(
        path == folder or path in folder.parents for folder in hidden
    )
