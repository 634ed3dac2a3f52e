"""What keeps the project's code in while it is proved, and the way to run it there.

The code may be a model's, and a test runs it. Without a sandbox it runs all the same,
as it would in the user's own hands, and everything that is told of it says so.
"""

import os
import shutil
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, assert_never

from mux_tui.core.process.run import ProcessStartError, run
from mux_tui.core.text import one_line
from mux_tui.core.verification.oracle import bwrap, seatbelt
from mux_tui.core.verification.oracle.environment import search_path
from mux_tui.core.verification.oracle.facts import Oracle, Room
from mux_tui.core.verification.oracle.places import (
    hidden_folders,
    secret_files,
    tool_folders,
)

SandboxKind = Literal["bwrap", "seatbelt", "none"]

_PROBE_SECONDS = 10.0
_CALLED = ("python3", "python", "node", "npm", "pnpm", "yarn", "go", "cargo", "java")
_KEPT_IN = "no network, nothing of your home, writes only in the copy"


@dataclass(frozen=True)
class Sandbox:
    """What this machine has; found once and kept."""

    kind: SandboxKind
    program: str = ""
    note: str = ""
    """A clause to show: what it keeps in, or why there is none."""

    @property
    def real(self) -> bool:
        """Whether it keeps anything in."""
        return self.kind != "none"


@dataclass(frozen=True)
class Confinement:
    """One run: where it is, and what of the user's it may and may not see."""

    room: Room
    private: Path
    """The run's own directory; not inside the copy."""

    home: Path
    variables: Mapping[str, str]
    lent: Sequence[str] = ()
    """What of the project is lent to it, from the root, as `borrowed` tells before
    anything is put in its place."""

    hidden: tuple[Path, ...] = ()
    """More directories to hide: mux's own."""


async def find_sandbox(
    variables: Mapping[str, str], platform: str = sys.platform
) -> Sandbox:
    """Find what this machine has, and try it.

    Args:
        variables: Our own environment; PATH in it finds the program.
        platform: As `sys.platform` tells.
    """
    if platform.startswith("linux"):
        return await _tried("bwrap", "bwrap", bwrap.probe, variables)
    if platform == "darwin":
        return await _tried("seatbelt", "sandbox-exec", seatbelt.probe, variables)

    return Sandbox("none", note=f"not sandboxed: mux knows no sandbox for {platform}")


async def _tried(
    kind: SandboxKind,
    name: str,
    probe: Callable[[str], list[str]],
    variables: Mapping[str, str],
) -> Sandbox:
    path = os.pathsep.join(search_path(variables, ()))
    program = shutil.which(name, path=path)
    if program is None:
        return Sandbox("none", note=f"not sandboxed: {name} is not installed")

    try:
        done = await run(
            probe(program), cwd=Path("/"), env={}, time_limit=_PROBE_SECONDS
        )
    except ProcessStartError as error:
        return Sandbox("none", note=f"not sandboxed: {one_line(error.why)}")
    if done.exit.code != 0:
        told = one_line(done.stderr.strip().split("\n")[-1], 120) or "it failed"
        return Sandbox(
            "none", note=f"not sandboxed: {name} does not work here ({told})"
        )

    return Sandbox(kind, program, f"{name}: {_KEPT_IN}")


def inside(sandbox: Sandbox, room: Room) -> Path:
    """Where the run sees the copy.

    Under the project's own path where that can be done: what is installed from the
    project, and what holds absolute paths, then finds the copy and not the original.
    """
    return room.project if sandbox.kind == "bwrap" else room.scratch


def confined(
    sandbox: Sandbox,
    oracle: Oracle,
    argv: Sequence[str],
    place: Confinement,
) -> list[str]:
    """The words that run `argv` as an oracle, in the sandbox."""
    if sandbox.kind == "none":
        return list(argv)

    hidden = hidden_folders(place.home, place.hidden)
    search = search_path(place.variables, ())
    lent = [place.room.project / path for path in place.lent]
    programs = [Path(argv[0]), *(path / "bin/python" for path in lent)]
    programs += _interpreters(search)
    tools = tool_folders(place.home, hidden, programs, search)
    match sandbox.kind:
        case "bwrap":
            view = bwrap.View(
                hidden,
                secret_files(),
                tools,
                place.private,
                place.room.scratch,
                place.room.project,
                lent,
            )
            return bwrap.words(sandbox.program, view, oracle.where, argv)
        case "seatbelt":
            own = seatbelt.View(
                hidden,
                [*tools, *lent],
                [place.room.scratch, place.private],
            )
            return seatbelt.words(sandbox.program, own, argv)
        case _:
            assert_never(sandbox.kind)


def _interpreters(search: Sequence[str]) -> list[Path]:
    """What the scripts of a project call, wherever it is installed."""
    found = (shutil.which(name, path=os.pathsep.join(search)) for name in _CALLED)
    return [Path(program) for program in found if program]


def borrowed(oracle: Oracle, room: Room) -> list[str]:
    """What an oracle is lent: what of it the project has, and the copy has not."""
    root = room.project.resolve()
    return [
        path
        for path in dict.fromkeys((*oracle.lends, *room.lent))
        if (room.project / path).exists()
        # A link that leads out may lead anywhere.
        and (room.project / path).resolve().is_relative_to(root)
        and not _holds(room.scratch / path)
    ]


def _holds(path: Path) -> bool:
    """Whether anything is there but an empty directory, or a link of ours."""
    try:
        if path.is_symlink() or not path.exists():
            return False
        return not path.is_dir() or any(path.iterdir())
    except OSError:
        return False
