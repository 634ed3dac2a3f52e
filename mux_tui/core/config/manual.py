"""What each setting means, out of the docstrings in `settings`.

A docstring under a field is no part of the running program, so the source is read. The
shipped `config.toml` and the page in `docs/` are both made from these facts.
"""

import ast
import dataclasses
import inspect
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import chain, pairwise
from typing import Any

from mux_tui.core.config import file_work, server, settings, telemetry, ui
from mux_tui.core.config.keys import Key, keys
from mux_tui.core.config.settings import Settings


@dataclass(frozen=True)
class Entry:
    """One setting."""

    key: Key
    meaning: str
    """Its docstring on one line; empty: it has none."""

    @property
    def name(self) -> str:
        """The last part of its dotted name."""
        return self.key.name.rpartition(".")[2]


@dataclass(frozen=True)
class Section:
    """One table of settings."""

    name: str
    """Dotted: `providers.local`."""

    meaning: str
    entries: tuple[Entry, ...]
    same_as: str = ""
    """An earlier table with the same keys, of which nothing more needs to be said."""


def manual() -> tuple[Section, ...]:
    """Every table that holds settings, in order."""
    docs = _docstrings()
    tables = list(_tables(Settings, "", docs))
    kinds = [kind for _, kind, _ in tables]
    return tuple(
        Section(
            name,
            meaning if kinds.count(kind) > 1 else docs[kind.__name__],
            tuple(_entries(kind, name, docs)),
            same_as="" if kinds.index(kind) == n else tables[kinds.index(kind)][0],
        )
        for n, (name, kind, meaning) in enumerate(tables)
    )


def _tables(
    section: type, prefix: str, docs: Mapping[str, str]
) -> Iterator[tuple[str, type, str]]:
    """Name, dataclass, and the meaning of the field that holds it."""
    for field, kind in _nested(section):
        if any(not inner for inner in map(_is_table, dataclasses.fields(kind))):
            yield prefix + field, kind, docs.get(f"{section.__name__}.{field}", "")
        yield from _tables(kind, f"{prefix}{field}.", docs)


def _nested(section: type) -> Iterator[tuple[str, type]]:
    for field in dataclasses.fields(section):
        if _is_table(field) and isinstance(field.type, type):
            yield field.name, field.type


def _is_table(field: dataclasses.Field[Any]) -> bool:
    return dataclasses.is_dataclass(field.type)


def _entries(section: type, name: str, docs: Mapping[str, str]) -> Iterator[Entry]:
    for field in dataclasses.fields(section):
        if not _is_table(field):
            key = keys()[f"{name}.{field.name}"]
            yield Entry(key, docs.get(f"{section.__name__}.{field.name}", ""))


def _docstrings() -> dict[str, str]:
    """By class (`Router`) and by field (`Router.keywords`), each on one line."""
    found: dict[str, str] = {}
    nodes = (
        ast.parse(inspect.getsource(module)).body
        for module in (file_work, server, settings, telemetry, ui)
    )
    for node in chain.from_iterable(nodes):
        if isinstance(node, ast.ClassDef):
            found[node.name] = _joined(ast.get_docstring(node) or "")
            for before, after in pairwise(node.body):
                if name := _field_name(before):
                    found[f"{node.name}.{name}"] = _joined(_text(after))

    return found


def _field_name(node: ast.stmt) -> str:
    if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
        return node.target.id

    return ""


def _text(node: ast.stmt) -> str:
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return node.value.value if isinstance(node.value.value, str) else ""

    return ""


def _joined(text: str) -> str:
    return " ".join(text.split())
