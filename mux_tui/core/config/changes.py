"""Several changes to the user's file at once: planned, looked at, and saved together.

A plan holds the file's bytes before and after. Saving it replaces those bytes or
nothing: a file that was changed in between is left alone.
"""

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mux_tui.core.config.edit import NotEditable, value_at, with_value, without
from mux_tui.core.config.keys import keys
from mux_tui.core.config.load import problems_in, wrong_file, wrong_settings
from mux_tui.core.config.replace import locked, replace_file
from mux_tui.core.config.toml_file import TomlFile, Unreadable, parse, read_toml
from mux_tui.core.errors import ConfigError
from mux_tui.core.text import one_line

TAKE_OUT = object()
"""Instead of a value: the key goes, and the layer below counts again."""


@dataclass(frozen=True)
class Plan:
    """What a file will say."""

    file: Path
    before: bytes | None
    """What it says now; None: it is not there."""

    after: bytes

    @property
    def changes_nothing(self) -> bool:
        """Whether the file says all of it already."""
        return self.after == (self.before or b"")

    def lines(self) -> tuple[str, ...]:
        """The change as a unified diff, without the names of the files.

        The text is the user's own, with whatever it holds.
        """
        old, new = (_lines(raw) for raw in (self.before or b"", self.after))
        return tuple(difflib.unified_diff(old, new, lineterm=""))[2:]


def planned(file: Path, changes: Mapping[str, Any]) -> Plan:
    """Work out what a settings file will say.

    Args:
        file: The user's file; it need not be there.
        changes: Checked values by dotted name, or `TAKE_OUT`.

    Raises:
        ConfigError: The file is wrong, or cannot be edited without damage.
    """
    try:
        there = read_toml(file)
        content = there or parse(b"")
        for name, value in changes.items():
            content = parse(_edited(content, name, value))
    except Unreadable as error:
        raise wrong_file(file, error) from error
    except NotEditable as error:
        raise ConfigError(
            f"cannot change {one_line(str(file))}",
            "its layout is too unusual to be edited without damage",
            "Change it by hand: mux config edit",
        ) from error
    if problems := problems_in(file, content.raw):
        raise wrong_settings(problems)

    return Plan(file, there.raw if there else None, content.raw)


def save(plan: Plan) -> None:
    """Put a plan into its file, which is made if it is missing.

    Raises:
        ConfigError: The file has been changed since the plan was made.
        EnvironmentProblem: It cannot be written.
    """
    if not plan.changes_nothing:
        with locked(plan.file):
            replace_file(plan.file, plan.before, plan.after)


def _edited(content: TomlFile, name: str, value: Any) -> bytes:
    path = name.split(".")
    if value is TAKE_OUT:
        there = value_at(content.table, path) is not None
        return without(content, path) if there else content.raw

    many = keys()[name].many
    return with_value(content, path, list(value) if many else value)


def _lines(raw: bytes) -> list[str]:
    return raw.decode("utf-8", "replace").splitlines()
