"""Contents of files, each kept once, under the name of its digest.

Outside of every repository and for the owner alone. What is read back is checked
against its name, so a damaged file is noticed and never written into a tree.
"""

import hashlib
import os
import zlib
from collections.abc import Collection, Iterable
from contextlib import suppress
from pathlib import Path

from mux_tui.core.change import digest
from mux_tui.core.errors import EnvironmentProblem
from mux_tui.core.paths import private_directory
from mux_tui.core.workspace.durable import (
    kept_safely,
    sweep,
    sync_directory,
    write_durably,
)

_LEVEL = 1
"""Writing is waited for; space is cheap."""

_DIGEST_LENGTH = hashlib.sha256().digest_size * 2


class Store:
    """A directory of contents. Everything here blocks: call it in a thread."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def keep(self, contents: Iterable[bytes]) -> None:
        """Keep contents, onto the disk.

        Raises:
            EnvironmentProblem: One cannot be kept.
        """
        private_directory(self._directory)
        with kept_safely(self._directory):
            for content in contents:
                name = digest(content)
                if self._intact(name) is None:
                    packed = zlib.compress(content, _LEVEL)
                    write_durably(self._directory / name, packed)
            sync_directory(self._directory)

    def content(self, name: str) -> bytes:
        """What was kept under a digest.

        Raises:
            EnvironmentProblem: It is not there any more, or is damaged.
        """
        content = self._intact(name)
        if content is None:
            raise self._lost(name)

        return content

    def require(self, names: Iterable[str]) -> None:
        """See that something is kept under each of these digests.

        Raises:
            EnvironmentProblem: One is not there any more.
        """
        for name in names:
            if not (self._directory / name).is_file():
                raise self._lost(name)

    def sizes(self) -> dict[str, int]:
        """Every digest that something is kept under, and its bytes on the disk."""
        found: dict[str, int] = {}
        with suppress(OSError), os.scandir(self._directory) as entries:
            for entry in entries:
                if len(entry.name) == _DIGEST_LENGTH:
                    found[entry.name] = entry.stat(follow_symlinks=False).st_size

        return found

    def drop_all_but(self, kept: Collection[str]) -> None:
        """Remove every content but these."""
        for name in self.sizes().keys() - kept:
            with suppress(OSError):
                (self._directory / name).unlink()

    def sweep(self, now: float | None = None) -> None:
        """Remove unfinished files that killed writers have left."""
        sweep(self._directory, now)

    def _lost(self, name: str) -> EnvironmentProblem:
        return EnvironmentProblem(
            "the content of a file is not kept any more",
            f"{name[:12]} has been removed from {self._directory}, or is damaged",
            "Changes that need it cannot be taken back by mux",
        )

    def _intact(self, name: str) -> bytes | None:
        try:
            content = zlib.decompress((self._directory / name).read_bytes())
        except FileNotFoundError:
            return None
        except (zlib.error, OSError):
            return None

        return content if digest(content) == name else None
