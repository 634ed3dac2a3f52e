"""Windows that come up by themselves: a key counts once its user can have seen them."""

from asyncio import TimerHandle
from typing import TYPE_CHECKING, Any

from textual import events
from textual.screen import ModalScreen

from mux_tui.tui.later import later

if TYPE_CHECKING:
    Base = ModalScreen[Any]
else:
    # No widget's class: it stands before windows of any kind, and Textual takes styles
    # from the first widget's class that it finds.
    Base = object

_QUIET = 0.4
"""Seconds without a key before an answer counts: the window may come up while its user
types something else."""


class Armed(Base):
    """Takes no answer before a moment without keys has passed."""

    armed = False
    """Whether a key is an answer."""

    _quiet: TimerHandle | None = None

    def arm_soon(self) -> None:
        """Somebody types, or the window has just come up: what a key means is not
        certain."""
        if self.armed:
            return
        if self._quiet is not None:
            self._quiet.cancel()
        self._quiet = later(self, _QUIET, self._arm)

    def on_key(self, _: events.Key) -> None:
        """Wait a little more."""
        self.arm_soon()

    def _arm(self) -> None:
        self.armed = True
        self.refresh_bindings()
