"""Windows that close once, whatever keys come while they do.

A key that was pressed in the same moment reaches a window after it has closed. For
Textual its answer would close whatever is shown then: another window, whose question
would stay without an answer, or the last screen, which ends the app.
"""

from typing import TYPE_CHECKING, Generic, TypeVar

from textual import getters
from textual.await_complete import AwaitComplete
from textual.screen import ModalScreen

from mux_tui.tui.host import Host

Answer = TypeVar("Answer")

if TYPE_CHECKING:
    Base = ModalScreen
else:
    # No widget's class: Textual takes styles from the first of those that it finds,
    # and this stands before windows of any kind, the palette too.
    Base = Generic


class ClosesOnce(Base[Answer]):
    """A window of which the first answer counts."""

    app = getters.app(Host)
    _first: tuple[Answer | None] | None = None

    def dismiss(self, result: Answer | None = None) -> AwaitComplete:
        """Close with an answer; behind another window or screen, once it is in view."""
        if self._first is not None:
            return AwaitComplete()

        self._first = (result,)
        return super().dismiss(result) if self._in_front else AwaitComplete()

    def on_screen_resume(self) -> None:
        """Close, if the answer was given out of view."""
        if self._first is not None and self._in_front:
            super().dismiss(*self._first)

    @property
    def _in_front(self) -> bool:
        return self.app.screen is self
