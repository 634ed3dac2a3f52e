"""The directory that one copy is in, and what killed processes have left beside it.

Its owner holds a lock in it for as long as it lives. A lock goes with its process,
however that ends, so a directory whose lock can be taken is nobody's any more.
"""

import secrets
from contextlib import ExitStack, suppress
from pathlib import Path

from mux_tui.core.errors import EnvironmentProblem
from mux_tui.core.file_lock import held_here
from mux_tui.core.paths import PRIVATE_DIR, private_directory
from mux_tui.core.workspace.refused import in_words
from mux_tui.core.workspace.scratch.removal import remove_tree

_COPY = "copy-"
_GONE = "gone-"
_ALIVE = "alive"
_LOCK = "lock"
_WAIT_SECONDS = 30.0


class Home:
    """A directory of its own below `place`. Everything here blocks."""

    def __init__(self, place: Path) -> None:
        """Name it, touching nothing.

        Args:
            place: Where copies are kept; made when it is needed.
        """
        self._place = place
        self._held = ExitStack()
        self.path = place / f"{_COPY}{secrets.token_hex(8)}"

    def make(self) -> None:
        """Make it, after removing what is nobody's any more.

        Raises:
            EnvironmentProblem: It cannot be made.
        """
        private_directory(self._place)
        try:
            with held_here(self._place / _LOCK, _WAIT_SECONDS):
                # Under the lock nobody takes a directory for nobody's that has just
                # been made and is not locked yet.
                self._set_aside()
                self.path.mkdir(mode=PRIVATE_DIR)
                self._held.enter_context(held_here(self.path / _ALIVE, 0))
        except (OSError, TimeoutError) as error:
            why = in_words(error) if error.errno else "another mux holds its lock"
            raise EnvironmentProblem(
                f"cannot make a directory in {self._place}",
                why,
                "Make it writable, or set MUX_HOME to a directory that is",
            ) from error
        for left in self._place.glob(f"{_GONE}*"):
            remove_tree(left)

    def remove(self) -> None:
        """Remove it, with all that is in it, and let go of it."""
        gone = self._place / f"{_GONE}{self.path.name}"
        with suppress(OSError):
            # From here on any other mux may finish this.
            self.path.rename(gone)
        remove_tree(gone)
        self._held.close()

    def _set_aside(self) -> None:
        for copy in self._place.glob(f"{_COPY}*"):
            with suppress(OSError, TimeoutError):
                with held_here(copy / _ALIVE, 0):
                    copy.rename(self._place / f"{_GONE}{copy.name}")
