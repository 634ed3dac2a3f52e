"""One theme file: read, checked as a whole, and completed where it says nothing."""

import difflib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mux_tui.core.config.toml_file import TomlFile, Unreadable, read_toml
from mux_tui.core.errors import ConfigError
from mux_tui.core.text import one_line
from mux_tui.core.theme.colour import ANSI, is_hex
from mux_tui.core.theme.roles import ROLES, Palette, complete
from mux_tui.core.theme.syntax import OWN_STYLE, fault_of_style
from mux_tui.core.theme.variables import NAMES, fault_of_variable

SUFFIX = ".toml"
RESERVED = "auto"
"""The setting's word for "let mux choose"; no file may be called so."""

_NAME = re.compile(r"[a-z][a-z0-9_-]{0,63}")
_FACTS = ("summary", "dark", "ansi", "high_contrast")
_LONGEST_SUMMARY = 100
_ROLES = {(role.section, role.key): role for role in ROLES}
_SECTIONS = frozenset(role.section for role in ROLES) - {""} | {"variables", "syntax"}
_REQUIRED = tuple(role.key for role in ROLES if role.default is None)
_MOST_PROBLEMS = 50

Key = tuple[str, ...]


@dataclass(frozen=True)
class ThemeFile:
    """A theme, complete."""

    name: str
    """Its file's name without `.toml`."""

    path: Path
    summary: str
    """One line for people who choose; may be empty."""

    dark: bool
    ansi: bool
    """Whether its colours are the terminal's own."""

    high_contrast: bool
    """Whether it promises the contrasts of 7 and 4.5 instead of 4.5 and 3."""

    palette: Palette
    variables: Mapping[str, str]
    """Of the screen library, by name: what the file wants otherwise."""

    syntax: str
    """A Pygments style's name, or `theme`: code is coloured from the palette."""


@dataclass
class _Reading:
    """What has been found in a file so far."""

    ansi: bool
    facts: dict[str, Any] = field(default_factory=dict[str, Any])
    colours: dict[str, str] = field(default_factory=dict[str, str])
    variables: dict[str, str] = field(default_factory=dict[str, str])
    syntax: str = OWN_STYLE
    faults: list[tuple[Key, str]] = field(default_factory=list[tuple[Key, str]])
    """Where, and what, as a clause."""


def read_theme(path: Path) -> ThemeFile:
    """Read one theme file.

    Raises:
        ConfigError: It is missing, or wrong; `problems` has one line for each fault,
            with file, line and key.
    """
    shown = one_line(str(path))
    if fault := fault_of_name(path):
        raise _wrong([f"{shown}: {fault}"])
    try:
        content = read_toml(path)
    except Unreadable as error:
        at = f":{error.line}" if error.line else ""
        raise _wrong([f"{shown}{at}: {error.why}"]) from error
    if content is None:
        raise _wrong([f"{shown}: there is no such file"])

    reading = _read(content)
    if reading.faults:
        raise _wrong(_told(path, content, reading.faults))
    return ThemeFile(
        path.stem,
        path,
        reading.facts.get("summary", ""),
        reading.facts.get("dark", True),
        reading.ansi,
        reading.facts.get("high_contrast", False),
        complete(reading.colours, reading.ansi),
        reading.variables,
        reading.syntax,
    )


def fault_of_name(path: Path) -> str:
    """Why a file cannot name a theme; empty: it can."""
    if path.suffix != SUFFIX:
        return "a theme's file ends in .toml"
    if path.stem == RESERVED:
        return f"{RESERVED} means that mux chooses; call the theme something else"
    if not _NAME.fullmatch(path.stem):
        return "a theme's name has small letters, digits, - and _, a letter first"

    return ""


def _read(content: TomlFile) -> _Reading:
    table = content.table
    reading = _Reading(ansi=table.get("ansi") is True)
    for path, raw in _leaves(table):
        fault = _take(reading, path, raw)
        if fault:
            reading.faults.append((path, fault))
    for key in _REQUIRED:
        if key not in table:
            reading.faults.append(((key,), f"{key} is missing; every theme gives it"))

    return reading


def _leaves(table: Mapping[str, Any]) -> Iterator[tuple[Key, Any]]:
    for key, raw in table.items():
        if key in _SECTIONS and isinstance(raw, dict):
            for inner, value in raw.items():  # pyright: ignore[reportUnknownVariableType]
                yield (key, inner), value  # pyright: ignore[reportUnknownVariableType]
        else:
            yield (key,), raw


def _take(reading: _Reading, path: Key, raw: Any) -> str:
    """Note one value; or what is wrong with it, as a clause."""
    section, key = ("", path[0]) if len(path) == 1 else path
    if not section and key in _FACTS:
        return _take_fact(reading, key, raw)
    if role := _ROLES.get((section, key)):
        reading.colours[role.variable] = raw
        return _fault_of_colour(path, raw, reading.ansi)
    if section == "variables" and key in NAMES:
        reading.variables[key] = raw
        return _fault_of_text(path, raw) or _must(
            path, raw, fault_of_variable(key, raw)
        )
    if path == ("syntax", "style"):
        reading.syntax = raw
        return _fault_of_text(path, raw) or _must(path, raw, fault_of_style(raw))
    if not section and key in _SECTIONS:
        return f"{key} is a table: write [{key}]"

    return _unknown(path)


def _take_fact(reading: _Reading, key: str, raw: Any) -> str:
    reading.facts[key] = raw
    if key != "summary":
        return "" if isinstance(raw, bool) else f"{key} must be true or false"
    if fault := _fault_of_text((key,), raw):
        return fault
    if one_line(raw, _LONGEST_SUMMARY) != raw:
        return f"summary must be one line of at most {_LONGEST_SUMMARY} characters"

    return ""


def _fault_of_colour(path: Key, raw: Any, ansi: bool) -> str:
    if fault := _fault_of_text(path, raw):
        return fault
    if ansi:
        wanted = "be ansi_default, or ansi_ and a colour such as ansi_bright_blue"
        return "" if raw in ANSI else _must(path, raw, wanted)
    if raw in ANSI:
        return _must(path, raw, "be #rrggbb (names need ansi = true at the top)")

    return "" if is_hex(raw) else _must(path, raw, "be a colour such as #1b2028")


def _fault_of_text(path: Key, raw: Any) -> str:
    return "" if isinstance(raw, str) else f"{_name(path)} must be text in quotes"


def _must(path: Key, raw: str, fault: str) -> str:
    return f'{_name(path)} = "{one_line(raw, 40)}": must {fault}' if fault else ""


def _unknown(path: Key) -> str:
    shown = one_line(_name(path), 80)
    near = difflib.get_close_matches(_name(path)[:80], _known(), 1, 0.6)
    leaf = [name for name in _known() if name.rpartition(".")[2] == path[-1]]
    guess = next(iter([*leaf, *near]), "")
    return f"unknown key {shown}" + (f", nearest is {guess}" if guess else "")


def _known() -> list[str]:
    roles = (_name((r.section, r.key) if r.section else (r.key,)) for r in ROLES)
    variables = (f"variables.{name}" for name in sorted(NAMES))
    return [*_FACTS, *roles, "syntax.style", *variables, *sorted(_SECTIONS)]


def _name(path: Key) -> str:
    return ".".join(path)


def _told(path: Path, content: TomlFile, faults: list[tuple[Key, str]]) -> list[str]:
    # Late: only what is wrong has to be found.
    from mux_tui.core.config.positions import line_of, positions_in

    positions = positions_in(content.text)
    lines = [(line_of(positions, key) or 0, fault) for key, fault in faults]
    shown = one_line(str(path))
    return [
        f"{shown}:{line}: {fault}" if line else f"{shown}: {fault}"
        for line, fault in sorted(lines)[:_MOST_PROBLEMS]
    ]


def _wrong(problems: list[str]) -> ConfigError:
    if len(problems) == 1:
        return ConfigError("wrong theme", problems[0], "", tuple(problems))

    return ConfigError(f"a theme with {len(problems)} faults", "", "", tuple(problems))
