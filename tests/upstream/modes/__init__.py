"""The modes, one module for each family of them."""

from importlib import import_module

_FAMILIES = (
    "good",
    "streams",
    "ends",
    "cuts",
    "pauses",
    "statuses",
    "garbage",
    "shapes",
    "sizes",
    "tools",
    "texts",
)


def load() -> None:
    """Register every mode; a second call does nothing."""
    for family in _FAMILIES:
        import_module(f"{__name__}.{family}")
