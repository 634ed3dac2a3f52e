"""What has been changed and not yet saved, in the order in which it was changed."""

from collections.abc import Mapping
from typing import Any

from mux_tui.core.config.changes import TAKE_OUT


class Draft:
    """Unsaved changes by dotted name."""

    def __init__(self) -> None:
        """Nothing is changed."""
        self._changes: dict[str, Any] = {}

    def __len__(self) -> int:
        return len(self._changes)

    def __contains__(self, name: str) -> bool:
        return name in self._changes

    @property
    def changes(self) -> Mapping[str, Any]:
        """Checked values, or `TAKE_OUT`; a copy."""
        return dict(self._changes)

    def get(self, name: str) -> Any:
        """The value that a setting shall have, `TAKE_OUT`; None: it is not changed."""
        return self._changes.get(name)

    def put(self, name: str, value: Any, own: Any, holds: Any) -> None:
        """Note a change; one back to what is there is none.

        Args:
            name: The setting.
            value: Its new value, checked; or `TAKE_OUT`.
            own: What the user's file gives; None: nothing.
            holds: What holds now.
        """
        self._changes.pop(name, None)
        there = TAKE_OUT if own is None else _comparable(own)
        if _comparable(value) == there:
            return
        if own is None and _comparable(value) == _comparable(holds):
            return
        self._changes[name] = value

    def undo(self) -> str:
        """Forget the newest change and return its setting; empty: there is none."""
        return self._changes.popitem()[0] if self._changes else ""

    def forget(self, names: Mapping[str, Any]) -> None:
        """Forget the changes that were saved, unless they were changed again."""
        for name, value in names.items():
            if self._changes.get(name) == value:
                del self._changes[name]


def _comparable(value: Any) -> Any:
    """Lists and tuples are the same to a person; true and 1 are not."""
    if value is TAKE_OUT:
        return value

    return list(value) if isinstance(value, (list, tuple)) else (type(value), value)  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
