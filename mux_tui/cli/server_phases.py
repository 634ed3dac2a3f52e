"""Telling how the model server gets ready: on a terminal in place, else its end."""

from mux_tui.cli.diagnostics import Diagnostics
from mux_tui.core.events import ServerChanged
from mux_tui.core.text import one_line


class ServerPhases:
    """Tells one start of a model server."""

    def __init__(self, diagnostics: Diagnostics) -> None:
        """Tell it on `diagnostics`."""
        self._diagnostics = diagnostics
        self._phase = ""

    def tell(self, change: ServerChanged) -> None:
        """Tell that it went on to another phase."""
        if change.phase == self._phase:
            # The same phase again tells something about it, such as scarce memory.
            self._diagnostics.note(f"  {one_line(change.text)}")
            return

        self._phase = change.phase
        about = f": {one_line(change.text)}" if change.text else ""
        end = change.phase in ("ready", "stopped")
        self._diagnostics.progress(f"… model server {change.phase}{about}", end)
