"""The files of a model server that the wizard started, and then was cancelled.

Only files that were not there before the wizard are removed, and directories only when
they are empty.
"""

from contextlib import suppress
from pathlib import Path

from mux_tui.core import file_lock
from mux_tui.core.errors import ServerError
from mux_tui.core.model_server.exit_mark import exit_mark
from mux_tui.core.model_server.lifecycle import ModelServer
from mux_tui.core.model_server.server_log import previous
from mux_tui.core.paths import Paths


class Traces:
    """What was there when the wizard came."""

    def __init__(self, paths: Paths) -> None:
        """Look at the directories; changes nothing."""
        self._paths = paths
        folders = (paths.state_dir, *paths.state_dir.parents)
        self._new_folders = [folder for folder in folders if not folder.exists()]
        self._new_files = [file for file in _files(paths) if not file.exists()]
        self._started = False

    def starting(self) -> None:
        """A server is about to be started."""
        self._started = True

    async def clear(self, server: ModelServer) -> None:
        """End what was started, and remove its files and empty directories.

        Raises:
            ServerError: The server does not end; its files stay.
        """
        if self._started:
            await server.stop()
            await self._remove_files()

    def remove_folders(self) -> None:
        """Remove directories that the wizard made, as far as they are empty."""
        with suppress(OSError):
            for folder in self._new_folders:
                folder.rmdir()

    async def _remove_files(self) -> None:
        lock = self._paths.server_lock
        # Whoever holds it is about to write what would be removed here.
        with suppress(OSError, TimeoutError, ServerError):
            async with file_lock.held(lock, 0):
                for file in self._new_files:
                    file.unlink(missing_ok=True)


def _files(paths: Paths) -> tuple[Path, ...]:
    record, log = paths.server_record, paths.server_log
    return (record, exit_mark(record), log, previous(log), paths.server_lock)
