"""All settings that hold now, each with its origin.

Layers, lowest first: the shipped file, the user's, the project's (which may only narrow
what those allow), `MUX_*` variables, `--set` flags. Whatever is wrong in any of them is
told at once.
"""

import dataclasses
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from mux_tui.core.config.check import Checked, Where, check_into, check_table, unknown
from mux_tui.core.config.environment import Environment
from mux_tui.core.config.keys import keys
from mux_tui.core.config.narrow import fault_of_project, narrowed
from mux_tui.core.config.notation import read_value
from mux_tui.core.config.origin import Origin, OriginKind
from mux_tui.core.config.places import PROJECT_FILE, places
from mux_tui.core.config.settings import Settings
from mux_tui.core.config.toml_file import TomlFile, Unreadable, parse, read_toml
from mux_tui.core.config.variables import check_variables, variable_of
from mux_tui.core.errors import ConfigError
from mux_tui.core.text import one_line

FLAG = "--set"


@dataclass(frozen=True)
class Loaded:
    """The settings, and where each came from."""

    settings: Settings
    origins: Mapping[str, Origin]
    """By dotted name; complete."""


def load(
    environment: Environment,
    cwd: Path | None,
    overrides: Mapping[str, object] = MappingProxyType({}),
) -> Loaded:
    """Put all layers together.

    Args:
        environment: Gives the `MUX_*` variables and the user's directories.
        cwd: The work directory, whose project may narrow; None: no project.
        overrides: Values by dotted name, above all layers. Text is read as for a
            variable; anything else must have the setting's type.

    Raises:
        ConfigError: Something is wrong; `problems` has one line for each.
    """
    layers = layers_of(environment, cwd, overrides)
    if layers.problems:
        raise wrong_settings(layers.problems)

    return Loaded(build(Settings, layers.values), MappingProxyType(layers.origins))


def layers_of(
    environment: Environment,
    cwd: Path | None,
    overrides: Mapping[str, object],
    files_only: bool = False,
) -> "Layers":
    """What all layers say, right or wrong; see `load`."""
    where = places(environment, cwd)
    layers = Layers()
    layers.add_file("shipped", where.shipped)
    layers.add_file("user", where.user)
    for project in where.projects:
        layers.add_file("project", project)
    if files_only:
        return layers

    layers.add(
        check_variables(environment.variables),
        lambda name: Origin("variable", variable_of(name)),
    )
    layers.add(_check_overrides(overrides), lambda _: Origin("flag", FLAG))
    return layers


def problems_of_file(environment: Environment, file: Path) -> tuple[str, ...]:
    """What is wrong with one file, one line each; it need not be one that counts.

    A file named `.mux.toml` is checked as a project's, against the user's settings.
    """
    if not os.path.exists(file):
        return (f"{_shown(file)}: there is no such file",)

    layers = Layers()
    base = places(environment, None)
    layers.add_file("shipped", base.shipped)
    if file.name == PROJECT_FILE:
        layers.add_file("user", base.user)
    before = len(layers.problems)
    layers.add_file("project" if file.name == PROJECT_FILE else "user", file)
    return tuple(layers.problems[before:])


def problems_in(file: Path, raw: bytes) -> tuple[str, ...]:
    """What would be wrong with the user's `file` if it held `raw`."""
    try:
        content = parse(raw)
    except Unreadable as error:
        return (_told(file, error),)

    return check_table(content.table, lines_of(file, content)).all_problems()


def lines_of(file: Path, content: TomlFile) -> Where:
    """Says where a key stands in a file; the file is searched when first asked."""
    found: dict[tuple[str, ...], int] = {}

    def where(path: tuple[str, ...]) -> str:
        # Late: only what is wrong has to be found.
        from mux_tui.core.config.positions import line_of, positions_in

        if not found:
            found.update(positions_in(content.text))
        return _place(file, line_of(found, path))

    return where


def wrong_settings(problems: list[str] | tuple[str, ...]) -> ConfigError:
    """The error for settings that cannot be used."""
    if len(problems) == 1:
        return ConfigError("wrong setting", problems[0], "", tuple(problems))

    return ConfigError(f"{len(problems)} wrong settings", "", "", tuple(problems))


def wrong_file(file: Path, error: Unreadable) -> ConfigError:
    """The error for a file that holds no settings."""
    return wrong_settings([_told(file, error)])


def build(section: type, values: Mapping[str, Any], prefix: str = "") -> Any:
    """Make a settings dataclass from values by dotted name."""
    arguments: dict[str, Any] = {}
    for field in dataclasses.fields(section):
        name = prefix + field.name
        if isinstance(field.type, type) and dataclasses.is_dataclass(field.type):
            arguments[field.name] = build(field.type, values, f"{name}.")
        elif name in values:
            arguments[field.name] = values[name]

    return section(**arguments)


class Layers:
    """Values and origins while layers are laid upon each other."""

    def __init__(self) -> None:
        """Begin with the defaults."""
        # Under the shipped file lie the defaults it repeats, in case a key is missing.
        self.values = {name: key.default for name, key in keys().items()}
        self.origins = dict.fromkeys(keys(), Origin("shipped", "mux"))
        self.problems: list[str] = []

    def add(self, checked: Checked, origin_of: Callable[[str], Origin]) -> None:
        """Lay values that were checked on top."""
        for name, value in checked.values.items():
            self.values[name] = value
            self.origins[name] = origin_of(name)
        self.problems += checked.all_problems()

    def add_file(self, kind: OriginKind, file: Path) -> None:
        """Lay a file's values on top, if it is there."""
        try:
            content = read_toml(file)
        except Unreadable as error:
            self.problems.append(_told(file, error))
            return
        if content is None:
            return

        where = lines_of(file, content)
        checked = check_table(content.table, where)
        if kind == "project":
            self._narrow(checked, where)
        origin = Origin(kind, str(file))
        self.add(checked, lambda _: origin)

    def _narrow(self, checked: Checked, where: Where) -> None:
        for name, value in list(checked.values.items()):
            key, below = keys()[name], self.values[name]
            checked.values[name] = narrowed(key, below, value)
            if fault := fault_of_project(key):
                checked.problem(where(tuple(name.split("."))), lambda f=fault: f)
            if checked.values[name] == below:
                del checked.values[name]


def _check_overrides(overrides: Mapping[str, object]) -> Checked:
    checked = Checked()
    for name, given in overrides.items():
        key = keys().get(name)
        if key is None:
            checked.problem(FLAG, lambda n=name: unknown(n))
            continue
        raw = read_value(key, given) if isinstance(given, str) else given
        check_into(checked, lambda: FLAG, key, raw)

    return checked


def _told(file: Path, error: Unreadable) -> str:
    return f"{_place(file, error.line)}: {error.why}"


def _place(file: Path, line: int | None) -> str:
    return f"{_shown(file)}:{line}" if line else _shown(file)


def _shown(file: Path) -> str:
    return one_line(str(file), 300)
