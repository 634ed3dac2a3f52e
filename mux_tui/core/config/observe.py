"""The settings as a person looks at them: what holds, what the own file says, and what
is wrong with the files, looked at again and again while they may be changed.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mux_tui.core.config.edit import value_at
from mux_tui.core.config.environment import Environment
from mux_tui.core.config.keys import keys
from mux_tui.core.config.load import Loaded, load
from mux_tui.core.config.places import places
from mux_tui.core.config.toml_file import Unreadable, read_toml
from mux_tui.core.errors import ConfigError

Stamps = tuple[tuple[str, int, int, int], ...]
"""Of each file that is there: its name, and what changes when it is written."""


@dataclass(frozen=True)
class Observed:
    """One look at the settings."""

    loaded: Loaded
    """What holds; with a broken file, what held before it broke."""

    own: Mapping[str, Any]
    """What the user's own file says, by dotted name, not checked."""

    file: Path
    """The user's own file; it need not be there."""

    problems: tuple[str, ...]
    """What is wrong, one line each, with file and line; empty: nothing."""

    stamps: Stamps


def observe(
    environment: Environment,
    cwd: Path,
    overrides: Mapping[str, object],
    before: Loaded,
) -> Observed:
    """Look at all layers.

    Args:
        environment: Gives the `MUX_*` variables and the user's directories.
        cwd: The work directory, whose project may narrow.
        overrides: Values by dotted name, above all layers.
        before: What holds on while a file is broken.
    """
    # Taken first: a change while the files are read is noticed at the next look.
    stamps = stamps_of(environment, cwd)
    problems: tuple[str, ...] = ()
    try:
        loaded = load(environment, cwd, overrides)
    except ConfigError as error:
        loaded, problems = before, error.problems or (str(error),)

    file = places(environment, cwd).user
    return Observed(loaded, _own(file), file, problems, stamps)


def stamps_of(environment: Environment, cwd: Path) -> Stamps:
    """What differs as soon as a settings file is written, made or taken away.

    Opens no file.
    """
    where = places(environment, cwd)
    found: list[tuple[str, int, int, int]] = []
    for file in (where.user, *where.projects):
        try:
            facts = os.stat(file)
        except (OSError, ValueError):
            continue
        found.append((str(file), facts.st_mtime_ns, facts.st_size, facts.st_ino))

    return tuple(found)


def _own(file: Path) -> dict[str, Any]:
    try:
        content = read_toml(file)
    except Unreadable:
        return {}
    if content is None:
        return {}

    values = {name: value_at(content.table, name.split(".")) for name in keys()}
    return {name: value for name, value in values.items() if value is not None}
