"""A screen on which a click may meet a widget that is just going."""

from typing import TYPE_CHECKING, Any

from textual.events import Event, MouseDown
from textual.screen import Screen

if TYPE_CHECKING:
    Base = Screen[Any]
else:
    # No widget's class: it stands before screens of any kind, and Textual takes styles
    # from the first widget's class that it finds.
    Base = object


class Steady(Base):
    """Passes a click over where nothing is any more; Textual's would fail on it."""

    def _forward_event(self, event: Event) -> None:
        if not (isinstance(event, MouseDown) and self._is_stale(event.x, event.y)):
            super()._forward_event(event)

    def _is_stale(self, x: int, y: int) -> bool:
        """Whether what was painted there has no place among the widgets now."""
        widget, _ = self.get_widget_and_offset_at(x, y)
        return widget is not None and widget is not self and widget.parent is None
