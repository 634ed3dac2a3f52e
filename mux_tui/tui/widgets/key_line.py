"""The last line of every screen: the keys that work now, as many as fit."""

from dataclasses import dataclass

from textual import events, getters
from textual.content import Content
from textual.widgets import Static

from mux_tui.tui.host import Host

_GAP = 2

_LAST = ("help", "command_palette")
"""Actions whose keys stand at the right end, always: the way to all others."""


class KeyLine(Static):
    """Keys of what has the focus first, then the screen's, then the app's."""

    app = getters.app(Host)

    def __init__(self) -> None:
        """Make an empty one."""
        super().__init__(id="key-line")
        self._places: list[tuple[int, int, str]] = []
        """First and last column of each key shown, and the key."""

    def on_mount(self) -> None:
        """Follow the screen's bindings."""
        signal = self.screen.bindings_updated_signal  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
        signal.subscribe(self, self._changed)  # pyright: ignore[reportUnknownMemberType]

    def on_resize(self) -> None:
        """Show more, or fewer."""
        self.fill()

    def _changed(self, _: object) -> None:
        self.fill()

    def fill(self) -> None:
        """Write the keys that work now."""
        if not self.is_attached or self.app.screen is not self.screen:
            return
        if not self.size.width:
            # It is filled when it has its room.
            return
        shown = self._shown()
        first = [item for item in shown if item.action not in _LAST]
        last = [item for item in shown if item.action in _LAST]
        width = self.size.width
        room = width - sum(item.width + _GAP for item in last)
        line, column = Content(" "), 1
        self._places = []
        for item in first:
            if column + item.width > room:
                break
            line += item.content + Content(" " * _GAP)
            column = self._put(item, column)
        pad = max(room - column + _GAP - 1, 0) if last else 0
        column += pad
        line += Content(" " * pad)
        for item in last:
            line += item.content + Content(" " * _GAP)
            column = self._put(item, column)
        self.update(line)

    def _put(self, item: "_Item", column: int) -> int:
        self._places.append((column, column + item.width, item.key))
        return column + item.width + _GAP

    def on_click(self, event: events.Click) -> None:
        """A click on a key is that key."""
        for first, last, key in self._places:
            if first <= event.x < last:
                self.app.simulate_key(key)

    def _shown(self) -> list["_Item"]:
        found: dict[str, _Item] = {}
        ahead: tuple[str, ...] = getattr(self.screen, "FIRST_KEYS", ())
        for active in sorted(
            self.screen.active_bindings.values(),
            key=lambda active: _place(active.binding.id, ahead),
        ):
            binding = active.binding
            if binding.show and active.enabled and binding.action not in found:
                label = self.app.get_key_display(binding)
                found[binding.action] = _Item(
                    binding.action, binding.key, label, binding.description
                )
        return list(found.values())


def _place(id: str | None, ahead: tuple[str, ...]) -> int:
    """Where a key stands: as its screen says, and else behind those, as they come."""
    return ahead.index(id) if id in ahead else len(ahead)


@dataclass(frozen=True)
class _Item:
    action: str
    key: str
    label: str
    word: str

    @property
    def width(self) -> int:
        return self.content.cell_length

    @property
    def content(self) -> Content:
        return Content.styled(self.label, "bold $text-key") + Content(f" {self.word}")
