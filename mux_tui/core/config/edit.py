"""Editing TOML text without touching what is not meant.

The one user of tomlkit. Its results are not trusted: they are read back and compared
with what they should say, and with the lines that should have stayed.
"""

import tomllib
from collections.abc import Sequence
from copy import deepcopy
from typing import Any

from mux_tui.core.config.positions import positions_in
from mux_tui.core.config.toml_file import BOM, TomlFile

Path = Sequence[str]
_ABSENT = object()


class NotEditable(Exception):
    """Valid TOML that cannot be edited without damage."""


def with_value(content: TomlFile, path: Path, value: Any) -> bytes:
    """The file's bytes with one value set; missing tables are made.

    Raises:
        NotEditable: The text's layout is beyond the editing library.
    """
    return _edited(content, path, value)


def without(content: TomlFile, path: Path) -> bytes:
    """The file's bytes without one key that is there.

    Raises:
        NotEditable: The text's layout is beyond the editing library.
    """
    return _edited(content, path, _ABSENT)


def value_at(table: Any, path: Path) -> Any:
    """The value at `path` in parsed TOML; None: none."""
    for part in path:
        if not isinstance(table, dict) or part not in table:
            return None
        table = table[part]  # pyright: ignore[reportUnknownVariableType]

    return table  # pyright: ignore[reportUnknownVariableType]


def _edited(content: TomlFile, path: Path, value: Any) -> bytes:
    try:
        expected = deepcopy(content.table)
        _put(expected, path, value)
        text = _same_line_ends(content.text, _by_tomlkit(content.text, path, value))
        good = tomllib.loads(text) == expected and _only(content.text, text)
    except Exception as error:
        # tomlkit fails on odd layouts with errors of many kinds; none says more than
        # that it could not.
        raise NotEditable(str(error)) from error
    if not good:
        raise NotEditable("the result would not be what was asked for")

    mark = BOM if content.raw.startswith(BOM) else b""
    return mark + text.encode("utf-8")


def _by_tomlkit(text: str, path: Path, value: Any) -> str:
    # Costs 50 ms of start-up, which only saving pays.
    import tomlkit

    document = tomlkit.parse(text)
    _put(document, path, value, tomlkit.table)
    return tomlkit.dumps(document)  # pyright: ignore[reportUnknownMemberType]


def _put(table: Any, path: Path, value: Any, new_table: Any = dict) -> None:
    for part in path[:-1]:
        if part not in table:
            table[part] = new_table()
        table = table[part]
    if value is _ABSENT:
        del table[path[-1]]
    else:
        table[path[-1]] = value


def _same_line_ends(before: str, after: str) -> str:
    if "\r\n" in before and before.count("\n") == before.count("\r\n"):
        after = after.replace("\r\n", "\n").replace("\n", "\r\n")
    if before and not before.endswith("\n"):
        after = after.removesuffix("\n").removesuffix("\r")

    return after


def _only(before: str, after: str) -> bool:
    """Whether the lines that went were those of one key and its value, or none."""
    gone = _gone(before.splitlines(), after.splitlines())
    if not gone:
        return True

    # One key, on the first line; and as the last line is no remark, it ends the value.
    keys_there = list(positions_in("\n".join(gone)).values())
    last = gone[-1].strip()
    return keys_there == [1] and last != "" and not last.startswith("#")


def _gone(before: list[str], after: list[str]) -> list[str]:
    """The lines of `before` between what both begin and end with."""
    most = min(len(before), len(after))
    head = next((n for n in range(most) if before[n] != after[n]), most)
    most -= head
    tail = next((n for n in range(most) if before[~n] != after[~n]), most)
    return before[head : len(before) - tail]
