"""Which keys work now, and where they come from: what help and palette tell."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from textual.binding import ActiveBinding, Binding
from textual.dom import DOMNode
from textual.screen import Screen
from textual.widget import Widget

from mux_tui.tui.host import Host

OURS = "mux_tui."


@dataclass(frozen=True)
class KeyHere:
    """One binding as people see it."""

    id: str
    """What `ui.keys` calls it; empty: it is Textual's own and stays as it is."""

    keys: tuple[str, ...]
    """As they are written, all that do the same."""

    word: str
    sentence: str
    node: DOMNode
    """Where the binding stands."""

    action: str
    everywhere: bool
    """Whether it is the app's."""

    @property
    def area(self) -> str:
        """The first part of its id."""
        return self.id.partition(".")[0]


def is_ours(kind: type) -> bool:
    """Whether a class belongs to mux."""
    return kind.__module__.startswith(OURS)


def keys_of(screen: Screen[object], app: Host) -> tuple[KeyHere, ...]:
    """What works on `screen` as it is, the nearest to the focus first."""
    return _merged(app, screen.active_bindings.values())


def everything_of(screen: Screen[object], app: Host) -> tuple[KeyHere, ...]:
    """The same, and what would work if another pane of the screen had the focus."""
    here = list(screen.active_bindings.values())
    if not screen.is_modal:
        here += _elsewhere(screen, app)
    return tuple(key for key in _merged(app, here) if key.id)


def _elsewhere(screen: Screen[object], app: Host) -> Iterator[ActiveBinding]:
    for widget in screen.query(Widget):
        if is_ours(type(widget)) and widget.is_on_screen:
            for name, binding in widget._bindings:  # pyright: ignore[reportPrivateUsage]
                # `esc` leads out of what one is in; from outside it means nothing.
                if name == "escape":
                    continue
                if app._check_action_state(binding.action, widget):  # pyright: ignore[reportPrivateUsage]
                    remapped = _remapped(binding, app)
                    yield ActiveBinding(widget, remapped, True, binding.tooltip)


def _remapped(binding: Binding, app: Host) -> Binding:
    # `active_bindings` has done this; a widget's own bindings are as they were made.
    wanted = app._keymap.get(binding.id or "")  # pyright: ignore[reportPrivateUsage]
    return binding.with_key(wanted) if wanted else binding


def _merged(app: Host, found: Iterable[ActiveBinding]) -> tuple[KeyHere, ...]:
    """One entry for all keys of one binding; what may not be done now is left out."""
    merged: dict[object, KeyHere] = {}
    for node, binding, enabled, _ in found:
        if not enabled or not (binding.description or binding.tooltip):
            continue
        label = app.get_key_display(binding)
        name = binding.id or (node, binding.action)
        known = merged.get(name)
        if known is None:
            merged[name] = KeyHere(
                binding.id or "",
                (label,),
                binding.description,
                binding.tooltip or binding.description,
                node,
                binding.action,
                node is app,
            )
        elif known.node is node and label not in known.keys:
            merged[name] = replace(known, keys=(*known.keys, label))
    return tuple(merged.values())
