"""All bindings there are, and whether what `ui.keys` asks for can work."""

import difflib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from pkgutil import walk_packages

from textual.app import App
from textual.binding import Binding
from textual.dom import DOMNode
from textual.keys import Keys, _character_to_key  # pyright: ignore[reportPrivateUsage]
from textual.screen import ModalScreen
from textual.widgets import Input, TextArea

from mux_tui.core.text import one_line
from mux_tui.tui.keys_here import is_ours

_FLOOR = "mux_tui.tui"
_SIGNS = frozenset(_character_to_key(chr(code)) for code in range(0x20, 0x7F))
_NAMES = _SIGNS | {str(name.value) for name in Keys}
_MODIFIERS = frozenset(("ctrl", "shift", "alt", "super", "hyper", "meta"))


@dataclass(frozen=True)
class Owned:
    """One key of one binding, and the class it stands in."""

    owner: type[DOMNode]
    binding: Binding

    @property
    def id(self) -> str:
        """What `ui.keys` calls it; empty: it has no id."""
        return self.binding.id or ""


def owners() -> list[type[DOMNode]]:
    """Every class of the cockpit that has bindings; imports the whole floor."""
    floor = import_module(_FLOOR)
    for module in walk_packages(floor.__path__, f"{_FLOOR}."):
        import_module(module.name)
    return [kind for kind in _below(DOMNode) if is_ours(kind) and _own(kind)]


def _below(kind: type[DOMNode]) -> Iterator[type[DOMNode]]:
    seen: set[type[DOMNode]] = set()
    waiting = [kind]
    while waiting:
        for child in waiting.pop().__subclasses__():
            if child not in seen:
                seen.add(child)
                waiting.append(child)
                yield child


def _own(kind: type[DOMNode]) -> Sequence[object]:
    return kind.__dict__.get("BINDINGS", ())


def bindings_of(kind: type[DOMNode]) -> list[Owned]:
    """What stands in that class itself, key by key."""
    return [Owned(kind, binding) for binding in Binding.make_bindings(_own(kind))]  # pyright: ignore[reportArgumentType]


def field_keys() -> frozenset[str]:
    """The keys that text fields use by themselves."""
    kinds = (Input, TextArea)
    return frozenset(
        b.key for kind in kinds for b in Binding.make_bindings(kind.BINDINGS)
    )


def faults(wanted: Mapping[str, str]) -> list[str]:
    """What of the wished keys cannot work, a sentence each.

    Args:
        wanted: Binding id to keys, separated by commas.
    """
    found = [owned for kind in owners() for owned in bindings_of(kind)]
    ids = {owned.id for owned in found}
    told = [_unknown(name, ids) for name in wanted if name not in ids]
    known = {name: _split(keys) for name, keys in wanted.items() if name in ids}
    for name, keys in known.items():
        told += [
            f"ui.keys: {name} cannot have {one_line(key)}, which is no key"
            for key in keys
            if not _is_key(key)
        ]
    told += _clashes(known, found)
    return told


def _unknown(name: str, ids: set[str]) -> str:
    near = difflib.get_close_matches(name, ids, 1)
    hint = f"; did you mean {near[0]}?" if near else "; F1 shows all ids"
    return f"ui.keys: there is no action {one_line(name)}{hint}"


def _split(keys: str) -> list[str]:
    return [
        _character_to_key(key) if len(key) == 1 else key
        for key in (part.strip() for part in keys.split(","))
        if key
    ]


def _is_key(key: str) -> bool:
    *modifiers, last = key.split("+")
    named = len(last) == 1 or last in _NAMES
    return key in _NAMES or (named and set(modifiers) <= _MODIFIERS)


def _clashes(wanted: Mapping[str, list[str]], found: list[Owned]) -> list[str]:
    """Pairs of actions that would want the same key at the same time."""
    told: dict[str, None] = {}
    fields = field_keys()
    for name, keys in wanted.items():
        mine = next(owned for owned in found if owned.id == name)
        for key in keys:
            for other in found:
                theirs = wanted.get(other.id, [other.binding.key])
                if (
                    other.id != name
                    and key in theirs
                    and _meet(mine.owner, other.owner)
                ):
                    pair = " and ".join(sorted((name, other.id)))
                    told[f"ui.keys: {key} is wanted by {pair}"] = None
            if _is_app(mine.owner) and (key in fields or len(key) == 1):
                told[f"ui.keys: {key} of {name} is a key of text fields"] = None
    return list(told)


def _meet(one: type[DOMNode], other: type[DOMNode]) -> bool:
    """Whether bindings of both classes can work at the same time."""
    if issubclass(one, other) or issubclass(other, one):
        return True
    one_is_everywhere = _is_app(one) or _is_app(other)
    return one_is_everywhere and not (_is_modal(one) or _is_modal(other))


def _is_app(kind: type[DOMNode]) -> bool:
    return issubclass(kind, App)


def _is_modal(kind: type[DOMNode]) -> bool:
    return issubclass(kind, ModalScreen)
