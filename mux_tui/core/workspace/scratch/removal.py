"""Removing a directory whatever is in it: read-only, very deep, full of links.

Directories further down are first moved up, so no path is ever long, no directory is
entered through a link, and few descriptors are open at once.
"""

import os
import secrets
import stat
from contextlib import suppress
from pathlib import Path

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_TRIES = 5
"""A process that is just ending may still write into what is being removed."""


def remove_tree(path: Path) -> bool:
    """Remove a directory and all in it; blocks.

    Returns:
        Whether nothing is left of it.
    """
    for _ in range(_TRIES):
        try:
            top = os.open(path, _FOLDER)
        except FileNotFoundError:
            return True
        except OSError:
            make_open(None, str(path))
            continue
        try:
            _Removal(top).run()
        finally:
            os.close(top)
        with suppress(OSError):
            os.rmdir(path)

    return not os.path.lexists(path)


class _Removal:
    def __init__(self, top: int) -> None:
        self._top = top
        self._device = os.fstat(top).st_dev
        self._token = secrets.token_hex(6)
        self._moved = 0
        self._waiting: list[str] = []

    def run(self) -> None:
        with suppress(OSError):
            os.fchmod(self._top, 0o700)
        self._empty(self._top)
        while self._waiting:
            name = self._waiting.pop()
            with suppress(OSError):
                self._remove(name)

    def _remove(self, name: str) -> None:
        folder = os.open(name, _FOLDER, dir_fd=self._top)
        try:
            if os.fstat(folder).st_dev == self._device:
                self._empty(folder)
        finally:
            os.close(folder)
        os.rmdir(name, dir_fd=self._top)

    def _empty(self, folder: int) -> None:
        for name, is_folder in _names(folder):
            with suppress(OSError):
                if is_folder:
                    self._move_up(folder, name)
                else:
                    os.unlink(name, dir_fd=folder)

    def _move_up(self, folder: int, name: str) -> None:
        make_open(folder, name)
        if folder == self._top:
            self._waiting.append(name)
            return
        with suppress(OSError):
            # Most are empty or small and lie where they can be removed at once.
            os.rmdir(name, dir_fd=folder)
            return
        self._moved += 1
        higher = f".{self._token}-{self._moved}"
        os.rename(name, higher, src_dir_fd=folder, dst_dir_fd=self._top)
        self._waiting.append(higher)


def _names(folder: int) -> list[tuple[str, bool]]:
    try:
        with os.scandir(folder) as entries:
            return [(e.name, e.is_dir(follow_symlinks=False)) for e in entries]
    except OSError:
        return []


def make_open(folder: int | None, name: str) -> None:
    """Let its owner do everything in a directory, never in what a link leads to."""
    with suppress(OSError):
        facts = os.stat(name, dir_fd=folder, follow_symlinks=False)
        if stat.S_ISDIR(facts.st_mode) and facts.st_mode & 0o700 != 0o700:
            _change_mode(folder, name)


def _change_mode(folder: int | None, name: str) -> None:
    if os.chmod in os.supports_follow_symlinks:
        os.chmod(name, 0o700, dir_fd=folder, follow_symlinks=False)
        return
    # Linux: a descriptor that needs no permission, and the way to its file.
    flags = getattr(os, "O_PATH", os.O_RDONLY) | os.O_DIRECTORY | os.O_NOFOLLOW
    held = os.open(name, flags | os.O_CLOEXEC, dir_fd=folder)
    try:
        os.chmod(f"/proc/self/fd/{held}", 0o700)
    finally:
        os.close(held)
