"""Asking git what it ignores, in a repository that nobody vouches for.

What a repository's own settings could make git run is switched off: hooks, the file
system monitor, transports, the pager. Git is only asked to list names, which starts
no filter. What it says is used to leave things out and for nothing else; where it says
nothing, names decide.
"""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from mux_tui.core.process.run import ProcessStartError, run
from mux_tui.core.workspace.scratch.heavy import CACHES, INSTALLED, MARKERS
from mux_tui.core.workspace.scratch.quoted import quoted, unquoted

_GIT = (
    "git",
    "--no-pager",
    "-c",
    "core.fsmonitor=false",
    "-c",
    "core.hooksPath=/dev/null",
    "-c",
    "core.quotePath=true",
    "-c",
    "core.untrackedCache=false",
    "-c",
    "protocol.allow=never",
)
_SETTINGS = {
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_NO_LAZY_FETCH": "1",
    "LC_ALL": "C",
}
_KEPT = ("HOME", "XDG_CONFIG_HOME")
"""Where the user's own list of ignored names is."""

_OUTPUT = 256 * 1024 * 1024
_IGNORED = ("ls-files", "-o", "-i", "--exclude-standard", "--directory")
_NOBODY = 1
"""`check-ignore` ends with this status where it finds none."""


@dataclass(frozen=True)
class Ignored:
    """What git ignores below a directory; paths are relative to it."""

    known: bool = False
    """Whether git could say."""

    files: frozenset[str] = frozenset()
    folders: frozenset[str] = frozenset()
    kept: frozenset[str] = frozenset()
    """Directories that look like caches and hold files that git keeps."""


async def ignored_in(
    root: Path, environ: Mapping[str, str], seconds: float = 20.0
) -> Ignored:
    """Ask git what it ignores in a work directory."""
    names = sorted(CACHES | INSTALLED)
    heavy = [f":(glob,icase)**/{name}/**" for name in names]
    marked = [f":(glob)**/{name}" for name in MARKERS]
    listed, tracked = await asyncio.gather(
        _lines(root, environ, _IGNORED, seconds),
        _lines(root, environ, ("ls-files", "--", *heavy, *marked), seconds),
    )
    if listed is None or tracked is None:
        return Ignored()

    return Ignored(
        True,
        frozenset(path for path in listed if not path.endswith("/")),
        frozenset(path[:-1] for path in listed if path.endswith("/")),
        frozenset(_above(tracked)),
    )


async def ignored_among(
    paths: Sequence[str], root: Path, environ: Mapping[str, str], seconds: float = 20.0
) -> frozenset[str]:
    """Which of these files git would ignore in `root`; they need not exist."""
    if not paths:
        return frozenset()

    given = "".join(f"{quoted(path)}\n" for path in paths).encode("ascii")
    ignored = await _lines(root, environ, ("check-ignore", "--stdin"), seconds, given)
    return frozenset(ignored or ())


async def _lines(
    root: Path,
    environ: Mapping[str, str],
    arguments: Sequence[str],
    seconds: float,
    given: bytes = b"",
) -> list[str] | None:
    """The names that git prints; None: it did not say."""
    try:
        finished = await run(
            (*_GIT, *arguments),
            cwd=root,
            env=_environment(environ),
            stdin=given,
            time_limit=seconds,
            output_cap=_OUTPUT,
            grace=0.5,
        )
    except ProcessStartError:
        return None
    nothing = finished.exit.code == _NOBODY and arguments[0] == "check-ignore"
    # Names are all ASCII, and the mark of a line that was cut is not.
    if (finished.exit.code != 0 and not nothing) or not finished.stdout.isascii():
        return None

    return [unquoted(line) for line in finished.stdout.split("\n") if line]


def _environment(environ: Mapping[str, str]) -> dict[str, str]:
    # What is not absolute would be looked for in the work directory.
    path = [part for part in environ.get("PATH", "").split(":") if part[:1] == "/"]
    kept = {name: environ[name] for name in _KEPT if name in environ}
    return kept | _SETTINGS | {"PATH": ":".join(path)}


def _above(paths: Iterable[str]) -> set[str]:
    found: set[str] = set()
    for path in paths:
        parts = path.split("/")
        found.update("/".join(parts[:end]) for end in range(1, len(parts)))

    return found
