"""The user's work directory: the one way in which mux reads and writes files there.

The root is opened once. Every later step starts from its descriptor and goes down one
component at a time without following links, so no race with links leaves it. A file is
replaced by a new one that was written beside it, never written into. Everything here
blocks: call it in a thread (`asyncio.to_thread`).

What is lost when a file is replaced: on macOS extended attributes and access lists,
everywhere file capabilities, and the owner where only root may give files away.
"""

import os
import secrets
from collections.abc import Generator, Iterable
from contextlib import contextmanager, suppress
from pathlib import Path

from mux_tui.core.errors import UsageError
from mux_tui.core.text import one_line
from mux_tui.core.workspace.descent import Bounds, folder, parts_of
from mux_tui.core.workspace.refused import PathChanged, PathRefused, in_words
from mux_tui.core.workspace.regular import Standing, with_execution
from mux_tui.core.workspace.seat import Mode, Seat, Staged

NEW_FILE = 0o666
"""What a new file may be, before the umask takes its share."""

_ROOT = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC


@contextmanager
def open_tree(root: Path, closed: Iterable[Path] = ()) -> "Generator[Tree]":
    """Hold a work directory open.

    Args:
        root: The directory; where it is a link, the directory it leads to.
        closed: Directories in it that are not entered: mux's own.

    Raises:
        UsageError: It is no directory, or cannot be opened.
    """
    real = os.path.realpath(root)
    try:
        descriptor = os.open(real, _ROOT)
    except OSError as error:
        raise UsageError(
            f"cannot work in {one_line(str(root))}",
            in_words(error),
            "Name a directory with --cwd",
        ) from error
    try:
        yield Tree(descriptor, Path(real), closed)
    finally:
        os.close(descriptor)


class Tree:
    """A work directory that is held open; paths are relative to it, with `/`.

    Every method raises `PathRefused` where the path may not, or cannot, be used.
    """

    def __init__(self, descriptor: int, root: Path, closed: Iterable[Path]) -> None:
        facts = os.fstat(descriptor)
        self.root = root
        self.device = facts.st_dev
        self.inode = facts.st_ino
        self._descriptor = descriptor
        self._bounds = Bounds(facts.st_dev, frozenset(_identities(closed)))

    def look(self, path: str, linked: bool = False) -> Standing | None:
        """Read a file to its end and say how it stands; None: there is none.

        Args:
            path: The file.
            linked: Whether a file that has other names is accepted.
        """
        with self._seat(path) as seat:
            return seat and seat.look(linked)

    def read(self, path: str, limit: int) -> tuple[bytes, int] | None:
        """A file's content, of at most `limit` bytes, and its permission bits.

        None: there is no such file.
        """
        with self._seat(path) as seat:
            return seat and seat.read(limit)

    def missing_folders(self, path: str) -> list[str]:
        """The directories that would be made for a file, the outermost first."""
        parts = parts_of(path, str(self.root))
        for depth in range(1, len(parts)):
            with self._folder(parts[:depth], path) as there:
                if there is None:
                    return ["/".join(parts[:end]) for end in range(depth, len(parts))]

        return []

    def write(self, path: str, content: bytes, executable: bool = False) -> None:
        """Put a file there in one step, whatever regular file was there before."""
        temporary = temporary_name(secrets.token_hex(6), 0)
        with self._made_seat(path, []) as seat:
            here = seat.look()
            mode = with_execution(here.mode if here else NEW_FILE, executable)
            seat.stage(temporary, content, Mode(mode, masked=here is None))
            try:
                seat.put(temporary, here.digest if here else "")
            except PathRefused:
                seat.unstage(temporary)
                raise

    def stage(
        self, path: str, temporary: str, content: bytes, mode: Mode, made: list[str]
    ) -> Staged:
        """Write a file, onto the disk, beside the place where it is wanted.

        Args:
            path: Where it is wanted.
            temporary: Its name until then; nothing may have that name.
            content: What it holds.
            mode: Its permissions.
            made: Directories that had to be made are added here.
        """
        with self._made_seat(path, made) as seat:
            return seat.stage(temporary, content, mode)

    def place(self, path: str, temporary: str, before: str) -> None:
        """Let a staged file take its place.

        Args:
            path: The place.
            temporary: The name of what was staged for it.
            before: The digest of the file it replaces; empty: there is none.

        Raises:
            PathChanged: What is there is not what `before` says.
        """
        with self._seat(path) as seat:
            if seat is None:
                raise PathChanged(path)
            seat.put(temporary, before)

    def remove(self, path: str, before: str) -> None:
        """Delete a file whose digest is `before`.

        Raises:
            PathChanged: What is there is not what `before` says.
        """
        with self._seat(path) as seat:
            if seat is None:
                raise PathChanged(path)
            seat.remove(before)

    def staged(self, path: str, temporary: str) -> Standing | None:
        """What was staged for `path` under that name; None: nothing."""
        above = path.rpartition("/")[0]
        return self.look(f"{above}/{temporary}" if above else temporary, linked=True)

    def unstage(self, path: str, temporary: str) -> None:
        """Delete what was staged for `path` under that name, if it is there."""
        with self._seat(path) as seat:
            if seat is not None:
                seat.unstage(temporary)

    def remove_folder(self, path: str) -> None:
        """Delete a directory if it is empty."""
        with self._seat(path) as seat, suppress(OSError):
            if seat is not None:
                os.rmdir(seat.name, dir_fd=seat.parent)

    def sync_folders(self, paths: Iterable[str]) -> None:
        """Bring the directories of these files onto the disk, where that is possible.

        The files are in their places already; a directory that cannot be listed or
        synced is no reason to complain.
        """
        for parts in {tuple(path.split("/")[:-1]) for path in paths}:
            with suppress(OSError, PathRefused), self._folder(parts, "") as there:
                if there is not None:
                    _sync(there)

    @contextmanager
    def _seat(self, path: str) -> Generator[Seat | None]:
        """The seat of a file; None: its directory does not exist."""
        *above, name = parts_of(path, str(self.root))
        with self._folder(tuple(above), path) as there:
            yield None if there is None else Seat(there, name, path)

    @contextmanager
    def _made_seat(self, path: str, made: list[str]) -> Generator[Seat]:
        """The seat of a file, whose directory is made; see `stage` for `made`."""
        *above, name = parts_of(path, str(self.root))
        with self._folder(tuple(above), path, made) as there:
            assert there is not None
            yield Seat(there, name, path)

    @contextmanager
    def _folder(
        self, parts: tuple[str, ...], path: str, made: list[str] | None = None
    ) -> Generator[int | None]:
        with folder(self._descriptor, parts, self._bounds, path, made) as there:
            yield there


def temporary_name(token: str, number: int) -> str:
    """The name of a staged file: short, hidden, and nobody else's."""
    return f".mux-{token}-{number}.tmp"


def _identities(folders: Iterable[Path]) -> Generator[tuple[int, int]]:
    for path in folders:
        with suppress(OSError):
            facts = os.stat(path)
            yield facts.st_dev, facts.st_ino


def _sync(folder_descriptor: int) -> None:
    descriptor = os.open(".", os.O_RDONLY | os.O_DIRECTORY, dir_fd=folder_descriptor)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
