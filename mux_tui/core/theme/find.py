"""All themes of the folders that hold some; one broken file never stops the others."""

import os
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

from mux_tui.core.errors import ConfigError
from mux_tui.core.paths import Paths, shipped
from mux_tui.core.text import one_line
from mux_tui.core.theme.theme_file import SUFFIX, ThemeFile, read_theme

FOLDER = "themes"
_MOST_FILES = 200


@dataclass(frozen=True)
class FailedTheme:
    """A file that holds no usable theme."""

    path: Path
    problems: tuple[str, ...]
    """One line each, with file, line and key."""


@dataclass(frozen=True)
class Themes:
    """What was found."""

    loaded: Mapping[str, ThemeFile] = field(
        default_factory=lambda: MappingProxyType(dict[str, ThemeFile]())
    )
    """By name, in alphabetical order."""

    failed: tuple[FailedTheme, ...] = ()


def theme_folders(paths: Paths) -> tuple[Path, ...]:
    """The folders that hold themes; a file of a later one replaces its namesake."""
    return shipped(FOLDER), paths.config_dir / FOLDER


def load_themes(folders: Iterable[Path]) -> Themes:
    """Read every theme.

    A broken file leaves the theme of its name in an earlier folder, if there is one.
    """
    loaded: dict[str, ThemeFile] = {}
    failed: list[FailedTheme] = []
    for folder in folders:
        try:
            files = theme_files(folder)
        except OSError as error:
            why = f"{one_line(str(folder))}: cannot be read: {error.strerror}"
            failed.append(FailedTheme(folder, (why,)))
            continue
        for file in files:
            try:
                loaded[file.stem] = read_theme(file)
            except ConfigError as error:
                failed.append(FailedTheme(file, error.problems))

    return Themes(MappingProxyType(dict(sorted(loaded.items()))), tuple(failed))


def load_theme(name: str, folders: Sequence[Path]) -> ThemeFile | None:
    """Read one theme, as `load_themes` would; None: no file of that name holds one.

    Args:
        name: Any text.
        folders: A file of a later one replaces its namesake.
    """
    if Path(name).name != name:
        return None

    for folder in reversed(folders):
        with suppress(OSError, ConfigError):
            if (file := folder / f"{name}{SUFFIX}") in theme_files(folder):
                return read_theme(file)
    return None


def theme_files(folder: Path) -> list[Path]:
    """The files of a folder that should hold themes; none when it is not there.

    Raises:
        OSError: It is there, and cannot be listed.
    """
    try:
        names = sorted(os.listdir(folder))
    except (FileNotFoundError, NotADirectoryError):
        return []

    themes = [n for n in names if n.endswith(SUFFIX) and not n.startswith(".")]
    return [folder / name for name in themes[:_MOST_FILES]]


def signature(folders: Iterable[Path]) -> tuple[tuple[str, int, int], ...]:
    """What changes whenever a theme file is changed, added or taken away.

    Cheap enough to ask every few seconds: no file is opened.
    """
    seen: list[tuple[str, int, int]] = []
    for folder in folders:
        try:
            files = theme_files(folder)
        except OSError:
            continue
        for file in files:
            try:
                facts = file.stat()
            except OSError:
                continue
            seen.append((str(file), facts.st_mtime_ns, facts.st_size))

    return tuple(seen)
