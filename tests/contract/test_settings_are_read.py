"""A setting that nothing reads is a promise that nothing keeps."""

import ast
import dataclasses
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import mux_tui
from mux_tui.core.config import file_work, server, settings, telemetry, ui
from mux_tui.core.config.manual import manual
from mux_tui.core.config.settings import Settings

_MODULES = (file_work, server, settings, telemetry, ui)

_COMES_LATER = "Read by"
"""A table's meaning, or a setting's, says so when what reads it comes later."""

_READ_NOW = [
    entry.key.name
    for section in manual()
    for entry in section.entries
    if not section.same_as and _COMES_LATER not in f"{section.meaning} {entry.meaning}"
]

_TABLES: dict[str, type] = {
    name: value
    for module in _MODULES
    for name, value in vars(module).items()
    if isinstance(value, type) and value.__module__ == module.__name__
}


class _Reads:
    """The settings that one module takes out of their tables.

    A name holds a table when it is annotated with the table's class, or assigned from
    something that holds it; what is called `settings` holds all of them.
    """

    def __init__(self, tree: ast.AST) -> None:
        self._imported = {
            alias.asname or alias.name: alias.name
            for node in ast.walk(tree)
            if isinstance(node, ast.ImportFrom)
            and node.module in {module.__name__ for module in _MODULES}
            for alias in node.names
        }
        self._held: dict[str, type] = {"settings": Settings, "_settings": Settings}
        # Twice, for a name that is assigned from one further down.
        for _ in range(2):
            for node in ast.walk(tree):
                self._learn(node)
        self.found = set(self._fields(tree))

    def _fields(self, tree: ast.AST) -> Iterator[tuple[type, str]]:
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute) and (owner := self._table(node.value)):
                yield owner, node.attr

    def _learn(self, node: ast.AST) -> None:
        match node:
            case ast.arg(arg=name, annotation=ast.expr() as annotation):
                self._hold(name, self._class(annotation))
            case ast.AnnAssign(target=target, annotation=annotation):
                self._hold(_last_name(target), self._class(annotation))
            case ast.FunctionDef(name=name, returns=ast.expr() as returned):
                self._hold(name, self._class(returned))
            case ast.Assign(targets=[target], value=value):
                self._hold(_last_name(target), self._table(value))
            case _:
                pass

    def _hold(self, name: str, table: type | None) -> None:
        if table and name:
            self._held[name] = table

    def _class(self, annotation: ast.expr) -> type | None:
        name = self._imported.get(_last_name(annotation), "")
        return _TABLES.get(name)

    def _table(self, node: ast.expr) -> type | None:
        match node:
            case ast.Name(id=name):
                return self._held.get(name)
            case ast.Attribute(value=value, attr=name):
                owner = self._table(value)
                return _inner(owner, name) if owner else self._held.get(name)
            case ast.Call(func=ast.Name(id="getattr"), args=[value, _]):
                # One of the cloud CLIs, by its route.
                return settings.CliProvider if self._table(value) else None
            case ast.Call(func=func):
                return self._held.get(_last_name(func))
            case _:
                return None


def _inner(table: type, field: str) -> type | None:
    kinds: dict[str, Any] = {f.name: f.type for f in dataclasses.fields(table)}
    kind = kinds.get(field)
    return kind if kind in _TABLES.values() else None


def _last_name(node: ast.expr) -> str:
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case _:
            return ""


def _all_reads() -> set[tuple[type, str]]:
    package = Path(mux_tui.__file__).parent
    found: set[tuple[type, str]] = set()
    for file in package.rglob("*.py"):
        if file.parent != package / "core" / "config":
            found |= _Reads(ast.parse(file.read_text(encoding="utf-8"))).found

    return found


_READS = _all_reads()


@pytest.mark.parametrize("name", _READ_NOW)
def test_every_setting_is_read_outside_of_the_settings(name: str) -> None:
    *tables, field = name.split(".")
    table: type | None = Settings
    for part in tables:
        assert table is not None
        table = _inner(table, part)
    assert table is not None
    assert (table, field) in _READS


def test_the_search_knows_a_read_when_it_sees_one() -> None:
    tree = ast.parse(
        "from mux_tui.core.config.settings import Router, CliProvider\n"
        "def f(router: Router, loaded): router.keywords; loaded.settings.server.port\n"
        "def g(ledger: Ledger): ledger.path; other.server.on_exit\n"
        "def h(settings, route):\n"
        "    one = getattr(settings.providers, route)\n"
        "    return one.args\n"
    )
    assert _Reads(tree).found >= {
        (settings.Router, "keywords"),
        (server.Server, "port"),
        (settings.CliProvider, "args"),
    }
    assert (settings.Ledger, "path") not in _Reads(tree).found
    assert (server.Server, "on_exit") not in _Reads(tree).found
