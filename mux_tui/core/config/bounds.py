"""What a setting's field may say of itself besides its type and its default."""

from dataclasses import field
from typing import Any, Literal

Narrowing = Literal["smaller", "subset", "later_choice", "off"]
"""How a project's `.mux.toml` may change a setting: only in the direction that allows
less. `later_choice`: to a value further right in its list of choices."""


def bounded(
    default: Any,
    low: float | None = None,
    high: float | None = None,
    narrows: Narrowing | None = None,
    choices: tuple[str, ...] = (),
) -> Any:
    """A field with bounds (both included) and the way a project may narrow it.

    Args:
        default: Its default.
        low: The smallest number allowed; None: no such bound.
        high: The largest number allowed; None: no such bound.
        narrows: How a project may change it; None: not at all.
        choices: The words allowed, where the type would allow more of them.
    """
    facts = {"low": low, "high": high, "narrows": narrows, "choices": choices}
    return field(default=default, metadata=facts)
