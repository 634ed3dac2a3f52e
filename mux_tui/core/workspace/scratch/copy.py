"""A copy of a work directory that is there for as long as a context is open."""

import asyncio
import os
import re
import threading
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import TypeVar

from mux_tui.core.errors import EnvironmentProblem, UsageError
from mux_tui.core.finishing import finished
from mux_tui.core.text import one_line
from mux_tui.core.workspace.refused import in_words
from mux_tui.core.workspace.scratch.facts import Base, Copy, ScratchOptions
from mux_tui.core.workspace.scratch.filling import Filling
from mux_tui.core.workspace.scratch.home import Home
from mux_tui.core.workspace.scratch.ignore import Ignored, ignored_in

_Result = TypeVar("_Result")
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_PLAIN = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}")
_NAMELESS = "work"
_TAKEN = "alive"


@asynccontextmanager
async def scratch_copy(
    root: Path, place: Path, options: ScratchOptions
) -> AsyncGenerator[Copy, None]:
    """Copy a work directory as it is now, and remove the copy at the end.

    What is uncommitted or untracked is in it; version control's own files, what git
    ignores, what is installed or cached, special files and links that leave the work
    directory are not, and `Copy.left_out` says so.

    Args:
        root: The work directory; where it is a link, the directory it leads to.
        place: Where copies are kept: mux's own directory, outside of `root` or not
            copied with it. Copies that killed processes left there are removed.
        options: What is copied, and how much at most.

    Raises:
        CopyTooLarge: It holds more than a copy may.
        UsageError: It is no directory, or cannot be opened.
        EnvironmentProblem: The copy cannot be made.
    """
    real = _real(root, place)
    ignored = await ignored_in(real, options.environ, options.git_seconds)
    home = Home(place)
    stop = threading.Event()
    try:
        await to_the_end(home.make)
        path = home.path / _name_for(real)
        base = await to_the_end(
            lambda: _filled(real, path, place, ignored, options, stop), stop.set
        )
        yield Copy(real, path, base, options, ignored.known)
    finally:
        await to_the_end(home.remove)


def _real(root: Path, place: Path) -> Path:
    real = Path(os.path.realpath(root))
    if real.is_relative_to(os.path.realpath(place)):
        raise UsageError(
            f"cannot work in {one_line(str(root))}", "mux keeps its own files there"
        )

    return real


def _filled(
    root: Path,
    path: Path,
    place: Path,
    ignored: Ignored,
    options: ScratchOptions,
    stop: threading.Event,
) -> Base:
    source = _opened(root)
    try:
        target = _made(path)
        try:
            closed = _identities((place, *options.closed))
            return Filling(ignored, options, stop).fill(source, target, closed)
        finally:
            os.close(target)
    finally:
        os.close(source)


def _opened(root: Path) -> int:
    try:
        return os.open(root, _FOLDER)
    except OSError as error:
        raise UsageError(
            f"cannot work in {one_line(str(root))}",
            in_words(error),
            "Name a directory with --cwd",
        ) from error


def _made(path: Path) -> int:
    try:
        path.mkdir(mode=0o700)
        return os.open(path, _FOLDER)
    except OSError as error:
        raise EnvironmentProblem(
            "cannot copy the work directory", in_words(error)
        ) from error


def _name_for(root: Path) -> str:
    """Some programs go by the name of the directory they are in."""
    plain = _PLAIN.fullmatch(root.name) and root.name != _TAKEN
    return root.name if plain else _NAMELESS


def _identities(folders: tuple[Path, ...]) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    for folder in folders:
        with suppress(OSError):
            facts = os.stat(folder)
            found.append((facts.st_dev, facts.st_ino))

    return found


async def to_the_end(
    work: Callable[[], _Result], on_cancel: Callable[[], None] = lambda: None
) -> _Result:
    """Run `work` in a thread to its end, even while we are being cancelled.

    A thread cannot be left alone with a directory that somebody else removes.

    Args:
        work: What blocks.
        on_cancel: Called each time that we are cancelled meanwhile.
    """
    task = asyncio.create_task(asyncio.to_thread(work))
    try:
        await finished(task, on_cancel)
    except asyncio.CancelledError:
        task.exception()
        raise

    return task.result()
