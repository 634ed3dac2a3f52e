"""What a project's own file may do: allow less, never more.

A project comes from somebody else, and its file is read as soon as one works in it. So
only settings that can be narrowed may stand there, and they are caps: a value that
would allow more than the user's own has no effect.
"""

from typing import Any, assert_never

from mux_tui.core.config.keys import Key


def fault_of_project(key: Key) -> str:
    """Why a project may not speak of a setting, as a clause; empty: it may."""
    if key.narrows is not None:
        return ""

    return f"{key.name} may not be set by a project; it belongs in your own settings"


def narrowed(key: Key, below: Any, value: Any) -> Any:
    """The stricter of two values of a setting that can be narrowed.

    Args:
        key: The setting.
        below: Its value without the project.
        value: What the project wants, checked.
    """
    match key.narrows:
        case "smaller":
            return min(below, value)
        case "subset":
            # In the user's order: it says who is asked first.
            return tuple(item for item in below if item in value)
        case "later_choice":
            return max(below, value, key=key.choices.index)
        case "off":
            return below and value
        case None:
            return below
        case _:
            assert_never(key.narrows)
