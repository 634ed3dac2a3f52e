"""The words of bubblewrap: a run that sees its own tree and little else of Linux."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

_BASE = (
    "--unshare-user",
    "--unshare-ipc",
    "--unshare-pid",
    "--unshare-net",
    "--unshare-uts",
    "--unshare-cgroup-try",
    "--die-with-parent",
    "--cap-drop",
    "ALL",
    "--ro-bind",
    "/",
    "/",
    "--dev",
    "/dev",
    "--proc",
    "/proc",
)


@dataclass(frozen=True)
class View:
    """What a run sees; later fields lie over earlier ones."""

    hidden: Sequence[Path]
    """Directories that are seen as empty; what is written there is lost."""

    secrets: Sequence[Path]
    """Files that are seen as empty."""

    tools: Sequence[Path]
    """What can be read inside the hidden directories."""

    private: Path
    """The run's own directory for temporary files; seen as /tmp as well."""

    scratch: Path
    project: Path
    """Where the copy is seen."""

    lent: Sequence[Path]
    """What the project lends, read-only; absolute paths inside `project`."""


def probe(program: str) -> list[str]:
    """The words that try whether it works here: namespaces may be switched off."""
    return [program, *_BASE, "--", "/bin/sh", "-c", "exit 0"]


def words(program: str, view: View, where: str, argv: Sequence[str]) -> list[str]:
    """The words that run a command in such a view, in a directory of the copy."""
    return [
        program,
        *_BASE,
        *(word for path in view.hidden for word in ("--tmpfs", str(path))),
        *(word for path in view.secrets for word in _read("/dev/null", path)),
        *(word for path in view.tools for word in _read(path, path)),
        *("--bind", str(view.private), "/tmp"),
        *(word for path in _own_python() for word in _read(path, path)),
        *("--bind", str(view.private), str(view.private)),
        *("--bind", str(view.scratch), str(view.project)),
        *(word for path in view.lent for word in _read(path.resolve(), path)),
        *("--chdir", str(view.project / where)),
        "--",
        *argv,
    ]


def _own_python() -> list[Path]:
    """Our interpreter, which runs the floor, where a private /tmp would hide it."""
    places = dict.fromkeys((sys.prefix, sys.base_prefix))
    return [path for path in map(Path, places) if path.is_relative_to("/tmp")]


def _read(source: Path | str, target: Path) -> tuple[str, str, str]:
    return ("--ro-bind", str(source), str(target))
