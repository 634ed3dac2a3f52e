"""Changing one setting in the user's file, and nothing else in it.

The file is the user's own text: comments, order, line ends and a missing final line end
stay. What it will say is checked as a whole before anything is written.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mux_tui.core.config.check import Refused, typed, unknown
from mux_tui.core.config.edit import NotEditable, value_at, with_value, without
from mux_tui.core.config.keys import Key, keys, sections
from mux_tui.core.config.load import problems_in, wrong_file, wrong_settings
from mux_tui.core.config.notation import read_value
from mux_tui.core.config.replace import locked, replace_file
from mux_tui.core.config.toml_file import TomlFile, Unreadable, parse, read_toml
from mux_tui.core.errors import ConfigError
from mux_tui.core.text import one_line


@dataclass(frozen=True)
class Change:
    """What saving did."""

    file: Path
    key: str
    before: Any = None
    """The value the file gave before; None: none."""

    after: Any = None
    """The value it gives now; None: none."""


def set_value(file: Path, key: str, raw: str) -> Change:
    """Set one value in a settings file, which is made if it is missing.

    Args:
        file: The file; behind a link, the file it leads to.
        key: The setting's dotted name.
        raw: The value as a person writes it, see `notation.read_value`.

    Raises:
        ConfigError: The setting is unknown, the value is not allowed, the file is
            wrong elsewhere, cannot be edited, or has been changed meanwhile.
        EnvironmentProblem: The file cannot be written.
    """
    facts = _known(key)
    value = _checked(facts, raw)
    value = list(value) if facts.many else value
    path = key.split(".")

    def edited(content: TomlFile) -> bytes:
        after = with_value(content, path, value)
        _check_whole(file, after)
        return after

    return _change(file, key, edited)


def unset_value(file: Path, key: str) -> Change:
    """Take one key out of a settings file, so that the layer below counts again.

    A name that is no setting may be taken out as well, and other problems of the file
    are no obstacle: that is how wrong ones go.

    Raises:
        ConfigError: It is neither a setting nor in the file, or the file is no TOML,
            cannot be edited, or has been changed meanwhile.
        EnvironmentProblem: The file cannot be written.
    """
    path = key.split(".")
    if key in sections():
        _known(key)

    def edited(content: TomlFile) -> bytes:
        if value_at(content.table, path) is None:
            _known(key)
            return content.raw
        return without(content, path)

    return _change(file, key, edited)


def _change(file: Path, key: str, edited: Callable[[TomlFile], bytes]) -> Change:
    path = key.split(".")
    with locked(file):
        try:
            there = read_toml(file)
            content = there or parse(b"")
            after = edited(content)
        except Unreadable as error:
            raise wrong_file(file, error) from error
        except NotEditable as error:
            raise ConfigError(
                f"cannot change {key} in {one_line(str(file))}",
                "its layout is too unusual to be edited without damage",
                "Change it by hand: mux config edit",
            ) from error
        if after != content.raw:
            replace_file(file, there.raw if there else None, after)

    before = value_at(content.table, path)
    return Change(file, key, before, value_at(parse(after).table, path))


def _check_whole(file: Path, after: bytes) -> None:
    if problems := problems_in(file, after):
        raise wrong_settings(problems)


def _known(name: str) -> Key:
    if key := keys().get(name):
        return key

    raise ConfigError(unknown(name), "", "See: mux config show")


def _checked(key: Key, raw: str) -> Any:
    try:
        return typed(key, read_value(key, raw))
    except Refused as refused:
        raise ConfigError(f"{key.name} {refused}") from refused
