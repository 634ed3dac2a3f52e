"""Every setting by its dotted name, as facts that checks and manuals read.

The dataclasses in `settings` are the only list of settings; this one is made from
them, once.
"""

import dataclasses
import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any, Literal, get_args, get_origin

from mux_tui.core.config.bounds import Narrowing
from mux_tui.core.config.settings import Settings

Kind = Literal["bool", "int", "float", "text"]

_KINDS: Mapping[Any, Kind] = {bool: "bool", int: "int", float: "float", str: "text"}
_LONGEST_COMPARED = 80
"""Longer names are no typing errors, and comparing them takes long."""


@dataclass(frozen=True)
class Key:
    """What may be written for one setting."""

    name: str
    """Dotted: `router.min_confidence`."""

    kind: Kind
    """Of the value, or of each item when there may be `many`."""

    default: Any
    many: bool = False
    choices: tuple[str, ...] = ()
    """The words allowed; empty: any text."""

    low: float | None = None
    high: float | None = None
    """The bounds, both included; None: none."""

    narrows: Narrowing | None = None
    """How a project may change it; None: not at all."""


@cache
def keys() -> Mapping[str, Key]:
    """All settings in the order of the manual."""
    return MappingProxyType({key.name: key for key in _walk(Settings, "")})


@cache
def sections() -> frozenset[str]:
    """The dotted names of all tables: `router`, `providers`, `providers.local`, …"""
    return frozenset(
        ".".join(parts[:length])
        for parts in (name.split(".") for name in keys())
        for length in range(1, len(parts))
    )


def _walk(section: type, prefix: str) -> Iterator[Key]:
    for field in dataclasses.fields(section):
        name = prefix + field.name
        if isinstance(field.type, type) and dataclasses.is_dataclass(field.type):
            yield from _walk(field.type, f"{name}.")
        else:
            yield _key(name, field)


def _key(name: str, field: dataclasses.Field[Any]) -> Key:
    many = get_origin(field.type) is tuple
    item = get_args(field.type)[0] if many else field.type
    words: tuple[str, ...] = get_args(item) if get_origin(item) is Literal else ()
    return Key(
        name,
        "text" if words else _KINDS[item],
        field.default,
        many,
        field.metadata.get("choices") or words,
        field.metadata.get("low"),
        field.metadata.get("high"),
        field.metadata.get("narrows"),
    )


def nearest(name: str) -> str:
    """The known setting or table that `name` was probably meant to be, or empty.

    A known last part counts more than the spelling of the whole: a key that stands in
    the wrong table finds the right one.
    """
    if len(name) > _LONGEST_COMPARED:
        return ""

    leaf = name.rpartition(".")[2]
    known = [*keys(), *(part for part in sections() if not name.startswith(f"{part}."))]
    same_leaf = [key for key in keys() if key.rpartition(".")[2] == leaf]
    for candidates in (same_leaf, known):
        if found := difflib.get_close_matches(name, candidates, 1, 0.6):
            return found[0]
    if same_leaf:
        return same_leaf[0]

    leaves = {key.rpartition(".")[2]: key for key in reversed([*keys()])}
    close = difflib.get_close_matches(leaf, leaves, 1, 0.75)
    return leaves[close[0]] if close else ""
